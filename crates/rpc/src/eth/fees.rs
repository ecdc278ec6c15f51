//! Fees: what was paid, and what to offer.

use super::{
    args::{Args, Quantity},
    context::{Context, Filled, is_pending},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_primitives::{B256, Bytes, U64, U128, U256};
use alloy_rpc_types_eth::TransactionRequest;
use parking_lot::Mutex;
use serde::Serialize;

/// Blocks that one `eth_feeHistory` may span, as in geth.
const MAX_HISTORY: u64 = 1024;
/// Percentiles that it may ask for, as in geth.
const MAX_PERCENTILES: usize = 100;
/// Blocks that a suggestion looks back on.
const TIP_BLOCKS: u64 = 20;
/// Lowest tips of each block that count.
const TIPS_OF_BLOCK: usize = 3;

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "eth_gasPrice",
        gas_price,
        "The next base fee plus the suggested priority fee, in wei.",
    ),
    Method::inline(
        "eth_maxPriorityFeePerGas",
        max_priority_fee,
        "A priority fee like those of recent blocks, in wei.",
    ),
    Method::inline(
        "eth_blobBaseFee",
        blob_base_fee,
        "The least blob base fee, in wei: a rollup takes no blobs.",
    ),
    Method::execute(
        "eth_feeHistory",
        fee_history,
        "Base fees, fullness and priority fees of a range of blocks.",
    )
    .takes(&[
        ("blockCount", "how many blocks, 1024 at most"),
        ("newestBlock", "the last of them"),
        (
            "percentiles?",
            "rising numbers from 0 to 100, at most 100 of them",
        ),
    ]),
    Method::inline(
        "lumio_hotResources",
        hot_resources,
        "What many transactions contend for just now, the dearest first: `kind` (`storage`, \
         `account`, `resource`, `module`, `tableItem`, `solanaAccount`), `owner`, `key`, `price` \
         (the priority fee in wei for each gas that gets in), `gas` (of the newest block's \
         transactions that wrote it) and `waiting` (transactions that were left out of it). See \
         [fee markets](fee-markets.md).",
    ),
    Method::inline(
        "lumio_maxPriorityFeePerGas",
        local_priority_fee,
        "As `eth_maxPriorityFeePerGas`, but enough for what such a transaction is likely to \
         write, in wei.",
    )
    .takes(&[("transaction", "`from`, `to` and `input` count")]),
];

/// The suggestion for a head, so that not every request reads 20 blocks.
#[derive(Debug, Default)]
pub(super) struct TipCache(Mutex<Option<(B256, u128)>>);

/// The 60th percentile of the lowest tips of recent blocks.
fn suggested_tip(context: &Context) -> Result<u128, RpcError> {
    let head = context.backend.head_number();
    let hash = context
        .backend
        .header(head)?
        .map_or(B256::ZERO, |(_, hash)| hash);
    if let Some((of, tip)) = *context.tips.0.lock()
        && of == hash
    {
        return Ok(tip);
    }
    let mut tips = Vec::new();
    for number in head.saturating_sub(TIP_BLOCKS - 1)..=head {
        let Some(block) = context.backend.block(number)? else {
            continue;
        };
        let base_fee = block.header.header.base_fee_per_gas.unwrap_or_default();
        let signed = block
            .transactions
            .iter()
            .filter(|tx| !tx.envelope().is_deposit());
        let mut of_block: Vec<u128> = signed
            .filter_map(|tx| context.backend.tip(tx, base_fee))
            .collect();
        of_block.sort_unstable();
        tips.extend(of_block.into_iter().take(TIPS_OF_BLOCK));
    }
    tips.sort_unstable();
    let middle = tips.len().saturating_sub(1) * 6 / 10;
    let tip = tips
        .get(middle)
        .copied()
        .unwrap_or(u128::from(context.config.default_tip));
    *context.tips.0.lock() = Some((hash, tip));
    Ok(tip)
}

