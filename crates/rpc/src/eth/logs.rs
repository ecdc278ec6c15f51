//! Logs of a range of blocks: blooms first, receipts only where they may
//! match, and never more than a bounded answer.

use super::{
    args::Args,
    context::{Context, is_pending},
    convert,
    error::RpcError,
    log_filter::{LogFilter, Range},
    registry::{Method, Reply, reply},
};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_rpc_types_eth::Log;
use lumio_types::{Block, Receipt};

pub(super) const METHODS: &[Method] = &[Method::execute(
    "eth_getLogs",
    get_logs,
    "Logs that match, of a range of blocks or of one block.",
)
.takes(&[(
    "filter",
    "`fromBlock`, `toBlock` or `blockHash`; `address`; `topics`",
)])];

fn get_logs(context: &Context, args: &Args<'_>) -> Reply {
    let filter: LogFilter = args.maybe(0)?.unwrap_or_default();
    reply(&query(context, &filter)?)
}

/// Appends the logs of a block that match.
pub(super) fn collect(
    found: &mut Vec<Log>,
    filter: &LogFilter,
    block: &Block,
    receipts: &[Receipt],
    removed: bool,
) {
    if !filter.may_match(&block.header.header.logs_bloom) {
        return;
    }
    let mut position = 0;
    for (index, (tx, receipt)) in block.transactions.iter().zip(receipts).enumerate() {
        for entry in receipt.logs() {
            if filter.matches(entry) {
                found.push(convert::log(
                    block,
                    index,
                    tx.hash(),
                    entry,
                    position,
                    removed,
                ));
            }
            position += 1;
        }
    }
}

/// The logs that a filter asks for.
pub(super) fn query(context: &Context, filter: &LogFilter) -> Result<Vec<Log>, RpcError> {
    let mut found = Vec::new();
    let (from, to) = match filter.range.hash {
        Some(hash) => match context.backend.resolve(hash.into())? {
            Some(number) => (number, number),
            None => return Err(RpcError::Refused("unknown block".into())),
        },
        None => bounds(context, filter.range)?,
    };
    scan(context, filter, from, to, &mut found)?;
    Ok(found)
}

/// Appends the matching logs of the blocks `from..=to`.
pub(super) fn scan(
    context: &Context,
    filter: &LogFilter,
    from: u64,
    to: u64,
    found: &mut Vec<Log>,
) -> Result<(), RpcError> {
    let limit = context.config.max_logs;
    for number in from..=to {
        let Some((header, _)) = context.backend.header(number)? else {
            break;
        };
        if !filter.may_match(&header.logs_bloom) {
            continue;
        }
        let Some((block, receipts)) = context.filled_at(number)? else {
            break;
        };
        collect(found, filter, &block, &receipts, false);
        // The logs of one block are always answered: nothing narrower can be asked.
        if found.len() > limit && to > from {
            return Err(RpcError::LimitExceeded(format!(
                "query returned more than {limit} results; ask for fewer than {} blocks or narrow the filter",
                number - from + 1
            )));
        }
    }
    Ok(())
}

fn bounds(context: &Context, range: Range) -> Result<(u64, u64), RpcError> {
    let head = context.backend.head_number();
    let height = |id: Option<BlockId>| -> Result<u64, RpcError> {
        match id {
            None => Ok(head),
            Some(id) if is_pending(id) => {
                Err(RpcError::Refused("pending logs are not supported".into()))
            }
            Some(BlockId::Number(BlockNumberOrTag::Number(number))) => Ok(number),
            Some(id) => context
                .backend
                .resolve(id)?
                .ok_or_else(|| RpcError::Refused("unknown block".into())),
        }
    };
    let (from, to) = (height(range.from)?, height(range.to)?);
    if range.from.is_some() && from > to {
        // A range that starts after the head is empty rather than wrong, unless
        // the client itself gave an end before its start.
        if range.to.is_some() && to <= head {
            return Err(RpcError::InvalidParams("invalid block range params".into()));
        }
        return Ok((1, 0));
    }
    let to = to.min(head);
    let span = to.saturating_sub(from);
    let limit = context.config.max_log_blocks;
    if span >= limit {
        return Err(RpcError::LimitExceeded(format!(
            "block range of {} blocks is larger than {limit}; ask for parts of it",
            span.saturating_add(1)
        )));
    }
    Ok((from, to))
}
