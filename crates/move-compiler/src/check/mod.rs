//! Checks bodies: finds what names stand for, infers types, turns places into references and puts
//! inline functions and lambdas in where they are called.

mod abilities;
mod call;
mod constants;
mod control;
mod env;
mod exhaustive;
mod expression;
mod finish;
pub(crate) mod fold;
mod hint;
mod inline;
mod lambda;
mod literal;
mod method;
mod operator;
mod pack;
mod pattern;
mod place;
mod print;
mod unify;
mod wrapper;

use self::{
    env::{Binding, Env, Exit},
    unify::Unifier,
};
use crate::{
    Diagnostic, Diagnostics, Ident, Sources, Span, Symbol, ast,
    declare::{
        Declared, Mentions, Names, TypeNames, allows, numbered, resolve_groups, resolve_type,
    },
    program::{FunctionId, Program, UnitId},
    test::{Test, tests},
    typed::{Bodies, Body, Expr, ExprKind, LoopId},
    types::{Local, LocalId, Type, TypeParameter},
};

/// Checks all bodies of the package and evaluates all constants.
///
/// With `dependencies`, those are checked, too. What text mentions that is left out counts as used.
pub(crate) fn check(
    declared: Declared,
    dependencies: bool,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> (Program, Bodies, Vec<Test>) {
    let Declared {
        mut program,
        mut names,
        constants,
        skipped,
    } = declared;
    names.mentions = Mentions::of(sources, &skipped);
    constants::define(&mut program, &names, constants, diagnostics);
    let mut bodies = Bodies::new();
    let functions = u32::try_from(program.functions.len()).unwrap_or(u32::MAX);
    for id in (0..functions).map(FunctionId) {
        let function = program.function(id);
        let wanted = dependencies || program.unit(function.unit).is_root;
        if !wanted || function.is_native {
            continue;
        }
        let is_inline = function.is_inline;
        names.usage.enter(function.unit, &function.name.name);
        let mut checker = Checker::new(&mut program, &names, diagnostics, &mut bodies, id);
        let body = checker.function(id);
        // An inline function is put in where it is called; alone it is checked only.
        if let (Some(body), false) = (body, is_inline) {
            bodies.insert(id, body);
        }
    }
    resolve_groups(&mut program, &names, diagnostics);
    let tests = tests(&program, &names, diagnostics);
    names.usage.circles(&program, diagnostics);
    names.unused(&program, diagnostics);
    (program, bodies, tests)
}

/// A function under way: the one that is checked, or a lambda that becomes one.
#[derive(Debug, Default)]
struct Frame {
    locals: Vec<Local>,
    /// Locals of the function around it, and what they are here.
    captures: Vec<(LocalId, LocalId)>,
    /// Locals that are read somewhere.
    used: Vec<bool>,
    next_loop: u32,
}

/// A literal whose type may turn out to be too narrow for it.
#[derive(Debug)]
struct PendingLiteral {
    value: lumio_move_engine::U256,
    negative: bool,
    ty: Type,
    span: Span,
}

/// A type argument that must be able to do something.
#[derive(Debug)]
struct PendingConstraint {
    ty: Type,
    abilities: lumio_move_engine::format::AbilitySet,
    span: Span,
    what: String,
}

struct Checker<'a> {
    program: &'a mut Program,
    names: &'a Names,
    diagnostics: &'a mut Diagnostics,
    bodies: &'a mut Bodies,
    /// Whether locals that are never used are told.
    warns: bool,
    /// The module or script whose code is made; inline functions of others are put into it.
    unit: UnitId,
    /// The function that is checked, whose name lambdas get.
    name: Symbol,
    lifted: Vec<lambda::Lifted>,
    /// Its type parameters.
    type_parameters: Vec<TypeParameter>,
    vars: Unifier,
    frames: Vec<Frame>,
    literals: Vec<PendingLiteral>,
    constraints: Vec<PendingConstraint>,
    /// Types in storage that are not known yet, each with the place of its use.
    resources: Vec<(Type, Span)>,
    /// Inline functions under way, from outside in.
    inlining: Vec<FunctionId>,
    /// How many calls of inline functions and lambdas are being put in.
    nesting: usize,
    lambdas: u32,
    /// How many calls of inline functions and lambdas have been put in.
    put_in_count: u32,
    env: Env,
}

