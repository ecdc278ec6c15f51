//! Blocks and slots. No slot is skipped, so that a block's height is its slot.

use super::{
    Block,
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
    transactions::check,
};
use serde_json::json;
use solana_rpc_client_types::{
    config::{RpcBlockConfig, RpcBlocksConfigWrapper, RpcContextConfig, RpcEncodingConfigWrapper},
    response::{RpcBlockCommitment, RpcPerfSample},
};
use solana_transaction_status::{
    BlockEncodingOptions, ConfirmedBlock, TransactionWithStatusMeta, UiConfirmedBlock,
    UiTransactionEncoding,
};

/// Blocks that one request may list.
const MAX_BLOCKS: u64 = 500_000;
/// Samples that one request may ask for.
const MAX_SAMPLES: usize = 720;
/// Seconds of a sample.
const SAMPLE_SECONDS: i64 = 60;
/// Blocks that samples look back on.
const SAMPLED_BLOCKS: u64 = 10_000;

const CONFIG: (&str, &str) = ("config?", "`minContextSlot`");
const START: (&str, &str) = ("start", "the first slot");
const SLOT: (&str, &str) = ("slot", "a block's number");

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "getBlock",
        get_block,
        "A block with its Solana transactions.",
    )
    .takes(&[
        SLOT,
        (
            "config?",
            "`encoding`, `transactionDetails` (`full`, `accounts`, `signatures`, `none`), \
             `rewards`, `maxSupportedTransactionVersion`",
        ),
    ]),
    Method::inline("getSlot", slot, "The newest block's number.").takes(&[CONFIG]),
    Method::inline(
        "getBlockHeight",
        slot,
        "The newest block's height, which is its number.",
    )
    .takes(&[CONFIG]),
    Method::inline(
        "getBlockTime",
        block_time,
        "When a block was made, in seconds since 1970.",
    )
    .takes(&[SLOT]),
    Method::inline(
        "getBlocks",
        blocks,
        "The numbers of the blocks in a range, 500000 at most.",
    )
    .takes(&[START, ("end?", "the last slot; the newest if left out")]),
    Method::inline(
        "getBlocksWithLimit",
        blocks_with_limit,
        "The numbers of so many blocks.",
    )
    .takes(&[START, ("limit", "how many, 500000 at most")]),
    Method::inline(
        "getBlockCommitment",
        block_commitment,
        "Votes for a block. There are none, and no stake.",
    )
    .takes(&[SLOT]),
    Method::inline(
        "getFirstAvailableBlock",
        first_block,
        "0: all blocks are kept.",
    ),
    Method::inline("minimumLedgerSlot", first_block, "0: all blocks are kept."),
    Method::inline(
        "getMaxRetransmitSlot",
        slot,
        "The newest block's number: nothing is retransmitted.",
    ),
    Method::inline(
        "getMaxShredInsertSlot",
        slot,
        "The newest block's number: there are no shreds.",
    ),
    Method::execute(
        "getRecentPerformanceSamples",
        performance_samples,
        "Blocks and transactions of all VMs in each of the last minutes, newest first. It looks \
         back on 10000 blocks at most.",
    )
    .takes(&[("limit?", "how many, 720 at most")]),
];

fn slot(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcContextConfig = args.or_default(0)?;
    reply(&context.head(config.min_context_slot)?.slot)
}

fn first_block(_: &Context, _: &Args<'_>) -> Reply {
    reply(&0)
}

fn block_time(context: &Context, args: &Args<'_>) -> Reply {
    let slot: u64 = args.get(0)?;
    let head = context.backend.block_head(slot)?;
    let head = head.ok_or(RpcError::BlockNotAvailable(slot))?;
    reply(&head.timestamp)
}

fn get_block(context: &Context, args: &Args<'_>) -> Reply {
    let slot: u64 = args.get(0)?;
    let config = args.maybe::<RpcEncodingConfigWrapper<RpcBlockConfig>>(1)?;
    let config = config.map(|config| config.convert_to_current());
    let config = config.unwrap_or_default();
    check(config.commitment)?;
    let block = context.backend.block(slot)?;
    let block = block.ok_or(RpcError::BlockNotAvailable(slot))?;
    let options = BlockEncodingOptions {
        transaction_details: config.transaction_details.unwrap_or_default(),
        show_rewards: config.rewards.unwrap_or(true),
        max_supported_transaction_version: config.max_supported_transaction_version,
    };
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    reply(&encoded(&block, encoding, options)?)
}

