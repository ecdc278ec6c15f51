//! Blocks, conditions, loops, and ways out.

use std::{cell::Cell, rc::Rc};

use lumio_move_engine::U256;

use super::{
    Checker,
    env::{Exit, LoopScope},
    expr, freeze,
    pattern::Mode,
    unit,
};
use crate::{
    Diagnostic, Ident, Span, ast,
    declare::Aliases,
    typed::{Expr, ExprKind, LoopId, Pattern, PatternKind, Value},
    types::Type,
};

/// The code of an assertion without one.
const UNSPECIFIED_ABORT_CODE: u64 = 0xCA26_CBD9_BE0B_0000;

impl Checker<'_> {
    pub(super) fn block(&mut self, block: &ast::Block, expected: Option<&Type>) -> Expr {
        let outer = self.env.clone();
        let mut aliases = None;
        if !block.uses.is_empty() {
            let mut own = Aliases::default();
            for item in &block.uses {
                own.add(item, self.program, self.names, self.diagnostics);
            }
            let own = Rc::new(own);
            self.env.aliases.push(own.clone());
            aliases = Some(own);
        }
        let mut steps = Vec::new();
        for statement in &block.statements {
            let step = match statement {
                ast::Statement::Expr(e) => {
                    let value = self.expression(e, None);
                    let ty = value.ty.clone();
                    if !matches!(self.vars.shallow(&ty), Type::Never) {
                        self.need_drop(&ty, e.span, "not used");
                    }
                    value
                }
                ast::Statement::Let {
                    pattern,
                    ty,
                    value,
                    span,
                } => self.declaration(pattern, ty.as_ref(), value.as_ref(), *span),
            };
            steps.push(step);
        }
        let last = match &block.value {
            Some(value) => self.expression(value, expected),
            None => {
                let end = Span {
                    start: block.span.end.saturating_sub(1),
                    ..block.span
                };
                unit(end)
            }
        };
        let ty = last.ty.clone();
        steps.push(last);
        if let Some(aliases) = aliases
            && self.warns
            && self.inlining.is_empty()
        {
            aliases.unused(&self.names.mentions, self.diagnostics);
        }
        self.env = outer;
        match (steps.len(), steps.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => {
                steps.push(last);
                expr(ExprKind::Sequence(steps), ty, block.span)
            }
            (_, None) => unit(block.span),
        }
    }

    fn declaration(
        &mut self,
        pattern: &ast::Pattern,
        ty: Option<&ast::Type>,
        value: Option<&ast::Expr>,
        span: Span,
    ) -> Expr {
        let written = ty.map(|ty| self.written_type(ty));
        let value = value.map(|value| match &written {
            Some(ty) => self.expression_to(value, ty),
            None => self.expression(value, None),
        });
        let ty = match (&written, &value) {
            (Some(ty), _) => ty.clone(),
            (None, Some(value)) => match self.vars.shallow(&value.ty) {
                Type::Never => Type::Error,
                ty => ty,
            },
            (None, None) => match &pattern.kind {
                ast::PatternKind::Tuple(parts) => {
                    let types: Vec<Type> = parts.iter().map(|_| self.vars.fresh()).collect();
                    Type::Tuple(types.into())
                }
                _ => self.vars.fresh(),
            },
        };
        let never = value
            .as_ref()
            .is_some_and(|v| matches!(self.vars.shallow(&v.ty), Type::Never));
        self.distinct(std::iter::once(pattern));
        let pattern = self.pattern(pattern, &ty, Mode::Let);
        let value = value.map(Box::new);
        let ty = if never { Type::Never } else { Type::unit() };
        expr(ExprKind::Bind { pattern, value }, ty, span)
    }

    /// The type of a choice between two values, which are adjusted to it.
    pub(super) fn join(&mut self, first: &mut Expr, second: &mut Expr, span: Span) -> Type {
        let (a, b) = (self.vars.shallow(&first.ty), self.vars.shallow(&second.ty));
        match (&a, &b) {
            (Type::Never, _) => return b,
            (_, Type::Never) => return a,
            (Type::Reference { mutable: true, .. }, Type::Reference { mutable: false, to }) => {
                let ty = Type::reference(false, (**to).clone());
                let taken = std::mem::replace(first, unit(span));
                *first = freeze(taken, ty);
            }
            (Type::Reference { mutable: false, .. }, Type::Reference { mutable: true, to }) => {
                let ty = Type::reference(false, (**to).clone());
                let taken = std::mem::replace(second, unit(span));
                *second = freeze(taken, ty);
            }
            _ => {}
        }
        if !self.vars.unify(&first.ty, &second.ty) {
            let (l, r) = (self.describe(&a), self.describe(&b));
            self.diagnostics.push(
                Diagnostic::error(span, "the branches have different types")
                    .also(first.span, format!("this is {l}"))
                    .also(second.span, format!("this is {r}")),
            );
            return Type::Error;
        }
        first.ty.clone()
    }

    pub(super) fn conditional(
        &mut self,
        condition: &ast::Expr,
        then: &ast::Expr,
        otherwise: Option<&ast::Expr>,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let condition = Box::new(self.expression_to(condition, &Type::Bool));
        let Some(otherwise) = otherwise else {
            let then = Box::new(self.expression_to(then, &Type::unit()));
            let kind = ExprKind::If {
                condition,
                then,
                otherwise: None,
            };
            return expr(kind, Type::unit(), span);
        };
        let mut then = self.expression(then, expected);
        let hint = match self.vars.shallow(&then.ty) {
            Type::Never | Type::Reference { .. } => expected.cloned(),
            ty => Some(ty),
        };
        let mut otherwise = self.expression(otherwise, hint.as_ref());
        let ty = self.join(&mut then, &mut otherwise, span);
        let kind = ExprKind::If {
            condition,
            then: Box::new(then),
            otherwise: Some(Box::new(otherwise)),
        };
        expr(kind, ty, span)
    }

    pub(super) fn match_value(
        &mut self,
        value: &ast::Expr,
        arms: &[ast::Arm],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let mut value = self.expression(value, None);
        value.ty = self.vars.shallow(&value.ty);
        let mut made: Vec<crate::typed::Arm> = Vec::new();
        let mut ty = Type::Never;
        for arm in arms {
            let outer = self.env.clone();
            let mut patterns: Vec<Pattern> = Vec::new();
            for pattern in &arm.patterns {
                self.distinct(std::iter::once(pattern));
                let ty = value.ty.clone();
                patterns.push(self.pattern(pattern, &ty, Mode::Match));
            }
            let pattern = match (patterns.len(), patterns.pop()) {
                (1, Some(only)) => only,
                (_, last) => {
                    patterns.extend(last);
                    let span = arm.patterns.first().map_or(span, |p| p.span);
                    Pattern {
                        kind: PatternKind::Or(patterns),
                        ty: value.ty.clone(),
                        span,
                    }
                }
            };
            let guard = arm
                .guard
                .as_ref()
                .map(|guard| self.expression_to(guard, &Type::Bool));
            let hint = match self.vars.shallow(&ty) {
                Type::Never | Type::Reference { .. } => expected.cloned(),
                ty => Some(ty),
            };
            let mut body = self.expression(&arm.body, hint.as_ref());
            self.env = outer;
            match made.last_mut() {
                Some(before) if !matches!(self.vars.shallow(&ty), Type::Never) => {
                    // Adjust to one of those before that has the type.
                    let mut witness =
                        expr(ExprKind::Tuple(Vec::new()), ty.clone(), before.body.span);
                    ty = self.join(&mut witness, &mut body, arm.body.span);
                    if !matches!(witness.kind, ExprKind::Tuple(_)) {
                        for arm in &mut made {
                            let never = matches!(self.vars.shallow(&arm.body.ty), Type::Never);
                            if !never {
                                let taken = std::mem::replace(&mut arm.body, unit(span));
                                arm.body = freeze(taken, ty.clone());
                            }
                        }
                    }
                }
                _ => ty = body.ty.clone(),
            }
            made.push(crate::typed::Arm {
                pattern,
                guard,
                body,
            });
        }
        if made.is_empty() {
            self.error(span, "a match needs at least one case");
        }
        let kind = ExprKind::Match {
            value: Box::new(value),
            arms: made,
        };
        expr(kind, ty, span)
    }

    fn enter_loop(
        &mut self,
        label: Option<&Ident>,
        breaks: LoopId,
        continues: LoopId,
        continue_leaves: bool,
    ) -> Rc<Cell<bool>> {
        let broken = Rc::new(Cell::new(false));
        if let Some(label) = label {
            let known = self
                .env
                .loops
                .iter()
                .any(|l| l.label.as_ref() == Some(&label.name));
            if known {
                self.error(
                    label.span,
                    format!("a loop around this is called '{label}, too"),
                );
            }
        }
        self.env.loops.push(LoopScope {
            label: label.map(|l| l.name.clone()),
            breaks,
            continues,
            continue_leaves,
            broken: broken.clone(),
        });
        broken
    }

    pub(super) fn while_loop(
        &mut self,
        label: Option<&Ident>,
        condition: &ast::Expr,
        body: &ast::Expr,
        span: Span,
    ) -> Expr {
        let id = self.new_loop();
        self.enter_loop(label, id, id, false);
        let condition = Box::new(self.expression_to(condition, &Type::Bool));
        let then = Box::new(self.expression_to(body, &Type::unit()));
        self.env.loops.pop();
        let leave = expr(
            ExprKind::Break { id, value: None },
            Type::Never,
            condition.span,
        );
        let choice = ExprKind::If {
            condition,
            then,
            otherwise: Some(Box::new(leave)),
        };
        let body = Box::new(expr(choice, Type::unit(), span));
        expr(ExprKind::Loop { id, body }, Type::unit(), span)
    }

    pub(super) fn endless_loop(
        &mut self,
        label: Option<&Ident>,
        body: &ast::Expr,
        span: Span,
    ) -> Expr {
        let id = self.new_loop();
        let broken = self.enter_loop(label, id, id, false);
        let body = Box::new(self.expression_to(body, &Type::unit()));
        self.env.loops.pop();
        let ty = if broken.get() {
            Type::unit()
        } else {
            Type::Never
        };
        expr(ExprKind::Loop { id, body }, ty, span)
    }

    /// `for`: the bound is evaluated once; `continue` leaves a block before the step.
    pub(super) fn for_loop(
        &mut self,
        label: Option<&Ident>,
        variable: &Ident,
        (from, to): (&ast::Expr, &ast::Expr),
        body: &ast::Expr,
        span: Span,
    ) -> Expr {
        let first = self.expression(from, None);
        let ty = self.vars.shallow(&first.ty);
        let integer = self.vars.fresh_integer();
        if !self.vars.unify(&ty, &integer) {
            let found = self.describe(&ty);
            self.error(
                from.span,
                format!("a range is of integers, this is {found}"),
            );
        }
        let bound = self.expression_to(to, &ty);
        let outer = self.env.clone();
        let counter = self.new_local(variable.name.clone(), ty.clone(), variable.span);
        self.mark_used(counter);
        let limit = self.temporary(ty.clone(), to.span);
        self.bind_local(&variable.name, counter);
        let (id, step) = (self.new_loop(), self.new_loop());
        self.enter_loop(label, id, step, true);
        let body = self.expression_to(body, &Type::unit());
        self.env = outer;
        let local = |local, span| expr(ExprKind::Local(local), ty.clone(), span);
        let bind = |local, value: Expr| {
            let span = value.span;
            let pattern = Pattern {
                kind: PatternKind::Local(local),
                ty: ty.clone(),
                span,
            };
            let value = Some(Box::new(value));
            expr(ExprKind::Bind { pattern, value }, Type::unit(), span)
        };
        let more = ExprKind::Binary(
            ast::BinaryOp::Lt,
            Box::new(local(counter, variable.span)),
            Box::new(local(limit, to.span)),
        );
        let one = expr(
            ExprKind::Value(Value::Integer(U256::ONE)),
            ty.clone(),
            variable.span,
        );
        let next = ExprKind::Binary(
            ast::BinaryOp::Add,
            Box::new(local(counter, variable.span)),
            Box::new(one),
        );
        let advance = ExprKind::Assign {
            local: counter,
            value: Box::new(expr(next, ty.clone(), variable.span)),
        };
        let body = Box::new(body);
        let round = vec![
            expr(ExprKind::Labelled { id: step, body }, Type::unit(), span),
            expr(advance, Type::unit(), variable.span),
        ];
        let leave = expr(ExprKind::Break { id, value: None }, Type::Never, span);
        let choice = ExprKind::If {
            condition: Box::new(expr(more, Type::Bool, variable.span)),
            then: Box::new(expr(ExprKind::Sequence(round), Type::unit(), span)),
            otherwise: Some(Box::new(leave)),
        };
        let body = Box::new(expr(choice, Type::unit(), span));
        let steps = vec![
            bind(counter, first),
            bind(limit, bound),
            expr(ExprKind::Loop { id, body }, Type::unit(), span),
        ];
        expr(ExprKind::Sequence(steps), Type::unit(), span)
    }

    pub(super) fn leave_loop(&mut self, label: Option<&Ident>, breaks: bool, span: Span) -> Expr {
        let what = if breaks { "break" } else { "continue" };
        let found = match label {
            Some(label) => {
                let named = |l: &&LoopScope| l.label.as_ref() == Some(&label.name);
                self.env.loops.iter().rev().find(named)
            }
            None => self.env.loops.last(),
        };
        let Some(target) = found.cloned() else {
            let message = match label {
                Some(label) => format!("there is no loop '{label} around this"),
                None => format!("`{what}` outside of a loop"),
            };
            self.error(span, message);
            return self.broken(span);
        };
        let kind = match (breaks, target.continue_leaves) {
            (true, _) => {
                target.broken.set(true);
                ExprKind::Break {
                    id: target.breaks,
                    value: None,
                }
            }
            (false, true) => ExprKind::Break {
                id: target.continues,
                value: None,
            },
            (false, false) => ExprKind::Continue(target.continues),
        };
        expr(kind, Type::Never, span)
    }

    pub(super) fn give_back(&mut self, value: Option<&ast::Expr>, span: Span) -> Expr {
        let exit = self.env.exit.clone();
        let ty = match &exit {
            Exit::Function(ty) | Exit::Inline(_, ty, _) => ty.clone(),
            Exit::None => {
                self.error(
                    span,
                    "a lambda that is put in where it is called cannot `return`",
                );
                return self.broken(span);
            }
        };
        let value = match value {
            Some(value) => self.expression_to(value, &ty),
            None => {
                let nothing = self.nothing(span);
                self.coerce(nothing, &ty, span)
            }
        };
        let value = Box::new(value);
        let kind = match exit {
            Exit::Inline(id, ty, seen) => {
                seen.set(true);
                let value = (!ty.is_unit()).then_some(value);
                ExprKind::Break { id, value }
            }
            _ => ExprKind::Return(value),
        };
        expr(kind, Type::Never, span)
    }

    pub(super) fn abort(&mut self, code: &ast::Expr, span: Span) -> Expr {
        let (code, message) = match self.message(code) {
            Some(message) => (unspecified(span), Some(Box::new(message))),
            None => {
                let value = self.expression(code, Some(&Type::U64));
                match self.vars.shallow(&value.ty) {
                    Type::Vector(_) => {
                        let ty = Type::vector(Type::U8);
                        let message = self.coerce(value, &ty, code.span);
                        (unspecified(span), Some(Box::new(message)))
                    }
                    _ => (self.coerce(value, &Type::U64, code.span), None),
                }
            }
        };
        let code = Box::new(code);
        expr(ExprKind::Abort { code, message }, Type::Never, span)
    }

    /// A message that is written as a string literal.
    fn message(&mut self, e: &ast::Expr) -> Option<Expr> {
        match &e.kind {
            ast::ExprKind::Literal(ast::Literal::Text(text, span)) => Some(expr(
                ExprKind::Value(Value::Bytes(text.clone().into_bytes())),
                Type::vector(Type::U8),
                *span,
            )),
            _ => None,
        }
    }

    pub(super) fn macro_call(&mut self, name: &Ident, arguments: &[ast::Expr], span: Span) -> Expr {
        let (condition, code) = match (name.name.as_str(), arguments) {
            ("assert", [condition]) => (self.expression_to(condition, &Type::Bool), None),
            ("assert", [condition, code]) => {
                (self.expression_to(condition, &Type::Bool), Some(code))
            }
            ("assert_eq" | "assert_ne", [left, right, rest @ ..]) if rest.len() <= 1 => {
                let op = match name.name.as_str() {
                    "assert_eq" => ast::BinaryOp::Eq,
                    _ => ast::BinaryOp::Neq,
                };
                let condition = self.binary(op, span, (left, right), None, span);
                (condition, rest.first())
            }
            ("assert" | "assert_eq" | "assert_ne", _) => {
                let message = format!("`{name}!` does not take {} arguments", arguments.len());
                self.diagnostics.push(
                    Diagnostic::error(span, message)
                        .help("write `assert!(condition, code)`; the code may be left out"),
                );
                return self.broken(span);
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(name.span, format!("there is no macro `{name}!`"))
                        .help("there are `assert!`, `assert_eq!` and `assert_ne!`"),
                );
                return self.broken(span);
            }
        };
        let fails = match code {
            Some(code) => self.abort(code, span),
            None => expr(
                ExprKind::Abort {
                    code: Box::new(unspecified(span)),
                    message: None,
                },
                Type::Never,
                span,
            ),
        };
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(unit(span)),
            otherwise: Some(Box::new(fails)),
        };
        expr(kind, Type::unit(), span)
    }
}

fn unspecified(span: Span) -> Expr {
    let code = Value::Integer(U256::from(UNSPECIFIED_ABORT_CODE));
    expr(ExprKind::Value(code), Type::U64, span)
}