impl<'a> Checker<'a> {
    /// Checks a function.
    fn new(
        program: &'a mut Program,
        names: &'a Names,
        diagnostics: &'a mut Diagnostics,
        bodies: &'a mut Bodies,
        id: FunctionId,
    ) -> Self {
        let function = program.function(id);
        let (unit, name) = (function.unit, function.name.name.clone());
        let module = program.unit(unit);
        let allowed = [&function.attributes, &module.attributes]
            .into_iter()
            .any(|a| allows(a, "unused_variable"));
        let warns = module.is_root && !allowed;
        let (type_parameters, returns) =
            (function.type_parameters.clone(), function.returns.clone());
        let mut checker = Self::of_unit(
            program,
            names,
            diagnostics,
            bodies,
            unit,
            name,
            type_parameters,
        );
        checker.env.exit = Exit::Function(returns);
        checker.warns = warns;
        checker
    }

    /// Checks something else in a module or script.
    fn of_unit(
        program: &'a mut Program,
        names: &'a Names,
        diagnostics: &'a mut Diagnostics,
        bodies: &'a mut Bodies,
        unit: UnitId,
        name: Symbol,
        type_parameters: Vec<TypeParameter>,
    ) -> Self {
        let env = Env::new(unit, numbered(&type_parameters), Exit::None, 0);
        Self {
            program,
            names,
            diagnostics,
            bodies,
            warns: false,
            unit,
            name,
            lifted: Vec::new(),
            type_parameters,
            vars: Unifier::default(),
            frames: vec![Frame::default()],
            literals: Vec::new(),
            constraints: Vec::new(),
            resources: Vec::new(),
            inlining: Vec::new(),
            nesting: 0,
            lambdas: 0,
            put_in_count: 0,
            env,
        }
    }

