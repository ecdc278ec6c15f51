//! The end of a body: inferred types are written down, constants folded, and what could not be
//! checked before is checked.

use super::{Checker, Frame, exhaustive, fold};
use crate::{
    Diagnostic, Span,
    typed::{Body, Builtin, Expr, ExprKind, Pattern, PatternKind, StructUse},
    types::{Local, LocalId, Type},
};

impl Checker<'_> {
    /// Finishes the function and the lambdas in it.
    pub(super) fn finish(&mut self, mut value: Expr, parameters: usize) -> Option<Body> {
        self.check_literals();
        let mut frame = self.frames.pop().unwrap_or_default();
        let mut writer = Writer {
            checker: self,
            told: false,
            renumber: Vec::new(),
        };
        writer.expr(&mut value);
        let own = writer.locals(&mut frame);
        self.finish_lambdas();
        // What is not known by now has been told.
        for (of, span) in std::mem::take(&mut self.resources) {
            self.check_resource(&of, span);
        }
        self.resources.clear();
        self.check_constraints();
        self.warn_unused(&frame, &own);
        Some(Body {
            locals: own,
            parameters,
            value,
        })
    }

    fn finish_lambdas(&mut self) {
        for mut lifted in std::mem::take(&mut self.lifted) {
            // What is captured comes first, then the lambda's own parameters.
            let mut order: Vec<LocalId> = lifted.frame.captures.iter().map(|(_, l)| *l).collect();
            order.extend(&lifted.parameters);
            let count = u32::try_from(lifted.frame.locals.len()).unwrap_or(u32::MAX);
            let rest: Vec<LocalId> = (0..count)
                .map(LocalId)
                .filter(|l| !order.contains(l))
                .collect();
            let parameters = order.len();
            order.extend(rest);
            let mut renumber = vec![LocalId(0); order.len()];
            for (new, old) in (0..).map(LocalId).zip(&order) {
                if let Some(place) = renumber.get_mut(old.0 as usize) {
                    *place = new;
                }
            }
            let mut writer = Writer {
                checker: self,
                told: false,
                renumber,
            };
            writer.expr(&mut lifted.body);
            let locals = writer.locals(&mut lifted.frame);
            self.warn_unused(&lifted.frame, &locals);
            let locals: Vec<Local> = order
                .iter()
                .filter_map(|l| locals.get(l.0 as usize).cloned())
                .collect();
            let returns = self.vars.finish(&lifted.returns).unwrap_or(Type::Error);
            if let Some(function) = self.program.functions.get_mut(lifted.id.index()) {
                function.returns = returns;
                function.parameters = locals
                    .iter()
                    .take(parameters)
                    .map(|l| {
                        let name = crate::Ident {
                            name: l.name.clone(),
                            span: l.span,
                        };
                        (name, l.ty.clone())
                    })
                    .collect();
            }
            let body = Body {
                locals,
                parameters,
                value: lifted.body,
            };
            self.bodies.insert(lifted.id, body);
        }
    }

    fn warn_unused(&mut self, frame: &Frame, locals: &[Local]) {
        if !self.warns {
            return;
        }
        for (local, used) in locals.iter().zip(&frame.used) {
            if !used && !local.name.starts_with(['_', '$']) && local.name.as_str() != "self" {
                self.diagnostics.push(
                    Diagnostic::warning(local.span, format!("`{}` is never used", local.name))
                        .help(format!("call it `_{}` if that is meant", local.name)),
                );
            }
        }
    }
}

/// Writes inferred types down.
struct Writer<'c, 'a> {
    checker: &'c mut Checker<'a>,
    /// Whether a type that is not known has been told.
    told: bool,
    /// New numbers of locals, in lambdas.
    renumber: Vec<LocalId>,
}

impl Writer<'_, '_> {
    fn ty(&mut self, ty: &Type, span: Span) -> Type {
        if let Some(ty) = self.checker.vars.finish(ty) {
            return ty;
        }
        if !self.told {
            self.told = true;
            self.checker.diagnostics.push(
                Diagnostic::error(span, "the type of this is not known")
                    .help("write it down: `let x: T = …`, or type arguments: `f<T>(…)`"),
            );
        }
        Type::Error
    }

    fn types(&mut self, types: &mut [Type], span: Span) {
        for ty in types {
            let found = self.ty(ty, span);
            if matches!(found, Type::Reference { .. } | Type::Tuple(_)) {
                let message = "a type argument cannot be a reference or a tuple";
                self.checker.error(span, message);
            }
            *ty = found;
        }
    }

