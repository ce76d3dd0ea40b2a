//! Texts that are not in a generated enum.

use std::fmt;

/// A text that is not among the values of an enum: the database, or a request, has one that was not there when the code was
/// generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    ty: &'static str,
    value: String,
}

impl UnknownValue {
    /// The value is not among those of the enum of that name.
    pub fn new(ty: &'static str, value: &str) -> Self {
        UnknownValue { ty, value: value.to_owned() }
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no value {:?}", self.ty, self.value)
    }
}

impl std::error::Error for UnknownValue {}
