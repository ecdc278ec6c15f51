//! Metadata of a module: what attributes say about its functions and structs, and what abort codes
//! mean. Under the key `aptos::metadata_v1`, in BCS: codes with name and description, attributes of
//! structs, attributes of functions.

use std::collections::BTreeMap;

use lumio_move_engine::{
    bcs::{put_bytes, put_uleb},
    format::Metadata,
};

use crate::{
    ast::{Attribute, AttributeValue, Literal},
    program::{Program, UnitId},
    typed::Value,
    types::Type,
};

const KEY: &[u8] = b"aptos::metadata_v1";

/// Attributes by the number that they have in metadata.
const VIEW: u8 = 1;
const RESOURCE_GROUP: u8 = 2;
const RESOURCE_GROUP_MEMBER: u8 = 3;
const EVENT: u8 = 4;
const RANDOMNESS: u8 = 5;

type Attributes = BTreeMap<String, Vec<(u8, Vec<String>)>>;

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

/// The metadata of a module, if it has any.
pub(super) fn metadata(program: &Program, unit: UnitId) -> Vec<Metadata> {
    let errors = errors(program, unit);
    let unit = program.unit(unit);
    let mut structs = Attributes::new();
    for id in &unit.structs {
        let structure = program.structure(*id);
        let mut found = Vec::new();
        for attribute in &structure.attributes {
            match attribute.name.as_str() {
                "event" => found.push((EVENT, Vec::new())),
                "resource_group" => {
                    found.push((RESOURCE_GROUP, vec![argument(attribute, "scope", program)]));
                }
                "resource_group_member" => {
                    let group = argument(attribute, "group", program);
                    found.push((RESOURCE_GROUP_MEMBER, vec![group]));
                }
                _ => {}
            }
        }
        if !found.is_empty() {
            structs.insert(structure.name.to_string(), found);
        }
    }
    let mut functions = Attributes::new();
    for id in &unit.functions {
        let function = program.function(*id);
        let mut found = Vec::new();
        for attribute in &function.attributes {
            match attribute.name.as_str() {
                "view" => found.push((VIEW, Vec::new())),
                "randomness" => {
                    let gas = argument(attribute, "max_gas", program);
                    let arguments = if gas.is_empty() {
                        Vec::new()
                    } else {
                        vec![gas]
                    };
                    found.push((RANDOMNESS, arguments));
                }
                _ => {}
            }
        }
        if !found.is_empty() {
            functions.insert(function.name.to_string(), found);
        }
    }
    if errors.is_empty() && structs.is_empty() && functions.is_empty() {
        return Vec::new();
    }
    // Maps in BCS are in the order of their keys' bytes.
    let mut errors: Vec<_> = errors.into_iter().collect();
    errors.sort_by_key(|(code, _)| code.to_le_bytes());
    let mut value = Vec::new();
    put_uleb(&mut value, errors.len() as u64);
    for (code, (name, description)) in errors {
        value.extend(code.to_le_bytes());
        put_bytes(&mut value, name.as_bytes());
        put_bytes(&mut value, description.as_bytes());
    }
    put_attributes(&mut value, &structs);
    put_attributes(&mut value, &functions);
    vec![Metadata {
        key: KEY.to_vec(),
        value,
    }]
}

fn put_attributes(out: &mut Vec<u8>, attributes: &Attributes) {
    put_uleb(out, attributes.len() as u64);
    let mut attributes: Vec<_> = attributes.iter().collect();
    attributes.sort_by_key(|(name, _)| (name.len(), name.as_str()));
    for (name, list) in attributes {
        put_bytes(out, name.as_bytes());
        put_uleb(out, list.len() as u64);
        for (kind, arguments) in list {
            out.push(*kind);
            put_uleb(out, arguments.len() as u64);
            for argument in arguments {
                put_bytes(out, argument.as_bytes());
            }
        }
    }
}

/// What an attribute says under a name: `scope = global`, `group = 0x1::object::ObjectGroup`.
fn argument(attribute: &Attribute, name: &str, program: &Program) -> String {
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
