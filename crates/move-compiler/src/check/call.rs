//! Calls by name.

use lumio_move_engine::format::Ability;

use super::{Checker, env::Binding, expr};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::{Function, FunctionId, Visibility},
    typed::{Builtin, Expr, ExprKind},
    types::Type,
};

/// An argument: as it is written, or already checked.
pub(super) enum Argument<'a> {
    Written(&'a ast::Expr),
    Checked(Expr),
}

impl Argument<'_> {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Written(e) => e.span,
            Self::Checked(e) => e.span,
        }
    }
}

impl Checker<'_> {
    /// An argument for a parameter of some type.
    pub(super) fn argument(&mut self, argument: Argument<'_>, ty: &Type) -> Expr {
        match argument {
            Argument::Written(e) => self.expression_to(e, ty),
            Argument::Checked(e) => {
                let span = e.span;
                self.coerce(e, ty, span)
            }
        }
    }

    pub(super) fn call(
        &mut self,
        path: &ast::Path,
        arguments: &[ast::Expr],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        if let Some(local) = self.called_local(path) {
            let ty = self.local_type(local);
            let function = expr(ExprKind::Local(local), ty, path.span);
            return self.call_value(function, arguments, span);
        }
        let written = arguments.iter().map(Argument::Written).collect();
        if let Some(bound) = self.lambda_of_path(path) {
            return self.call_lambda(&bound, written, span);
        }
        self.call_path(path, written, expected, span)
    }

    /// The local that is called. One that is no function hides none of the module.
    fn called_local(&mut self, path: &ast::Path) -> Option<crate::types::LocalId> {
        let [name] = path.names.as_slice() else {
            return None;
        };
        if let Some(Binding::Local(local, level)) = self.env.find(&name.name) {
            let found = self.frames.get(*level);
            let found = found.and_then(|f| f.locals.get(local.0 as usize));
            let ty = found.map_or(Type::Error, |l| self.vars.shallow(&l.ty));
            let is_function = matches!(ty, Type::Function(_) | Type::Var(_) | Type::Error)
                && !self.vars.is_integer_var(&ty)
                || self.wrapped(&ty).is_some();
            if !is_function && self.names.function(self.env.unit, &name.name).is_some() {
                return None;
            }
        }
        self.local_of_path(path)
    }

    /// Calls what a path names, which is no local.
    pub(super) fn call_path(
        &mut self,
        path: &ast::Path,
        arguments: Vec<Argument<'_>>,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        if let (None, [name]) = (&path.address, path.names.as_slice())
            && self.names.function(self.env.unit, &name.name).is_none()
            && let Some(builtin) = self.builtin(name, path)
        {
            return self.call_builtin(name, builtin, arguments, span);
        }
        let Some(entity) = self.entity(path) else {
            return self.broken(span);
        };
        if entity.variant.is_none()
            && let Some(id) = self.names.function(entity.unit, &entity.name.name)
        {
            let written = path.type_arguments.as_deref();
            return self.call_function(id, written, arguments, path.span, span);
        }
        let names_struct = self.names.structure(entity.unit, &entity.name.name);
        if entity.variant.is_some() || names_struct.is_some() {
            return self.pack_positional(path, arguments, expected, span);
        }
        self.unbound(&entity.name, entity.unit, path);
        self.broken(span)
    }

    /// The builtin function of that name, with its type argument.
    fn builtin(&mut self, name: &Ident, path: &ast::Path) -> Option<Builtin> {
        let known = matches!(
            name.name.as_str(),
            "exists" | "move_to" | "move_from" | "borrow_global" | "borrow_global_mut" | "freeze"
        );
        if !known {
            return None;
        }
        let of = match path.type_arguments.as_deref() {
            None => self.vars.fresh(),
            Some([ty]) => self.written_type(ty),
            Some(_) => {
                self.error(path.span, format!("`{name}` has one type argument"));
                Type::Error
            }
        };
        Some(match name.name.as_str() {
            "exists" => Builtin::Exists(of),
            "move_to" => Builtin::MoveTo(of),
            "move_from" => Builtin::MoveFrom(of),
            "borrow_global" => Builtin::BorrowGlobal { of, mutable: false },
            "borrow_global_mut" => Builtin::BorrowGlobal { of, mutable: true },
            _ => Builtin::VectorBorrow { of, mutable: false },
        })
    }

    fn call_builtin(
        &mut self,
        name: &Ident,
        builtin: Builtin,
        arguments: Vec<Argument<'_>>,
        span: Span,
    ) -> Expr {
        let signer = Type::reference(false, Type::Signer);
        let (parameters, returns, of) = match &builtin {
            Builtin::Exists(of) => (vec![Type::Address], Type::Bool, of.clone()),
            Builtin::MoveTo(of) => (vec![signer, of.clone()], Type::unit(), of.clone()),
            Builtin::MoveFrom(of) => (vec![Type::Address], of.clone(), of.clone()),
            Builtin::BorrowGlobal { of, mutable } => (
                vec![Type::Address],
                Type::reference(*mutable, of.clone()),
                of.clone(),
            ),
            // `freeze`, which stands for this while it is looked at.
            Builtin::VectorBorrow { of, .. } => (
                vec![Type::reference(true, of.clone())],
                Type::reference(false, of.clone()),
                Type::Error,
            ),
            Builtin::Freeze => (Vec::new(), Type::Error, Type::Error),
        };
        let Some(arguments) = self.arguments(name, &parameters, arguments, span, None) else {
            return self.broken(span);
        };
        if !matches!(of, Type::Error) {
            self.check_resource(&of, span);
        }
        let builtin = match builtin {
            Builtin::VectorBorrow { .. } => Builtin::Freeze,
            other => other,
        };
        expr(ExprKind::Builtin(builtin, arguments), returns, span)
    }

    /// Only a module's own structs with `key` are its resources.
    pub(super) fn check_resource(&mut self, of: &Type, span: Span) {
        match self.vars.shallow(of) {
            Type::Struct(id, _) => {
                let structure = self.program.structure(id);
                let (unit, name) = (structure.unit, structure.name.clone());
                if !self.is_inside(unit) {
                    let message = format!("only the module of `{name}` can access it in storage");
                    self.error(span, message);
                }
                self.constraints.push(super::PendingConstraint {
                    ty: of.clone(),
                    abilities: lumio_move_engine::format::AbilitySet::EMPTY.with(Ability::Key),
                    span,
                    what: "what is kept in storage".into(),
                });
            }
            Type::Error => {}
            Type::Var(_) => self.resources.push((of.clone(), span)),
            other => {
                let found = self.describe(&other);
                self.error(
                    span,
                    format!("only structs are kept in storage, not {found}"),
                );
            }
        }
    }

    /// Checks arguments against parameters; `None` if their number is wrong.
    pub(super) fn arguments(
        &mut self,
        name: &Ident,
        parameters: &[Type],
        arguments: Vec<Argument<'_>>,
        span: Span,
        defined: Option<Span>,
    ) -> Option<Vec<Expr>> {
        if parameters.len() != arguments.len() {
            let message = format!(
                "`{name}` takes {}, not {}",
                count(parameters.len(), "argument"),
                arguments.len()
            );
            let mut error = Diagnostic::error(span, message);
            if let Some(place) = defined {
                error = error.also(place, "it is defined here");
            }
            self.diagnostics.push(error);
            for argument in arguments {
                if let Argument::Written(e) = argument
                    && !matches!(e.kind, ast::ExprKind::Lambda(_))
                {
                    self.expression(e, None);
                }
            }
            return None;
        }
        let made = arguments.into_iter().zip(parameters);
        Some(made.map(|(a, ty)| self.argument(a, ty)).collect())
    }

    pub(super) fn call_function(
        &mut self,
        id: FunctionId,
        written: Option<&[ast::Type]>,
        arguments: Vec<Argument<'_>>,
        name_span: Span,
        span: Span,
    ) -> Expr {
        let function = self.program.function(id).clone();
        self.check_visible(id, name_span);
        let usage = &self.names.usage;
        usage.note(function.unit, &function.name.name);
        usage.depend(self.env.unit, function.unit, name_span);
        let type_arguments = self.type_arguments(
            &function.type_parameters,
            written,
            name_span,
            &function.name,
        );
        if function.is_inline {
            return self.put_in(id, &function, type_arguments, arguments, span);
        }
        let parameters: Vec<Type> = function
            .parameters
            .iter()
            .map(|(_, ty)| ty.substitute(&type_arguments))
            .collect();
        let returns = function.returns.substitute(&type_arguments);
        let defined = Some(function.name.span);
        let Some(arguments) = self.arguments(&function.name, &parameters, arguments, span, defined)
        else {
            return expr(ExprKind::Tuple(Vec::new()), Type::Error, span);
        };
        let kind = ExprKind::Call {
            function: id,
            type_arguments,
            arguments,
        };
        expr(kind, returns, span)
    }

    /// Tells if a function cannot be called from here.
    pub(super) fn check_visible(&mut self, id: FunctionId, span: Span) {
        let function = self.program.function(id);
        let visible_here = self.is_visible(function, self.env.unit);
        let visible_there = function.is_inline || self.is_visible(function, self.unit);
        if visible_here && visible_there {
            return;
        }
        let what = match function.visibility {
            Visibility::Private => "private to its module",
            Visibility::Friend => "visible to friends of its module only",
            Visibility::Package => "visible inside its package only",
            Visibility::Public => "visible",
        };
        let mut error = Diagnostic::error(span, format!("`{}` is {what}", function.name))
            .also(function.name.span, "it is defined here");
        if visible_here {
            let module = &self.program.unit(self.unit).ident;
            error = error.help(format!(
                "an inline function is put into `{module}`, which cannot call this"
            ));
        }
        self.diagnostics.push(error);
    }

    fn is_visible(&self, function: &Function, from: crate::program::UnitId) -> bool {
        let (own, other) = (self.program.unit(function.unit), self.program.unit(from));
        match function.visibility {
            _ if function.unit == from => true,
            Visibility::Public => true,
            Visibility::Private => false,
            Visibility::Friend => own.friends.iter().any(|(friend, _)| *friend == from),
            Visibility::Package => {
                let same =
                    own.name.as_ref().map(|n| n.address) == other.name.as_ref().map(|n| n.address);
                own.package == other.package && same
            }
        }
    }

    /// Calls a function value.
    pub(super) fn call_value(
        &mut self,
        function: Expr,
        arguments: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let function = self.unwrap(function);
        let ty = match self.vars.shallow(&function.ty) {
            Type::Function(ty) => ty,
            Type::Error => {
                for argument in arguments {
                    self.expression(argument, None);
                }
                return self.broken(span);
            }
            other => {
                let found = self.describe(&other);
                self.error(
                    function.span,
                    format!("only functions can be called, this is {found}"),
                );
                return self.broken(span);
            }
        };
        let name = Ident {
            name: "this function value".into(),
            span: function.span,
        };
        let written = arguments.iter().map(Argument::Written).collect();
        let Some(arguments) = self.arguments(&name, &ty.parameters, written, span, None) else {
            return self.broken(span);
        };
        let kind = ExprKind::CallValue {
            function: Box::new(function),
            arguments,
        };
        expr(kind, ty.returns.clone(), span)
    }
}

/// "1 argument", "2 arguments"
pub(super) fn count(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}
