//! Traces, and the consensus encodings of what is in the chain.

use super::{
    BackendError,
    args::Args,
    context::{Context, is_pending},
    convert,
    error::RpcError,
    registry::{Method, Reply, reply},
    transactions::find,
};
use alloy_consensus::Header;
use alloy_eips::BlockId;
use alloy_primitives::{B256, Bytes};
use alloy_rlp::Decodable as _;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_types::{Block, Transaction};
use std::sync::Arc;

const OPTIONS: (&str, &str) = (
    "options?",
    "`tracer`, `tracerConfig` and the switches of the struct logger",
);
const BLOCK: (&str, &str) = ("block", "a block");

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "debug_traceTransaction",
        trace_transaction,
        "Runs a transaction of a block again and traces it.",
    )
    .takes(&[("hash", "a transaction's hash"), OPTIONS]),
    Method::execute(
        "debug_traceCall",
        trace_call,
        "Traces a call that is not in a block.",
    )
    .takes(&[
        ("transaction", "the call"),
        ("block?", "on top of which block; `latest` if left out"),
        (
            "options?",
            "those of `debug_traceTransaction`, `stateOverrides`, `blockOverrides`",
        ),
    ]),
    Method::execute(
        "debug_traceBlockByNumber",
        |context, args| trace_block(context, args.given_block(0)?, args),
        "Traces every transaction of a block.",
    )
    .takes(&[BLOCK, OPTIONS]),
    Method::execute(
        "debug_traceBlockByHash",
        |context, args| trace_block(context, args.given_hash(0)?, args),
        "Traces every transaction of a block.",
    )
    .takes(&[("hash", "a block's hash"), OPTIONS]),
    Method::execute(
        "debug_traceBlock",
        trace_raw_block,
        "Traces every transaction of a block of this chain.",
    )
    .takes(&[("block", "the block's RLP"), OPTIONS]),
    Method::read("debug_getRawHeader", raw_header, "The RLP of a header.").takes(&[BLOCK]),
    Method::read("debug_getRawBlock", raw_block, "The RLP of a block.").takes(&[BLOCK]),
    Method::inline(
        "debug_getRawTransaction",
        raw_transaction,
        "The EIP-2718 encoding of a transaction, or null.",
    )
    .takes(&[("hash", "a transaction's hash")]),
    Method::read(
        "debug_getRawReceipts",
        raw_receipts,
        "The EIP-2718 encodings of a block's receipts.",
    )
    .takes(&[BLOCK]),
    Method::inline(
        "debug_getBadBlocks",
        |_, _| reply::<[(); 0]>(&[]),
        "An empty list: the sequencer makes no bad blocks.",
    ),
];

fn not_found() -> RpcError {
    BackendError::NotFound("block not found".into()).into()
}

fn trace_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let hash = args.get(0)?;
    reply(
        &context
            .backend
            .trace_transaction(hash, args.maybe(1)?.unwrap_or_default())?,
    )
}

fn trace_call(context: &Context, args: &Args<'_>) -> Reply {
    let transaction: TransactionRequest = args.get(0)?;
    let options = args.maybe(2)?.unwrap_or_default();
    reply(
        &context
            .backend
            .trace_call(transaction, args.block(1)?, options)?,
    )
}

fn trace_block(context: &Context, id: BlockId, args: &Args<'_>) -> Reply {
    if is_pending(id) {
        return Err(RpcError::Refused(
            "tracing on top of pending is not supported".into(),
        ));
    }
    let number = context.backend.resolve(id)?.ok_or_else(not_found)?;
    if number == 0 {
        return Err(RpcError::Refused("genesis is not traceable".into()));
    }
    reply(
        &context
            .backend
            .trace_block(number, args.maybe(1)?.unwrap_or_default())?,
    )
}

fn trace_raw_block(context: &Context, args: &Args<'_>) -> Reply {
    let raw: Bytes = args.get(0)?;
    let hash = header_hash(&raw).map_err(|error| RpcError::InvalidArgument {
        index: 0,
        reason: format!("could not decode block: {error}"),
    })?;
    trace_block(context, hash.into(), args)
}

fn header_hash(mut raw: &[u8]) -> alloy_rlp::Result<B256> {
    let outer = alloy_rlp::Header::decode(&mut raw)?;
    if !outer.list {
        return Err(alloy_rlp::Error::UnexpectedString);
    }
    Ok(Header::decode(&mut raw)?.hash_slow())
}

fn block(context: &Context, args: &Args<'_>) -> Result<Arc<Block>, RpcError> {
    context.block(args.given_block(0)?)?.ok_or_else(not_found)
}

fn raw_header(context: &Context, args: &Args<'_>) -> Reply {
    let block = block(context, args)?;
    reply(&Bytes::from(alloy_rlp::encode(&block.header.header)))
}

fn raw_block(context: &Context, args: &Args<'_>) -> Reply {
    reply(&convert::raw_block(&*block(context, args)?))
}

fn raw_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let found = find(context, args.get(0)?)?;
    reply(
        &found
            .as_ref()
            .and_then(|found| found.transaction())
            .map(Transaction::encoded),
    )
}

fn raw_receipts(context: &Context, args: &Args<'_>) -> Reply {
    let (_, receipts) = context
        .filled(args.given_block(0)?)?
        .ok_or_else(not_found)?;
    reply(&convert::raw_receipts(&receipts))
}
