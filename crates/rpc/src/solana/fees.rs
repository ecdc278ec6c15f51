//! Blockhashes that transactions may name, and fees.

use super::{
    SendError,
    args::{self, Args},
    context::{Context, at},
    error::RpcError,
    registry::{Method, Reply, reply},
    send::{MAX_BYTES, decoded},
};
use solana_hash::Hash;
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_rpc_client_types::{
    config::RpcContextConfig,
    response::{RpcBlockhash, RpcPrioritizationFee},
};
use solana_sdk_ids::system_program;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status::{TransactionBinaryEncoding, VersionedTransactionWithStatusMeta};
use std::collections::HashSet;

/// Blocks in which a transaction may still be that names a block's hash.
pub(super) const MAX_AGE: u64 = 150;
/// Bytes that an account may have.
const MAX_DATA: u64 = 10 << 20;
/// The compute budget program's instruction that sets the price of a unit.
const SET_PRICE: u8 = 3;
/// The system program's instruction that uses a durable nonce up.
const ADVANCE_NONCE: [u8; 4] = [4, 0, 0, 0];
/// Where a nonce account has its nonce.
const NONCE: std::ops::Range<usize> = 40..72;
/// Accounts that a request for fees may name.
const MAX_ACCOUNTS: usize = 128;

const CONFIG: (&str, &str) = ("config?", "`minContextSlot`");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "getLatestBlockhash",
        latest_blockhash,
        "The newest block's hash, and the last block in which a transaction may be that names it.",
    )
    .takes(&[CONFIG]),
    Method::inline(
        "isBlockhashValid",
        is_blockhash_valid,
        "Whether a transaction that names a blockhash could be in the next block.",
    )
    .takes(&[("blockhash", "in base58"), CONFIG]),
    Method::inline(
        "getFeeForMessage",
        fee_for_message,
        "The fee of a message in lamports; `null` if its blockhash has expired.",
    )
    .takes(&[("message", "in base64"), CONFIG]),
    Method::execute(
        "getRecentPrioritizationFees",
        recent_fees,
        "For each of the last 150 blocks, the price of a compute unit, in millionths of a lamport, \
         with which a transaction that writes these accounts would have got in: the lowest that \
         was paid, and the lowest for each of them. Of the newest, at least what the accounts \
         [cost now](fee-markets.md).",
    )
    .takes(&[("accounts?", "their keys, 128 at most")]),
    Method::inline(
        "getMinimumBalanceForRentExemption",
        minimum_balance,
        "The lamports that an account with so many bytes of data must have.",
    )
    .takes(&[("bytes", "10485760 at most")]),
];

fn latest_blockhash(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcContextConfig = args.or_default(0)?;
    let head = context.head(config.min_context_slot)?;
    let latest = RpcBlockhash {
        blockhash: head.blockhash.to_string(),
        last_valid_block_height: head.slot.saturating_add(MAX_AGE),
    };
    reply(&at(head.slot, latest))
}

fn is_blockhash_valid(context: &Context, args: &Args<'_>) -> Reply {
    let hash = args.hash(0)?;
    let config: RpcContextConfig = args.or_default(1)?;
    let head = context.head(config.min_context_slot)?;
    reply(&at(head.slot, is_recent(context, &hash)?))
}

fn fee_for_message(context: &Context, args: &Args<'_>) -> Reply {
    let text: String = args.get(0)?;
    let config: RpcContextConfig = args.or_default(1)?;
    let head = context.head(config.min_context_slot)?;
    let (_, message) =
        decoded::<VersionedMessage>(&text, TransactionBinaryEncoding::Base64, MAX_BYTES)?;
    message.sanitize().map_err(|error| {
        RpcError::InvalidParams(format!("invalid transaction message: {error}"))
    })?;
    if !is_current(context, &message)? {
        return reply(&at(head.slot, None::<u64>));
    }
    let signatures = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Default::default(); signatures],
        message,
    };
    let fee = context
        .backend
        .fee_of(&transaction)
        .map_err(|error| match error {
            SendError::Refused(error) => {
                RpcError::InvalidParams(format!("invalid transaction message: {error}"))
            }
            SendError::Pool(reason) => RpcError::Unhealthy(reason),
            SendError::Node(error) => error.into(),
        })?;
    reply(&at(head.slot, fee))
}

