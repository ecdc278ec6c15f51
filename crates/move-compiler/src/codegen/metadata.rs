//! What attributes and doc comments say of a module, for its metadata: what functions and structs
//! are for, and what abort codes mean.

use std::collections::BTreeMap;

use lumio_move_engine::metadata::{Attribute, Attributes, ModuleMetadata};

use crate::{
    ast::{self, AttributeValue, Literal},
    program::{Program, UnitId},
    typed::Value,
    types::Type,
};

/// The constants of a module that are abort codes: by value their names and doc comments.
pub(crate) fn errors(program: &Program, unit: UnitId) -> BTreeMap<u64, (String, String)> {
    let mut errors = BTreeMap::new();
    for id in &program.unit(unit).constants {
        let constant = program.constant(*id);
        if constant.name.starts_with('E')
            && constant.ty == Type::U64
            && let Some(Value::Integer(code)) = &constant.value
            && let Ok(code) = u64::try_from(*code)
        {
            let description = constant.doc.trim().to_owned();
            errors.insert(code, (constant.name.to_string(), description));
        }
    }
    errors
}

/// The metadata of a module.
pub(super) fn metadata(program: &Program, unit: UnitId) -> ModuleMetadata {
    let errors = errors(program, unit);
    let unit = program.unit(unit);
    let mut structs = Attributes::new();
    for id in &unit.structs {
        let structure = program.structure(*id);
        let found = structure.attributes.iter().filter_map(|attribute| {
            Some(match attribute.name.as_str() {
                "event" => Attribute::Event,
                "resource_group" => Attribute::ResourceGroup(argument(attribute, "scope", program)),
                "resource_group_member" => {
                    Attribute::ResourceGroupMember(argument(attribute, "group", program))
                }
                _ => return None,
            })
        });
        add(&mut structs, &structure.name, found.collect());
    }
    let mut functions = Attributes::new();
    for id in &unit.functions {
        let function = program.function(*id);
        let found = function.attributes.iter().filter_map(|attribute| {
            Some(match attribute.name.as_str() {
                "view" => Attribute::View,
                "randomness" => {
                    let gas = argument(attribute, "max_gas", program);
                    Attribute::Randomness(gas.parse().ok())
                }
                _ => return None,
            })
        });
        add(&mut functions, &function.name, found.collect());
    }
    ModuleMetadata {
        errors,
        structs,
        functions,
    }
}

fn add(all: &mut Attributes, name: &impl ToString, found: Vec<Attribute>) {
    if !found.is_empty() {
        all.insert(name.to_string(), found);
    }
}

/// What an attribute says under a name: `scope = global`, `group = 0x1::object::ObjectGroup`.
fn argument(attribute: &ast::Attribute, name: &str, program: &Program) -> String {
    let AttributeValue::List(list) = &attribute.value else {
        return String::new();
    };
    let found = list.iter().find(|a| a.name.as_str() == name);
    match found.map(|a| &a.value) {
        Some(AttributeValue::Path(path)) => {
            let mut parts: Vec<String> = Vec::new();
            if let Some((address, _)) = &path.address {
                parts.push(address.to_string());
            }
            for (n, ident) in path.names.iter().enumerate() {
                let address = program.addresses.get(&ident.name);
                parts.push(match address {
                    Some(address) if n == 0 && path.names.len() > 1 => address.to_string(),
                    _ => ident.to_string(),
                });
            }
            parts.join("::")
        }
        Some(AttributeValue::Literal(Literal::Number { value, .. })) => value.to_string(),
        Some(AttributeValue::Literal(Literal::Text(text, _))) => text.clone(),
        _ => String::new(),
    }
}
