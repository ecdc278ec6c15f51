//! Lambdas as values: each becomes a private function that captures what it uses.

use std::rc::Rc;

use lumio_move_engine::format::{Ability, AbilitySet};

use super::{
    Checker, Frame,
    env::{Binding, Exit},
    expr,
    pattern::Mode,
};
use crate::{
    Diagnostic, Ident, Span, Symbol, ast,
    declare::{ABILITIES, abilities_of, ability_name, has_attribute},
    program::{Function, FunctionId, Visibility},
    typed::{Expr, ExprKind, Pattern, PatternKind},
    types::{FunctionType, LocalId, Type},
};

/// A lambda that has become a function, until all types are known.
#[derive(Debug)]
pub(super) struct Lifted {
    pub(super) id: FunctionId,
    pub(super) frame: Frame,
    /// Its own parameters, behind what it captures.
    pub(super) parameters: Vec<LocalId>,
    pub(super) returns: Type,
    pub(super) body: Expr,
}

impl Checker<'_> {
    pub(super) fn lambda_value(
        &mut self,
        lambda: &ast::Lambda,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        self.distinct(lambda.parameters.iter().map(|(p, _)| p));
        let expected = expected.map(|ty| self.vars.shallow(ty));
        let inside = expected.as_ref().and_then(|ty| self.wrapped(ty));
        let expected = match inside.map(|(_, ty)| ty).or(expected) {
            Some(Type::Function(ty)) if ty.parameters.len() == lambda.parameters.len() => Some(ty),
            _ => None,
        };
        let returns = match &expected {
            Some(ty) => ty.returns.clone(),
            None => self.vars.fresh(),
        };
        let mut types = Vec::new();
        for (n, (pattern, written)) in lambda.parameters.iter().enumerate() {
            let hint = expected
                .as_ref()
                .and_then(|ty| ty.parameters.get(n))
                .cloned();
            let ty = match (written, hint) {
                (Some(written), hint) => {
                    let ty = self.written_type(written);
                    if let Some(hint) = hint
                        && !self.vars.unify(&ty, &hint)
                    {
                        let (e, f) = (self.describe(&hint), self.describe(&ty));
                        self.error(pattern.span, format!("expected {e}, found {f}"));
                    }
                    ty
                }
                (None, Some(hint)) => hint,
                (None, None) => self.vars.fresh(),
            };
            types.push(ty);
        }
        let outer = self.env.clone();
        self.frames.push(Frame::default());
        self.env.level = self.frames.len().saturating_sub(1);
        self.env.loops.clear();
        self.env.exit = Exit::Function(returns.clone());
        let mut parameters = Vec::new();
        let mut steps = Vec::new();
        for ((pattern, _), ty) in lambda.parameters.iter().zip(&types) {
            if let ast::PatternKind::Name(name) = &pattern.kind {
                let local = self.new_local(name.name.clone(), ty.clone(), name.span);
                let level = self.env.level;
                self.env
                    .bind(name.name.clone(), Binding::Local(local, level));
                parameters.push(local);
                continue;
            }
            let local = self.temporary(ty.clone(), pattern.span);
            parameters.push(local);
            let pattern: Pattern = self.pattern(pattern, ty, Mode::Let);
            if !matches!(pattern.kind, PatternKind::Wildcard) {
                let value = expr(ExprKind::Local(local), ty.clone(), pattern.span);
                let span = pattern.span;
                let value = Some(Box::new(value));
                steps.push(expr(ExprKind::Bind { pattern, value }, Type::unit(), span));
            }
        }
        let value = self.expression_to(&lambda.body, &returns);
        let ty = value.ty.clone();
        steps.push(value);
        let body = expr(ExprKind::Sequence(steps), ty, span);
        self.env = outer;
        let frame = self.frames.pop().unwrap_or_default();
        let direct = self.direct_call(&frame, &parameters, &body);
        let mut captured = Vec::new();
        let mut abilities = AbilitySet::EMPTY.with(Ability::Copy).with(Ability::Drop);
        if direct.is_some() {
            abilities = abilities.with(Ability::Store);
        }
        for (number, (from, inner)) in (0..).zip(&frame.captures) {
            let found = frame.locals.get(inner.0 as usize);
            let ty = found.map_or(Type::Error, |l| l.ty.clone());
            let ty = self.vars.deep(&ty);
            if matches!(ty, Type::Reference { .. }) {
                let name = found.map_or("this".into(), |l| l.name.clone());
                let message = format!("a function value cannot capture the reference `{name}`");
                self.diagnostics
                    .push(Diagnostic::error(span, message).help("pass it as a parameter"));
            }
            let able = self.program.abilities(&ty, &self.type_parameters);
            abilities = ABILITIES
                .into_iter()
                .filter(|a| abilities.has(*a) && able.has(*a))
                .fold(AbilitySet::EMPTY, AbilitySet::with);
            captured.push((number, expr(ExprKind::Local(*from), ty, span)));
        }
        let written = abilities_of(&lambda.abilities);
        for ability in ABILITIES {
            if written.has(ability) && !abilities.has(ability) {
                let name = ability_name(ability);
                self.error(span, format!("this function value has no `{name}`"));
            }
        }
        let kind = direct.unwrap_or_else(|| {
            let id = self.lifted_function(span);
            self.lifted.push(Lifted {
                id,
                frame,
                parameters,
                returns: returns.clone(),
                body,
            });
            ExprKind::Closure {
                function: id,
                type_arguments: (0..)
                    .zip(&self.type_parameters)
                    .map(|(n, _)| Type::Parameter(n))
                    .collect(),
                captured,
            }
        });
        let ty = Type::Function(Rc::new(FunctionType {
            parameters: types,
            returns,
            abilities,
        }));
        expr(kind, ty, span)
    }

    /// The closure of a lasting function that a lambda does nothing but call, with its own
    /// parameters in order between what is captured: it can be stored, as that function can.
    fn direct_call(&self, frame: &Frame, parameters: &[LocalId], body: &Expr) -> Option<ExprKind> {
        let mut body = body;
        while let ExprKind::Sequence(steps) = &body.kind {
            let [only] = steps.as_slice() else {
                return None;
            };
            body = only;
        }
        let ExprKind::Call {
            function,
            type_arguments,
            arguments,
        } = &body.kind
        else {
            return None;
        };
        let function_abilities = self.named_function_abilities(self.program.function(*function));
        if !function_abilities.has(Ability::Store) {
            return None;
        }
        let mut own = parameters.iter();
        let mut captured = Vec::new();
        for (number, argument) in (0..).zip(arguments) {
            match &argument.kind {
                ExprKind::Value(_) | ExprKind::Constant(_) => {
                    captured.push((number, argument.clone()));
                }
                ExprKind::Local(local) if parameters.contains(local) => {
                    own.next().filter(|next| *next == local)?;
                }
                ExprKind::Local(local) => {
                    let (from, _) = frame.captures.iter().find(|(_, inner)| inner == local)?;
                    let kind = ExprKind::Local(*from);
                    captured.push((number, expr(kind, argument.ty.clone(), argument.span)));
                }
                _ => return None,
            }
        }
        own.next().is_none().then(|| ExprKind::Closure {
            function: *function,
            type_arguments: type_arguments.clone(),
            captured,
        })
    }

    fn lifted_function(&mut self, span: Span) -> FunctionId {
        self.lambdas = self.lambdas.saturating_add(1);
        let id = FunctionId(u32::try_from(self.program.functions.len()).unwrap_or(u32::MAX));
        let name = Symbol::from(format!("__lambda__{}__{}", self.lambdas, self.name));
        self.program.functions.push(Function {
            unit: self.unit,
            name: Ident { name, span },
            attributes: Vec::new(),
            doc: String::new(),
            visibility: Visibility::Private,
            is_entry: false,
            is_inline: false,
            is_native: false,
            is_test_only: false,
            type_parameters: self.type_parameters.clone(),
            parameters: Vec::new(),
            returns: Type::unit(),
            acquires: Vec::new(),
            source: None,
            span,
        });
        if let Some(unit) = self.program.units.get_mut(self.unit.index()) {
            unit.functions.push(id);
        }
        id
    }

    /// What a value can do that is a function with a name: it can be stored if its signature can
    /// never change.
    pub(super) fn named_function_abilities(&self, function: &Function) -> AbilitySet {
        let free = AbilitySet::EMPTY.with(Ability::Copy).with(Ability::Drop);
        let lasting = function.visibility == Visibility::Public
            || has_attribute(&function.attributes, "persistent");
        if lasting {
            free.with(Ability::Store)
        } else {
            free
        }
    }

    /// Function values must be able to do what is expected of them.
    pub(super) fn check_function_abilities(&mut self, found: &Type, expected: &Type, span: Span) {
        let (Type::Function(found), Type::Function(expected)) = (found, expected) else {
            return;
        };
        for ability in ABILITIES {
            if expected.abilities.has(ability) && !found.abilities.has(ability) {
                let name = ability_name(ability);
                self.diagnostics.push(
                    Diagnostic::error(span, format!("this function value has no `{name}`")).help(
                        "only public functions and those with `#[persistent]` can be stored; \
                         captured values limit what a lambda can do",
                    ),
                );
            }
        }
    }
}
