//! Where compiled code comes from.

use crate::{Span, Symbol};

/// Where the code of a module or script comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    /// The names of structs, by definition.
    pub structs: Vec<Span>,
    /// Functions, by definition.
    pub functions: Vec<FunctionMap>,
}

/// Where the code of a function comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionMap {
    /// Its name.
    pub name: Span,
    /// Each instruction; nothing for native functions.
    pub code: Vec<Span>,
    /// For each instruction whether the operand stack is empty before it.
    pub(crate) clear: Vec<bool>,
    /// For each instruction the name of the local that it mentions, if that has one.
    pub(crate) names: Vec<Option<Symbol>>,
    /// Whether it uses locals that have no value, which has been told.
    pub(crate) misuses: bool,
}
