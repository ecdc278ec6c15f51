//! What a module offers, read from its binary and its metadata: clients encode
//! arguments by it.

use super::names::{self, address};
use alloy_primitives::hex;
use lumio_move_engine::{
    Address, ModuleId,
    format::{
        AbilitySet, CompiledModule, FunctionDefinition, FunctionToken, SignatureToken,
        StructDefinition, StructFields, Tables, Visibility, read_module, read_script,
    },
    metadata::ModuleMetadata,
};
use serde_json::{Map, Value, json};

/// A module as clients get it. Of what is no module there is only the bytecode.
pub(super) fn module_json(code: &[u8]) -> Value {
    let mut object = Map::new();
    object.insert("bytecode".into(), json!(hex::encode_prefixed(code)));
    if let Ok(module) = read_module(code) {
        object.insert("abi".into(), abi(&module));
    }
    Value::Object(object)
}

/// A script as clients get it.
pub(super) fn script_json(code: &[u8]) -> Value {
    let mut object = Map::new();
    object.insert("bytecode".into(), json!(hex::encode_prefixed(code)));
    if let Ok(script) = read_script(code) {
        let function = json!({
            "name": "main",
            "visibility": "public",
            "is_entry": true,
            "is_view": false,
            "generic_type_params": type_parameters(&script.type_parameters),
            "params": types(&script, script.parameters.index()),
            "return": [],
        });
        object.insert("abi".into(), function);
    }
    Value::Object(object)
}