/// A block in the form that clients read.
pub(super) fn encoded(
    block: &Block,
    encoding: UiTransactionEncoding,
    options: BlockEncodingOptions,
) -> Result<UiConfirmedBlock, RpcError> {
    let sent = block.transactions.iter().map(|sent| &sent.transaction);
    let sent = sent.cloned().map(TransactionWithStatusMeta::Complete);
    let whole = ConfirmedBlock {
        previous_blockhash: block.head.previous_blockhash.to_string(),
        blockhash: block.head.blockhash.to_string(),
        parent_slot: block.head.parent_slot(),
        transactions: sent.collect(),
        rewards: Vec::new(),
        num_partitions: None,
        block_time: Some(block.head.timestamp),
        block_height: Some(block.head.slot),
    };
    Ok(whole.encode_with_options(encoding, options)?)
}

/// Numbers from `start` to `end`, as far as there are blocks.
fn range(context: &Context, start: u64, end: u64) -> Reply {
    let head = context.backend.head()?.slot;
    reply(&(start..=end.min(head)).collect::<Vec<_>>())
}

fn blocks(context: &Context, args: &Args<'_>) -> Reply {
    let start: u64 = args.get(0)?;
    // The second parameter is either the end or a config.
    let end = args.maybe::<RpcBlocksConfigWrapper>(1)?;
    let end = end.and_then(|end| end.unzip().0);
    let end = end.unwrap_or(context.backend.head()?.slot);
    if end.saturating_sub(start) > MAX_BLOCKS {
        return Err(RpcError::InvalidParams(format!(
            "Slot range too large; max {MAX_BLOCKS}"
        )));
    }
    range(context, start, end)
}

fn blocks_with_limit(context: &Context, args: &Args<'_>) -> Reply {
    let (start, limit): (u64, u64) = (args.get(0)?, args.get(1)?);
    if limit > MAX_BLOCKS {
        return Err(RpcError::InvalidParams(format!(
            "Limit too large; max {MAX_BLOCKS}"
        )));
    }
    match start.saturating_add(limit).checked_sub(1) {
        Some(end) if limit > 0 => range(context, start, end),
        _ => reply(&[0_u64; 0]),
    }
}

fn block_commitment(_: &Context, args: &Args<'_>) -> Reply {
    let _: u64 = args.get(0)?;
    reply(&RpcBlockCommitment::<Option<[u64; 32]>> {
        commitment: None,
        total_stake: 0,
    })
}

fn performance_samples(context: &Context, args: &Args<'_>) -> Reply {
    let limit = args.maybe::<usize>(0)?.unwrap_or(MAX_SAMPLES);
    if limit > MAX_SAMPLES {
        return Err(RpcError::InvalidParams(format!(
            "Invalid limit; max {MAX_SAMPLES}"
        )));
    }
    let head = context.backend.head()?;
    let mut samples = Vec::new();
    let (mut newest, mut slot) = (head, head.slot);
    while samples.len() < limit && head.slot.saturating_sub(slot) < SAMPLED_BLOCKS {
        let Some(parent) = slot.checked_sub(1) else {
            break;
        };
        let Some(before) = context.backend.block_head(parent)? else {
            break;
        };
        slot = parent;
        let seconds = newest.timestamp.saturating_sub(before.timestamp);
        if seconds < SAMPLE_SECONDS {
            continue;
        }
        let transactions = newest
            .transaction_count
            .saturating_sub(before.transaction_count);
        samples.push(RpcPerfSample {
            slot: newest.slot,
            num_transactions: transactions,
            num_non_vote_transactions: Some(transactions),
            num_slots: newest.slot.saturating_sub(before.slot),
            sample_period_secs: u16::try_from(seconds).unwrap_or(u16::MAX),
        });
        newest = before;
    }
    reply(&json!(samples))
}
