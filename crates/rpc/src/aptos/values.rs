//! Values of Move as JSON, and back.
//!
//! | Move | JSON |
//! |---|---|
//! | `u8` to `u32`, `i8` to `i32` | number |
//! | wider integers | decimal string |
//! | `address`, `signer` | AIP-40 string: `0x1`, or 64 digits |
//! | `vector<u8>` | hex string |
//! | `0x1::string::String` | string |
//! | `0x1::option::Option` | `{"vec": […]}`, as the struct that it is; of `u8` `{"vec": "0x…"}` |
//! | structs | object of fields |
//! | enums | object of fields and `__variant__` |
//! | function values | `__fun_name__`, `__ty_args__`, `__mask__`, `__captured__` |
//!
//! What clients send may also be a decimal string for any integer, a bare
//! address for `0x1::object::Object`, and a bare value or null for an option.

use super::names::{self, address};
use alloy_primitives::hex;
use lumio_move_engine::{
    Address, FunctionValue, Layout, MoveValue, Resolve, StatusCode, StructTag, U256, VmError,
    VmResult, code::Integer,
};
use serde_json::{Map, Value, json};

const VARIANT: &str = "__variant__";

fn is_std(tag: &StructTag, module: &str, name: &str) -> bool {
    tag.module.address == Address::ONE && tag.module.name == module && tag.name == name
}

fn mismatch() -> VmError {
    VmError::new(StatusCode::ValueDeserializationError).with_message("a value of another type")
}

/// A value as JSON. `resolve` is asked for the types of what function values
/// capture.
pub(super) fn to_json(layout: &Layout, value: &MoveValue, resolve: Resolve<'_>) -> VmResult<Value> {
    Ok(match (layout, value) {
        (_, MoveValue::Bool(value)) => json!(value),
        (_, MoveValue::Integer(integer, bits)) => integer_json(*integer, *bits),
        (_, MoveValue::Address(value) | MoveValue::Signer(value)) => json!(address(value)),
        (_, MoveValue::Bytes(bytes)) => json!(hex::encode_prefixed(bytes)),
        (Layout::Vector(element), MoveValue::Vector(values)) => {
            let values = values.iter().map(|value| to_json(element, value, resolve));
            Value::Array(values.collect::<VmResult<_>>()?)
        }
        (Layout::Struct { tag, fields }, MoveValue::Struct(values)) => {
            if is_std(tag, "string", "String")
                && let [MoveValue::Bytes(bytes)] = values.as_slice()
            {
                return Ok(json!(String::from_utf8_lossy(bytes)));
            }
            Value::Object(fields_json(fields, values, resolve)?)
        }
        (Layout::Enum { variants, .. }, MoveValue::Variant(number, values)) => {
            let (name, fields) = variants.get(usize::from(*number)).ok_or_else(mismatch)?;
            let mut object = fields_json(fields, values, resolve)?;
            object.insert(VARIANT.into(), json!(name));
            Value::Object(object)
        }
        (_, MoveValue::Function(function)) => function_json(function, resolve)?,
        _ => return Err(mismatch()),
    })
}

fn fields_json(
    fields: &[(String, Layout)],
    values: &[MoveValue],
    resolve: Resolve<'_>,
) -> VmResult<Map<String, Value>> {
    let mut object = Map::new();
    for ((name, layout), value) in fields.iter().zip(values) {
        object.insert(name.clone(), to_json(layout, value, resolve)?);
    }
    Ok(object)
}

fn function_json(function: &FunctionValue, resolve: Resolve<'_>) -> VmResult<Value> {
    let mut captured = Vec::new();
    for (tag, value) in &function.captured {
        let layout = resolve(tag)?;
        captured.push(to_json(&layout, value, resolve)?);
    }
    let mut object = Map::new();
    let name = names::function(&function.module, &function.function);
    object.insert("__fun_name__".into(), json!(name));
    if !function.type_arguments.is_empty() {
        let tags = names::types(&function.type_arguments);
        object.insert("__ty_args__".into(), json!(tags));
    }
    object.insert("__mask__".into(), json!(function.mask.0.to_string()));
    object.insert("__captured__".into(), Value::Array(captured));
    Ok(Value::Object(object))
}

/// Whether JSON has numbers for an integer: JavaScript reads those exactly.
fn is_small(integer: Integer) -> bool {
    integer.bits() <= 32
}

fn integer_json(integer: Integer, bits: U256) -> Value {
    let width = usize::from(integer.bits());
    let negative = integer.is_signed() && bits.bit(width.saturating_sub(1));
    let magnitude = if negative {
        bits.wrapping_neg() & mask(integer)
    } else {
        bits
    };
    let text = format!("{}{magnitude}", if negative { "-" } else { "" });
    match text.parse::<i64>() {
        Ok(number) if is_small(integer) => json!(number),
        _ => json!(text),
    }
}

/// All bits of a type.
fn mask(integer: Integer) -> U256 {
    U256::MAX >> 256_usize.saturating_sub(usize::from(integer.bits()))
}

