//! From written types to resolved ones.

use std::rc::Rc;

use lumio_move_engine::format::AbilitySet;

use super::{Aliases, Names};
use crate::{
    Diagnostic, Diagnostics, Span, Symbol, ast,
    program::{Program, UnitId},
    types::{FunctionType, Integer, Type},
};

/// What is needed to resolve a type.
pub(crate) struct TypeNames<'a> {
    pub(crate) program: &'a Program,
    pub(crate) names: &'a Names,
    pub(crate) diagnostics: &'a mut Diagnostics,
    pub(crate) unit: UnitId,
    /// Of the blocks around it.
    pub(crate) aliases: &'a [Rc<Aliases>],
    /// Type parameters by name, and what they stand for.
    pub(crate) parameters: &'a [(Symbol, Type)],
}

/// Makes a type for what is left to inference; without it all type arguments must be written.
pub(crate) type Infer<'a> = Option<&'a mut dyn FnMut() -> Type>;

/// A set of abilities as they were written.
pub(crate) fn abilities_of(abilities: &[(ast::Ability, Span)]) -> AbilitySet {
    abilities
        .iter()
        .fold(AbilitySet::EMPTY, |set, (ability, _)| set.with(*ability))
}

/// Resolves a type. Errors are told and give [`Type::Error`].
pub(crate) fn resolve_type(
    names: &mut TypeNames<'_>,
    ty: &ast::Type,
    infer: &mut Infer<'_>,
) -> Type {
    let error = |names: &mut TypeNames<'_>, span: Span, message: String| {
        names.diagnostics.push(Diagnostic::error(span, message));
        Type::Error
    };
    match &ty.kind {
        ast::TypeKind::Error => Type::Error,
        ast::TypeKind::Reference { mutable, to } => {
            let to_type = resolve_type(names, to, infer);
            if matches!(to_type, Type::Reference { .. } | Type::Tuple(_)) {
                return error(
                    names,
                    to.span,
                    "a reference points to a value, not to this".into(),
                );
            }
            Type::reference(*mutable, to_type)
        }
        ast::TypeKind::Tuple(types) => {
            let mut resolved = Vec::new();
            for ty in types {
                let found = resolve_type(names, ty, infer);
                if matches!(found, Type::Tuple(_)) {
                    return error(names, ty.span, "a tuple cannot hold a tuple".into());
                }
                resolved.push(found);
            }
            Type::Tuple(resolved.into())
        }
        ast::TypeKind::Function {
            parameters,
            returns,
            abilities,
        } => Type::Function(Rc::new(FunctionType {
            parameters: parameters
                .iter()
                .map(|ty| resolve_type(names, ty, infer))
                .collect(),
            returns: resolve_type(names, returns, infer),
            abilities: abilities_of(abilities),
        })),
        ast::TypeKind::Path(path) => resolve_path(names, path, infer),
    }
}

fn resolve_path(names: &mut TypeNames<'_>, path: &ast::Path, infer: &mut Infer<'_>) -> Type {
    let mut error = |span: Span, message: String| {
        names.diagnostics.push(Diagnostic::error(span, message));
        Type::Error
    };
    if let (None, [name]) = (&path.address, path.names.as_slice()) {
        if let Some((_, ty)) = names.parameters.iter().rev().find(|(n, _)| *n == name.name) {
            if path.type_arguments.is_some() {
                return error(path.span, "a type parameter has no type arguments".into());
            }
            return ty.clone();
        }
        let primitive = match name.name.as_str() {
            "bool" => Some(Type::Bool),
            "address" => Some(Type::Address),
            "signer" => Some(Type::Signer),
            "_" => match infer {
                Some(infer) => return infer(),
                None => return error(path.span, "a type must be written here".into()),
            },
            other => Integer::of_name(other).map(Type::Integer),
        };
        if let Some(primitive) = primitive {
            if path.type_arguments.is_some() {
                return error(path.span, format!("`{name}` has no type arguments"));
            }
            return primitive;
        }
        if name.name.as_str() == "vector" {
            return match path.type_arguments.as_deref() {
                Some([element]) => {
                    let element_type = resolve_type(names, element, infer);
                    check_argument(names, element.span, &element_type);
                    Type::vector(element_type)
                }
                None => match infer {
                    Some(infer) => Type::vector(infer()),
                    None => error(path.span, "`vector` needs a type argument".into()),
                },
                Some(_) => error(path.span, "`vector` has one type argument".into()),
            };
        }
    }
    let entity = match names
        .names
        .entity(names.program, names.unit, names.aliases, path)
    {
        Ok(entity) if entity.variant.is_none() => entity,
        Ok(_) => return error(path.span, "a type is needed, not a variant".into()),
        Err(diagnostic) => {
            names.diagnostics.push(diagnostic);
            return Type::Error;
        }
    };
    let Some(id) = names.names.structure(entity.unit, &entity.name.name) else {
        let unit = names.program.unit(entity.unit);
        let message = match entity.unit == names.unit {
            true => format!("there is no type `{}` in scope", entity.name),
            false => format!("`{}` has no type `{}`", unit.ident, entity.name),
        };
        return error(entity.name.span, message);
    };
    let structure = names.program.structure(id);
    let expected = structure.type_parameters.len();
    match &path.type_arguments {
        Some(arguments) if arguments.len() == expected => {
            let mut resolved = Vec::new();
            for argument in arguments {
                let ty = resolve_type(names, argument, infer);
                check_argument(names, argument.span, &ty);
                resolved.push(ty);
            }
            Type::Struct(id, resolved.into())
        }
        None if expected == 0 => Type::Struct(id, Rc::from([])),
        None if infer.is_some() => {
            let fresh = (0..expected).map(|_| infer.as_mut().map_or(Type::Error, |infer| infer()));
            Type::Struct(id, fresh.collect::<Vec<_>>().into())
        }
        found => {
            let found = found.as_ref().map_or(0, Vec::len);
            let message = format!(
                "`{}` has {expected} type arguments, not {found}",
                structure.name
            );
            let diagnostic = Diagnostic::error(path.span, message);
            let diagnostic = diagnostic.also(structure.name.span, "it is defined here");
            names.diagnostics.push(diagnostic);
            Type::Error
        }
    }
}

/// References and tuples are no type arguments.
pub(crate) fn check_argument(names: &mut TypeNames<'_>, span: Span, ty: &Type) {
    if matches!(ty, Type::Reference { .. } | Type::Tuple(_)) {
        let message = "a type argument cannot be a reference or a tuple";
        names.diagnostics.push(Diagnostic::error(span, message));
    }
}
