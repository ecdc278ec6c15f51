//! The signatures of functions, and the rules for them.

use super::{Declare, TypeNames, abilities_of, numbered, resolve_type, structs};
use crate::{
    Diagnostic, Ident, ast,
    program::Visibility,
    types::{Type, TypeParameter},
};

impl Declare<'_> {
    pub(super) fn type_parameters(
        &mut self,
        parameters: &[ast::TypeParameter],
    ) -> Vec<TypeParameter> {
        let mut made: Vec<TypeParameter> = Vec::new();
        for parameter in parameters {
            if made.iter().any(|p| p.name.name == parameter.name.name) {
                let message = format!("type parameter `{}` is declared twice", parameter.name);
                self.error(parameter.name.span, message);
            }
            self.abilities(&parameter.abilities);
            made.push(TypeParameter {
                name: parameter.name.clone(),
                abilities: abilities_of(&parameter.abilities),
                is_phantom: parameter.is_phantom,
            });
        }
        made
    }

    pub(super) fn resolve_functions(&mut self) {
        for (id, item) in std::mem::take(&mut self.functions) {
            let unit = self.program.function(id).unit;
            self.names.usage.enter(unit, &item.name.name);
            let type_parameters = self.type_parameters(&item.type_parameters);
            let parameters = numbered(&type_parameters);
            let mut types = TypeNames {
                program: &self.program,
                names: &self.names,
                diagnostics: self.diagnostics,
                unit,
                aliases: &[],
                parameters: &parameters,
            };
            let mut resolved: Vec<(Ident, Type)> = Vec::new();
            for (name, ty) in &item.parameters {
                resolved.push((name.clone(), resolve_type(&mut types, ty, &mut None)));
            }
            let returns = resolve_type(&mut types, &item.returns, &mut None);
            let mut acquires = Vec::new();
            for ty in &item.acquires {
                if let Type::Struct(id, _) =
                    resolve_type(&mut types, ty, &mut Some(&mut || Type::Error))
                {
                    acquires.push((id, ty.span));
                }
            }
            for (name, _) in &resolved {
                if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                    let message = "the name of a parameter begins with a small letter or `_`";
                    self.diagnostics.push(Diagnostic::error(name.span, message));
                }
            }
            for (n, (name, _)) in resolved.iter().enumerate() {
                let twice = resolved
                    .iter()
                    .take(n)
                    .any(|(other, _)| other.name == name.name);
                if twice && name.name.as_str() != "_" {
                    let message = format!("parameter `{name}` is declared twice");
                    self.diagnostics.push(Diagnostic::error(name.span, message));
                }
            }
            if let Some(function) = self.program.functions.get_mut(id.index()) {
                function.type_parameters = type_parameters;
                function.parameters = resolved;
                function.returns = returns;
                function.acquires = acquires;
            }
            let function = self.program.function(id);
            if self.program.unit(function.unit).is_root {
                let written = item.parameters.iter().map(|(_, ty)| ty.span);
                let types = function.parameters.iter().map(|(_, ty)| ty);
                let returns = std::iter::once((item.returns.span, &function.returns));
                for (span, ty) in written.zip(types).chain(returns) {
                    let parameters = &function.type_parameters;
                    structs::check_constraints(
                        &self.program,
                        ty,
                        parameters,
                        span,
                        self.diagnostics,
                    );
                }
            }
            let unit = self.program.unit(unit);
            if item.body.is_none() && item.inline.is_some() {
                self.error(item.name.span, "an inline function needs a body");
            } else if item.inline.is_some() && item.entry.is_some() {
                self.error(item.name.span, "an inline function cannot be `entry`");
            } else if item.entry.is_some() && !is_unit(&item.returns) {
                self.error(item.returns.span, "an entry function returns nothing");
            } else if unit.name.is_none() && item.body.is_none() {
                self.error(item.name.span, "a script's function needs a body");
            }
        }
    }
}

impl Declare<'_> {
    /// A module has friends, or shows functions to its package, but not both.
    pub(super) fn visibilities(&mut self) {
        for unit in &self.program.units {
            let find = |visibility| {
                let functions = unit.functions.iter().map(|id| self.program.function(*id));
                functions
                    .filter(|f| f.visibility == visibility)
                    .map(|f| f.name.span)
                    .next()
            };
            let friend = find(Visibility::Friend).or(unit.friends.first().map(|(_, span)| *span));
            if let (Some(package), Some(friend)) = (find(Visibility::Package), friend) {
                let message = "a module cannot have friends and `package` functions";
                self.diagnostics
                    .push(Diagnostic::error(package, message).also(friend, "a friend is here"));
            }
        }
    }
}

fn is_unit(ty: &ast::Type) -> bool {
    matches!(&ty.kind, ast::TypeKind::Tuple(types) if types.is_empty())
}
