//! Types in messages.

use super::Checker;
use crate::{
    declare::{ABILITIES, ability_name},
    program::Program,
    types::{Type, TypeParameter},
};

impl Checker<'_> {
    /// A type as messages show it.
    pub(super) fn describe(&self, ty: &Type) -> String {
        let deep = self.vars.deep(ty);
        if self.vars.is_integer_var(&deep) {
            return "an integer".into();
        }
        match &deep {
            Type::Var(_) => "a type that is not known yet".into(),
            Type::Tuple(types) if types.is_empty() => "`()`".into(),
            _ => format!("`{}`", print(self.program, &self.type_parameters, &deep)),
        }
    }
}

/// A type as it is written.
pub(crate) fn print(program: &Program, parameters: &[TypeParameter], ty: &Type) -> String {
    let all = |types: &[Type]| {
        let parts: Vec<String> = types
            .iter()
            .map(|t| print(program, parameters, t))
            .collect();
        parts.join(", ")
    };
    match ty {
        Type::Bool => "bool".into(),
        Type::Integer(integer) => integer.name().into(),
        Type::Address => "address".into(),
        Type::Signer => "signer".into(),
        Type::Vector(of) => format!("vector<{}>", print(program, parameters, of)),
        Type::Struct(id, arguments) => {
            let structure = program.structure(*id);
            let unit = program.unit(structure.unit);
            match arguments.is_empty() {
                true => format!("{}::{}", unit.ident, structure.name),
                false => format!("{}::{}<{}>", unit.ident, structure.name, all(arguments)),
            }
        }
        Type::Parameter(n) => parameters
            .get(usize::from(*n))
            .map_or_else(|| format!("T{n}"), |p| p.name.to_string()),
        Type::Reference { mutable, to } => {
            let to = print(program, parameters, to);
            if *mutable {
                format!("&mut {to}")
            } else {
                format!("&{to}")
            }
        }
        Type::Tuple(types) => format!("({})", all(types)),
        Type::Function(function) => {
            let mut text = format!("|{}|", all(&function.parameters));
            if !function.returns.is_unit() {
                text.push(' ');
                text.push_str(&print(program, parameters, &function.returns));
            }
            let abilities: Vec<&str> = ABILITIES
                .into_iter()
                .filter(|a| function.abilities.has(*a))
                .map(ability_name)
                .collect();
            if !abilities.is_empty() {
                text.push_str(" has ");
                text.push_str(&abilities.join(" + "));
            }
            text
        }
        Type::Var(_) => "_".into(),
        Type::Never => "!".into(),
        Type::Error => "?".into(),
    }
}
