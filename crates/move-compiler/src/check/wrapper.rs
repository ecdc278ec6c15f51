//! Structs that only give a name to a type of functions: `struct Test<T>(|&T| bool) has copy;`.
//! Functions become such structs, and such structs functions, where the other is expected.

use super::{Checker, expr};
use crate::{
    Span,
    program::StructBody,
    typed::{Expr, ExprKind, Pattern, PatternKind, StructUse},
    types::Type,
};

impl Checker<'_> {
    /// The function type that a struct is the name of.
    pub(super) fn wrapped(&self, ty: &Type) -> Option<(StructUse, Type)> {
        let Type::Struct(id, arguments) = self.vars.shallow(ty) else {
            return None;
        };
        let StructBody::Fields(fields) = &self.program.structure(id).body else {
            return None;
        };
        let [field] = fields.as_slice() else {
            return None;
        };
        if field.name.name.as_str() != "0" || !matches!(field.ty, Type::Function(_)) {
            return None;
        }
        let structure = StructUse {
            id,
            type_arguments: arguments.to_vec(),
            variant: None,
        };
        let function = field.ty.substitute(&arguments);
        Some((structure, function))
    }

    /// Only the module of a struct can put functions in and take them out.
    fn check_inside(&mut self, structure: &StructUse, span: Span) {
        let structure = self.program.structure(structure.id);
        if !self.is_inside(structure.unit) {
            let name = structure.name.clone();
            let message = format!("only the module of `{name}` can convert it");
            self.error(span, message);
        }
    }

    /// Puts a function into the struct that is expected.
    pub(super) fn wrap(&mut self, function: Expr, wanted: &Type, span: Span) -> Expr {
        let Some((structure, ty)) = self.wrapped(wanted) else {
            return function;
        };
        self.check_inside(&structure, span);
        let fields = vec![(0, self.coerce(function, &ty, span))];
        expr(ExprKind::Pack { structure, fields }, wanted.clone(), span)
    }

    /// Takes the function out of such a struct; anything else stays what it is.
    pub(super) fn unwrap(&mut self, value: Expr) -> Expr {
        let Some((structure, ty)) = self.wrapped(&value.ty) else {
            return value;
        };
        let span = value.span;
        self.check_inside(&structure, span);
        let local = self.temporary(ty.clone(), span);
        let inside = Pattern {
            kind: PatternKind::Local(local),
            ty: ty.clone(),
            span,
        };
        let pattern = Pattern {
            kind: PatternKind::Struct {
                structure,
                fields: vec![inside],
            },
            ty: value.ty.clone(),
            span,
        };
        let value = Some(Box::new(value));
        let bind = expr(ExprKind::Bind { pattern, value }, Type::unit(), span);
        let function = expr(ExprKind::Local(local), ty.clone(), span);
        expr(ExprKind::Sequence(vec![bind, function]), ty, span)
    }
}