    fn function(&mut self, id: FunctionId) -> Option<Body> {
        let function = self.program.function(id).clone();
        let source = function.source.clone()?;
        let block = source.body.as_ref()?;
        for (name, ty) in &function.parameters {
            let local = self.new_local(name.name.clone(), ty.clone(), name.span);
            self.bind_local(&name.name, local);
        }
        let value = self.block(block, Some(&function.returns));
        let span = block.value.as_ref().map_or_else(
            || Span {
                start: block.span.end.saturating_sub(1),
                ..block.span
            },
            |value| value.span,
        );
        let value = self.coerce(value, &function.returns, span);
        self.finish(value, function.parameters.len())
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(span, message));
    }

    /// An expression that stands for an error.
    fn broken(&self, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Tuple(Vec::new()),
            ty: Type::Error,
            span,
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len().saturating_sub(1);
        #[allow(clippy::indexing_slicing)]
        &mut self.frames[last]
    }

    fn new_local(&mut self, name: Symbol, ty: Type, span: Span) -> LocalId {
        // What an inline function does not use is told there.
        let is_put_in = !self.inlining.is_empty();
        let frame = self.frame();
        let id = LocalId(u32::try_from(frame.locals.len()).unwrap_or(u32::MAX));
        frame.locals.push(Local { name, ty, span });
        frame.used.push(is_put_in);
        id
    }

    fn temporary(&mut self, ty: Type, span: Span) -> LocalId {
        let local = self.new_local("$t".into(), ty, span);
        self.mark_used(local);
        local
    }

    fn mark_used(&mut self, local: LocalId) {
        if let Some(used) = self.frame().used.get_mut(local.0 as usize) {
            *used = true;
        }
    }

    fn local_type(&mut self, local: LocalId) -> Type {
        let local = self.frame().locals.get(local.0 as usize);
        local.map_or(Type::Error, |l| l.ty.clone())
    }

    fn bind_local(&mut self, name: &Symbol, local: LocalId) {
        if name.as_str() != "_" {
            let level = self.env.level;
            self.env.bind(name.clone(), Binding::Local(local, level));
        }
    }

    fn new_loop(&mut self) -> LoopId {
        let frame = self.frame();
        let id = LoopId(frame.next_loop);
        frame.next_loop = id.0.saturating_add(1);
        id
    }

    /// The type that is written; what is left out is inferred.
    fn written_type(&mut self, ty: &ast::Type) -> Type {
        let (parameters, aliases) = (self.env.type_parameters.clone(), self.env.aliases.clone());
        let vars = &mut self.vars;
        let mut infer = || vars.fresh();
        let mut names = TypeNames {
            program: self.program,
            names: self.names,
            diagnostics: self.diagnostics,
            unit: self.env.unit,
            aliases: &aliases,
            parameters: &parameters,
        };
        let found = resolve_type(&mut names, ty, &mut Some(&mut infer));
        self.need_arguments(&found, ty.span);
        found
    }

    /// Type arguments in a written type must have what the definitions ask for.
    fn need_arguments(&mut self, ty: &Type, span: Span) {
        let (program, constraints) = (&*self.program, &mut self.constraints);
        ty.any(&mut |ty| {
            let Type::Struct(id, arguments) = ty else {
                return false;
            };
            let structure = program.structure(*id);
            for (parameter, argument) in structure.type_parameters.iter().zip(&**arguments) {
                if parameter.abilities != lumio_move_engine::format::AbilitySet::EMPTY {
                    constraints.push(PendingConstraint {
                        ty: argument.clone(),
                        abilities: parameter.abilities,
                        span,
                        what: format!(
                            "type parameter `{}` of `{}`",
                            parameter.name, structure.name
                        ),
                    });
                }
            }
            false
        });
    }

    /// Type arguments: those that are written, or fresh ones.
    fn type_arguments(
        &mut self,
        parameters: &[TypeParameter],
        written: Option<&[ast::Type]>,
        span: Span,
        of: &Ident,
    ) -> Vec<Type> {
        let found = match written {
            None => parameters.iter().map(|_| self.vars.fresh()).collect(),
            Some(written) => {
                let found: Vec<Type> = written.iter().map(|ty| self.written_type(ty)).collect();
                if found.len() != parameters.len() {
                    let message = format!(
                        "`{of}` has {} type arguments, not {}",
                        parameters.len(),
                        found.len()
                    );
                    self.error(span, message);
                    return parameters.iter().map(|_| Type::Error).collect();
                }
                found
            }
        };
        for (parameter, ty) in parameters.iter().zip(&found) {
            self.constraints.push(PendingConstraint {
                ty: ty.clone(),
                abilities: parameter.abilities,
                span,
                what: format!("type parameter `{}` of `{of}`", parameter.name),
            });
        }
        found
    }

    /// Whether the code under way belongs to the module, or to an inline function of it.
    fn is_inside(&self, unit: UnitId) -> bool {
        self.env.unit == unit
    }

    /// Puts an expression where a type is expected: `&mut` becomes `&` if need be.
    fn coerce(&mut self, mut value: Expr, expected: &Type, span: Span) -> Expr {
        let (found, wanted) = (self.vars.shallow(&value.ty), self.vars.shallow(expected));
        match (&found, &wanted) {
            (
                Type::Reference { mutable: true, to },
                Type::Reference {
                    mutable: false,
                    to: inner,
                },
            ) => {
                if self.vars.unify(to, inner) {
                    return freeze(value, wanted);
                }
            }
            (Type::Tuple(from), Type::Tuple(into)) if from.len() == into.len() => {
                if let ExprKind::Tuple(parts) = value.kind {
                    let parts = parts
                        .into_iter()
                        .zip(&**into)
                        .map(|(part, ty)| {
                            let span = part.span;
                            self.coerce(part, ty, span)
                        })
                        .collect();
                    value.kind = ExprKind::Tuple(parts);
                    value.ty = wanted;
                    return value;
                }
                if self.vars.unify(&found, &wanted) {
                    return value;
                }
            }
            (Type::Never, _) => return value,
            (Type::Function(_), Type::Struct(..)) if self.wrapped(&wanted).is_some() => {
                return self.wrap(value, &wanted, span);
            }
            (Type::Struct(..), Type::Function(_)) if self.wrapped(&found).is_some() => {
                let function = self.unwrap(value);
                return self.coerce(function, &wanted, span);
            }
            _ => {
                if self.vars.unify(&found, &wanted) {
                    self.check_function_abilities(&found, &wanted, span);
                    return value;
                }
            }
        }
        let message = format!(
            "expected {}, found {}",
            self.describe(&wanted),
            self.describe(&found)
        );
        let mut error = Diagnostic::error(span, message);
        error = match (&found, &wanted) {
            (Type::Reference { mutable: false, .. }, Type::Reference { mutable: true, .. }) => {
                error.help("borrow with `&mut`")
            }
            (Type::Reference { to, .. }, _) if self.vars.unify(to, &wanted) => {
                error.help("read what it points to with `*`")
            }
            (_, Type::Reference { mutable, to }) if self.vars.unify(&found, to) => {
                error.help(if *mutable {
                    "borrow it with `&mut`"
                } else {
                    "borrow it with `&`"
                })
            }
            (Type::Integer(_), Type::Integer(to)) => {
                error.help(format!("convert it with `as {to}`"))
            }
            (found, _) if found.is_unit() => {
                error.help("a block whose last statement ends with `;` gives `()`")
            }
            _ => error,
        };
        self.diagnostics.push(error);
        value.ty = Type::Error;
        value
    }
}

/// `&mut` to `&`.
fn freeze(value: Expr, ty: Type) -> Expr {
    let span = value.span;
    Expr {
        kind: ExprKind::Builtin(crate::typed::Builtin::Freeze, vec![value]),
        ty,
        span,
    }
}

/// A new expression.
fn expr(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

/// `()`
fn unit(span: Span) -> Expr {
    expr(ExprKind::Tuple(Vec::new()), Type::unit(), span)
}
