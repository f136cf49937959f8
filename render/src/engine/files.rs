//! `.Files`: the chart's other files, as templates read them.

use std::{cell::OnceCell, collections::BTreeMap, rc::Rc};

use data_encoding::BASE64;
use rutter_gotmpl::{Elem, Fault, Map, Object, Type, Value};

use super::glob::Glob;
use crate::{File, yaml};

/// Files by name: Helm's `engine.files`.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: BTreeMap<Rc<str>, Rc<[u8]>>,
    map: OnceCell<Map>,
}

impl Files {
    pub(super) fn new(files: &[File]) -> Self {
        let files = files.iter().map(|file| (file.name.as_str().into(), file.data.clone()));
        Self { files: files.collect(), map: OnceCell::new() }
    }

    fn get(&self, name: &Value) -> Rc<[u8]> {
        let found = match name {
            Value::String(name) => self.files.get(&**name),
            _ => None,
        };
        found.cloned().unwrap_or_default()
    }

    fn glob(&self, pattern: &Value) -> Self {
        let Value::String(pattern) = pattern else { return Self::default() };
        let glob = Glob::new(pattern);
        let files = self.files.iter().filter(|(name, _)| glob.matches(name));
        let files = files.map(|(name, data)| (name.clone(), data.clone())).collect();
        Self { files, map: OnceCell::new() }
    }

    /// Returns YAML of base names and what `content` makes of the files.
    fn to_yaml(&self, content: impl Fn(&[u8]) -> Value) -> Value {
        let entries = self.files.iter().map(|(name, data)| {
            let base = name.rsplit('/').next().unwrap_or_default();
            (base.to_owned(), content(data))
        });
        let Value::Map(mut map) = Value::map(entries) else { return Value::from("") };
        map.elem = Elem::String;
        let text = yaml::write(&Value::Map(map)).unwrap_or_default();
        Value::from(text.strip_suffix('\n').unwrap_or(&text))
    }

    fn lines(&self, name: &Value) -> Value {
        let data = self.get(name);
        if data.is_empty() {
            return Value::strings(Vec::<&str>::new());
        }
        let data = data.strip_suffix(b"\n").unwrap_or(&data);
        let lines = data.split(|byte| *byte == b'\n').map(text).collect();
        let Value::List(mut list) = Value::list(lines) else { return Value::Nil };
        list.elem = Elem::String;
        Value::List(list)
    }
}

fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => Value::RawString(bytes.into()),
    }
}

impl Object for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Some((&[Type::String], None)),
            "AsConfig" | "AsSecrets" => Some((&[], None)),
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let argument = arguments.first().unwrap_or(&Value::Nil);
        Some(Ok(match name {
            "Get" => text(&self.get(argument)),
            "GetBytes" => Value::Bytes(self.get(argument)),
            "Glob" => Value::Object(Rc::new(self.glob(argument))),
            "AsConfig" => self.to_yaml(text),
            "AsSecrets" => self.to_yaml(|data| Value::from(BASE64.encode(data))),
            "Lines" => self.lines(argument),
            _ => return None,
        }))
    }

    fn underlying(&self) -> Option<Value> {
        let map = self.map.get_or_init(|| {
            let bytes =
                self.files.iter().map(|(name, data)| (name.clone(), Value::Bytes(data.clone())));
            match Value::map(bytes) {
                Value::Map(map) => Map { elem: Elem::Bytes, ..map },
                _ => Map::default(),
            }
        });
        Some(Value::Map(map.clone()))
    }

    fn print(&self) -> String {
        let files: Vec<String> = self
            .files
            .iter()
            .map(|(name, data)| {
                let bytes: Vec<String> = data.iter().map(u8::to_string).collect();
                format!("{name}:[{}]", bytes.join(" "))
            })
            .collect();
        format!("map[{}]", files.join(" "))
    }
}