fn gas_price(context: &Context, _: &Args<'_>) -> Reply {
    let base_fee = u128::from(context.backend.next_base_fee()?);
    reply(&U128::from(
        base_fee.saturating_add(suggested_tip(context)?),
    ))
}

fn max_priority_fee(context: &Context, _: &Args<'_>) -> Reply {
    reply(&U128::from(suggested_tip(context)?))
}

fn local_priority_fee(context: &Context, args: &Args<'_>) -> Reply {
    let call: TransactionRequest = args.get(0)?;
    let local = context.backend.local_price(&call);
    reply(&U128::from(local.max(suggested_tip(context)?)))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceJson {
    kind: &'static str,
    owner: Bytes,
    key: Bytes,
    price: U128,
    gas: U64,
    waiting: U64,
}

fn hot_resources(context: &Context, _: &Args<'_>) -> Reply {
    let resources = context.backend.hot_resources().into_iter();
    let resources = resources.map(|it| ResourceJson {
        kind: it.kind,
        owner: it.owner,
        key: it.key,
        price: U128::from(it.price),
        gas: U64::from(it.gas),
        waiting: U64::from(it.waiting),
    });
    reply(&resources.collect::<Vec<_>>())
}

fn blob_base_fee(_: &Context, _: &Args<'_>) -> Reply {
    reply(&U64::from(1))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryJson {
    oldest_block: U64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reward: Option<Vec<Vec<U128>>>,
    base_fee_per_gas: Vec<U256>,
    gas_used_ratio: Vec<f64>,
    base_fee_per_blob_gas: Vec<U64>,
    blob_gas_used_ratio: Vec<f64>,
}

fn fee_history(context: &Context, args: &Args<'_>) -> Reply {
    let Quantity(count) = args.get(0)?;
    let newest = args.given_block(1)?;
    let percentiles: Option<Vec<f64>> = args.maybe(2)?;
    if let Some(percentiles) = &percentiles {
        check_percentiles(percentiles)?;
    }
    let head = context.backend.head_number();
    let last = if is_pending(newest) {
        head.saturating_add(1)
    } else {
        match context.backend.resolve(newest)? {
            Some(number) => number,
            None => return Err(beyond_head(newest, head)),
        }
    };
    if last > head.saturating_add(1) || (last > head && !is_pending(newest)) {
        return Err(beyond_head(newest, head));
    }
    let count = u64::try_from(count)
        .unwrap_or(u64::MAX)
        .min(MAX_HISTORY)
        .min(last.saturating_add(1));
    let mut history = HistoryJson {
        oldest_block: U64::from(if count == 0 { 0 } else { last + 1 - count }),
        reward: None,
        base_fee_per_gas: Vec::new(),
        gas_used_ratio: Vec::new(),
        base_fee_per_blob_gas: Vec::new(),
        blob_gas_used_ratio: Vec::new(),
    };
    if count == 0 {
        return reply(&history);
    }
    let mut rewards = Vec::new();
    for number in last + 1 - count..=last {
        let filled = if number > head {
            Some(context.backend.pending_block()?)
        } else if percentiles.is_some() {
            context.filled_at(number)?
        } else {
            None
        };
        let header = match &filled {
            Some((block, _)) => block.header.header.clone(),
            None => match context.backend.header(number)? {
                Some((header, _)) => header,
                None => {
                    return Err(RpcError::Refused(format!(
                        "block {number} is not available"
                    )));
                }
            },
        };
        history
            .base_fee_per_gas
            .push(U256::from(header.base_fee_per_gas.unwrap_or_default()));
        history
            .gas_used_ratio
            .push(ratio(header.gas_used, header.gas_limit));
        history.base_fee_per_blob_gas.push(U64::from(1));
        history.blob_gas_used_ratio.push(0.0);
        if let (Some(percentiles), Some(filled)) = (&percentiles, &filled) {
            rewards.push(rewards_at(context, filled, percentiles));
        }
    }
    history
        .base_fee_per_gas
        .push(U256::from(fee_after(context, last, head)?));
    history.base_fee_per_blob_gas.push(U64::from(1));
    history.reward = percentiles.map(|_| rewards);
    reply(&history)
}

/// The base fee of the block after `last`.
fn fee_after(context: &Context, last: u64, head: u64) -> Result<u64, RpcError> {
    if last < head
        && let Some((header, _)) = context.backend.header(last + 1)?
    {
        return Ok(header.base_fee_per_gas.unwrap_or_default());
    }
    // Nobody knows the one after the pending block: the pending one's stands in.
    Ok(context.backend.next_base_fee()?)
}

fn beyond_head(asked: alloy_eips::BlockId, head: u64) -> RpcError {
    let asked = asked
        .as_u64()
        .map_or_else(|| asked.to_string(), |number| number.to_string());
    RpcError::Refused(format!(
        "request beyond head block: requested {asked}, head {head}"
    ))
}

fn check_percentiles(percentiles: &[f64]) -> Result<(), RpcError> {
    let invalid = |text: String| {
        Err(RpcError::InvalidParams(format!(
            "invalid reward percentile: {text}"
        )))
    };
    if percentiles.len() > MAX_PERCENTILES {
        return invalid(format!("over the query limit {MAX_PERCENTILES}"));
    }
    for (index, &value) in percentiles.iter().enumerate() {
        if !(0.0..=100.0).contains(&value) {
            return invalid(format!("{value}"));
        }
        let before = index
            .checked_sub(1)
            .and_then(|before| percentiles.get(before));
        if let Some(&before) = before
            && before >= value
        {
            return invalid(format!("#{}:{before} >= #{index}:{value}", index - 1));
        }
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn ratio(used: u64, limit: u64) -> f64 {
    if limit == 0 {
        0.0
    } else {
        used as f64 / limit as f64
    }
}

/// The tips below which the given percentages of a block's gas were bought.
fn rewards_at(context: &Context, (block, receipts): &Filled, percentiles: &[f64]) -> Vec<U128> {
    let base_fee = block.header.header.base_fee_per_gas.unwrap_or_default();
    let mut bought: Vec<(u128, u64)> = block
        .transactions
        .iter()
        .zip(receipts.iter())
        .map(|(tx, receipt)| {
            (
                context.backend.tip(tx, base_fee).unwrap_or_default(),
                receipt.gas_used,
            )
        })
        .collect();
    bought.sort_unstable();
    percentile_tips(&bought, block.header.header.gas_used, percentiles)
        .into_iter()
        .map(U128::from)
        .collect()
}

/// `bought` is ordered by tip.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
fn percentile_tips(bought: &[(u128, u64)], gas_used: u64, percentiles: &[f64]) -> Vec<u128> {
    let mut sold = 0u64;
    let mut rest = bought.iter().peekable();
    let mut tip = 0;
    percentiles
        .iter()
        .map(|percentile| {
            let threshold = (gas_used as f64 * percentile / 100.0) as u64;
            while tip_is_due(sold, threshold, rest.len(), bought.len()) {
                let Some((next, gas)) = rest.next() else {
                    break;
                };
                tip = *next;
                sold = sold.saturating_add(*gas);
            }
            tip
        })
        .collect()
}

/// Whether the next transaction is needed: the first one always is.
const fn tip_is_due(sold: u64, threshold: u64, left: usize, all: usize) -> bool {
    left == all || sold < threshold
}

#[cfg(test)]
mod tests {
    use super::percentile_tips;

    #[test]
    fn percentiles_weigh_tips_by_gas() {
        let bought = [(1, 10), (5, 30), (9, 60)];
        let tips = percentile_tips(&bought, 100, &[0.0, 10.0, 10.9, 11.0, 40.0, 41.0, 100.0]);
        assert_eq!(tips, [1, 1, 1, 5, 5, 9, 9]);
    }

    #[test]
    fn an_empty_block_has_zero_tips() {
        assert_eq!(percentile_tips(&[], 0, &[0.0, 50.0, 100.0]), [0, 0, 0]);
    }
}
