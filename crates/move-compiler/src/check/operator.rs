//! Operators, casts and assignments.

use super::{Checker, expr, unit};
use crate::{
    Diagnostic, Span,
    ast::{self, BinaryOp, UnaryOp},
    typed::{Expr, ExprKind, Pattern, PatternKind},
    types::Type,
};

/// An operator as it is written.
pub(super) fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Mod => "%",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::Xor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Eq => "==",
        BinaryOp::Neq => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Gt => ">",
        BinaryOp::Le => "<=",
        BinaryOp::Ge => ">=",
        BinaryOp::Implies => "==>",
        BinaryOp::Iff => "<==>",
    }
}

impl Checker<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        of: &ast::Expr,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        match op {
            UnaryOp::Not => {
                let value = self.expression_to(of, &Type::Bool);
                expr(ExprKind::Unary(op, Box::new(value)), Type::Bool, span)
            }
            UnaryOp::Negate => {
                if let ast::ExprKind::Literal(ast::Literal::Number { value, suffix, .. }) = &of.kind
                {
                    return self.number(*value, suffix.as_ref(), true, span, expected);
                }
                let value = self.expression(of, expected);
                let ty = value.ty.clone();
                if self.vars.integer(&ty).is_none_or(|i| !i.is_signed()) {
                    let found = self.describe(&ty);
                    let message = format!("`-` needs a signed integer, found {found}");
                    self.error(of.span, message);
                    return self.broken(span);
                }
                expr(ExprKind::Unary(op, Box::new(value)), ty, span)
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        (left, right): (&ast::Expr, &ast::Expr),
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        use BinaryOp as B;
        match op {
            B::And | B::Or => {
                let left = self.expression_to(left, &Type::Bool);
                let right = self.expression_to(right, &Type::Bool);
                binary(op, left, right, Type::Bool, span)
            }
            B::Shl | B::Shr => {
                let left_value = self.expression(left, expected);
                let ty = self.need_integer(&left_value, op, left.span);
                let right = self.expression_to(right, &Type::U8);
                binary(op, left_value, right, ty, span)
            }
            B::Add | B::Sub | B::Mul | B::Div | B::Mod | B::BitAnd | B::BitOr | B::Xor => {
                let (left, right) = self.operands(op, op_span, left, right, expected);
                let ty = self.need_integer(&left, op, left.span);
                binary(op, left, right, ty, span)
            }
            B::Eq | B::Neq => {
                let (left, right) = self.operands(op, op_span, left, right, None);
                if let Type::Tuple(_) = self.vars.shallow(&left.ty) {
                    self.error(span, "tuples cannot be compared");
                }
                let ty = left.ty.clone();
                self.need_drop(&ty, span, "compared");
                binary(op, left, right, Type::Bool, span)
            }
            B::Lt | B::Gt | B::Le | B::Ge => {
                let (left, right) = self.operands(op, op_span, left, right, None);
                let ty = self.vars.shallow(&left.ty);
                let is_integer =
                    matches!(ty, Type::Integer(_) | Type::Error) || self.vars.is_integer_var(&ty);
                if is_integer {
                    return binary(op, left, right, Type::Bool, span);
                }
                self.ordering(op, left, right, span)
            }
            B::Implies | B::Iff => {
                self.error(op_span, "this operator is for specifications only");
                self.broken(span)
            }
        }
    }

    /// Two operands of the same type. Of two references either is frozen if the other is immutable.
    fn operands(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        expected: Option<&Type>,
    ) -> (Expr, Expr) {
        let mut left = self.expression(left, expected);
        let hint = self.vars.shallow(&left.ty);
        let mut right = self.expression(right, Some(&hint));
        if let (Type::Reference { .. }, Type::Reference { .. }) =
            (self.vars.shallow(&left.ty), self.vars.shallow(&right.ty))
        {
            left = self.frozen(left);
            right = self.frozen(right);
        }
        if !self.vars.unify(&left.ty, &right.ty) {
            let (l, r) = (self.describe(&left.ty), self.describe(&right.ty));
            let message = format!("the operands of `{}` have different types", symbol(op));
            self.diagnostics.push(
                Diagnostic::error(op_span, message)
                    .also(left.span, format!("this is {l}"))
                    .also(right.span, format!("this is {r}")),
            );
            left.ty = Type::Error;
        }
        (left, right)
    }

