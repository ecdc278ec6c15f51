//! The bodies of structs and enums, and the rules for them.

use std::collections::BTreeSet;

use lumio_move_engine::format::{Ability, AbilitySet};

use super::{Declare, TypeNames, numbered, resolve_type};
use crate::{
    Diagnostic, Diagnostics, Ident, Span, Symbol, ast,
    program::{Field, Program, Struct, StructBody, StructId, Variant},
    types::{Type, TypeParameter},
};

impl Declare<'_> {
    pub(super) fn struct_body(&mut self, id: StructId, item: &ast::Struct) -> StructBody {
        let structure = self.program.structure(id);
        let (unit, parameters) = (structure.unit, numbered(&structure.type_parameters));
        let abilities = structure.abilities;
        let mut types = TypeNames {
            program: &self.program,
            names: &self.names,
            diagnostics: self.diagnostics,
            unit,
            aliases: &[],
            parameters: &parameters,
        };
        match &item.body {
            ast::StructBody::Native => StructBody::Native,
            ast::StructBody::Fields(found) => {
                let mut fields = fields(&mut types, found);
                if let (ast::Fields::Positional(_), [field]) = (found, fields.as_mut_slice()) {
                    inherit(&mut field.ty, abilities);
                }
                StructBody::Fields(fields)
            }
            ast::StructBody::Variants(variants) => {
                let mut made: Vec<Variant> = Vec::new();
                for variant in variants {
                    if made.iter().any(|v| v.name.name == variant.name.name) {
                        let message = format!("variant `{}` is defined twice", variant.name);
                        let error = Diagnostic::error(variant.name.span, message);
                        types.diagnostics.push(error);
                    }
                    made.push(Variant {
                        name: variant.name.clone(),
                        is_positional: matches!(variant.fields, ast::Fields::Positional(_)),
                        fields: fields(&mut types, &variant.fields),
                    });
                }
                if made.is_empty() {
                    let error = Diagnostic::error(item.name.span, "an enum needs a variant");
                    types.diagnostics.push(error);
                }
                StructBody::Variants(made)
            }
        }
    }
}

/// The function in a struct made for it can do whatever the struct needs, written or not.
fn inherit(field: &mut Type, of_struct: AbilitySet) {
    if let Type::Function(function) = field {
        let needed = ABILITIES.into_iter().filter(|a| of_struct.has(*a));
        let mut able = (**function).clone();
        able.abilities = needed.fold(able.abilities, |set, a| set.with(needed_inside(a)));
        *field = Type::Function(able.into());
    }
}

fn fields(types: &mut TypeNames<'_>, fields: &ast::Fields) -> Vec<Field> {
    let mut made: Vec<Field> = Vec::new();
    let mut add = |types: &mut TypeNames<'_>, name: Ident, ty: &ast::Type| {
        let found = resolve_type(types, ty, &mut None);
        let message = match &found {
            Type::Reference { .. } => Some("a field cannot be a reference".to_owned()),
            Type::Tuple(_) => Some("a field cannot be a tuple".to_owned()),
            _ if made.iter().any(|f| f.name.name == name.name) => {
                Some(format!("field `{name}` is defined twice"))
            }
            _ => None,
        };
        if let Some(message) = message {
            types.diagnostics.push(Diagnostic::error(ty.span, message));
        }
        made.push(Field { name, ty: found });
    };
    match fields {
        ast::Fields::Unit => {}
        ast::Fields::Named(fields) => {
            for field in fields {
                add(types, field.name.clone(), &field.ty);
            }
        }
        ast::Fields::Positional(positional) => {
            for (n, ty) in positional.iter().enumerate() {
                let name = Ident {
                    name: Symbol::from(n.to_string()),
                    span: ty.span,
                };
                add(types, name, ty);
            }
        }
    }
    made
}

impl Program {
    /// What values of a type can do. `parameters` are those of the definition around it.
    pub(crate) fn abilities(&self, ty: &Type, parameters: &[TypeParameter]) -> AbilitySet {
        let all = AbilitySet::EMPTY
            .with(Ability::Copy)
            .with(Ability::Drop)
            .with(Ability::Store);
        let free = AbilitySet::EMPTY.with(Ability::Copy).with(Ability::Drop);
        match ty {
            Type::Bool | Type::Integer(_) | Type::Address => all,
            Type::Signer => AbilitySet::EMPTY.with(Ability::Drop),
            Type::Vector(of) => intersect(all, self.abilities(of, parameters)),
            Type::Reference { .. } => free,
            Type::Tuple(types) => types.iter().fold(all, |set, ty| {
                intersect(set, self.abilities(ty, parameters))
            }),
            Type::Parameter(n) => parameters
                .get(usize::from(*n))
                .map_or(AbilitySet::EMPTY, |p| p.abilities),
            Type::Function(function) => function.abilities,
            Type::Struct(id, arguments) => {
                let structure = self.structure(*id);
                let mut set = structure.abilities;
                for (parameter, argument) in structure.type_parameters.iter().zip(&**arguments) {
                    if parameter.is_phantom {
                        continue;
                    }
                    let of_argument = self.abilities(argument, parameters);
                    for ability in ABILITIES {
                        if !of_argument.has(needed_inside(ability)) {
                            set = without(set, ability);
                        }
                    }
                }
                set
            }
            Type::Var(_) | Type::Never | Type::Error => all.with(Ability::Key),
        }
    }
}

pub(crate) const ABILITIES: [Ability; 4] =
    [Ability::Copy, Ability::Drop, Ability::Store, Ability::Key];

pub(crate) fn ability_name(ability: Ability) -> &'static str {
    match ability {
        Ability::Copy => "copy",
        Ability::Drop => "drop",
        Ability::Store => "store",
        Ability::Key => "key",
    }
}

