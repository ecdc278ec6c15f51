//! What a transaction changed, as JSON and in BCS, and the keys of what it
//! changed.

use super::{
    abi::module_json,
    backend::Change,
    convert::hex_of,
    error::ApiError,
    names::{self, address},
    types::Types,
};
use lumio_move_engine::bcs::{put_bytes, put_uleb};
use lumio_move_transaction::Hash;
use serde_json::{Value, json};
use sha3::{Digest as _, Sha3_256};

/// A change as JSON.
pub(super) fn change_json(types: &mut Types<'_>, change: &Change) -> Result<Value, ApiError> {
    let key = hex_of(&key_hash(change));
    Ok(match change {
        Change::Resource {
            address: owner,
            tag,
            value: Some(bcs),
        } => {
            let tag_of_struct = lumio_move_engine::TypeTag::Struct(Box::new(tag.clone()));
            let data = types.show(&tag_of_struct, bcs)?;
            json!({
                "type": "write_resource",
                "address": address(owner),
                "state_key_hash": key,
                "data": {
                    "type": names::structure(tag),
                    "data": data.unwrap_or_else(|| json!(hex_of(bcs))),
                },
            })
        }
        Change::Resource {
            address: owner,
            tag,
            value: None,
        } => json!({
            "type": "delete_resource",
            "address": address(owner),
            "state_key_hash": key,
            "resource": names::structure(tag),
        }),
        Change::Module {
            id,
            code: Some(code),
        } => json!({
            "type": "write_module",
            "address": address(&id.address),
            "state_key_hash": key,
            "data": module_json(code),
        }),
        Change::Module { id, code: None } => json!({
            "type": "delete_module",
            "address": address(&id.address),
            "state_key_hash": key,
            "module": names::module(id),
        }),
        Change::TableItem {
            handle,
            key: item,
            value,
            types: known,
        } => {
            let met = types.of_table(handle);
            let mut data = Value::Null;
            if let Some((key_type, value_type)) = known.as_ref().or(met.as_deref()) {
                data = json!({
                    "key": types.show(key_type, item)?,
                    "key_type": names::type_of(key_type),
                });
                if let (Some(object), Some(value)) = (data.as_object_mut(), value) {
                    object.insert("value".into(), json!(types.show(value_type, value)?));
                    object.insert("value_type".into(), json!(names::type_of(value_type)));
                }
            }
            let mut shown = json!({
                "type": "delete_table_item",
                "state_key_hash": key,
                "handle": address(handle),
                "key": hex_of(item),
                "data": data,
            });
            if let (Some(object), Some(value)) = (shown.as_object_mut(), value) {
                object.insert("type".into(), json!("write_table_item"));
                object.insert("value".into(), json!(hex_of(value)));
            }
            shown
        }
    })
}

/// The key of what changed, in BCS: an access path (a module or a resource) or a
/// table's item.
pub(super) fn key_bcs(change: &Change) -> Vec<u8> {
    let mut out = Vec::new();
    let mut path = Vec::new();
    match change {
        Change::Resource { address, tag, .. } => {
            out.push(0);
            out.extend(address.0);
            path.push(1);
            tag.write(&mut path);
            put_bytes(&mut out, &path);
        }
        Change::Module { id, .. } => {
            out.push(0);
            out.extend(id.address.0);
            path.push(0);
            path.extend(id.address.0);
            put_bytes(&mut path, id.name.as_bytes());
            put_bytes(&mut out, &path);
        }
        Change::TableItem { handle, key, .. } => {
            out.push(1);
            out.extend(handle.0);
            put_bytes(&mut out, key);
        }
    }
    out
}

/// A hash that names what changed.
pub(super) fn key_hash(change: &Change) -> Hash {
    hash(b"APTOS::StateKey", &key_bcs(change))
}

/// A commitment to changes.
pub(super) fn change_hash(changes: &[Change]) -> Hash {
    let mut bytes = Vec::new();
    write_set(changes, &mut bytes);
    hash(b"APTOS::WriteSet", &bytes)
}

/// The hash of a value in BCS, apart from those of other types.
pub(super) fn hash(domain: &[u8], bcs: &[u8]) -> Hash {
    let mut hasher = Sha3_256::new_with_prefix(Sha3_256::digest(domain));
    hasher.update(bcs);
    hasher.finalize().into()
}

/// All changes in BCS, as a write set: a map in the order of the keys.
pub(super) fn write_set(changes: &[Change], out: &mut Vec<u8>) {
    let mut entries: Vec<_> = changes
        .iter()
        .map(|change| (key_bcs(change), value_of(change)))
        .collect();
    entries.sort();
    put_uleb(out, 0);
    put_uleb(out, entries.len() as u64);
    for (key, value) in entries {
        out.extend(key);
        match value {
            // Whether it is new or modified is not known here, nor asked for.
            Some(value) => {
                out.push(1);
                put_bytes(out, value);
            }
            None => out.push(2),
        }
    }
}

fn value_of(change: &Change) -> Option<&[u8]> {
    match change {
        Change::Resource { value, .. } | Change::TableItem { value, .. } => value.as_deref(),
        Change::Module { code, .. } => code.as_deref(),
    }
}
