//! The demand: who wants what at which price. The same in each run.

use crate::{fees::FeeArgs, signer::CHAIN_ID};
use alloy_primitives::{Address, TxKind, U256, hex, keccak256};
use alloy_rpc_types_eth::TransactionRequest;
use anyhow::{Context, Result};
use serde_json::json;

pub(super) const GWEI: u128 = 1_000_000_000;
/// Counts in slot 0, and notes the number under the caller.
const MINT: [u8; 11] = hex!("5f54600101805f55335500");
/// Gas that the mint uses for a new caller, and what its callers allow it.
const MINT_GAS: u64 = 48_300;
const MINT_LIMIT: u64 = 70_000;
/// Gas of a payment.
const PAYMENT_GAS: u64 = 21_000;
/// What everybody else adds to the base fee, and where the mint's bids begin.
const TIP: u128 = GWEI;
/// The mint's bidders pay any base fee up to this.
const MINT_FEE: u128 = 10_000 * GWEI;

/// What wants to be in the blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// Calls of the mint for each block.
    pub(super) mints: u64,
    /// Payments of everybody else for each block.
    pub(super) payments: u64,
    open: u64,
    all: u64,
    /// Rise of bids from block to block, in per cent.
    rise: u64,
}

impl Demand {
    /// # Errors
    /// When the arguments make no sense.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "gas is far below 2^52"
    )]
    pub(super) fn of(args: &FeeArgs) -> Result<Self> {
        let gas = (args.gas_limit as f64 / 2.0 * args.demand) as u64;
        let hot = gas.checked_mul(args.hot).context("too much demand")? / 100;
        Ok(Self {
            mints: hot / MINT_GAS,
            payments: gas.saturating_sub(hot) / PAYMENT_GAS,
            open: args.blocks,
            all: args.blocks.saturating_add(args.after),
            rise: args.rise,
        })
    }

    pub(super) fn mint() -> Address {
        Address::repeat_byte(0x11)
    }

    /// A genesis in which everybody who will ever send has ether.
    pub(super) fn genesis(&self) -> serde_json::Value {
        let wei = U256::from(10).pow(U256::from(24));
        let mut alloc = serde_json::Map::new();
        let code = hex::encode_prefixed(MINT);
        let mint = json!({ "balance": "0x0", "code": code });
        alloc.insert(Self::mint().to_string(), mint);
        let senders = (0..self.all).flat_map(|block| {
            let minters = (0..self.mints).map(move |index| minter(block, index));
            minters.chain((0..self.payments).map(move |index| payer(block, index)))
        });
        for sender in senders {
            alloc.insert(sender.to_string(), json!({ "balance": wei }));
        }
        json!({
            "config": { "chainId": CHAIN_ID },
            "alloc": alloc,
        })
    }

    /// Calls of the mint that are sent before a block, at rising bids that differ by half.
    pub(super) fn mints(&self, block: u64) -> impl Iterator<Item = TransactionRequest> {
        let count = if block < self.open { self.mints } else { 0 };
        let rise = u128::from(self.rise);
        let level = (0..block).fold(TIP, |bid, _| bid.saturating_add(bid / 100 * rise));
        (0..count).map(move |index| {
            let spread = level / u128::from(count.max(1)) * u128::from(index);
            TransactionRequest {
                gas: Some(MINT_LIMIT),
                ..request(
                    minter(block, index),
                    Self::mint(),
                    MINT_FEE,
                    (level / 2).saturating_add(spread),
                )
            }
        })
    }

    /// Payments that are sent before a block: as wallets do, for twice the base fee and a tip.
    pub(super) fn payments(
        &self,
        block: u64,
        base_fee: u64,
    ) -> impl Iterator<Item = TransactionRequest> {
        let fee = u128::from(base_fee).saturating_mul(2).saturating_add(TIP);
        let to = Address::repeat_byte(0x22);
        (0..self.payments).map(move |index| request(payer(block, index), to, fee, TIP))
    }
}

fn minter(block: u64, index: u64) -> Address {
    Address::from_word(keccak256(format!("minter/{block}/{index}")))
}

fn payer(block: u64, index: u64) -> Address {
    Address::from_word(keccak256(format!("payer/{block}/{index}")))
}

fn request(from: Address, to: Address, fee: u128, tip: u128) -> TransactionRequest {
    TransactionRequest {
        from: Some(from),
        to: Some(TxKind::Call(to)),
        gas: Some(PAYMENT_GAS),
        nonce: Some(0),
        max_fee_per_gas: Some(fee),
        max_priority_fee_per_gas: Some(tip),
        ..TransactionRequest::default()
    }
}
