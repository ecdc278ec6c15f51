//! The OpenAPI document, made from the list of routes.

use super::registry::{Route, route_list};
use serde_json::{Map, Value, json};

/// The document.
pub(super) fn document(version: &str) -> Value {
    let mut paths = Map::new();
    for route in route_list() {
        let entry = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(methods) = entry.as_object_mut() {
            let method = if route.post { "post" } else { "get" };
            methods.insert(method.into(), operation(route));
        }
    }
    json!({
        "openapi": "3.0.0",
        "info": {
            "title": "Lumio's Aptos API",
            "description": "The REST API of Aptos nodes, over the Move VM of a Lumio chain. \
                Every answer has the headers `X-Aptos-Chain-Id`, `X-Aptos-Ledger-Version`, \
                `X-Aptos-Ledger-Oldest-Version`, `X-Aptos-Ledger-TimestampUsec`, `X-Aptos-Epoch`, \
                `X-Aptos-Block-Height` and `X-Aptos-Oldest-Block-Height`.",
            "version": version,
        },
        "servers": [{ "url": "/v1" }],
        "paths": paths,
        "components": { "schemas": schemas() },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn operation(route: &Route) -> Value {
    let path_parts = route.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(json!({
            "name": name,
            "in": "path",
            "required": true,
            "schema": { "type": "string" },
        }))
    });
    let query = route.query.iter().map(|(name, kind, meaning)| {
        json!({
            "name": name,
            "in": "query",
            "required": false,
            "description": meaning,
            "schema": { "type": kind },
        })
    });
    let schema = if route.schema.is_empty() {
        json!({ "type": "object" })
    } else {
        reference(route.schema)
    };
    let mut content = Map::new();
    content.insert("application/json".into(), json!({ "schema": schema }));
    if route.bcs {
        content.insert(super::answer::BCS.into(), binary());
    }
    let failure = json!({
        "description": "Failure",
        "content": { "application/json": { "schema": reference("AptosError") } },
    });
    let success = match route.operation {
        "submit_transaction" | "submit_batch_transactions" => "202",
        _ => "200",
    };
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "parameters": path_parts.chain(query).collect::<Vec<_>>(),
        "responses": {
            success: { "description": "Success", "content": content },
            "default": failure,
        },
    });
    if let (Some(object), false) = (operation.as_object_mut(), route.bodies.is_empty()) {
        let kinds = route.bodies.iter().map(|kind| {
            let schema = if *kind == "application/json" {
                json!({ "schema": { "type": "object" } })
            } else {
                binary()
            };
            ((*kind).to_owned(), schema)
        });
        let body = json!({ "required": true, "content": kinds.collect::<Map<_, _>>() });
        object.insert("requestBody".into(), body);
    }
    operation
}

fn binary() -> Value {
    json!({ "schema": { "type": "string", "format": "binary" } })
}

/// A schema of an object: `name:type` for each field, `?` after those that may
/// be absent. A type is one of JSON, or the name of a schema.
fn object(fields: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields.split_whitespace() {
        let (name, kind) = field.split_once(':').unwrap_or((field, "string"));
        let schema = match kind {
            "string" | "integer" | "number" | "boolean" | "object" => json!({ "type": kind }),
            "any" => json!({}),
            other => reference(other),
        };
        if !name.ends_with('?') {
            required.push(name);
        }
        properties.insert(name.trim_end_matches('?').to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schemas() -> Value {
    const OBJECTS: &[(&str, &str)] = &[
        ("AptosError", "message error_code vm_error_code?:integer"),
        (
            "IndexResponse",
            "chain_id:integer epoch ledger_version oldest_ledger_version ledger_timestamp \
             node_role oldest_block_height block_height git_hash?",
        ),
        ("HealthCheckSuccess", "message"),
        ("AccountData", "sequence_number authentication_key"),
        ("MoveResource", "type data:object"),
        ("MoveModuleBytecode", "bytecode abi?:object"),
        (
            "GasEstimation",
            "deprioritized_gas_estimate?:integer gas_estimate:integer \
             prioritized_gas_estimate?:integer",
        ),
        (
            "PendingTransaction",
            "hash sender sequence_number max_gas_amount gas_unit_price \
             expiration_timestamp_secs payload:object signature?:object \
             replay_protection_nonce?",
        ),
        (
            "Transaction",
            "type hash version? state_change_hash? event_root_hash? state_checkpoint_hash? \
             gas_used? success?:boolean vm_status? accumulator_root_hash? timestamp? sender? \
             sequence_number? replay_protection_nonce? max_gas_amount? gas_unit_price? \
             expiration_timestamp_secs? payload?:object signature?:object",
        ),
        (
            "VersionedEvent",
            "version guid:object sequence_number type data:any",
        ),
        (
            "Block",
            "block_height block_hash block_timestamp first_version last_version \
             transactions?:Transactions",
        ),
        (
            "TransactionsBatchSubmissionResult",
            "transaction_failures:any",
        ),
    ];
    const LISTS: &[(&str, &str)] = &[
        ("MoveResources", "MoveResource"),
        ("MoveModules", "MoveModuleBytecode"),
        ("MoveValues", "MoveValue"),
        ("Transactions", "Transaction"),
        ("UserTransactions", "Transaction"),
        ("VersionedEvents", "VersionedEvent"),
    ];
    let mut all = Map::new();
    for (name, fields) in OBJECTS {
        all.insert((*name).into(), object(fields));
    }
    for (name, item) in LISTS {
        let list = json!({ "type": "array", "items": reference(item) });
        all.insert((*name).into(), list);
    }
    all.insert("MoveValue".into(), json!({}));
    all.insert("Number".into(), json!({ "type": "integer" }));
    all.insert("HexEncodedBytes".into(), json!({ "type": "string" }));
    Value::Object(all)
}