/// A value that a client gives in JSON, or what is wrong with it.
pub(super) fn from_json(layout: &Layout, json: &Value) -> Result<MoveValue, String> {
    match layout {
        Layout::Bool => json
            .as_bool()
            .map(MoveValue::Bool)
            .ok_or_else(|| expected("true or false", json)),
        Layout::Integer(integer) => {
            let bits = parse_integer(*integer, json);
            let bits = bits
                .ok_or_else(|| expected(&format!("a number of {} bits", integer.bits()), json))?;
            Ok(MoveValue::Integer(*integer, bits))
        }
        Layout::Address => parse_address(json).map(MoveValue::Address),
        Layout::Signer => Err("a signer is nothing that can be given".into()),
        Layout::Vector(element) => vector(element, json),
        Layout::Struct { tag, fields } => structure(tag, fields, json),
        Layout::Enum { variants, .. } => {
            let name = json.get(VARIANT).and_then(Value::as_str);
            let name = name.ok_or_else(|| expected("an object with `__variant__`", json))?;
            let found = variants.iter().position(|(variant, _)| variant == name);
            let (number, (_, fields)) = found
                .and_then(|place| Some((u16::try_from(place).ok()?, variants.get(place)?)))
                .ok_or_else(|| format!("there is no variant {name:?}"))?;
            Ok(MoveValue::Variant(number, field_values(fields, json)?))
        }
        Layout::Function => Err("a function value can be given in BCS only".into()),
    }
}

fn expected(what: &str, json: &Value) -> String {
    let mut found = json.to_string();
    if let Some((end, _)) = found.char_indices().nth(100) {
        found.truncate(end);
        found.push('…');
    }
    format!("expected {what}, found {found}")
}

fn parse_address(json: &Value) -> Result<Address, String> {
    let text = json.as_str().ok_or_else(|| expected("an address", json))?;
    text.parse().map_err(|error| format!("{error}"))
}

/// Bits of a number, if the type can hold it.
fn parse_integer(integer: Integer, json: &Value) -> Option<U256> {
    let text = match json {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.as_str()),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = U256::from_str_radix(digits, 10).ok()?;
    let all = mask(integer);
    if !integer.is_signed() {
        return (!negative && magnitude <= all).then_some(magnitude);
    }
    let largest: U256 = all >> 1;
    if negative {
        (magnitude <= largest.wrapping_add(U256::ONE)).then(|| magnitude.wrapping_neg() & all)
    } else {
        (magnitude <= largest).then_some(magnitude)
    }
}

fn vector(element: &Layout, json: &Value) -> Result<MoveValue, String> {
    let bytes = *element == Layout::Integer(Integer::U8);
    match json {
        Value::String(text) if bytes => hex::decode(text)
            .map(MoveValue::Bytes)
            .map_err(|error| format!("bytes in hex: {error}")),
        Value::Array(items) => {
            let values = items.iter().map(|item| from_json(element, item));
            let values: Vec<MoveValue> = values.collect::<Result<_, _>>()?;
            if !bytes {
                return Ok(MoveValue::Vector(values));
            }
            let bytes = values.iter().map(|value| match value {
                MoveValue::Integer(_, bits) => bits.byte(0),
                _ => 0,
            });
            Ok(MoveValue::Bytes(bytes.collect()))
        }
        _ => Err(expected("an array", json)),
    }
}

fn structure(
    tag: &StructTag,
    fields: &[(String, Layout)],
    json: &Value,
) -> Result<MoveValue, String> {
    if is_std(tag, "string", "String") {
        let text = json.as_str().ok_or_else(|| expected("a string", json))?;
        return Ok(MoveValue::Struct(vec![MoveValue::Bytes(text.into())]));
    }
    if is_std(tag, "object", "Object") && json.is_string() {
        return Ok(MoveValue::Struct(vec![MoveValue::Address(parse_address(
            json,
        )?)]));
    }
    if is_std(tag, "option", "Option")
        && let [(_, list @ Layout::Vector(element))] = fields
        && !json
            .as_object()
            .is_some_and(|object| object.contains_key("vec"))
    {
        let items = match json {
            Value::Null => Value::Array(Vec::new()),
            value if **element == Layout::Integer(Integer::U8) => {
                json!([parse_integer(Integer::U8, value).map(|bits| bits.byte(0))])
            }
            value => Value::Array(vec![value.clone()]),
        };
        return Ok(MoveValue::Struct(vec![from_json(list, &items)?]));
    }
    field_values(fields, json).map(MoveValue::Struct)
}

fn field_values(fields: &[(String, Layout)], json: &Value) -> Result<Vec<MoveValue>, String> {
    let object = json
        .as_object()
        .ok_or_else(|| expected("an object", json))?;
    let given = object.keys().filter(|key| *key != VARIANT);
    if let Some(unknown) = given
        .into_iter()
        .find(|key| !fields.iter().any(|(name, _)| name == *key))
    {
        return Err(format!("there is no field {unknown:?}"));
    }
    let values = fields.iter().map(|(name, layout)| {
        let value = object
            .get(name)
            .ok_or_else(|| format!("field {name:?} is missing"))?;
        from_json(layout, value).map_err(|reason| format!("{name}: {reason}"))
    });
    values.collect()
}
