//! What is wrong with a text, and where.

use alloc::string::{String, ToString};
use core::fmt::Display;

/// Why a text is no module or script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {problem}")]
pub struct TextError {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// What is wrong there.
    pub problem: TextProblem,
}

/// What is wrong at a place in a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// Something else must stand there.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What may stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A name that nothing has.
    #[error("unknown {what} '{name}'")]
    Unknown {
        /// What kind of thing it would name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that two things have which must differ.
    #[error("the {what} '{name}' is there twice")]
    Twice {
        /// What kind of things they are.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A number that is too large or too small.
    #[error("{number} does not fit {into}")]
    OutOfRange {
        /// The number as written.
        number: String,
        /// What it would have to fit.
        into: String,
    },
    /// More entries than an index can tell apart.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// Types in types in types.
    #[error("types are nested more than {0} deep")]
    TooDeep(usize),
}

/// A place in a text. Two pieces of text at different places are equal if they say the same, so
/// positions do not count in comparisons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Position {
    pub(super) fn error(self, problem: TextProblem) -> TextError {
        TextError {
            line: self.line,
            column: self.column,
            problem,
        }
    }

    pub(super) fn expected(self, expected: impl Into<String>, found: impl Display) -> TextError {
        self.error(TextProblem::Expected {
            expected: expected.into(),
            found: found.to_string(),
        })
    }

    pub(super) fn unknown(self, what: &'static str, name: impl Display) -> TextError {
        self.error(TextProblem::Unknown {
            what,
            name: name.to_string(),
        })
    }

    pub(super) fn twice(self, what: &'static str, name: impl Into<String>) -> TextError {
        self.error(TextProblem::Twice {
            what,
            name: name.into(),
        })
    }

    pub(super) fn out_of_range(self, number: impl Display, into: impl Into<String>) -> TextError {
        self.error(TextProblem::OutOfRange {
            number: number.to_string(),
            into: into.into(),
        })
    }
}
