//! Inline functions, and the lambdas that they are given: both are put in where they are called,
//! and checked there anew.

use std::{cell::Cell, rc::Rc};

use super::{
    Checker,
    call::{Argument, count},
    env::{Binding, BoundLambda, Env, Exit, LambdaSource},
    expr,
    pattern::Mode,
};
use crate::{
    Diagnostic, Span, Symbol, ast,
    program::{Function, FunctionId},
    typed::{Expr, ExprKind, Pattern, PatternKind},
    types::Type,
};

/// How deep inline functions may call each other.
const DEPTH: usize = 64;

/// How deep calls of inline functions and lambdas may be put into each other.
const NESTING: usize = 256;

/// How many calls one function may have put into it.
const CALLS: u32 = 20_000;

impl Checker<'_> {
    /// Puts an inline function in.
    pub(super) fn put_in(
        &mut self,
        id: FunctionId,
        function: &Function,
        type_arguments: Vec<Type>,
        arguments: Vec<Argument<'_>>,
        span: Span,
    ) -> Expr {
        let returns = function.returns.substitute(&type_arguments);
        if function.parameters.len() != arguments.len() {
            let message = format!(
                "`{}` takes {}, not {}",
                function.name,
                count(function.parameters.len(), "argument"),
                arguments.len()
            );
            self.diagnostics.push(
                Diagnostic::error(span, message).also(function.name.span, "it is defined here"),
            );
            return self.broken(span);
        }
        self.put_in_count = self.put_in_count.saturating_add(1);
        if self.inlining.contains(&id)
            || self.inlining.len() >= DEPTH
            || self.nesting >= NESTING
            || self.put_in_count > CALLS
        {
            let message = match self.inlining.contains(&id) {
                true => format!("the inline function `{}` calls itself", function.name),
                false => "inline functions make this function too large".to_owned(),
            };
            self.diagnostics.push(
                Diagnostic::error(span, message).also(function.name.span, "it is defined here"),
            );
            return self.broken(span);
        }
        let (Some(source), name) = (function.source.clone(), function.name.clone()) else {
            return self.broken(span);
        };
        let Some(body) = source.body.as_ref() else {
            return self.broken(span);
        };
        let mut steps = Vec::new();
        let mut bindings: Vec<(Symbol, Binding)> = Vec::new();
        let mut lambdas = Vec::new();
        for ((parameter, ty), argument) in function.parameters.iter().zip(arguments) {
            let ty = ty.substitute(&type_arguments);
            if let Some(bound) = self.bind_lambda(&ty, &argument) {
                lambdas.push(bound.clone());
                bindings.push((parameter.name.clone(), Binding::Lambda(bound)));
                continue;
            }
            let value_span = argument.span();
            let value = self.argument(argument, &ty);
            let kind = if parameter.name.as_str() == "_" {
                self.need_drop(&ty, value_span, "not used");
                PatternKind::Wildcard
            } else {
                let local = self.new_local(parameter.name.clone(), ty.clone(), parameter.span);
                self.mark_used(local);
                let level = self.env.level;
                bindings.push((parameter.name.clone(), Binding::Local(local, level)));
                PatternKind::Local(local)
            };
            let pattern = Pattern {
                kind,
                ty,
                span: value_span,
            };
            let value = Some(Box::new(value));
            steps.push(expr(
                ExprKind::Bind { pattern, value },
                Type::unit(),
                value_span,
            ));
        }
        let type_parameters = function
            .type_parameters
            .iter()
            .zip(&type_arguments)
            .map(|(p, ty)| (p.name.name.clone(), ty.clone()))
            .collect();
        let (block, returned) = (self.new_loop(), Rc::new(Cell::new(false)));
        let exit = Exit::Inline(block, returns.clone(), returned.clone());
        let mut env = Env::new(function.unit, type_parameters, exit, self.env.level);
        for (name, binding) in bindings {
            if name.as_str() != "_" {
                env.bind(name, binding);
            }
        }
        std::mem::swap(&mut self.env, &mut env);
        self.inlining.push(id);
        self.nesting = self.nesting.saturating_add(1);
        let before = self.diagnostics_count();
        let value = self.block(body, Some(&returns));
        let value = self.coerce(value, &returns, body.span);
        if self.diagnostics_count() > before && source.span.file != span.file {
            let message = format!("`{name}`, which is put in here, does not fit");
            self.error(span, message);
        }
        self.nesting = self.nesting.saturating_sub(1);
        self.inlining.pop();
        std::mem::swap(&mut self.env, &mut env);
        self.check_uncalled(&lambdas);
        let ty = match self.vars.shallow(&value.ty) {
            Type::Never if !returned.get() => Type::Never,
            _ => returns,
        };
        let value = match returned.get() {
            true => {
                let body = Box::new(value);
                expr(ExprKind::Labelled { id: block, body }, ty.clone(), span)
            }
            false => value,
        };
        steps.push(value);
        expr(ExprKind::Sequence(steps), ty, span)
    }

    /// Checks lambdas that are put in nowhere.
    fn check_uncalled(&mut self, lambdas: &[Rc<BoundLambda>]) {
        for bound in lambdas {
            let Type::Function(ty) = self.vars.shallow(&bound.ty) else {
                continue;
            };
            if !bound.is_called.get() {
                let nothing = |ty: &Type| expr(ExprKind::Tuple(Vec::new()), ty.clone(), bound.span);
                let arguments = ty.parameters.iter().map(nothing).map(Argument::Checked);
                self.call_lambda(bound, arguments.collect(), bound.span);
            }
        }
    }

    fn diagnostics_count(&self) -> usize {
        self.diagnostics.errors()
    }

    /// A lambda or the name of a function as the argument for a function parameter.
    fn bind_lambda(&mut self, ty: &Type, argument: &Argument<'_>) -> Option<Rc<BoundLambda>> {
        let Argument::Written(e) = argument else {
            return None;
        };
        if !matches!(self.vars.shallow(ty), Type::Function(_)) {
            return None;
        }
        let lambda = match &e.kind {
            ast::ExprKind::Lambda(lambda) => LambdaSource::Lambda(Rc::new((**lambda).clone())),
            ast::ExprKind::Path(path) => {
                if let Some(bound) = self.lambda_of_path(path) {
                    return Some(bound);
                }
                if self.local_of_path(path).is_some() {
                    return None;
                }
                LambdaSource::Path(path.clone())
            }
            _ => return None,
        };
        if let LambdaSource::Lambda(lambda) = &lambda {
            self.distinct(lambda.parameters.iter().map(|(p, _)| p));
            self.match_lambda(lambda, ty, e.span);
        }
        let mut env = self.env.clone();
        env.loops.clear();
        env.exit = Exit::None;
        Some(Rc::new(BoundLambda {
            lambda,
            env,
            span: e.span,
            ty: ty.clone(),
            inlining: self.inlining.clone(),
            is_called: Cell::new(false),
        }))
    }

    /// Types that a lambda's parameters are written with are those of the function type.
    fn match_lambda(&mut self, lambda: &ast::Lambda, ty: &Type, span: Span) {
        let Type::Function(function) = self.vars.shallow(ty) else {
            return;
        };
        if function.parameters.len() != lambda.parameters.len() {
            let message = format!(
                "a function of {} is needed, this one has {}",
                count(function.parameters.len(), "parameter"),
                lambda.parameters.len()
            );
            self.error(span, message);
            return;
        }
        for ((pattern, written), expected) in lambda.parameters.iter().zip(&function.parameters) {
            if let Some(written) = written {
                let ty = self.written_type(written);
                if !self.vars.unify(&ty, expected) {
                    let (e, f) = (self.describe(expected), self.describe(&ty));
                    self.error(pattern.span, format!("expected {e}, found {f}"));
                }
            }
        }
    }

    /// Calls a lambda that an inline function was given.
    pub(super) fn call_lambda(
        &mut self,
        bound: &Rc<BoundLambda>,
        arguments: Vec<Argument<'_>>,
        span: Span,
    ) -> Expr {
        let Type::Function(ty) = self.vars.shallow(&bound.ty) else {
            return self.broken(span);
        };
        if ty.parameters.len() != arguments.len() {
            let message = format!(
                "this function takes {}, not {}",
                count(ty.parameters.len(), "argument"),
                arguments.len()
            );
            self.error(span, message);
            return self.broken(span);
        }
        self.put_in_count = self.put_in_count.saturating_add(1);
        if self.put_in_count > CALLS {
            self.error(span, "inline functions make this function too large");
            return self.broken(span);
        }
        bound.is_called.set(true);
        let mut values = Vec::new();
        for (argument, ty) in arguments.into_iter().zip(&ty.parameters) {
            values.push(self.argument(argument, ty));
        }
        if self.nesting >= NESTING {
            self.error(span, "inline functions make this function too large");
            return self.broken(span);
        }
        self.nesting = self.nesting.saturating_add(1);
        let mut env = bound.env.clone();
        env.level = self.env.level;
        std::mem::swap(&mut self.env, &mut env);
        // A lambda is code of the place where it is written: there, no function is open that it is
        // given to.
        let inlining = std::mem::replace(&mut self.inlining, bound.inlining.clone());
        let value = match &bound.lambda {
            LambdaSource::Path(path) => {
                let values = values.into_iter().map(Argument::Checked).collect();
                let value = self.call_path(path, values, None, span);
                self.coerce(value, &ty.returns, span)
            }
            LambdaSource::Lambda(lambda) if lambda.parameters.len() == values.len() => {
                let mut steps = Vec::new();
                for ((pattern, _), value) in lambda.parameters.iter().zip(values) {
                    let ty = value.ty.clone();
                    let pattern = self.pattern(pattern, &ty, Mode::Let);
                    let span = pattern.span;
                    let value = Some(Box::new(value));
                    steps.push(expr(ExprKind::Bind { pattern, value }, Type::unit(), span));
                }
                let value = self.expression_to(&lambda.body, &ty.returns);
                let ty = match self.vars.shallow(&value.ty) {
                    Type::Never => Type::Never,
                    _ => ty.returns.clone(),
                };
                steps.push(value);
                expr(ExprKind::Sequence(steps), ty, span)
            }
            LambdaSource::Lambda(_) => self.broken(span),
        };
        self.inlining = inlining;
        self.nesting = self.nesting.saturating_sub(1);
        std::mem::swap(&mut self.env, &mut env);
        value
    }
}
