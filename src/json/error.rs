//! Errors in nested values.

use std::borrow::Cow;

/// A value inside JSON that cannot be decoded: its path and the reason, never the value itself.
#[derive(Debug)]
pub struct JsonError {
    /// The keys and indexes that lead to the value, the innermost first.
    path: Vec<Step>,
    problem: Cow<'static, str>,
}

/// The result of decoding a nested value.
pub type JsonResult<T> = Result<T, JsonError>;

#[derive(Debug)]
enum Step {
    Key(&'static str),
    Index(usize),
}

impl JsonError {
    /// The value itself is wrong, for a reason that follows its path in the message, such as "is not a number".
    pub fn new(problem: impl Into<Cow<'static, str>>) -> JsonError {
        JsonError { path: Vec::new(), problem: problem.into() }
    }

    pub(super) fn within(mut self, key: &'static str) -> JsonError {
        self.path.push(Step::Key(key));
        self
    }

    pub(super) fn at(mut self, index: usize) -> JsonError {
        self.path.push(Step::Index(index));
        self
    }

    /// The path from a column, and what is wrong: `members[3].user.id` and `is null, where ...`.
    pub(crate) fn below(self, column: &str) -> (String, Cow<'static, str>) {
        let steps = self.path.iter().rev().map(|step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Index(index) => format!("[{index}]"),
        });
        (format!("{column}{}", steps.collect::<String>()), self.problem)
    }
}
