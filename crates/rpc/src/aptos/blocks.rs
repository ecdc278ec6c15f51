//! Blocks, by height and by a version that is in them.

use super::{
    answer::{Answer, Reply},
    args::Args,
    backend::{Block, Transaction},
    binary,
    context::Context,
    convert::hex_of,
    error::ApiError,
    registry::{Handler, Parameter, Route},
    transactions::list_json,
};
use serde_json::json;

const WITH_TRANSACTIONS: &[Parameter] = &[(
    "with_transactions",
    "boolean",
    "Whether its first transactions are in the answer",
)];

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/blocks/by_height/{block_height}",
        Handler::Read(by_height),
        "get_block_by_height",
    )
    .says("A block", "Block")
    .query(WITH_TRANSACTIONS)
    .or_bcs(),
    Route::get(
        "/blocks/by_version/{version}",
        Handler::Read(by_version),
        "get_block_by_version",
    )
    .says("The block that a version is in", "Block")
    .query(WITH_TRANSACTIONS)
    .or_bcs(),
];

fn by_height(context: &Context, args: &Args) -> Reply {
    let height = args.parse("block_height")?;
    if height < context.info().oldest_block_height {
        return Err(ApiError::BlockPruned(height));
    }
    let found = context.backend.block(height)?;
    let block = found.ok_or_else(|| ApiError::BlockNotFound(format!("Block height({height})")))?;
    show(context, args, &block)
}

fn by_version(context: &Context, args: &Args) -> Reply {
    let version = args.parse("version")?;
    let by = || ApiError::BlockNotFound(format!("Ledger version({version})"));
    if version > context.info().version {
        return Err(by());
    }
    let found = context.backend.block_of(context.check_version(version)?)?;
    show(context, args, &found.ok_or_else(by)?)
}

fn show(context: &Context, args: &Args, block: &Block) -> Reply {
    let list = if args.flag("with_transactions")? {
        Some(transactions(context, block)?)
    } else {
        None
    };
    if args.wants_bcs() {
        let chain_id = context.info().chain_id;
        return Ok(Answer::bcs(binary::block(block, list.as_deref(), chain_id)));
    }
    let mut shown = json!({
        "block_height": block.height.to_string(),
        "block_hash": hex_of(&block.hash),
        "block_timestamp": block.timestamp_usecs.to_string(),
        "first_version": block.first_version.to_string(),
        "last_version": block.last_version.to_string(),
    });
    if let (Some(object), Some(list)) = (shown.as_object_mut(), list) {
        let list = list_json(&mut context.newest()?, &list)?;
        object.insert("transactions".into(), list);
    }
    Ok(Answer::json(shown))
}

/// As many as a page has: clients ask for the others by version.
fn transactions(context: &Context, block: &Block) -> Result<Vec<Transaction>, ApiError> {
    let most = usize::from(context.config.max_page);
    let versions = (block.first_version..=block.last_version).take(most);
    versions
        .map(|version| context.transaction(version))
        .collect()
}
