//! Accounts: their state, their resources, their balances.

use super::{
    answer::{Answer, Reply},
    args::Args,
    backend::Account,
    context::Context,
    convert::hex_of,
    error::ApiError,
    names,
    registry::{AT_VERSION, Handler, Parameter, Route},
};
use lumio_move_engine::{
    Address, ModuleId, StructTag, TypeTag,
    bcs::{Reader, put_bytes, put_uleb},
};
use lumio_move_transaction::EntryFunction;
use serde_json::{Value, json};

/// What the query may say where a state is listed.
pub(super) const PAGE: &[Parameter] = &[
    AT_VERSION,
    (
        "start",
        "string",
        "Where the page begins: the `X-Aptos-Cursor` of the one before",
    ),
    ("limit", "integer", "How many at most"),
];

pub(super) const ROUTES: &[Route] = &[
    Route::get("/accounts/{address}", Handler::Read(account), "get_account")
        .says(
            "Sequence number and authentication key; those of a new account where there is none",
            "AccountData",
        )
        .query(&[AT_VERSION])
        .or_bcs(),
    Route::get(
        "/accounts/{address}/resources",
        Handler::Read(resources),
        "get_account_resources",
    )
    .says("Resources of an account", "MoveResources")
    .query(PAGE)
    .or_bcs(),
    Route::get(
        "/accounts/{address}/resource/{resource_type}",
        Handler::Read(resource),
        "get_account_resource",
    )
    .says("One resource of an account", "MoveResource")
    .query(&[AT_VERSION])
    .or_bcs(),
    Route::get(
        "/accounts/{address}/balance/{asset_type}",
        Handler::Execute(balance),
        "get_account_balance",
    )
    .says(
        "How much an account has of a coin, by its type, or of a fungible asset, by the address \
         of its metadata",
        "Number",
    )
    .query(&[AT_VERSION])
    .or_bcs(),
];

/// A resource of which there is one for each account.
fn account_tag() -> StructTag {
    StructTag {
        module: ModuleId::new(Address::ONE, "account"),
        name: "Account".into(),
        type_arguments: Vec::new(),
    }
}

fn account(context: &Context, args: &Args) -> Reply {
    let address: Address = args.parse("address")?;
    let mut types = context.state(args)?;
    let account = types.state.account(address)?.unwrap_or(Account {
        sequence_number: 0,
        authentication_key: address.0,
    });
    if args.wants_bcs() {
        let stored = types.state.resource(address, &account_tag())?;
        return Ok(Answer::bcs(
            stored.unwrap_or_else(|| new_account(address, &account)),
        ));
    }
    Ok(Answer::json(json!({
        "sequence_number": account.sequence_number.to_string(),
        "authentication_key": hex_of(&account.authentication_key),
    })))
}

/// The resource that an account would have if it were made now.
fn new_account(address: Address, account: &Account) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, &account.authentication_key);
    bytes.extend(account.sequence_number.to_le_bytes());
    let handles = 2_u64;
    bytes.extend(handles.to_le_bytes());
    for creation_number in 0..handles {
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(creation_number.to_le_bytes());
        bytes.extend(address.0);
    }
    // No capabilities are offered.
    bytes.extend([0, 0]);
    bytes
}

fn resources(context: &Context, args: &Args) -> Reply {
    let address = args.parse("address")?;
    let most = context.config.max_state_page;
    let limit = args.limit(most, most)?;
    let cursor = args.cursor()?;
    let mut types = context.state(args)?;
    let page = types.state.resources(address, cursor.as_deref(), limit)?;
    let answer = if args.wants_bcs() {
        let entries = page.items.iter().map(|(tag, bcs)| {
            let mut key = Vec::new();
            tag.write(&mut key);
            (key, bcs.as_slice())
        });
        Answer::bcs(map_bcs(entries.collect()))
    } else {
        let mut list = Vec::new();
        for (tag, bcs) in &page.items {
            let data = types.show_resource(tag, bcs)?;
            list.push(json!({ "type": names::structure(tag), "data": data }));
        }
        Answer::json(Value::Array(list))
    };
    Ok(answer.with_cursor(page.next.as_deref()))
}

/// A map in BCS: in the order of its keys.
pub(super) fn map_bcs(mut entries: Vec<(Vec<u8>, &[u8])>) -> Vec<u8> {
    entries.sort();
    let mut out = Vec::new();
    put_uleb(&mut out, entries.len() as u64);
    for (key, value) in entries {
        out.extend(key);
        put_bytes(&mut out, value);
    }
    out
}

fn resource(context: &Context, args: &Args) -> Reply {
    let address = args.parse("address")?;
    let tag: StructTag = args.parse("resource_type")?;
    let mut types = context.state(args)?;
    let Some(bcs) = types.state.resource(address, &tag)? else {
        let version = types.version;
        return Err(ApiError::ResourceNotFound {
            address,
            tag,
            version,
        });
    };
    if args.wants_bcs() {
        return Ok(Answer::bcs(bcs));
    }
    let data = types.show_resource(&tag, &bcs)?;
    Ok(Answer::json(
        json!({ "type": names::structure(&tag), "data": data }),
    ))
}

/// The framework's own views know what counts as a balance.
fn balance(context: &Context, args: &Args) -> Reply {
    let owner: Address = args.parse("address")?;
    let asset = args.path("asset_type");
    let call = match asset.parse::<Address>() {
        Ok(metadata) => EntryFunction {
            module: ModuleId::new(Address::ONE, "primary_fungible_store"),
            function: "balance".into(),
            type_arguments: vec![TypeTag::Struct(Box::new(StructTag {
                module: ModuleId::new(Address::ONE, "fungible_asset"),
                name: "Metadata".into(),
                type_arguments: Vec::new(),
            }))],
            arguments: vec![owner.0.to_vec(), metadata.0.to_vec()],
        },
        Err(_) => EntryFunction {
            module: ModuleId::new(Address::ONE, "coin"),
            function: "balance".into(),
            type_arguments: vec![TypeTag::Struct(Box::new(args.parse("asset_type")?))],
            arguments: vec![owner.0.to_vec()],
        },
    };
    let mut types = context.state(args)?;
    let outcome = types.state.view(&call)?;
    let number = outcome
        .values
        .first()
        .and_then(|(_, bcs)| Reader::new(bcs).u64().ok());
    let number =
        number.ok_or_else(|| ApiError::Internal(format!("the balance of {asset} is no number")))?;
    if args.wants_bcs() {
        return Ok(Answer::bcs(number.to_le_bytes().to_vec()));
    }
    Ok(Answer::json(json!(number)))
}
