//! Making structs and variants.

use super::{Checker, call::Argument, expr};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::{StructBody, StructId},
    typed::{Expr, ExprKind, StructUse},
    types::Type,
};

impl Checker<'_> {
    /// What a path makes, given what is expected.
    fn packed(&mut self, path: &ast::Path, expected: Option<&Type>) -> Option<(StructUse, Ident)> {
        // A variant may stand alone where the enum is expected.
        let of = match expected.map(|ty| self.vars.shallow(ty)) {
            Some(Type::Struct(id, _)) if path.names.len() == 1 => Some(id),
            _ => None,
        };
        let of = of.filter(|_| {
            let name = path.names.first();
            name.is_some_and(|n| self.names.structure(self.env.unit, &n.name).is_none())
        });
        let ((id, type_arguments), variant) = self.variant_of_path(path, of)?;
        let structure = self.program.structure(id);
        let (name, unit) = (structure.name.clone(), structure.unit);
        let is_enum = matches!(structure.body, StructBody::Variants(_));
        if !self.is_inside(unit) {
            let message = format!("only the module of `{name}` can make one");
            self.error(path.span, message);
        }
        if is_enum && variant.is_none() {
            self.diagnostics.push(
                Diagnostic::error(path.span, format!("`{name}` is an enum: name a variant"))
                    .help(self.variants_hint(id)),
            );
            return None;
        }
        let use_of = StructUse {
            id,
            type_arguments,
            variant,
        };
        Some((use_of, path.names.last().cloned().unwrap_or(name)))
    }

    fn variants_hint(&self, id: StructId) -> String {
        let structure = self.program.structure(id);
        let StructBody::Variants(variants) = &structure.body else {
            return String::new();
        };
        let names: Vec<String> = variants
            .iter()
            .map(|v| format!("`{}::{}`", structure.name, v.name))
            .collect();
        format!("there are {}", names.join(", "))
    }

    fn struct_type(structure: &StructUse) -> Type {
        Type::Struct(structure.id, structure.type_arguments.clone().into())
    }

    /// Takes over type arguments that are expected, where they fit.
    fn meet(&mut self, structure: &StructUse, expected: Option<&Type>) {
        if let Some(expected) = expected.map(|ty| self.vars.shallow(ty))
            && matches!(&expected, Type::Struct(id, _) if *id == structure.id)
        {
            self.vars.unify(&Self::struct_type(structure), &expected);
        }
    }

    pub(super) fn pack(
        &mut self,
        path: &ast::Path,
        fields: &[(Ident, ast::Expr)],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let Some((structure, name)) = self.packed(path, expected) else {
            for (_, value) in fields {
                self.expression(value, None);
            }
            return self.broken(span);
        };
        self.meet(&structure, expected);
        let known = self
            .program
            .structure(structure.id)
            .fields(structure.variant)
            .to_vec();
        let mut made = Vec::new();
        for (n, (field, value)) in fields.iter().enumerate() {
            if fields
                .iter()
                .take(n)
                .any(|(other, _)| other.name == field.name)
            {
                self.error(field.span, format!("field `{field}` is there twice"));
            }
            let position = known.iter().position(|k| k.name.name == field.name);
            let Some((number, found)) =
                position.and_then(|p| Some((u16::try_from(p).ok()?, known.get(p)?)))
            else {
                let names = known.iter().map(|k| k.name.name.as_str());
                let hint = super::hint::closest(&field.name, names);
                let message = format!("`{name}` has no field `{field}`");
                let mut error = Diagnostic::error(field.span, message);
                if let Some(hint) = hint {
                    error = error.help(format!("did you mean `{hint}`?"));
                }
                self.diagnostics.push(error);
                self.expression(value, None);
                continue;
            };
            let ty = found.ty.substitute(&structure.type_arguments);
            made.push((number, self.expression_to(value, &ty)));
        }
        let missing: Vec<String> = known
            .iter()
            .filter(|k| !fields.iter().any(|(f, _)| f.name == k.name.name))
            .map(|k| format!("`{}`", k.name))
            .collect();
        if !missing.is_empty() {
            self.error(span, format!("missing: {}", missing.join(", ")));
            return expr(ExprKind::Tuple(Vec::new()), Type::Error, span);
        }
        let ty = Self::struct_type(&structure);
        let fields = made;
        expr(ExprKind::Pack { structure, fields }, ty, span)
    }

    pub(super) fn pack_positional(
        &mut self,
        path: &ast::Path,
        arguments: Vec<Argument<'_>>,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let Some((structure, name)) = self.packed(path, expected) else {
            return self.broken(span);
        };
        self.meet(&structure, expected);
        let definition = self.program.structure(structure.id);
        let known = definition.fields(structure.variant).to_vec();
        let positional = known
            .iter()
            .all(|k| k.name.starts_with(|c: char| c.is_ascii_digit()));
        if !positional {
            let names: Vec<String> = known.iter().map(|k| format!("{}: …", k.name)).collect();
            self.diagnostics.push(
                Diagnostic::error(span, format!("the fields of `{name}` have names"))
                    .help(format!("write `{name} {{ {} }}`", names.join(", "))),
            );
            return self.broken(span);
        }
        let types: Vec<Type> = known
            .iter()
            .map(|k| k.ty.substitute(&structure.type_arguments))
            .collect();
        let Some(values) = self.arguments(&name, &types, arguments, span, None) else {
            return self.broken(span);
        };
        let ty = Self::struct_type(&structure);
        let fields = (0..).zip(values).collect();
        expr(ExprKind::Pack { structure, fields }, ty, span)
    }

    /// A variant without fields.
    pub(super) fn pack_unit(&mut self, path: &ast::Path, expected: Option<&Type>) -> Expr {
        let Some((structure, name)) = self.packed(path, expected) else {
            return self.broken(path.span);
        };
        self.meet(&structure, expected);
        let known = self
            .program
            .structure(structure.id)
            .fields(structure.variant);
        if !known.is_empty() || structure.variant.is_none() {
            self.error(path.span, format!("the fields of `{name}` are missing"));
            return self.broken(path.span);
        }
        let ty = Self::struct_type(&structure);
        let fields = Vec::new();
        expr(ExprKind::Pack { structure, fields }, ty, path.span)
    }
}
