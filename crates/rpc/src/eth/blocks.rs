//! Blocks and headers.

use super::{
    args::Args,
    context::{Context, is_pending},
    convert,
    registry::{Method, Reply, reply},
};
use alloy_eips::BlockId;
use alloy_primitives::U64;
use serde_json::Value;

const HASH: (&str, &str) = ("hash", "a block's hash");
const BLOCK: (&str, &str) = ("block", "a block");
const FULL: (&str, &str) = (
    "full?",
    "true for whole transactions, false for their hashes",
);
const POSITION: (&str, &str) = ("index", "position in the list");

pub(super) const METHODS: &[Method] = &[
    Method::inline("eth_blockNumber", number, "Height of the newest block."),
    Method::read(
        "eth_getBlockByNumber",
        |context, args| block(context, args.given_block(0)?, args),
        "A block, or null if there is none.",
    )
    .takes(&[BLOCK, FULL]),
    Method::read(
        "eth_getBlockByHash",
        |context, args| block(context, args.given_hash(0)?, args),
        "A block, or null if there is none.",
    )
    .takes(&[HASH, FULL]),
    Method::read(
        "eth_getHeaderByNumber",
        |context, args| header(context, args.given_block(0)?),
        "A block's header, or null if there is none.",
    )
    .takes(&[BLOCK]),
    Method::read(
        "eth_getHeaderByHash",
        |context, args| header(context, args.given_hash(0)?),
        "A block's header, or null if there is none.",
    )
    .takes(&[HASH]),
    Method::read(
        "eth_getBlockTransactionCountByNumber",
        |context, args| count(context, args.given_block(0)?),
        "How many transactions a block has.",
    )
    .takes(&[BLOCK]),
    Method::read(
        "eth_getBlockTransactionCountByHash",
        |context, args| count(context, args.given_hash(0)?),
        "How many transactions a block has.",
    )
    .takes(&[HASH]),
    Method::read(
        "eth_getBlockReceipts",
        receipts,
        "The receipts of a block, in order.",
    )
    .takes(&[BLOCK]),
    Method::read(
        "eth_getUncleCountByBlockNumber",
        |context, args| uncle_count(context, args.given_block(0)?),
        "Zero for a block that exists.",
    )
    .takes(&[BLOCK]),
    Method::read(
        "eth_getUncleCountByBlockHash",
        |context, args| uncle_count(context, args.given_hash(0)?),
        "Zero for a block that exists.",
    )
    .takes(&[HASH]),
    Method::inline(
        "eth_getUncleByBlockNumberAndIndex",
        |_, args| uncle(args.given_block(0)?, args),
        "Null: there are no uncles.",
    )
    .takes(&[BLOCK, POSITION]),
    Method::inline(
        "eth_getUncleByBlockHashAndIndex",
        |_, args| uncle(args.given_hash(0)?, args),
        "Null: there are no uncles.",
    )
    .takes(&[HASH, POSITION]),
];

fn number(context: &Context, _: &Args<'_>) -> Reply {
    reply(&U64::from(context.backend.head_number()))
}

fn block(context: &Context, id: BlockId, args: &Args<'_>) -> Reply {
    let full = args.maybe(1)?.unwrap_or(false);
    let Some(block) = context.block(id)? else {
        return reply(&());
    };
    // Only deposits need the receipts, for their nonces.
    let deposits = full
        && block
            .transactions
            .iter()
            .any(|tx| tx.envelope().is_deposit());
    let receipts = if deposits {
        context.filled(id)?.map(|(_, receipts)| receipts)
    } else {
        None
    };
    let json = convert::block(&block, full, receipts.as_ref().map(|list| list.as_slice()));
    if !is_pending(id) {
        return reply(&json);
    }
    unsealed(&json, &["hash", "nonce"])
}

/// A block that is not sealed has no hash and no nonce.
fn unsealed(json: &impl serde::Serialize, fields: &[&str]) -> Reply {
    let mut value = serde_json::to_value(json)
        .map_err(|error| super::error::RpcError::Internal(error.to_string()))?;
    for field in fields {
        if let Some(entry) = value.get_mut(*field) {
            *entry = Value::Null;
        }
    }
    reply(&value)
}

fn header(context: &Context, id: BlockId) -> Reply {
    let header = context.block(id)?.map(|block| convert::header(&block));
    match header {
        Some(header) if is_pending(id) => unsealed(&header, &["hash", "nonce"]),
        header => reply(&header),
    }
}

fn count(context: &Context, id: BlockId) -> Reply {
    let block = context.block(id)?;
    reply(&block.map(|block| U64::from(block.transactions.len())))
}

fn receipts(context: &Context, args: &Args<'_>) -> Reply {
    let filled = context.filled(args.given_block(0)?)?;
    reply(&filled.map(|(block, receipts)| convert::receipts(&block, &receipts, None)))
}

fn uncle_count(context: &Context, id: BlockId) -> Reply {
    let known = is_pending(id) || context.backend.resolve(id)?.is_some();
    reply(&known.then_some(U64::ZERO))
}

fn uncle(_: BlockId, args: &Args<'_>) -> Reply {
    args.u64(1)?;
    reply(&())
}