    fn need_integer(&mut self, value: &Expr, op: BinaryOp, span: Span) -> Type {
        let ty = self.vars.shallow(&value.ty);
        match ty {
            Type::Integer(_) | Type::Error | Type::Never => ty,
            Type::Var(_) => {
                let integer = self.vars.fresh_integer();
                self.vars.unify(&ty, &integer);
                ty
            }
            other => {
                let found = self.describe(&other);
                let message = format!("`{}` needs integers, found {found}", symbol(op));
                let mut error = Diagnostic::error(span, message);
                if other.referent().is_some() {
                    error = error.help("read what the reference points to with `*`");
                }
                self.diagnostics.push(error);
                Type::Error
            }
        }
    }

    /// Comparison of what is no integer, by `std::cmp`.
    fn ordering(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
        let ty = self.vars.shallow(&left.ty);
        let name = match op {
            BinaryOp::Lt => "is_lt",
            BinaryOp::Gt => "is_gt",
            BinaryOp::Le => "is_le",
            _ => "is_ge",
        };
        let (Some(compare), Some(test)) = (
            self.standard_function("cmp", "compare"),
            self.standard_function("cmp", name),
        ) else {
            let found = self.describe(&ty);
            self.diagnostics.push(
                Diagnostic::error(
                    span,
                    format!("`{}` compares integers, this is {found}", symbol(op)),
                )
                .help("with the module `std::cmp` in a dependency, all types can be compared"),
            );
            return self.broken(span);
        };
        let (inner, is_reference) = match ty.referent() {
            Some((inner, _)) => (inner.clone(), true),
            None => (ty.clone(), false),
        };
        let operand = |value: Expr| match is_reference {
            true => value,
            false => {
                let (ty, span) = (Type::reference(false, inner.clone()), value.span);
                let value = Box::new(value);
                let mutable = false;
                expr(ExprKind::BorrowValue { value, mutable }, ty, span)
            }
        };
        let ordering = self.program.function(compare).returns.clone();
        let compared = expr(
            ExprKind::Call {
                function: compare,
                type_arguments: vec![inner.clone()],
                arguments: vec![operand(left), operand(right)],
            },
            ordering.clone(),
            span,
        );
        let borrowed = expr(
            ExprKind::BorrowValue {
                value: Box::new(compared),
                mutable: false,
            },
            Type::reference(false, ordering),
            span,
        );
        let kind = ExprKind::Call {
            function: test,
            type_arguments: Vec::new(),
            arguments: vec![borrowed],
        };
        expr(kind, Type::Bool, span)
    }

    /// A function of a module at `0x1`.
    pub(super) fn standard_function(
        &self,
        module: &str,
        name: &str,
    ) -> Option<crate::program::FunctionId> {
        let module = lumio_move_engine::ModuleId::new(lumio_move_engine::Address::small(1), module);
        let unit = *self.program.modules.get(&module)?;
        self.names.function(unit, name)
    }

    pub(super) fn cast(&mut self, of: &ast::Expr, ty: &ast::Type, span: Span) -> Expr {
        let target = self.written_type(ty);
        let value = self.expression(of, None);
        let from = self.vars.shallow(&value.ty);
        let is_integer = matches!(from, Type::Integer(_) | Type::Error | Type::Never);
        if !is_integer {
            let integer = self.vars.fresh_integer();
            if !self.vars.unify(&from, &integer) {
                let found = self.describe(&from);
                self.error(
                    of.span,
                    format!("only integers can be cast, this is {found}"),
                );
            }
        }
        if !matches!(target, Type::Integer(_) | Type::Error) {
            self.error(ty.span, "a cast leads to an integer type");
            return self.broken(span);
        }
        expr(ExprKind::Cast(Box::new(value)), target, span)
    }