/// A module's id, from its binary.
pub(super) fn module_id(module: &CompiledModule) -> Option<ModuleId> {
    let handle = module.module_handles.get(module.self_handle.index())?;
    let address = module.addresses.get(handle.address.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    Some(ModuleId::new(*address, name.as_str()))
}

fn abi(module: &CompiledModule) -> Value {
    let id = module_id(module).unwrap_or_else(|| ModuleId::new(Address::default(), ""));
    // What cannot be read counts as absent: only publishing checks metadata.
    let metadata = ModuleMetadata::of(module);
    let friends = module.friends.iter().map(|friend| {
        let address = module.addresses.get(friend.address.index());
        let name = module.identifiers.get(friend.name.index());
        let name = name.map_or("", String::as_str);
        names::module(&ModuleId::new(address.copied().unwrap_or_default(), name))
    });
    let exposed = module
        .function_defs
        .iter()
        .filter(|definition| definition.is_entry || definition.visibility != Visibility::Private);
    json!({
        "address": address(&id.address),
        "name": id.name,
        "friends": friends.collect::<Vec<_>>(),
        "exposed_functions": exposed
            .filter_map(|definition| function(module, definition, &metadata))
            .collect::<Vec<_>>(),
        "structs": module
            .struct_defs
            .iter()
            .filter_map(|definition| structure(module, definition, &metadata))
            .collect::<Vec<_>>(),
    })
}

fn function(
    module: &CompiledModule,
    definition: &FunctionDefinition,
    metadata: &ModuleMetadata,
) -> Option<Value> {
    let handle = module.function_handles.get(definition.handle.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    let visibility = match definition.visibility {
        Visibility::Private => "private",
        Visibility::Public => "public",
        Visibility::Friend => "friend",
    };
    Some(json!({
        "name": name,
        "visibility": visibility,
        "is_entry": definition.is_entry,
        "is_view": metadata.is_view(name),
        "generic_type_params": type_parameters(&handle.type_parameters),
        "params": types(module, handle.parameters.index()),
        "return": types(module, handle.returns.index()),
    }))
}

fn structure(
    module: &CompiledModule,
    definition: &StructDefinition,
    metadata: &ModuleMetadata,
) -> Option<Value> {
    let handle = module.struct_handles.get(definition.handle.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    let parameters = handle.type_parameters.iter().map(|parameter| {
        json!({
            "constraints": abilities(parameter.constraints),
            "is_phantom": parameter.phantom,
        })
    });
    let fields = |fields: &[lumio_move_engine::format::FieldDefinition]| -> Vec<Value> {
        let fields = fields.iter().map(|field| {
            let name = module.identifiers.get(field.name.index());
            json!({ "name": name, "type": type_text(module, &field.token) })
        });
        fields.collect()
    };
    let mut object = Map::new();
    object.insert("name".into(), json!(name));
    let native = definition.fields == StructFields::Native;
    object.insert("is_native".into(), json!(native));
    let event = metadata.is_event(name);
    object.insert("is_event".into(), json!(event));
    let variants = definition.fields.variants();
    object.insert("is_enum".into(), json!(!variants.is_empty()));
    object.insert("abilities".into(), json!(abilities(handle.abilities)));
    object.insert("generic_type_params".into(), parameters.collect());
    let declared = definition.fields.of(None).unwrap_or_default();
    object.insert("fields".into(), json!(fields(declared)));
    if !variants.is_empty() {
        let variants = variants.iter().map(|variant| {
            let name = module.identifiers.get(variant.name.index());
            json!({ "name": name, "fields": fields(&variant.fields) })
        });
        object.insert("variants".into(), variants.collect());
    }
    Some(Value::Object(object))
}

fn abilities(set: AbilitySet) -> Vec<&'static str> {
    set.iter().map(|ability| ability.name()).collect()
}

fn type_parameters(constraints: &[AbilitySet]) -> Vec<Value> {
    let parameters = constraints.iter();
    parameters
        .map(|set| json!({ "constraints": abilities(*set) }))
        .collect()
}

fn types(tables: &Tables, signature: usize) -> Vec<String> {
    let tokens = tables.signatures.get(signature);
    let tokens = tokens.map_or(&[][..], Vec::as_slice);
    tokens
        .iter()
        .map(|token| type_text(tables, token))
        .collect()
}

/// A type as clients write it, with `T0` and so on for type parameters.
fn type_text(tables: &Tables, token: &SignatureToken) -> String {
    let list = |tokens: &[SignatureToken]| {
        let texts = tokens.iter().map(|token| type_text(tables, token));
        texts.collect::<Vec<_>>().join(", ")
    };
    let named = |handle: usize| {
        let handle = tables.struct_handles.get(handle);
        let module = handle.and_then(|handle| tables.module_handles.get(handle.module.index()));
        let address = module.and_then(|module| tables.addresses.get(module.address.index()));
        let name = |index: Option<usize>| {
            let name = index.and_then(|index| tables.identifiers.get(index));
            name.map_or("", String::as_str)
        };
        let module_name = name(module.map(|module| module.name.index()));
        let id = ModuleId::new(address.copied().unwrap_or_default(), module_name);
        names::function(&id, name(handle.map(|handle| handle.name.index())))
    };
    let primitive = match token {
        SignatureToken::Bool => "bool",
        SignatureToken::U8 => "u8",
        SignatureToken::U16 => "u16",
        SignatureToken::U32 => "u32",
        SignatureToken::U64 => "u64",
        SignatureToken::U128 => "u128",
        SignatureToken::U256 => "u256",
        SignatureToken::I8 => "i8",
        SignatureToken::I16 => "i16",
        SignatureToken::I32 => "i32",
        SignatureToken::I64 => "i64",
        SignatureToken::I128 => "i128",
        SignatureToken::I256 => "i256",
        SignatureToken::Address => "address",
        SignatureToken::Signer => "signer",
        SignatureToken::Vector(inner) => return format!("vector<{}>", type_text(tables, inner)),
        SignatureToken::Struct(handle) => return named(handle.index()),
        SignatureToken::StructInstantiation(handle, arguments) => {
            return format!("{}<{}>", named(handle.index()), list(arguments));
        }
        SignatureToken::Reference(inner) => return format!("&{}", type_text(tables, inner)),
        SignatureToken::MutableReference(inner) => {
            return format!("&mut {}", type_text(tables, inner));
        }
        SignatureToken::TypeParameter(number) => return format!("T{number}"),
        SignatureToken::Function(function) => return function_text(tables, function, list),
    };
    primitive.to_owned()
}

fn function_text(
    tables: &Tables,
    function: &FunctionToken,
    list: impl Fn(&[SignatureToken]) -> String,
) -> String {
    let parameters = list(&function.parameters);
    let results = match function.results.as_slice() {
        [one] => type_text(tables, one),
        many => format!("({})", list(many)),
    };
    let abilities = abilities(function.abilities).join(" + ");
    let has = if abilities.is_empty() { "" } else { " has " };
    format!("|{parameters}|{results}{has}{abilities}")
}
