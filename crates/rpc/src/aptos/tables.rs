//! Items of tables.

use super::{
    answer::{Answer, Reply},
    args::Args,
    context::Context,
    convert::hex_of,
    error::ApiError,
    registry::{AT_VERSION, Handler, Route},
};
use alloy_primitives::hex;
use lumio_move_engine::{Address, TypeTag};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        "/tables/{table_handle}/item",
        Handler::Read(item),
        "get_table_item",
    )
    .says("An item of a table, by its key as JSON", "MoveValue")
    .query(&[AT_VERSION])
    .or_bcs(),
    Route::post(
        "/tables/{table_handle}/raw_item",
        Handler::Read(raw_item),
        "get_raw_table_item",
    )
    .says(
        "The BCS of a table's item, by the BCS of its key",
        "HexEncodedBytes",
    )
    .query(&[AT_VERSION])
    .or_bcs(),
];

#[derive(Deserialize)]
struct ItemRequest {
    key_type: String,
    value_type: String,
    key: Value,
}

#[derive(Deserialize)]
struct RawItemRequest {
    key: String,
}

fn tag(text: &str) -> Result<TypeTag, ApiError> {
    text.parse()
        .map_err(|error| ApiError::InvalidInput(format!("{error}")))
}

fn item(context: &Context, args: &Args) -> Reply {
    let handle: Address = args.parse("table_handle")?;
    let request: ItemRequest = args.json()?;
    let (key_type, value_type) = (tag(&request.key_type)?, tag(&request.value_type)?);
    let mut types = context.state(args)?;
    let key = types.read(&key_type, &request.key)?;
    let Some(bcs) = types.state.table_item(handle, &key)? else {
        return Err(ApiError::TableItemNotFound {
            handle,
            key: request.key.to_string(),
            version: types.version,
        });
    };
    if args.wants_bcs() {
        return Ok(Answer::bcs(bcs));
    }
    // The client says of what type the value is, and may be wrong.
    let shown = types.show(&value_type, &bcs)?;
    Ok(Answer::json(shown.ok_or_else(|| {
        ApiError::InvalidInput(format!("the item is no value of {value_type}"))
    })?))
}

fn raw_item(context: &Context, args: &Args) -> Reply {
    let handle: Address = args.parse("table_handle")?;
    let request: RawItemRequest = args.json()?;
    let key = hex::decode(&request.key)
        .map_err(|error| ApiError::InvalidInput(format!("the key: {error}")))?;
    let mut types = context.state(args)?;
    let Some(bcs) = types.state.table_item(handle, &key)? else {
        return Err(ApiError::TableItemNotFound {
            handle,
            key: request.key,
            version: types.version,
        });
    };
    if args.wants_bcs() {
        return Ok(Answer::bcs(bcs));
    }
    Ok(Answer::json(json!(hex_of(&bcs))))
}