    pub(super) fn assign(&mut self, to: &ast::Pattern, value: &ast::Expr, span: Span) -> Expr {
        match &to.kind {
            ast::PatternKind::Name(name) => {
                let path = ast::Path {
                    address: None,
                    names: vec![name.clone()],
                    type_arguments: None,
                    span: name.span,
                };
                let Some(local) = self.assigned(&path) else {
                    return self.broken(span);
                };
                let ty = self.local_type(local);
                let value = Box::new(self.expression_to(value, &ty));
                expr(ExprKind::Assign { local, value }, Type::unit(), span)
            }
            ast::PatternKind::Place(place) => {
                if let ast::ExprKind::Path(path) = &place.kind {
                    let Some(local) = self.assigned(path) else {
                        return self.broken(span);
                    };
                    let ty = self.local_type(local);
                    let value = Box::new(self.expression_to(value, &ty));
                    return expr(ExprKind::Assign { local, value }, Type::unit(), span);
                }
                let (reference, ty) = self.target(place);
                let value = Box::new(self.expression_to(value, &ty));
                let reference = Box::new(reference);
                expr(ExprKind::WriteRef { reference, value }, Type::unit(), span)
            }
            _ => {
                let value = self.expression(value, None);
                let ty = self.vars.shallow(&value.ty);
                let pattern = self.pattern(to, &ty, super::pattern::Mode::Assign);
                let kind = ExprKind::Bind {
                    pattern,
                    value: Some(Box::new(value)),
                };
                expr(kind, Type::unit(), span)
            }
        }
    }

    /// The local that is assigned to.
    pub(super) fn assigned(&mut self, path: &ast::Path) -> Option<crate::types::LocalId> {
        if let [name] = path.names.as_slice()
            && let Some(super::env::Binding::Local(_, level)) = self.env.find(&name.name)
        {
            if *level != self.env.level {
                let message = format!("`{name}` is captured by value: assigning it has no effect");
                self.diagnostics.push(
                    Diagnostic::error(path.span, message)
                        .help("return the new value from the lambda"),
                );
                return None;
            }
            let found = self.env.find(&name.name).cloned();
            return match found {
                Some(super::env::Binding::Local(local, _)) => Some(local),
                _ => None,
            };
        }
        let name = path.names.last().map_or("this", |n| n.name.as_str());
        let message = format!("there is no local `{name}` to assign to");
        self.diagnostics
            .push(Diagnostic::error(path.span, message).help("declare it with `let`"));
        None
    }

    /// A mutable reference to a place that is assigned to, and the place's type.
    pub(super) fn target(&mut self, place: &ast::Expr) -> (Expr, Type) {
        let is_place = matches!(
            place.kind,
            ast::ExprKind::Field { .. }
                | ast::ExprKind::Index { .. }
                | ast::ExprKind::Dereference(_)
        );
        if !is_place {
            self.error(place.span, "this cannot be assigned to");
            return (self.broken(place.span), Type::Error);
        }
        let reference = self.borrow(place, true, place.span);
        let ty = self.vars.shallow(&reference.ty);
        let inner = ty
            .referent()
            .map_or(Type::Error, |(inner, _)| inner.clone());
        self.need_drop(&inner, place.span, "overwritten");
        (reference, inner)
    }

