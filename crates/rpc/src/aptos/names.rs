//! Addresses and types as this API writes them: addresses as AIP-40 has them,
//! in types as well. SDKs do not read an address that lost many leading zeros,
//! and the account id of every Ethereum address has 24.

use lumio_move_engine::{Address, FunctionParameterTag, FunctionTag, ModuleId, StructTag, TypeTag};

/// An address: `0x0` to `0xf` short, all others with 64 digits.
pub(super) fn address(address: &Address) -> String {
    match address.0.split_last() {
        Some((last, rest)) if *last < 16 && rest.iter().all(|byte| *byte == 0) => {
            address.to_short_hex()
        }
        _ => format!("0x{}", address.to_hex()),
    }
}

/// A module.
pub(super) fn module(id: &ModuleId) -> String {
    format!("{}::{}", address(&id.address), id.name)
}

/// A function.
pub(super) fn function(id: &ModuleId, name: &str) -> String {
    format!("{}::{name}", module(id))
}

/// A struct or enum with its type arguments.
pub(super) fn structure(tag: &StructTag) -> String {
    let name = function(&tag.module, &tag.name);
    if tag.type_arguments.is_empty() {
        return name;
    }
    format!("{name}<{}>", types(&tag.type_arguments).join(", "))
}

/// A type.
pub(super) fn type_of(tag: &TypeTag) -> String {
    match tag {
        TypeTag::Vector(element) => format!("vector<{}>", type_of(element)),
        TypeTag::Struct(tag) => structure(tag),
        TypeTag::Function(tag) => function_type(tag),
        primitive => primitive.to_string(),
    }
}

/// Types one by one.
pub(super) fn types(tags: &[TypeTag]) -> Vec<String> {
    tags.iter().map(type_of).collect()
}

fn function_type(tag: &FunctionTag) -> String {
    let list = |parameters: &[FunctionParameterTag]| {
        let texts = parameters.iter().map(|parameter| match parameter {
            FunctionParameterTag::Value(tag) => type_of(tag),
            FunctionParameterTag::Reference(tag) => format!("&{}", type_of(tag)),
            FunctionParameterTag::MutableReference(tag) => format!("&mut {}", type_of(tag)),
        });
        texts.collect::<Vec<_>>().join(", ")
    };
    let results = match tag.results.len() {
        1 => list(&tag.results),
        _ => format!("({})", list(&tag.results)),
    };
    let abilities: Vec<_> = tag.abilities.iter().map(|one| one.name()).collect();
    let has = if abilities.is_empty() { "" } else { " has " };
    let parameters = list(&tag.parameters);
    format!("|{parameters}|{results}{has}{}", abilities.join(" + "))
}
