//! Expressions: what each kind is checked by, and names.

use super::{
    Checker,
    env::{Binding, BoundLambda},
    expr,
    hint::closest,
    unit,
};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::{StructBody, UnitId},
    typed::{Expr, ExprKind},
    types::{FunctionType, LocalId, Type},
};
use std::rc::Rc;

impl Checker<'_> {
    /// Checks an expression. What is expected is a hint: the result may have another type.
    pub(super) fn expression(&mut self, e: &ast::Expr, expected: Option<&Type>) -> Expr {
        use ast::ExprKind as K;
        match &e.kind {
            K::Literal(literal) => self.literal(literal, expected),
            K::Path(path) => self.path(path, expected),
            K::Call {
                function,
                arguments,
            } => self.call(function, arguments, expected, e.span),
            K::CallValue {
                function,
                arguments,
            } => {
                let function = self.expression(function, None);
                self.call_value(function, arguments, e.span)
            }
            K::Macro { name, arguments } => self.macro_call(name, arguments, e.span),
            K::MethodCall {
                receiver,
                name,
                type_arguments,
                arguments,
            } => self.method(receiver, name, type_arguments.as_deref(), arguments, e.span),
            K::Pack { path, fields } => self.pack(path, fields, expected, e.span),
            K::Vector { element, elements } => {
                self.vector(element.as_ref(), elements, expected, e.span)
            }
            K::Field { .. } | K::Index { .. } | K::Dereference(_) => self.read(e),
            K::Borrow { mutable, of } => self.borrow(of, *mutable, e.span),
            K::Unary(op, of) => self.unary(*op, of, expected, e.span),
            K::Binary {
                op,
                op_span,
                left,
                right,
            } => self.binary(*op, *op_span, (left, right), expected, e.span),
            K::Copy(of) | K::Move(of) => self.copy_or_move(e, of, expected),
            K::Assign { to, value } => self.assign(to, value, e.span),
            K::CompoundAssign { op, to, value } => self.compound_assign(*op, to, value, e.span),
            K::Cast(of, ty) => self.cast(of, ty, e.span),
            K::Annotate(of, ty) => {
                let ty = self.written_type(ty);
                self.expression_to(of, &ty)
            }
            K::Is(of, variants) => self.is_variant(of, variants, e.span),
            K::Tuple(parts) => self.tuple(parts, expected, e.span),
            K::Block(block) => self.block(block, expected),
            K::If {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise.as_deref(), expected, e.span),
            K::Match { value, arms } => self.match_value(value, arms, expected, e.span),
            K::While {
                label,
                condition,
                body,
            } => self.while_loop(label.as_ref(), condition, body, e.span),
            K::For {
                label,
                variable,
                from,
                to,
                body,
            } => self.for_loop(label.as_ref(), variable, (from, to), body, e.span),
            K::Loop { label, body } => self.endless_loop(label.as_ref(), body, e.span),
            K::Break(label) => self.leave_loop(label.as_ref(), true, e.span),
            K::Continue(label) => self.leave_loop(label.as_ref(), false, e.span),
            K::Return(value) => self.give_back(value.as_deref(), e.span),
            K::Abort(code) => self.abort(code, e.span),
            K::Lambda(lambda) => self.lambda_value(lambda, expected, e.span),
            K::Spec => unit(e.span),
            K::Error => self.broken(e.span),
        }
    }

    /// Checks an expression whose type is known.
    pub(super) fn expression_to(&mut self, e: &ast::Expr, expected: &Type) -> Expr {
        let value = self.expression(e, Some(expected));
        self.coerce(value, expected, e.span)
    }

    /// The local of the function under way that a name stands for; those of functions around it
    /// are captured.
    pub(super) fn local(&mut self, local: LocalId, level: usize) -> LocalId {
        let mut current = local;
        for depth in level.saturating_add(1)..=self.env.level {
            let outer = depth.checked_sub(1).and_then(|n| self.frames.get(n));
            let outer = outer
                .and_then(|f| f.locals.get(current.0 as usize))
                .cloned();
            let Some(frame) = self.frames.get_mut(depth) else {
                return current;
            };
            let known = frame.captures.iter().find(|(from, _)| *from == current);
            current = match (known, outer) {
                (Some((_, inner)), _) => *inner,
                (None, Some(outer)) => {
                    let inner = LocalId(u32::try_from(frame.locals.len()).unwrap_or(u32::MAX));
                    frame.locals.push(outer);
                    frame.used.push(true);
                    frame.captures.push((current, inner));
                    inner
                }
                (None, None) => return current,
            };
        }
        // Whatever is captured is used.
        if let Some(used) = self
            .frames
            .get_mut(level)
            .and_then(|f| f.used.get_mut(local.0 as usize))
        {
            *used = true;
        }
        current
    }

    /// The local that a path names, if it names one.
    pub(super) fn local_of_path(&mut self, path: &ast::Path) -> Option<LocalId> {
        match (path.address.is_none(), path.names.as_slice()) {
            (true, [name]) => match self.env.find(&name.name)?.clone() {
                Binding::Local(local, level) => Some(self.local(local, level)),
                Binding::Lambda(_) => None,
            },
            _ => None,
        }
    }

    /// The lambda that a path names, if it names one.
    pub(super) fn lambda_of_path(&self, path: &ast::Path) -> Option<Rc<BoundLambda>> {
        match (path.address.is_none(), path.names.as_slice()) {
            (true, [name]) => match self.env.find(&name.name)? {
                Binding::Lambda(lambda) => Some(lambda.clone()),
                Binding::Local(..) => None,
            },
            _ => None,
        }
    }

    /// What a path stands for; an error is told.
    pub(super) fn entity(&mut self, path: &ast::Path) -> Option<crate::declare::Entity> {
        let found = self
            .names
            .entity(self.program, self.env.unit, &self.env.aliases, path);
        match found {
            Ok(entity) => Some(entity),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn path(&mut self, path: &ast::Path, expected: Option<&Type>) -> Expr {
        if let Some(local) = self.local_of_path(path) {
            let ty = self.local_type(local);
            return expr(ExprKind::Local(local), ty, path.span);
        }
        if let Some(bound) = self.lambda_of_path(path) {
            return self.bound_lambda_value(&bound, expected, path.span);
        }
        let Some(entity) = self.entity(path) else {
            return self.broken(path.span);
        };
        if entity.variant.is_none() {
            if let Some(id) = self.names.constant(entity.unit, &entity.name.name) {
                if !self.is_inside(entity.unit) {
                    let message = format!("constant `{}` belongs to another module", entity.name);
                    let place = self.program.constant(id).name.span;
                    self.diagnostics.push(
                        Diagnostic::error(path.span, message)
                            .also(place, "it is defined here")
                            .help("add a public function that returns it"),
                    );
                }
                let ty = self.program.constant(id).ty.clone();
                return expr(ExprKind::Constant(id), ty, path.span);
            }
            if let Some(id) = self.names.function(entity.unit, &entity.name.name) {
                let written = path.type_arguments.as_deref();
                return self.function_value(id, written, path.span);
            }
        }
        let names_struct = self.names.structure(entity.unit, &entity.name.name);
        if entity.variant.is_some() || names_struct.is_some() {
            return self.pack_unit(path, expected);
        }
        self.unbound(&entity.name, entity.unit, path);
        self.broken(path.span)
    }

    /// Tells that there is nothing of that name.
    pub(super) fn unbound(&mut self, name: &Ident, unit: UnitId, path: &ast::Path) {
        let is_local = path.names.len() == 1 && path.address.is_none();
        let message = match is_local {
            true => format!("there is no `{name}` in scope"),
            false => {
                let module = &self.program.unit(unit).ident;
                format!("`{module}` has no `{name}`")
            }
        };
        let visible = self.env.visible();
        let members: Vec<_> = self.names.members(unit).cloned().collect();
        let candidates = visible.iter().filter(|_| is_local).chain(&members);
        let hint = closest(&name.name, candidates.map(|s| s.as_str()));
        let mut error = Diagnostic::error(name.span, message);
        if let Some(hint) = hint {
            error = error.help(format!("did you mean `{hint}`?"));
        }
        self.diagnostics.push(error);
    }

    fn copy_or_move(&mut self, e: &ast::Expr, of: &ast::Expr, expected: Option<&Type>) -> Expr {
        let moves = matches!(e.kind, ast::ExprKind::Move(_));
        let local = match &of.kind {
            ast::ExprKind::Path(path) => self.local_of_path(path),
            _ => None,
        };
        match local {
            Some(local) => {
                let ty = self.local_type(local);
                if moves {
                    return expr(ExprKind::MoveLocal(local), ty, e.span);
                }
                self.need_copy(&ty, e.span, "copied");
                expr(ExprKind::CopyLocal(local), ty, e.span)
            }
            None if moves => {
                self.error(of.span, "only a local can be moved");
                self.broken(e.span)
            }
            None => self.expression(of, expected),
        }
    }

    fn tuple(&mut self, parts: &[ast::Expr], expected: Option<&Type>, span: Span) -> Expr {
        let expected = match expected.map(|ty| self.vars.shallow(ty)) {
            Some(Type::Tuple(types)) if types.len() == parts.len() => types.to_vec(),
            _ => Vec::new(),
        };
        let mut made = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let value = match expected.get(n) {
                Some(ty) => self.expression_to(part, ty),
                None => self.expression(part, None),
            };
            if matches!(self.vars.shallow(&value.ty), Type::Tuple(_)) {
                self.error(part.span, "a tuple cannot hold a tuple, nor `()`");
            }
            made.push(value);
        }
        let types: Vec<Type> = made.iter().map(|e| e.ty.clone()).collect();
        expr(ExprKind::Tuple(made), Type::Tuple(types.into()), span)
    }

    fn vector(
        &mut self,
        written: Option<&ast::Type>,
        elements: &[ast::Expr],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let element = match (written, expected.map(|ty| self.vars.shallow(ty))) {
            (Some(written), _) => self.written_type(written),
            (None, Some(Type::Vector(of))) => (*of).clone(),
            _ => self.vars.fresh(),
        };
        let elements = elements
            .iter()
            .map(|e| self.expression_to(e, &element))
            .collect();
        if matches!(
            self.vars.shallow(&element),
            Type::Reference { .. } | Type::Tuple(_)
        ) {
            self.error(span, "a vector cannot hold references or tuples");
        }
        expr(ExprKind::Vector(elements), Type::vector(element), span)
    }

    fn is_variant(&mut self, of: &ast::Expr, variants: &[ast::Path], span: Span) -> Expr {
        let reference = self.base(of);
        let ty = self.vars.shallow(&reference.ty);
        let inner = ty.referent().map(|(inner, _)| self.vars.shallow(inner));
        let Some(Type::Struct(id, arguments)) = inner else {
            if !matches!(ty, Type::Error) {
                let found = self.describe(&ty);
                self.error(of.span, format!("`is` needs an enum, found {found}"));
            }
            return self.broken(span);
        };
        let mut numbers = Vec::new();
        for path in variants {
            if let Some((found, Some(variant))) = self.variant_of_path(path, Some(id)) {
                if found.0 != id {
                    let enumeration = self.program.structure(id).name.clone();
                    self.error(path.span, format!("this is no variant of `{enumeration}`"));
                }
                numbers.push(variant);
            } else if !matches!(self.program.structure(id).body, StructBody::Variants(_)) {
                self.error(of.span, "`is` needs an enum");
            }
        }
        let structure = crate::typed::StructUse {
            id,
            type_arguments: arguments.to_vec(),
            variant: None,
        };
        let kind = ExprKind::TestVariants {
            reference: Box::new(reference),
            structure,
            variants: numbers,
        };
        expr(kind, Type::Bool, span)
    }

    /// A function value whose function has a name.
    pub(super) fn function_value(
        &mut self,
        id: crate::program::FunctionId,
        written: Option<&[ast::Type]>,
        span: Span,
    ) -> Expr {
        let function = self.program.function(id).clone();
        if function.is_inline {
            let message = "an inline function is no value";
            self.diagnostics
                .push(Diagnostic::error(span, message).help(format!(
                    "write a lambda that calls it: `|…| {}(…)`",
                    function.name
                )));
            return self.broken(span);
        }
        self.check_visible(id, span);
        let type_arguments =
            self.type_arguments(&function.type_parameters, written, span, &function.name);
        let parameters = function
            .parameters
            .iter()
            .map(|(_, ty)| ty.substitute(&type_arguments))
            .collect();
        let ty = Type::Function(Rc::new(FunctionType {
            parameters,
            returns: function.returns.substitute(&type_arguments),
            abilities: self.named_function_abilities(&function),
        }));
        let kind = ExprKind::Closure {
            function: id,
            type_arguments,
            captured: Vec::new(),
        };
        expr(kind, ty, span)
    }
}