    fn locals(&mut self, frame: &mut Frame) -> Vec<Local> {
        let mut locals = std::mem::take(&mut frame.locals);
        for local in &mut locals {
            local.ty = self.ty(&local.ty.clone(), local.span);
        }
        locals
    }

    fn local(&self, local: &mut LocalId) {
        if let Some(new) = self.renumber.get(local.0 as usize) {
            *local = *new;
        }
    }

    fn structure(&mut self, structure: &mut StructUse, span: Span) {
        self.types(&mut structure.type_arguments, span);
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        pattern.ty = self.ty(&pattern.ty.clone(), pattern.span);
        match &mut pattern.kind {
            PatternKind::Wildcard | PatternKind::Value(_) => {}
            PatternKind::Local(local) => self.local(local),
            PatternKind::WriteRef(reference) => self.expr(reference),
            PatternKind::Tuple(parts) | PatternKind::Or(parts) => {
                parts.iter_mut().for_each(|p| self.pattern(p));
            }
            PatternKind::Struct { structure, fields } => {
                self.structure(structure, pattern.span);
                fields.iter_mut().for_each(|p| self.pattern(p));
            }
        }
    }

    fn all(&mut self, all: &mut [Expr]) {
        all.iter_mut().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, e: &mut Expr) {
        let span = e.span;
        e.ty = self.ty(&e.ty.clone(), span);
        match &mut e.kind {
            ExprKind::Value(_) | ExprKind::Constant(_) | ExprKind::Continue(_) => {}
            ExprKind::Local(local)
            | ExprKind::CopyLocal(local)
            | ExprKind::MoveLocal(local)
            | ExprKind::BorrowLocal { local, .. } => self.local(local),
            ExprKind::BorrowField { of, structure, .. } => {
                self.structure(structure, span);
                self.expr(of);
            }
            ExprKind::TestVariants {
                reference,
                structure,
                ..
            } => {
                self.structure(structure, span);
                self.expr(reference);
            }
            ExprKind::BorrowValue { value, .. }
            | ExprKind::ReadRef(value)
            | ExprKind::Unary(_, value)
            | ExprKind::Cast(value)
            | ExprKind::Return(value)
            | ExprKind::Loop { body: value, .. }
            | ExprKind::Labelled { body: value, .. } => self.expr(value),
            ExprKind::WriteRef { reference, value } => {
                self.expr(value);
                self.expr(reference);
            }
            ExprKind::Assign { local, value } => {
                self.local(local);
                self.expr(value);
            }
            ExprKind::Bind { pattern, value } => {
                if let Some(value) = value {
                    self.expr(value);
                }
                self.pattern(pattern);
            }
            ExprKind::Call {
                type_arguments,
                arguments,
                ..
            } => {
                self.types(type_arguments, span);
                self.all(arguments);
            }
            ExprKind::Builtin(builtin, arguments) => {
                match builtin {
                    Builtin::Exists(ty)
                    | Builtin::MoveTo(ty)
                    | Builtin::MoveFrom(ty)
                    | Builtin::BorrowGlobal { of: ty, .. }
                    | Builtin::VectorBorrow { of: ty, .. } => *ty = self.ty(&ty.clone(), span),
                    Builtin::Freeze => {}
                }
                self.all(arguments);
            }
            ExprKind::CallValue {
                function,
                arguments,
            } => {
                self.all(arguments);
                self.expr(function);
            }
            ExprKind::Closure {
                type_arguments,
                captured,
                ..
            } => {
                self.types(type_arguments, span);
                captured.iter_mut().for_each(|(_, e)| self.expr(e));
            }
            ExprKind::Pack { structure, fields } => {
                self.structure(structure, span);
                fields.iter_mut().for_each(|(_, e)| self.expr(e));
            }
            ExprKind::Vector(all) | ExprKind::Tuple(all) | ExprKind::Sequence(all) => self.all(all),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.expr(then);
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise);
                }
            }
            ExprKind::Match { value, arms } => {
                self.expr(value);
                for arm in arms.iter_mut() {
                    self.pattern(&mut arm.pattern);
                    if let Some(guard) = &mut arm.guard {
                        self.expr(guard);
                    }
                    self.expr(&mut arm.body);
                }
                exhaustive::check(
                    self.checker.program,
                    &value.ty,
                    arms,
                    span,
                    self.checker.diagnostics,
                );
            }
            ExprKind::Break { value, .. } => {
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            ExprKind::Abort { code, message } => {
                self.expr(code);
                if let Some(message) = message {
                    self.expr(message);
                }
            }
        }
        fold::simplify(e);
    }
}
