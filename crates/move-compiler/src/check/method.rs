//! Receiver calls: `value.function(…)`.

use super::{Checker, call::Argument, expr};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::FunctionId,
    typed::{Expr, ExprKind},
    types::Type,
};

impl Checker<'_> {
    pub(super) fn method(
        &mut self,
        receiver: &ast::Expr,
        name: &Ident,
        type_arguments: Option<&[ast::Type]>,
        arguments: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let base = self.base(receiver);
        let ty = self.vars.shallow(&base.ty);
        let inner = match ty.referent() {
            Some((inner, _)) => self.vars.shallow(inner),
            None => ty.clone(),
        };
        if matches!(inner, Type::Error) {
            for argument in arguments {
                if !matches!(argument.kind, ast::ExprKind::Lambda(_)) {
                    self.expression(argument, None);
                }
            }
            return self.broken(span);
        }
        let Some(id) = self.method_of(&inner, name) else {
            if self.has_function_field(&base, name) {
                let field = self.field(base, name, name.span);
                let function = self.value_of(field, name.span);
                return self.call_value(function, arguments, span);
            }
            self.no_method(&inner, name, receiver.span);
            return self.broken(span);
        };
        let function = self.program.function(id);
        let own = function.parameters.first().map(|(_, ty)| ty.clone());
        let receiver = match own {
            Some(Type::Reference { mutable: true, .. }) => self.mutable(base),
            Some(Type::Reference { mutable: false, .. }) => self.frozen(base),
            _ => self.value_of(base, receiver.span),
        };
        let mut all = vec![Argument::Checked(receiver)];
        all.extend(arguments.iter().map(Argument::Written));
        self.call_function(id, type_arguments, all, name.span, span)
    }

    /// The function with a parameter `self` in the module of a type.
    fn method_of(&self, ty: &Type, name: &Ident) -> Option<FunctionId> {
        let id = match ty {
            Type::Struct(id, _) => {
                let unit = self.program.structure(*id).unit;
                self.names.function(unit, &name.name)?
            }
            Type::Vector(_) => self.standard_function("vector", &name.name)?,
            _ => return None,
        };
        let (own, of) = self.program.function(id).parameters.first()?;
        let of = of.referent().map_or(of, |(inner, _)| inner);
        let fits = match (of, ty) {
            (Type::Struct(a, _), Type::Struct(b, _)) => a == b,
            (Type::Vector(_), Type::Vector(_)) => true,
            _ => false,
        };
        (own.name.as_str() == "self" && fits).then_some(id)
    }

    fn has_function_field(&mut self, base: &Expr, name: &Ident) -> bool {
        let Some((id, _)) = self.struct_behind(base) else {
            return false;
        };
        let fields = self.program.structure(id).fields(None);
        let found = fields.iter().find(|f| f.name.name == name.name);
        found.is_some_and(|f| matches!(f.ty, Type::Function(_)))
    }

    fn no_method(&mut self, ty: &Type, name: &Ident, receiver: Span) {
        let found = self.describe(ty);
        let mut error = match ty {
            Type::Var(_) => Diagnostic::error(
                receiver,
                format!("the type must be known here to find `{name}`"),
            )
            .help("annotate it: `let x: T = …`"),
            _ => Diagnostic::error(name.span, format!("{found} has no method `{name}`")),
        };
        if let Type::Struct(id, _) = ty {
            let unit = self.program.structure(*id).unit;
            if let Some(function) = self.names.function(unit, &name.name) {
                let place = self.program.function(function).name.span;
                error = error
                    .also(
                        place,
                        "this function's first parameter is not called `self`",
                    )
                    .help("call it by its module's name");
            }
        }
        if let Type::Vector(_) = ty
            && self.standard_function("vector", "length").is_none()
        {
            error =
                error.help("methods of vectors are in `std::vector`: add MoveStdlib to Move.toml");
        }
        self.diagnostics.push(error);
    }

    /// A function value of a lambda that an inline function was given, where it is not called.
    pub(super) fn bound_lambda_value(
        &mut self,
        bound: &std::rc::Rc<super::env::BoundLambda>,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let mut env = bound.env.clone();
        env.level = self.env.level;
        std::mem::swap(&mut self.env, &mut env);
        let hint = expected.cloned().unwrap_or_else(|| bound.ty.clone());
        let value = match &bound.lambda {
            super::env::LambdaSource::Lambda(lambda) => {
                self.lambda_value(lambda, Some(&hint), bound.span)
            }
            super::env::LambdaSource::Path(path) => {
                let e = ast::Expr {
                    kind: ast::ExprKind::Path(path.clone()),
                    span: path.span,
                };
                self.expression(&e, Some(&hint))
            }
        };
        std::mem::swap(&mut self.env, &mut env);
        match value.kind {
            ExprKind::Tuple(_) => self.broken(span),
            kind => expr(kind, value.ty, span),
        }
    }
}
