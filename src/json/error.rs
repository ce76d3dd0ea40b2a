//! What is wrong with a nested value, and where.

use std::borrow::Cow;

/// A value inside JSON that cannot be read: where it stands and what is wrong, never the value itself.
#[derive(Debug)]
pub struct JsonError {
    /// The keys and indexes that lead to it, the innermost first.
    path: Vec<Step>,
    problem: Cow<'static, str>,
}

/// What reading a nested value gives.
pub type JsonResult<T> = Result<T, JsonError>;

#[derive(Debug)]
enum Step {
    Key(&'static str),
    Index(usize),
}

impl JsonError {
    /// The value itself is wrong: the words that follow its path, such as "is not a number".
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

    /// What is wrong, with the path from a column: `members[3].user.id is null, where ...`.
    pub(crate) fn below(&self, column: &str) -> String {
        let steps = self.path.iter().rev().map(|step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Index(index) => format!("[{index}]"),
        });
        format!("`{column}{}` {}", steps.collect::<String>(), self.problem)
    }
}
