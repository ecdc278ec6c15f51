//! About the node: ledger info, health, the OpenAPI document.

use super::{
    answer::{Answer, Reply},
    args::Args,
    context::Context,
    error::ApiError,
    openapi,
    registry::{Handler, Route},
};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/", Handler::Inline(info), "get_ledger_info")
        .says(
            "Where the chain is: its id, newest and oldest version and block",
            "IndexResponse",
        )
        .or_bcs(),
    Route::get("/-/healthy", Handler::Inline(healthy), "healthy")
        .says(
            "Whether the node answers, and its newest block is no older than asked for",
            "HealthCheckSuccess",
        )
        .query(&[(
            "duration_secs",
            "integer",
            "How old the newest block may be, in seconds",
        )]),
    Route::get("/spec", Handler::Inline(spec), "spec").says("The OpenAPI document of this API", ""),
    Route::get("/spec.json", Handler::Inline(spec), "spec_json")
        .says("The OpenAPI document of this API", ""),
];

fn info(context: &Context, args: &Args) -> Reply {
    let info = context.info();
    if args.wants_bcs() {
        let mut bytes = vec![info.chain_id];
        let numbers = [
            info.epoch,
            info.version,
            info.oldest_version,
            info.timestamp_usecs,
        ];
        numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        // A full node.
        bytes.push(1);
        bytes.extend(info.oldest_block_height.to_le_bytes());
        bytes.extend(info.block_height.to_le_bytes());
        return Ok(Answer::bcs(bytes));
    }
    Ok(Answer::json(json!({
        "chain_id": info.chain_id,
        "epoch": info.epoch.to_string(),
        "ledger_version": info.version.to_string(),
        "oldest_ledger_version": info.oldest_version.to_string(),
        "ledger_timestamp": info.timestamp_usecs.to_string(),
        "node_role": "full_node",
        "oldest_block_height": info.oldest_block_height.to_string(),
        "block_height": info.block_height.to_string(),
        "git_hash": format!("lumio-{}", context.config.version),
    })))
}

fn healthy(context: &Context, args: &Args) -> Reply {
    if let Some(allowed) = args.option::<u64>("duration_secs")? {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |since| since.as_secs());
        let newest = context.info().timestamp_usecs / 1_000_000;
        let age = now.saturating_sub(newest);
        if age > allowed {
            return Err(ApiError::Unhealthy(format!(
                "The newest block is {age} seconds old, and {allowed} are allowed"
            )));
        }
    }
    Ok(Answer::json(json!({ "message": "aptos-node:ok" })))
}

fn spec(context: &Context, _: &Args) -> Reply {
    Ok(Answer::json(openapi::document(&context.config.version)))
}