    pub(super) fn compound_assign(
        &mut self,
        op: BinaryOp,
        to: &ast::Expr,
        value: &ast::Expr,
        span: Span,
    ) -> Expr {
        let amount = |s: &mut Self, ty: &Type| match op {
            BinaryOp::Shl | BinaryOp::Shr => s.expression_to(value, &Type::U8),
            _ => s.expression_to(value, ty),
        };
        if let ast::ExprKind::Path(path) = &to.kind {
            let Some(local) = self.assigned(path) else {
                return self.broken(span);
            };
            self.mark_used(local);
            let ty = self.local_type(local);
            let own = expr(ExprKind::Local(local), ty.clone(), to.span);
            let ty = self.need_integer(&own, op, to.span);
            let value = amount(self, &ty);
            if self.changes_nothing(&value) {
                let value = Box::new(binary(op, own, value, ty, span));
                return expr(ExprKind::Assign { local, value }, Type::unit(), span);
            }
            // The right side comes first.
            let (value_type, value_span) = (value.ty.clone(), value.span);
            let by = self.temporary(value_type.clone(), value_span);
            let pattern = Pattern {
                kind: PatternKind::Local(by),
                ty: value_type.clone(),
                span: value_span,
            };
            let value = Some(Box::new(value));
            let first = expr(ExprKind::Bind { pattern, value }, Type::unit(), value_span);
            let by = expr(ExprKind::Local(by), value_type, value_span);
            let value = Box::new(binary(op, own, by, ty, span));
            let assign = expr(ExprKind::Assign { local, value }, Type::unit(), span);
            return expr(ExprKind::Sequence(vec![first, assign]), Type::unit(), span);
        }
        let (reference, ty) = self.target(to);
        let place = expr(ExprKind::Tuple(Vec::new()), ty.clone(), to.span);
        let ty = self.need_integer(&place, op, to.span);
        let value = amount(self, &ty);
        let (value_type, reference_type) = (value.ty.clone(), reference.ty.clone());
        let by = self.temporary(value_type.clone(), value.span);
        let at = self.temporary(reference_type.clone(), to.span);
        let bind = |local, ty: &Type, value: Expr| {
            let span = value.span;
            let pattern = Pattern {
                kind: PatternKind::Local(local),
                ty: ty.clone(),
                span,
            };
            let value = Some(Box::new(value));
            expr(ExprKind::Bind { pattern, value }, Type::unit(), span)
        };
        let pointer = || expr(ExprKind::Local(at), reference_type.clone(), to.span);
        let old = expr(ExprKind::ReadRef(Box::new(pointer())), ty.clone(), to.span);
        let by_value = expr(ExprKind::Local(by), value_type.clone(), value.span);
        let new = binary(op, old, by_value, ty, span);
        let write = expr(
            ExprKind::WriteRef {
                reference: Box::new(pointer()),
                value: Box::new(new),
            },
            Type::unit(),
            span,
        );
        let steps = vec![
            bind(by, &value_type, value),
            bind(at, &reference_type, reference),
            write,
        ];
        expr(ExprKind::Sequence(steps), Type::unit(), span)
    }

    /// Whether the evaluation of an expression leaves all locals as they are, so that it can come
    /// before or after the use of one.
    fn changes_nothing(&self, e: &Expr) -> bool {
        let own = match &e.kind {
            ExprKind::Value(_)
            | ExprKind::Constant(_)
            | ExprKind::Local(_)
            | ExprKind::CopyLocal(_)
            | ExprKind::BorrowLocal { mutable: false, .. }
            | ExprKind::BorrowField { mutable: false, .. }
            | ExprKind::BorrowValue { mutable: false, .. }
            | ExprKind::ReadRef(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Cast(_)
            | ExprKind::Tuple(_)
            | ExprKind::Vector(_) => true,
            ExprKind::Call { arguments, .. } | ExprKind::Builtin(_, arguments) => {
                arguments.iter().all(|argument| {
                    !matches!(
                        self.vars.shallow(&argument.ty),
                        Type::Reference { mutable: true, .. }
                    )
                })
            }
            _ => false,
        };
        let mut all = own;
        if own {
            e.children(&mut |child| all = all && self.changes_nothing(child));
        }
        all
    }

    /// A type that must be dropped.
    pub(super) fn need_drop(&mut self, ty: &Type, span: Span, how: &str) {
        self.constraints.push(super::PendingConstraint {
            ty: ty.clone(),
            abilities: lumio_move_engine::format::AbilitySet::EMPTY
                .with(lumio_move_engine::format::Ability::Drop),
            span,
            what: format!("what is {how}"),
        });
    }

    /// Nothing, where something has been told to be wrong but is evaluated all the same.
    pub(super) fn nothing(&self, span: Span) -> Expr {
        unit(span)
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr, ty: Type, span: Span) -> Expr {
    expr(
        ExprKind::Binary(op, Box::new(left), Box::new(right)),
        ty,
        span,
    )
}
