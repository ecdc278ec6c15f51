//! What names mean at a place in a body. An environment is cheap to copy: lambdas keep the one in
//! which they are written.

use std::rc::Rc;

use crate::{
    Span, Symbol, ast,
    declare::Aliases,
    program::{FunctionId, UnitId},
    typed::LoopId,
    types::{LocalId, Type},
};

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// A local of the function at that level: lambdas that become functions are one level deeper
    /// than what is around them.
    Local(LocalId, usize),
    /// A lambda that is put in where it is called.
    Lambda(Rc<BoundLambda>),
}

/// The argument for a function parameter of an inline function.
#[derive(Debug)]
pub(super) struct BoundLambda {
    pub(super) lambda: LambdaSource,
    /// Where it is written.
    pub(super) env: Env,
    pub(super) span: Span,
    /// The type that the parameter has.
    pub(super) ty: Type,
    /// Inline functions around the place where it is written.
    pub(super) inlining: Vec<FunctionId>,
    /// Whether it has been put in, and so checked.
    pub(super) is_called: std::cell::Cell<bool>,
}

/// What is put in for a function parameter.
#[derive(Debug)]
pub(super) enum LambdaSource {
    Lambda(Rc<ast::Lambda>),
    /// The name of a function.
    Path(ast::Path),
}

#[derive(Debug)]
struct Name {
    name: Symbol,
    binding: Binding,
    outer: Option<Rc<Name>>,
}

/// A loop around a place.
#[derive(Clone, Debug)]
pub(super) struct LoopScope {
    pub(super) label: Option<Symbol>,
    /// What `break` leaves.
    pub(super) breaks: LoopId,
    /// What `continue` continues, or leaves if it is a labelled block.
    pub(super) continues: LoopId,
    pub(super) continue_leaves: bool,
    /// Where a `break` was seen.
    pub(super) broken: Rc<std::cell::Cell<bool>>,
}

/// Where `return` goes.
#[derive(Clone, Debug)]
pub(super) enum Exit {
    /// Out of the function, which returns this type.
    Function(Type),
    /// Out of the body of an inline function.
    Inline(LoopId, Type, Rc<std::cell::Cell<bool>>),
    /// Lambdas that are put in cannot return.
    None,
}

/// What names mean.
#[derive(Clone, Debug)]
pub(super) struct Env {
    /// The module whose names are in scope.
    pub(super) unit: UnitId,
    pub(super) type_parameters: Rc<Vec<(Symbol, Type)>>,
    pub(super) aliases: Vec<Rc<Aliases>>,
    names: Option<Rc<Name>>,
    pub(super) loops: Vec<LoopScope>,
    pub(super) exit: Exit,
    /// The function under way: 0, or how deep in lambdas that become functions.
    pub(super) level: usize,
}

impl Env {
    pub(super) fn new(
        unit: UnitId,
        type_parameters: Vec<(Symbol, Type)>,
        exit: Exit,
        level: usize,
    ) -> Self {
        Self {
            unit,
            type_parameters: Rc::new(type_parameters),
            aliases: Vec::new(),
            names: None,
            loops: Vec::new(),
            exit,
            level,
        }
    }

    pub(super) fn bind(&mut self, name: Symbol, binding: Binding) {
        self.names = Some(Rc::new(Name {
            name,
            binding,
            outer: self.names.take(),
        }));
    }

    pub(super) fn find(&self, name: &str) -> Option<&Binding> {
        let mut next = self.names.as_ref();
        while let Some(found) = next {
            if found.name.as_str() == name {
                return Some(&found.binding);
            }
            next = found.outer.as_ref();
        }
        None
    }

    /// Names that are in scope, innermost first, for hints.
    pub(super) fn visible(&self) -> Vec<Symbol> {
        let mut names = Vec::new();
        let mut next = self.names.as_ref();
        while let Some(found) = next {
            names.push(found.name.clone());
            next = found.outer.as_ref();
        }
        names
    }
}
