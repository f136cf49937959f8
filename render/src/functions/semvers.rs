//! `semver` and `semverCompare`, and the version as an object with methods.

use std::cmp::Ordering;

use rutter_gotmpl::{Fault, Functions, Int, Object, Type, Value};

use super::signature::{Define, Text};
use crate::semver::{Constraint, Error, Version};

pub(super) fn add(functions: &mut Functions) {
    functions.two("semverCompare", |constraint: Text, version: Text| {
        let constraint = Constraint::parse(&constraint.text())?;
        let version = Version::parse(&version.text())?;
        Ok::<_, Fault>(constraint.check(&version))
    });
    functions.one("semver", |version: Text| {
        let version = Version::parse(&version.text())?;
        Ok::<_, Fault>(object(version, "*semver.Version"))
    });
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::new(error.to_string())
    }
}

fn object(version: Version, type_name: &'static str) -> Value {
    Value::Object(std::rc::Rc::new(VersionObject { version, type_name }))
}

/// Returns what `copystructure` makes of a version: its fields are hidden from that, so it is
/// another one, of nothing.
pub(super) fn deep_copy(value: &Value) -> Option<Value> {
    let Value::Object(version) = value else { return None };
    let version = version.as_any()?.downcast_ref::<VersionObject>()?;
    let nothing = Version { original: String::new(), ..Version::parse("0.0.0").ok()? };
    Some(object(nothing, version.type_name))
}

/// Go's `*semver.Version`, or `semver.Version` where a method made it.
#[derive(Debug)]
struct VersionObject {
    version: Version,
    type_name: &'static str,
}

/// The type of what a method makes: no pointer.
const VALUE: &str = "semver.Version";
const NOTHING: &[Type] = &[];
const VERSION: &[Type] = &[Type::Object("*semver.Version")];
const TEXT: &[Type] = &[Type::String];

impl Object for VersionObject {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        let parameters = match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "String" | "IncMajor"
            | "IncMinor" | "IncPatch" => NOTHING,
            // These are methods of the pointer only.
            _ if self.type_name == VALUE && !name.starts_with("Set") => return None,
            "Original" => NOTHING,
            "Compare" | "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan"
            | "GreaterThanEqual" => VERSION,
            "SetPrerelease" | "SetMetadata" => TEXT,
            _ => return None,
        };
        Some((parameters, None))
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        self.parameters(name)?;
        let version = &self.version;
        let number = |number: u64| Value::Int(number.cast_signed(), Int::Uint64);
        let value = match name {
            "Major" => number(version.major),
            "Minor" => number(version.minor),
            "Patch" => number(version.patch),
            "Prerelease" => Value::from(version.pre.as_str()),
            "Metadata" => Value::from(version.metadata.as_str()),
            "Original" => Value::from(version.original.as_str()),
            "String" => Value::from(version.to_string()),
            "IncMajor" => next(version, |next| {
                (next.major, next.minor, next.patch) = (next.major + 1, 0, 0);
            }),
            "IncMinor" => next(version, |next| (next.minor, next.patch) = (next.minor + 1, 0)),
            "IncPatch" => {
                let released = version.pre.is_empty();
                next(version, |next| next.patch += u64::from(released))
            }
            "SetPrerelease" | "SetMetadata" => return Some(self.with(name, arguments)),
            "Compare" => Value::int(self.order(arguments.first()?)? as i64),
            _ => Value::Bool(self.compare(name, arguments.first()?)?),
        };
        Some(Ok(value))
    }

    fn marshal(&self) -> Option<Value> {
        Some(Value::from(self.version.to_string()))
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn print(&self) -> String {
        self.version.to_string()
    }
}

impl VersionObject {
    fn order(&self, other: &Value) -> Option<Ordering> {
        let Value::Object(other) = other else { return None };
        let other = other.as_any()?.downcast_ref::<Self>()?;
        Some(self.version.compare(&other.version))
    }

    fn compare(&self, name: &str, other: &Value) -> Option<bool> {
        let order = self.order(other)?;
        Some(match name {
            "Equal" => order == Ordering::Equal,
            "LessThan" => order == Ordering::Less,
            "LessThanEqual" => order != Ordering::Greater,
            "GreaterThan" => order == Ordering::Greater,
            "GreaterThanEqual" => order != Ordering::Less,
            _ => return None,
        })
    }

    fn with(&self, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
        let text = match arguments {
            [Value::String(text)] => &**text,
            _ => "",
        };
        let mut version = self.version.clone();
        if name == "SetMetadata" {
            text.clone_into(&mut version.metadata);
        } else {
            text.clone_into(&mut version.pre);
        }
        let prefix = if self.version.original.starts_with('v') { "v" } else { "" };
        version.original = format!("{prefix}{version}");
        Version::parse(&version.original).map_err(|error| match (name, error) {
            (_, Error::LeadingZero) => Fault::from(Error::LeadingZero),
            ("SetMetadata", _) => Fault::new("invalid metadata string"),
            _ => Fault::new("invalid prerelease string"),
        })?;
        Ok(object(version, VALUE))
    }
}

fn next(version: &Version, change: impl FnOnce(&mut Version)) -> Value {
    let mut next = version.clone();
    change(&mut next);
    next.pre.clear();
    next.metadata.clear();
    let prefix = if version.original.starts_with('v') { "v" } else { "" };
    next.original = format!("{prefix}{next}");
    object(next, VALUE)
}
