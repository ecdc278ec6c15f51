//! Events of handles. Module events have none: they are in their transactions
//! and in the indexer.

use super::{
    answer::{Answer, Reply},
    args::Args,
    binary::put_event,
    context::Context,
    convert::event_json,
    error::ApiError,
    registry::{Handler, Route},
    transactions::NUMBERED,
};
use lumio_move_engine::{
    Address, Layout, MoveValue, StatusCode, StructTag, TypeTag, VmError,
    bcs::{Reader, put_uleb},
};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/accounts/{address}/events/{creation_number}",
        Handler::Read(by_creation_number),
        "get_events_by_creation_number",
    )
    .says(
        "Events of the handle that an account made",
        "VersionedEvents",
    )
    .query(NUMBERED)
    .or_bcs(),
    Route::get(
        "/accounts/{address}/events/{event_handle}/{field_name}",
        Handler::Read(by_handle),
        "get_events_by_event_handle",
    )
    .says(
        "Events of the handle that is a field of a resource",
        "VersionedEvents",
    )
    .query(NUMBERED)
    .or_bcs(),
];

fn by_creation_number(context: &Context, args: &Args) -> Reply {
    let address = args.parse("address")?;
    let creation_number = args.parse("creation_number")?;
    show(context, args, address, creation_number)
}

fn by_handle(context: &Context, args: &Args) -> Reply {
    let address: Address = args.parse("address")?;
    let tag: StructTag = args.parse("event_handle")?;
    let field = args.path("field_name");
    let mut types = context.newest()?;
    let Some(bcs) = types.state.resource(address, &tag)? else {
        let version = types.version;
        return Err(ApiError::ResourceNotFound {
            address,
            tag,
            version,
        });
    };
    let layout = types.layout(&TypeTag::Struct(Box::new(tag.clone())))?;
    let resolve = &mut |tag: &TypeTag| match types.find_layout(tag) {
        Ok(Some(layout)) => Ok(Layout::clone(&layout)),
        _ => Err(VmError::new(StatusCode::TypeResolutionFailure)),
    };
    let value = layout
        .decode(&bcs, resolve)
        .map_err(|error| ApiError::Internal(format!("a value of {tag} is none: {error}")))?;
    let handle = find_handle(&layout, &value, field);
    let Some((creator, creation_number)) = handle else {
        let field = field.to_owned();
        return Err(ApiError::FieldNotFound { tag, field });
    };
    show(context, args, creator, creation_number)
}

/// Creator and creation number of the handle that is a field of a struct.
fn find_handle(layout: &Layout, value: &MoveValue, field: &str) -> Option<(Address, u64)> {
    let (Layout::Struct { fields, .. }, MoveValue::Struct(values)) = (layout, value) else {
        return None;
    };
    let found = fields.iter().zip(values);
    let ((_, layout), value) = found.into_iter().find(|((name, _), _)| name == field)?;
    let Layout::Struct { tag, .. } = layout else {
        return None;
    };
    let module = &tag.module;
    if module.address != Address::ONE || module.name != "event" || tag.name != "EventHandle" {
        return None;
    }
    // How many there were, then the GUID: creation number and creator.
    let bcs = value.encode();
    let mut reader = Reader::new(&bcs);
    reader.u64().ok()?;
    let creation_number = reader.u64().ok()?;
    Some((reader.address().ok()?, creation_number))
}

fn show(context: &Context, args: &Args, creator: Address, creation_number: u64) -> Reply {
    let limit = args.limit(context.config.default_page, context.config.max_page)?;
    let start = args.option("start")?;
    let events = context
        .backend
        .events(creator, creation_number, start, limit)?;
    if args.wants_bcs() {
        let mut bytes = Vec::new();
        put_uleb(&mut bytes, events.len() as u64);
        for (version, event) in &events {
            bytes.extend(version.to_le_bytes());
            put_event(&mut bytes, event);
        }
        return Ok(Answer::bcs(bytes));
    }
    let mut types = context.newest()?;
    let mut list = Vec::new();
    for (version, event) in &events {
        let mut shown = event_json(&mut types, event)?;
        shown.insert("version".into(), json!(version.to_string()));
        list.push(Value::Object(shown));
    }
    Ok(Answer::json(Value::Array(list)))
}
