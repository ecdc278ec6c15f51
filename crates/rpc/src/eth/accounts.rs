//! Accounts: balances, nonces, code, storage and proofs.

use super::{
    args::{Args, Quantity, Word},
    context::{Context, is_pending},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_primitives::{Address, B256, U64, U256};
use serde::Serialize;
use std::collections::BTreeMap;

/// Slots that one request may ask for, as in geth.
const MAX_SLOTS: usize = 1024;

const ADDRESS: (&str, &str) = ("address", "an account");
const BLOCK: (&str, &str) = ("block?", "at which block; `latest` if left out");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "eth_accounts",
        accounts,
        "The accounts that the node signs for.",
    ),
    Method::read("eth_getBalance", balance, "Balance in wei.").takes(&[ADDRESS, BLOCK]),
    Method::read(
        "eth_getCode",
        code,
        "Code of a contract, `0x` if there is none.",
    )
    .takes(&[ADDRESS, BLOCK]),
    Method::read(
        "eth_getTransactionCount",
        nonce,
        "Nonce; with `pending`, that of the next transaction.",
    )
    .takes(&[ADDRESS, BLOCK]),
    Method::read(
        "eth_getStorageAt",
        storage,
        "One word of a contract's storage.",
    )
    .takes(&[ADDRESS, ("slot", "the slot, leading zeros allowed"), BLOCK]),
    Method::read(
        "eth_getStorageValues",
        storage_values,
        "Words of the storage of several contracts.",
    )
    .takes(&[
        (
            "slots",
            "an object from address to a list of slots, 1024 at most",
        ),
        BLOCK,
    ]),
    Method::execute(
        "eth_getProof",
        proof,
        "Merkle proof of an account and of slots, as in EIP-1186.",
    )
    .takes(&[ADDRESS, ("slots", "a list of slots, 1024 at most"), BLOCK]),
    Method::execute(
        "eth_getAccount",
        account,
        "Balance, nonce, code hash and storage root.",
    )
    .takes(&[ADDRESS, BLOCK]),
];

fn accounts(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.backend.accounts())
}

fn balance(context: &Context, args: &Args<'_>) -> Reply {
    let address = args.get(0)?;
    reply(&context.backend.account(args.block(1)?, address)?.balance)
}

fn code(context: &Context, args: &Args<'_>) -> Reply {
    let address = args.get(0)?;
    reply(&context.backend.code(args.block(1)?, address)?)
}

fn nonce(context: &Context, args: &Args<'_>) -> Reply {
    let address = args.get(0)?;
    let id = args.block(1)?;
    let nonce = if is_pending(id) {
        context.backend.pending_nonce(address)?
    } else {
        context.backend.account(id, address)?.nonce
    };
    reply(&U64::from(nonce))
}

fn storage(context: &Context, args: &Args<'_>) -> Reply {
    let (address, Word(slot)) = (args.get(0)?, args.get(1)?);
    reply(&B256::from(context.backend.storage(
        args.block(2)?,
        address,
        slot,
    )?))
}

fn storage_values(context: &Context, args: &Args<'_>) -> Reply {
    let asked: BTreeMap<Address, Vec<Word>> = args.get(0)?;
    let id = args.block(1)?;
    bounded(asked.values().map(Vec::len).sum())?;
    let mut values = BTreeMap::new();
    for (address, slots) in asked {
        let words = slots
            .into_iter()
            .map(|Word(slot)| Ok(B256::from(context.backend.storage(id, address, slot)?)))
            .collect::<Result<Vec<_>, RpcError>>()?;
        values.insert(address, words);
    }
    reply(&values)
}

fn bounded(slots: usize) -> Result<(), RpcError> {
    if slots > MAX_SLOTS {
        return Err(RpcError::InvalidParams(format!(
            "too many slots (max {MAX_SLOTS})"
        )));
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProofJson {
    address: Address,
    account_proof: Vec<alloy_primitives::Bytes>,
    balance: U256,
    code_hash: B256,
    nonce: U64,
    storage_hash: B256,
    storage_proof: Vec<SlotProofJson>,
}

#[derive(Serialize)]
struct SlotProofJson {
    key: String,
    value: U256,
    proof: Vec<alloy_primitives::Bytes>,
}

fn proof(context: &Context, args: &Args<'_>) -> Reply {
    let address: Address = args.get(0)?;
    let asked: Vec<String> = args.maybe(1)?.unwrap_or_default();
    bounded(asked.len())?;
    let slots: Vec<Word> = args.maybe(1)?.unwrap_or_default();
    let slots: Vec<U256> = slots.into_iter().map(|Word(slot)| slot).collect();
    let found = context.backend.proof(args.block(2)?, address, &slots)?;
    let storage_proof = asked
        .into_iter()
        .zip(found.storage)
        .map(|(asked, slot)| SlotProofJson {
            // A key comes back in the form in which it was asked for.
            key: if asked.len() == 66 {
                asked
            } else {
                format!("{:#x}", slot.slot)
            },
            value: slot.value,
            proof: slot.proof,
        })
        .collect();
    reply(&ProofJson {
        address,
        account_proof: found.proof,
        balance: found.account.balance,
        code_hash: found.account.code_hash,
        nonce: U64::from(found.account.nonce),
        storage_hash: found.storage_root,
        storage_proof,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountJson {
    code_hash: B256,
    root: B256,
    balance: U256,
    nonce: U64,
}

fn account(context: &Context, args: &Args<'_>) -> Reply {
    let proof = context.backend.proof(args.block(1)?, args.get(0)?, &[])?;
    reply(&AccountJson {
        code_hash: proof.account.code_hash,
        root: proof.storage_root,
        balance: proof.account.balance,
        nonce: U64::from(proof.account.nonce),
    })
}

/// A quantity of wei.
pub(super) fn wei(args: &Args<'_>, index: usize) -> Result<U256, RpcError> {
    Ok(args.get::<Quantity>(index)?.0)
}
