//! Receipts: what running a transaction came to.

use crate::{AccountId, Event, block_bloom};
use alloc::{string::String, vec::Vec};
use alloy_consensus::{Eip658Value, Receipt as LogReceipt};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bloom, Log};
use op_alloy_consensus::{OpDepositReceipt, OpReceiptEnvelope, OpTxType};

/// The outcome of one transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The type of the transaction.
    pub tx_type: OpTxType,
    /// Whether its effects were kept.
    pub success: bool,
    /// Gas that it used after refunds.
    pub gas_used: u64,
    /// Gas that the block had used once it was done.
    pub cumulative_gas_used: u64,
    /// Events of all VMs, in the order of emission.
    pub events: Vec<Event>,
    /// The contract that it created, if it was a creation.
    pub contract_address: Option<Address>,
    /// For a deposit, the sender's nonce before it ran.
    pub deposit_nonce: Option<u64>,
    /// What became of the transaction of another VM that this one carries.
    pub carried: Option<CarriedReceipt>,
}

/// The outcome of a transaction that came in the calldata of an Ethereum transaction, in the terms
/// of its own VM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarriedReceipt {
    /// Its own hash, by which its VM's clients ask for it.
    pub hash: B256,
    /// Its account.
    pub sender: AccountId,
    /// How it ended, in the words that its VM's clients know.
    pub status: String,
    /// What it used, in its VM's units (Move: gas units).
    pub gas_units: u64,
}

impl Receipt {
    /// The logs of all VMs, in order.
    pub fn logs(&self) -> impl ExactSizeIterator<Item = &Log> {
        self.events.iter().map(|event| &event.log)
    }

    /// The bloom filter of the logs.
    pub fn bloom(&self) -> Bloom {
        block_bloom(self.logs())
    }

    /// The consensus form, as the receipts root commits to it.
    pub fn envelope(&self) -> OpReceiptEnvelope {
        let receipt = LogReceipt {
            status: Eip658Value::Eip658(self.success),
            cumulative_gas_used: self.cumulative_gas_used,
            logs: self.logs().cloned().collect(),
        };
        match self.tx_type {
            OpTxType::Legacy => OpReceiptEnvelope::Legacy(receipt.into()),
            OpTxType::Eip2930 => OpReceiptEnvelope::Eip2930(receipt.into()),
            OpTxType::Eip1559 => OpReceiptEnvelope::Eip1559(receipt.into()),
            OpTxType::Eip7702 => OpReceiptEnvelope::Eip7702(receipt.into()),
            OpTxType::Deposit => OpReceiptEnvelope::Deposit(
                OpDepositReceipt {
                    inner: receipt,
                    deposit_nonce: self.deposit_nonce,
                    deposit_receipt_version: self.deposit_nonce.map(|_| 1),
                }
                .into(),
            ),
            OpTxType::PostExec => OpReceiptEnvelope::PostExec(receipt.into()),
        }
    }
}

/// The root of the trie of a block's receipts.
pub fn receipts_root(receipts: &[Receipt]) -> B256 {
    alloy_consensus::proofs::ordered_trie_root_with_encoder(receipts, |receipt, buffer| {
        receipt.envelope().encode_2718(buffer);
    })
}
