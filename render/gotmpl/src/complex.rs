//! `complex128`: what an imaginary literal is. Templates can print and compare
//! it, no more.

use std::{any::Any, rc::Rc};

use crate::value::{Object, Value};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Complex {
    pub(crate) real: f64,
    pub(crate) imaginary: f64,
}

impl Complex {
    /// Returns the complex number that the value is, if it is one.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let Value::Object(object) = value else { return None };
        object.as_any()?.downcast_ref().copied()
    }

    /// Returns whether it is zero, which a template takes for false.
    pub(crate) fn is_zero(self) -> bool {
        self.real == 0.0 && self.imaginary == 0.0
    }
}

impl From<Complex> for Value {
    fn from(complex: Complex) -> Self {
        Self::Object(Rc::new(complex))
    }
}

impl Object for Complex {
    fn type_name(&self) -> &'static str {
        "complex128"
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn refusal(&self) -> Option<String> {
        Some("json: unsupported type: complex128".to_owned())
    }

    fn print(&self) -> String {
        crate::format::shown(&(*self).into(), 'v')
    }
}
