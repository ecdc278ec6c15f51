//! What a transaction says about itself, and what differs in each: `0x1::transaction_context`,
//! `randomness`, `state_storage`.

use alloc::{string::ToString, vec::Vec};
use lumio_move_engine::{
    VmResult,
    bcs::{put_bytes, put_uleb},
};

use super::{Done, Frame, Row, abort};
use crate::EntryFunctionFacts;

const MODULE: &str = "transaction_context";

pub(super) const ROWS: &[Row] = &[
    (MODULE, "get_txn_hash", 130, 0, |f| {
        let hash = f.context.facts.hash;
        f.give_bytes(&hash)
    }),
    (MODULE, "get_script_hash", 130, 0, |f| {
        let hash = f.context.facts.script_hash.clone();
        f.give_bytes(&hash)
    }),
    (MODULE, "generate_unique_address", 500, 0, |f| {
        let address = f.context.next_unique_address();
        f.give(&address.0)
    }),
    (MODULE, "sender_internal", 130, 0, |f| {
        let sender = user(f)?;
        f.give(&sender)
    }),
    (
        MODULE,
        "secondary_signers_internal",
        200,
        1,
        secondary_signers,
    ),
    (MODULE, "gas_payer_internal", 130, 0, |f| {
        user(f)?;
        let payer = f.context.facts.gas_payer;
        f.give(&payer.0)
    }),
    (MODULE, "max_gas_amount_internal", 130, 0, |f| {
        user(f)?;
        let amount = f.context.facts.max_gas_amount;
        f.give(&amount.to_le_bytes())
    }),
    (MODULE, "gas_unit_price_internal", 130, 0, |f| {
        user(f)?;
        let price = f.context.facts.gas_unit_price;
        f.give(&price.to_le_bytes())
    }),
    (MODULE, "chain_id_internal", 130, 0, |f| {
        user(f)?;
        let id = f.context.facts.chain_id;
        f.give(&[id])
    }),
    (
        MODULE,
        "entry_function_payload_internal",
        500,
        1,
        entry_function,
    ),
    (MODULE, "multisig_payload_internal", 500, 1, multisig),
    (
        MODULE,
        "monotonically_increasing_counter_internal",
        5_000,
        0,
        counter,
    ),
    (
        "randomness",
        "fetch_and_increment_txn_counter",
        150,
        0,
        |f| {
            let number = f.context.next_random_number();
            f.give_bytes(&number.to_le_bytes())
        },
    ),
    ("randomness", "is_unbiasable", 130, 0, |f| {
        let is_unbiasable = f.context.facts.is_unbiasable;
        f.give_bool(is_unbiasable)
    }),
    (
        "state_storage",
        "get_state_storage_usage_only_at_epoch_beginning",
        100,
        0,
        |f| {
            let (items, bytes) = f.context.storage_usage;
            let mut bcs = Vec::from(items.to_le_bytes());
            bcs.extend(bytes.to_le_bytes());
            f.give(&bcs)
        },
    ),
];

/// There is no transaction that a user sent.
const ENOT_AVAILABLE: u64 = 0x3_0001;

/// The sender, if a user sent the transaction.
fn user(frame: &mut Frame<'_>) -> VmResult<[u8; 32]> {
    match frame.context.facts.sender {
        Some(sender) => Ok(sender.0),
        None => abort(ENOT_AVAILABLE),
    }
}

fn secondary_signers(frame: &mut Frame<'_>) -> Done {
    user(frame)?;
    let signers = &frame.context.facts.secondary_signers;
    let mut bcs = Vec::new();
    put_uleb(&mut bcs, signers.len() as u64);
    signers.iter().for_each(|signer| bcs.extend(signer.0));
    frame.give(&bcs)
}

fn put_entry_function(bcs: &mut Vec<u8>, function: Option<&EntryFunctionFacts>) {
    bcs.push(u8::from(function.is_some()));
    let Some(function) = function else { return };
    bcs.extend(function.address.0);
    put_bytes(bcs, function.module.as_bytes());
    put_bytes(bcs, function.function.as_bytes());
    put_uleb(bcs, function.type_arguments.len() as u64);
    for tag in &function.type_arguments {
        put_bytes(bcs, tag.to_string().as_bytes());
    }
    put_uleb(bcs, function.arguments.len() as u64);
    for argument in &function.arguments {
        put_bytes(bcs, argument);
    }
}

/// Returns an option of account, module, function, names of type arguments, arguments.
fn entry_function(frame: &mut Frame<'_>) -> Done {
    user(frame)?;
    let mut bcs = Vec::new();
    put_entry_function(&mut bcs, frame.context.facts.entry_function.as_ref());
    frame.give(&bcs)
}

/// Returns an option of the multisig account and an option of what it is to run.
fn multisig(frame: &mut Frame<'_>) -> Done {
    user(frame)?;
    let mut bcs = Vec::new();
    match &frame.context.facts.multisig {
        None => bcs.push(0),
        Some(multisig) => {
            bcs.push(1);
            bcs.extend(multisig.address.0);
            put_entry_function(&mut bcs, multisig.entry_function.as_ref());
        }
    }
    frame.give(&bcs)
}

/// Takes the time in microseconds.
fn counter(frame: &mut Frame<'_>) -> Done {
    let time = frame.call.u64(0)?;
    let number = frame.chain.next_number(u128::from(time) << 56)?;
    frame.give(&number.to_le_bytes())
}