/// Whether a message names a blockhash, or a durable nonce, that could let it into the next block.
fn is_current(context: &Context, message: &VersionedMessage) -> Result<bool, RpcError> {
    let blockhash = message.recent_blockhash();
    if is_recent(context, blockhash)? {
        return Ok(true);
    }
    let keys = message.static_account_keys();
    let key = |place: &u8| keys.get(usize::from(*place));
    let Some(first) = message.instructions().first() else {
        return Ok(false);
    };
    let advances = key(&first.program_id_index) == Some(&system_program::ID)
        && first.data.get(..4) == Some(&ADVANCE_NONCE);
    let Some(nonce) = first.accounts.first().and_then(key).filter(|_| advances) else {
        return Ok(false);
    };
    let account = context.state(None)?.account(nonce)?;
    let data = account.map(|account| account.data).unwrap_or_default();
    Ok(data.get(NONCE) == Some(blockhash.as_ref()))
}

/// Whether a blockhash is of one of the last blocks.
fn is_recent(context: &Context, blockhash: &Hash) -> Result<bool, RpcError> {
    let head = context.backend.head()?.slot;
    let slot = context.backend.slot_of(blockhash)?;
    Ok(slot.is_some_and(|slot| slot.saturating_add(MAX_AGE) > head))
}

fn recent_fees(context: &Context, args: &Args<'_>) -> Reply {
    let keys: Vec<String> = args.or_default(0)?;
    if keys.len() > MAX_ACCOUNTS {
        return Err(RpcError::InvalidParams(format!(
            "Too many inputs provided; max {MAX_ACCOUNTS}"
        )));
    }
    let keys = keys.iter().map(|key| args::key(key));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let head = context.backend.head()?.slot;
    let mut fees = Vec::new();
    for slot in head.saturating_sub(MAX_AGE - 1)..=head {
        let Some(block) = context.backend.block(slot)? else {
            continue;
        };
        let paid = block.transactions.iter().map(|sent| &sent.transaction);
        fees.push(RpcPrioritizationFee {
            slot,
            prioritization_fee: least_fee(paid, &keys),
        });
    }
    if let Some(newest) = fees.last_mut() {
        let local = context.backend.local_price(&keys);
        newest.prioritization_fee = newest.prioritization_fee.max(local);
    }
    reply(&fees)
}

/// The price with which a transaction that writes these accounts would have got into a block: the
/// lowest that did, and the lowest for each of the accounts.
fn least_fee<'a>(
    paid: impl Iterator<Item = &'a VersionedTransactionWithStatusMeta>,
    keys: &[Pubkey],
) -> u64 {
    let mut lowest = None;
    let mut of_keys = vec![None; keys.len()];
    let lower = |least: &mut Option<u64>, price: u64| {
        *least = Some(least.map_or(price, |least| least.min(price)));
    };
    for transaction in paid {
        let price = price(transaction);
        lower(&mut lowest, price);
        for (key, of_key) in keys.iter().zip(&mut of_keys) {
            if writes(transaction, key) {
                lower(of_key, price);
            }
        }
    }
    let of_keys = of_keys.into_iter().flatten();
    of_keys.chain(lowest).max().unwrap_or_default()
}

/// Whether a transaction may write an account.
fn writes(transaction: &VersionedTransactionWithStatusMeta, key: &Pubkey) -> bool {
    let message = &transaction.transaction.message;
    let place = message
        .static_account_keys()
        .iter()
        .position(|other| other == key);
    let is_writable =
        |place| message.is_maybe_writable_with_reserved_addresses(place, None::<&HashSet<Pubkey>>);
    let loaded = &transaction.meta.loaded_addresses.writable;
    place.is_some_and(is_writable) || loaded.contains(key)
}

/// What a transaction offers for a compute unit, in millionths of a lamport.
fn price(transaction: &VersionedTransactionWithStatusMeta) -> u64 {
    let message = &transaction.transaction.message;
    let accounts = message.static_account_keys();
    let budget = message.instructions().iter().filter(|instruction| {
        let program = accounts.get(usize::from(instruction.program_id_index));
        program == Some(&solana_sdk_ids::compute_budget::ID)
    });
    let mut prices = budget.filter_map(|instruction| match instruction.data.split_first() {
        Some((&SET_PRICE, price)) => price.first_chunk().map(|price| u64::from_le_bytes(*price)),
        _ => None,
    });
    prices.next_back().unwrap_or_default()
}

fn minimum_balance(_: &Context, args: &Args<'_>) -> Reply {
    let bytes: u64 = args.get(0)?;
    if bytes > MAX_DATA {
        return Err(RpcError::param(format!(
            "an account has {MAX_DATA} bytes of data at most"
        )));
    }
    let bytes = usize::try_from(bytes).map_err(RpcError::param)?;
    reply(&Rent::default().minimum_balance(bytes))
}
