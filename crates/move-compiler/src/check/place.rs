//! Places: locals, fields, elements, resources and what references point to. They become
//! references, which are read, written or passed on.

use lumio_move_engine::format::Ability;

use super::{Checker, expr, freeze};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::{StructBody, StructId},
    typed::{Builtin, Expr, ExprKind, StructUse},
    types::Type,
};

impl Checker<'_> {
    /// `&of`, `&mut of`
    pub(super) fn borrow(&mut self, of: &ast::Expr, mutable: bool, span: Span) -> Expr {
        let mut reference = self.place(of, span);
        reference.span = span;
        match mutable {
            true => self.mutable(reference),
            false => self.frozen(reference),
        }
    }

    /// An immutable reference.
    pub(super) fn frozen(&mut self, reference: Expr) -> Expr {
        match self.vars.shallow(&reference.ty) {
            Type::Reference { mutable: true, to } => {
                freeze(reference, Type::reference(false, (*to).clone()))
            }
            _ => reference,
        }
    }

    /// A mutable reference instead of an immutable one to the same place; tells if there is none.
    pub(super) fn mutable(&mut self, mut reference: Expr) -> Expr {
        if let Err(span) = make_mutable(&mut reference) {
            if !matches!(self.vars.shallow(&reference.ty), Type::Error) {
                self.diagnostics.push(
                    Diagnostic::error(reference.span, "this cannot be changed")
                        .also(span, "it is behind an immutable reference"),
                );
            }
            return self.broken(reference.span);
        }
        reference
    }

    /// A reference to a place: immutable, or as mutable as the reference that it starts from.
    fn place(&mut self, of: &ast::Expr, span: Span) -> Expr {
        match &of.kind {
            ast::ExprKind::Path(path) => {
                if let Some(local) = self.local_of_path(path) {
                    let ty = self.local_type(local);
                    if let ty @ Type::Reference { .. } = self.vars.shallow(&ty) {
                        let found = self.describe(&ty);
                        let message = format!("this is a reference already: {found}");
                        self.error(of.span, message);
                        return self.broken(span);
                    }
                    let kind = ExprKind::BorrowLocal {
                        local,
                        mutable: false,
                    };
                    return expr(kind, Type::reference(false, ty), span);
                }
            }
            ast::ExprKind::Field { of: base, name } => {
                let base = self.base(base);
                return self.field(base, name, span);
            }
            ast::ExprKind::Index { of: base, index } => return self.element(base, index, span),
            ast::ExprKind::Dereference(inner) => return self.pointer(inner),
            _ => {}
        }
        let value = self.expression(of, None);
        match self.vars.shallow(&value.ty) {
            Type::Reference { .. } => {
                self.error(of.span, "this is a reference already");
                self.broken(span)
            }
            Type::Tuple(_) => {
                self.error(of.span, "a tuple cannot be borrowed");
                self.broken(span)
            }
            Type::Error => self.broken(span),
            ty => {
                let kind = ExprKind::BorrowValue {
                    value: Box::new(value),
                    mutable: false,
                };
                expr(kind, Type::reference(false, ty), span)
            }
        }
    }

    /// A reference to what an expression stands for; if its value is a reference, that one.
    pub(super) fn base(&mut self, of: &ast::Expr) -> Expr {
        let is_place = match &of.kind {
            ast::ExprKind::Path(path) => match self.local_of_path(path) {
                Some(local) => {
                    let ty = self.local_type(local);
                    !matches!(self.vars.shallow(&ty), Type::Reference { .. })
                }
                None => false,
            },
            ast::ExprKind::Field { .. }
            | ast::ExprKind::Index { .. }
            | ast::ExprKind::Dereference(_) => true,
            _ => false,
        };
        if is_place {
            return self.place(of, of.span);
        }
        let mut value = self.expression(of, None);
        value.ty = self.vars.shallow(&value.ty);
        match value.ty.clone() {
            Type::Reference { .. } | Type::Error => value,
            Type::Tuple(_) => {
                self.error(of.span, "this gives several values, or none");
                self.broken(of.span)
            }
            ty => {
                let kind = ExprKind::BorrowValue {
                    value: Box::new(value),
                    mutable: false,
                };
                expr(kind, Type::reference(false, ty), of.span)
            }
        }
    }

    /// An expression that must be a reference.
    fn pointer(&mut self, inner: &ast::Expr) -> Expr {
        let mut value = self.expression(inner, None);
        value.ty = self.vars.shallow(&value.ty);
        match value.ty.clone() {
            Type::Reference { .. } | Type::Error => value,
            Type::Var(_) => {
                let to = self.vars.fresh();
                let ty = Type::reference(false, to);
                self.coerce(value, &ty, inner.span)
            }
            other => {
                let found = self.describe(&other);
                self.error(inner.span, format!("`*` needs a reference, found {found}"));
                self.broken(inner.span)
            }
        }
    }

    /// The struct that a reference points to.
    pub(super) fn struct_behind(&mut self, base: &Expr) -> Option<(StructId, Vec<Type>)> {
        let ty = self.vars.shallow(&base.ty);
        let (inner, _) = ty.referent()?;
        match self.vars.shallow(inner) {
            Type::Struct(id, arguments) => Some((id, arguments.to_vec())),
            _ => None,
        }
    }

    /// A reference to a field.
    pub(super) fn field(&mut self, base: Expr, name: &Ident, span: Span) -> Expr {
        let Some((id, type_arguments)) = self.struct_behind(&base) else {
            if !matches!(self.vars.shallow(&base.ty), Type::Error) {
                let inner = self.vars.shallow(&base.ty);
                let inner = inner.referent().map_or(inner.clone(), |(i, _)| i.clone());
                let found = self.describe(&inner);
                self.error(name.span, format!("{found} has no fields"));
            }
            return self.broken(span);
        };
        let structure = self.program.structure(id).clone();
        if !self.is_inside(structure.unit) {
            let message = format!(
                "the fields of `{}` are private to its module",
                structure.name
            );
            self.error(name.span, message);
            return self.broken(span);
        }
        let find = |fields: &[crate::program::Field]| {
            let found = fields.iter().position(|f| f.name.name == name.name)?;
            let ty = fields.get(found)?.ty.clone();
            Some((u16::try_from(found).ok()?, ty))
        };
        let mut variants = Vec::new();
        let mut found: Option<(u16, Type)> = None;
        match &structure.body {
            StructBody::Fields(fields) => found = find(fields),
            StructBody::Variants(all) => {
                for (number, variant) in (0..).zip(all) {
                    let Some((field, ty)) = find(&variant.fields) else {
                        continue;
                    };
                    if found.as_ref().is_some_and(|(_, known)| *known != ty) {
                        let message =
                            format!("field `{name}` has different types in different variants");
                        self.error(name.span, message);
                        return self.broken(span);
                    }
                    variants.push((number, field));
                    found = Some((field, ty));
                }
            }
            StructBody::Native => {}
        }
        let Some((field, ty)) = found else {
            let fields = structure.fields(None).iter().map(|f| f.name.name.as_str());
            let hint = super::hint::closest(&name.name, fields);
            let message = format!("`{}` has no field `{name}`", structure.name);
            let mut error = Diagnostic::error(name.span, message);
            if let Some(hint) = hint {
                error = error.help(format!("did you mean `{hint}`?"));
            }
            self.diagnostics.push(error);
            return self.broken(span);
        };
        let ty = ty.substitute(&type_arguments);
        let kind = ExprKind::BorrowField {
            of: Box::new(base),
            structure: StructUse {
                id,
                type_arguments,
                variant: None,
            },
            variants,
            field,
            mutable: false,
        };
        expr(kind, Type::reference(false, ty), span)
    }

    /// A reference to an element of a vector, or to a resource.
    fn element(&mut self, of: &ast::Expr, index: &ast::Expr, span: Span) -> Expr {
        if let ast::ExprKind::Path(path) = &of.kind
            && self.local_of_path(path).is_none()
            && let Ok(entity) =
                self.names
                    .entity(self.program, self.env.unit, &self.env.aliases, path)
            && entity.variant.is_none()
            && self
                .names
                .structure(entity.unit, &entity.name.name)
                .is_some()
        {
            let ty = self.written_type(&ast::Type {
                kind: ast::TypeKind::Path(path.clone()),
                span: path.span,
            });
            let address = self.expression_to(index, &Type::Address);
            self.check_resource(&ty, path.span);
            let kind = ExprKind::Builtin(
                Builtin::BorrowGlobal {
                    of: ty.clone(),
                    mutable: false,
                },
                vec![address],
            );
            return expr(kind, Type::reference(false, ty), span);
        }
        let base = self.base(of);
        let ty = self.vars.shallow(&base.ty);
        let inner = ty.referent().map(|(inner, _)| self.vars.shallow(inner));
        let Some(Type::Vector(element)) = inner else {
            if !matches!(ty, Type::Error) {
                let found = self.describe(&inner.unwrap_or(ty));
                self.error(
                    of.span,
                    format!("only a vector has elements, this is {found}"),
                );
            }
            return self.broken(span);
        };
        let index = self.expression_to(index, &Type::U64);
        let element = (*element).clone();
        let kind = ExprKind::Builtin(
            Builtin::VectorBorrow {
                of: element.clone(),
                mutable: false,
            },
            vec![base, index],
        );
        expr(kind, Type::reference(false, element), span)
    }

    /// The value of a place, which is copied.
    pub(super) fn read(&mut self, e: &ast::Expr) -> Expr {
        let reference = self.place(e, e.span);
        self.value_of(reference, e.span)
    }

    /// The value that a reference points to. A local itself needs no copy.
    pub(super) fn value_of(&mut self, reference: Expr, span: Span) -> Expr {
        let ty = self.vars.shallow(&reference.ty);
        let Some((inner, _)) = ty.referent() else {
            return self.broken(span);
        };
        let inner = inner.clone();
        if let ExprKind::BorrowLocal { local, .. } = reference.kind {
            return expr(ExprKind::Local(local), inner, span);
        }
        if let ExprKind::BorrowValue { value, .. } = reference.kind {
            return *value;
        }
        self.need_copy(&inner, span, "read from here");
        expr(ExprKind::ReadRef(Box::new(reference)), inner, span)
    }

    /// A type that must be copied.
    pub(super) fn need_copy(&mut self, ty: &Type, span: Span, how: &str) {
        self.constraints.push(super::PendingConstraint {
            ty: ty.clone(),
            abilities: lumio_move_engine::format::AbilitySet::EMPTY.with(Ability::Copy),
            span,
            what: format!("what is {how}"),
        });
    }
}

/// Turns a reference into a mutable one to the same place. The error is where that is forbidden.
fn make_mutable(reference: &mut Expr) -> Result<(), Span> {
    let place = reference.span;
    match &mut reference.kind {
        ExprKind::BorrowLocal { mutable, .. } | ExprKind::BorrowValue { mutable, .. } => {
            *mutable = true;
        }
        ExprKind::BorrowField { of, mutable, .. } => {
            make_mutable(of)?;
            *mutable = true;
        }
        ExprKind::Builtin(Builtin::BorrowGlobal { mutable, .. }, _) => *mutable = true,
        ExprKind::Builtin(Builtin::VectorBorrow { mutable, .. }, operands) => {
            if let Some(vector) = operands.first_mut() {
                make_mutable(vector)?;
            }
            *mutable = true;
        }
        _ => {
            return match &reference.ty {
                Type::Reference { mutable: true, .. } | Type::Error | Type::Never => Ok(()),
                _ => Err(place),
            };
        }
    }
    if let Type::Reference { mutable, .. } = &mut reference.ty {
        *mutable = true;
    }
    Ok(())
}