/// What a field must be able to do so that the struct can do something.
fn needed_inside(ability: Ability) -> Ability {
    match ability {
        Ability::Key => Ability::Store,
        other => other,
    }
}

fn without(set: AbilitySet, ability: Ability) -> AbilitySet {
    ABILITIES
        .into_iter()
        .filter(|a| *a != ability && set.has(*a))
        .fold(AbilitySet::EMPTY, AbilitySet::with)
}

fn intersect(a: AbilitySet, b: AbilitySet) -> AbilitySet {
    ABILITIES
        .into_iter()
        .filter(|x| a.has(*x) && b.has(*x))
        .fold(AbilitySet::EMPTY, AbilitySet::with)
}

/// Checks all structs of the package.
pub(super) fn check(program: &Program, diagnostics: &mut Diagnostics) {
    for (n, structure) in (0..).zip(&program.structs) {
        if program.unit(structure.unit).is_root {
            check_fields(program, structure, diagnostics);
            check_recursion(program, StructId(n), diagnostics);
        }
    }
}

fn all_fields(structure: &Struct) -> Vec<&Field> {
    match &structure.body {
        StructBody::Native => Vec::new(),
        StructBody::Fields(fields) => fields.iter().collect(),
        StructBody::Variants(variants) => variants.iter().flat_map(|v| &v.fields).collect(),
    }
}

fn check_fields(program: &Program, structure: &Struct, diagnostics: &mut Diagnostics) {
    let parameters: Vec<TypeParameter> = structure.type_parameters.clone();
    for field in all_fields(structure) {
        // Type parameters count as if arguments could do everything.
        let able: Vec<TypeParameter> = parameters
            .iter()
            .map(|p| TypeParameter {
                abilities: ABILITIES
                    .into_iter()
                    .fold(AbilitySet::EMPTY, AbilitySet::with),
                ..p.clone()
            })
            .collect();
        let of_field = program.abilities(&field.ty, &able);
        for ability in ABILITIES {
            let needed = needed_inside(ability);
            if structure.abilities.has(ability) && !of_field.has(needed) {
                diagnostics.push(
                    Diagnostic::error(
                        field.name.span,
                        format!(
                            "`{}` has `{}`, but the type of its field `{}` has no `{}`",
                            structure.name,
                            ability_name(ability),
                            field.name,
                            ability_name(needed)
                        ),
                    )
                    .also(structure.name.span, "the abilities are declared here"),
                );
            }
        }
        check_constraints(
            program,
            &field.ty,
            &parameters,
            field.name.span,
            diagnostics,
        );
        check_phantom(program, &field.ty, structure, field, diagnostics, true);
    }
}

/// Type arguments must have what the definition asks for.
pub(super) fn check_constraints(
    program: &Program,
    ty: &Type,
    parameters: &[TypeParameter],
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    ty.any(&mut |ty| {
        if let Type::Struct(id, arguments) = ty {
            let structure = program.structure(*id);
            for (parameter, argument) in structure.type_parameters.iter().zip(&**arguments) {
                let found = program.abilities(argument, parameters);
                for ability in ABILITIES {
                    if parameter.abilities.has(ability) && !found.has(ability) {
                        diagnostics.push(Diagnostic::error(
                            span,
                            format!(
                                "`{}` needs a type argument with `{}`",
                                structure.name,
                                ability_name(ability)
                            ),
                        ));
                    }
                }
            }
        }
        false
    });
}

/// A phantom type parameter may only be used as a phantom argument.
fn check_phantom(
    program: &Program,
    ty: &Type,
    structure: &Struct,
    field: &Field,
    diagnostics: &mut Diagnostics,
    counts: bool,
) {
    match ty {
        Type::Parameter(n) if counts => {
            let parameter = structure.type_parameters.get(usize::from(*n));
            if let Some(parameter) = parameter.filter(|p| p.is_phantom) {
                diagnostics.push(
                    Diagnostic::error(
                        field.name.span,
                        format!(
                            "the phantom type parameter `{}` is used here",
                            parameter.name
                        ),
                    )
                    .also(
                        parameter.name.span,
                        "remove `phantom`, or use it as a phantom argument",
                    ),
                );
            }
        }
        Type::Vector(of) => check_phantom(program, of, structure, field, diagnostics, true),
        Type::Struct(id, arguments) => {
            let used = program.structure(*id);
            for (parameter, argument) in used.type_parameters.iter().zip(&**arguments) {
                let counts = !parameter.is_phantom;
                check_phantom(program, argument, structure, field, diagnostics, counts);
            }
        }
        Type::Function(function) => {
            for ty in function.parameters.iter().chain([&function.returns]) {
                check_phantom(program, ty, structure, field, diagnostics, true);
            }
        }
        _ => {}
    }
}

/// No struct contains itself.
fn check_recursion(program: &Program, id: StructId, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    let mut wanted = vec![id];
    let own = program.structure(id);
    while let Some(next) = wanted.pop() {
        for field in all_fields(program.structure(next)) {
            let mut found = Vec::new();
            contained(&field.ty, &mut found);
            for inner in found {
                if inner == id {
                    let message = format!("struct `{}` contains itself", own.name);
                    diagnostics.push(
                        Diagnostic::error(own.name.span, message)
                            .also(field.name.span, "through this field"),
                    );
                    return;
                }
                if seen.insert(inner) {
                    wanted.push(inner);
                }
            }
        }
    }
}

fn contained(ty: &Type, found: &mut Vec<StructId>) {
    ty.any(&mut |ty| {
        if let Type::Struct(id, _) = ty {
            found.push(*id);
        }
        false
    });
}
