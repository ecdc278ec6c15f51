//! Transactions and receipts, by hash and by position.

use super::{
    args::Args,
    context::{Context, Filled},
    convert::{self, TransactionJson},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, Bytes};
use lumio_types::Transaction;
use std::sync::Arc;

const HASH: (&str, &str) = ("hash", "a transaction's hash");
const BLOCK_HASH: (&str, &str) = ("hash", "a block's hash");
const BLOCK: (&str, &str) = ("block", "a block");
const INDEX: (&str, &str) = ("index", "position in the block");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "eth_getTransactionByHash",
        by_hash,
        "A transaction of a block or of the pool, or null.",
    )
    .takes(&[HASH]),
    Method::read(
        "eth_getTransactionByBlockHashAndIndex",
        |context, args| by_position(context, args.given_hash(0)?, args),
        "A transaction of a block, or null.",
    )
    .takes(&[BLOCK_HASH, INDEX]),
    Method::read(
        "eth_getTransactionByBlockNumberAndIndex",
        |context, args| by_position(context, args.given_block(0)?, args),
        "A transaction of a block, or null.",
    )
    .takes(&[BLOCK, INDEX]),
    Method::execute(
        "eth_getTransactionBySenderAndNonce",
        by_nonce,
        "A transaction of the pool or of a block whose state is kept, or null.",
    )
    .takes(&[
        ("sender", "an account"),
        ("nonce", "the transaction's nonce"),
    ]),
    Method::inline(
        "eth_getRawTransactionByHash",
        raw_by_hash,
        "The EIP-2718 encoding of a transaction of a block or of the pool, or null.",
    )
    .takes(&[HASH]),
    Method::read(
        "eth_getRawTransactionByBlockHashAndIndex",
        |context, args| raw_by_position(context, args.given_hash(0)?, args),
        "The EIP-2718 encoding of a transaction of a block, or null.",
    )
    .takes(&[BLOCK_HASH, INDEX]),
    Method::read(
        "eth_getRawTransactionByBlockNumberAndIndex",
        |context, args| raw_by_position(context, args.given_block(0)?, args),
        "The EIP-2718 encoding of a transaction of a block, or null.",
    )
    .takes(&[BLOCK, INDEX]),
    Method::inline(
        "eth_getTransactionReceipt",
        receipt,
        "What a transaction came to, or null while it is in no block. It has none of op-geth's fields about L1 fees, such as `l1Fee` and `l1GasUsed`.",
    )
    .takes(&[HASH]),
];

/// A transaction of a block, or of the pool.
pub(super) enum Found {
    InBlock(Filled, usize),
    Pooled(Arc<Transaction>),
}

impl Found {
    pub(super) fn transaction(&self) -> Option<&Transaction> {
        match self {
            Self::InBlock((block, _), index) => block.transactions.get(*index),
            Self::Pooled(transaction) => Some(transaction),
        }
    }

    fn json(&self) -> Option<TransactionJson> {
        let place = match self {
            Self::InBlock((block, receipts), index) => {
                Some(convert::place(block, *index, Some(receipts)))
            }
            Self::Pooled(_) => None,
        };
        Some(convert::transaction(self.transaction()?, place))
    }
}

/// Looks a transaction up, in blocks first.
pub(super) fn find(context: &Context, hash: B256) -> Result<Option<Found>, RpcError> {
    if let Some(located) = context.backend.transaction(hash)? {
        let receipts = context.backend.receipts(located.block.number())?;
        return Ok(receipts.map(|list| Found::InBlock((located.block, list), located.index)));
    }
    Ok(context
        .backend
        .pooled(hash)
        .map(|pooled| Found::Pooled(pooled.transaction)))
}

fn by_hash(context: &Context, args: &Args<'_>) -> Reply {
    reply(&find(context, args.get(0)?)?.and_then(|found| found.json()))
}

fn at_position(context: &Context, id: BlockId, args: &Args<'_>) -> Result<Option<Found>, RpcError> {
    let index = args.u64(1)?;
    let filled = context.filled(id)?;
    Ok(filled.and_then(|filled| {
        let index = usize::try_from(index).ok()?;
        Some(Found::InBlock(filled, index))
    }))
}

fn by_position(context: &Context, id: BlockId, args: &Args<'_>) -> Reply {
    reply(&at_position(context, id, args)?.and_then(|found| found.json()))
}

fn raw(found: Option<Found>) -> Option<Bytes> {
    found
        .as_ref()
        .and_then(Found::transaction)
        .map(Transaction::encoded)
}

fn raw_by_hash(context: &Context, args: &Args<'_>) -> Reply {
    reply(&raw(find(context, args.get(0)?)?))
}

fn raw_by_position(context: &Context, id: BlockId, args: &Args<'_>) -> Reply {
    reply(&raw(at_position(context, id, args)?))
}

fn by_nonce(context: &Context, args: &Args<'_>) -> Reply {
    let sender: Address = args.get(0)?;
    let nonce = args.u64(1)?;
    let is_it = |tx: &Transaction| {
        tx.sender() == sender && alloy_consensus::Transaction::nonce(tx.envelope()) == nonce
    };
    let head = context.backend.head_number();
    if context
        .backend
        .account(BlockId::number(head), sender)?
        .nonce
        <= nonce
    {
        let content = context.backend.content();
        let pooled = content
            .pending
            .iter()
            .chain(&content.queued)
            .find(|tx| is_it(tx));
        return reply(&pooled.map(|tx| convert::transaction(tx, None)));
    }
    // The first block after which the nonce is used. Blocks whose state is no
    // longer kept count as before it.
    let (mut low, mut high) = (0, head);
    while low < high {
        let middle = low.midpoint(high);
        match context.backend.account(BlockId::number(middle), sender) {
            Ok(account) if account.nonce > nonce => high = middle,
            Ok(_) | Err(_) => low = middle.saturating_add(1),
        }
    }
    let Some((block, receipts)) = context.filled_at(low)? else {
        return reply(&());
    };
    let index = block.transactions.iter().position(is_it);
    let found = index.map(|index| Found::InBlock((block, receipts), index));
    reply(&found.and_then(|found| found.json()))
}

/// The receipt of a transaction in a block.
pub(super) fn receipt_of(
    context: &Context,
    hash: B256,
) -> Result<Option<convert::ReceiptJson>, RpcError> {
    let Some(located) = context.backend.transaction(hash)? else {
        return Ok(None);
    };
    let receipts = context.backend.receipts(located.block.number())?;
    Ok(receipts
        .and_then(|list| convert::receipts(&located.block, &list, Some(located.index)).pop()))
}

fn receipt(context: &Context, args: &Args<'_>) -> Reply {
    reply(&receipt_of(context, args.get(0)?)?)
}
