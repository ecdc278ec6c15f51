//! Receipts: what running a transaction came to.

use crate::{AccountId, Event, Lines, block_bloom};
use alloc::{boxed::Box, string::String, vec::Vec};
use alloy_consensus::{Eip658Value, Receipt as LogReceipt};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bloom, Bytes, Log};
use op_alloy_consensus::{OpDepositReceipt, OpReceiptEnvelope, OpTxType};
use smallvec::SmallVec;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CarriedReceipt {
    /// Of Move.
    Move(MoveReceipt),
    /// Of Solana.
    Solana(Box<SolanaReceipt>),
}

/// What became of a Move transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveReceipt {
    /// Its own hash, by which its VM's clients ask for it.
    pub hash: B256,
    /// Its account.
    pub sender: AccountId,
    /// How it ended, in the words that its VM's clients know.
    pub status: String,
    /// The gas units that it used.
    pub gas_units: u64,
}

/// What became of a Solana transaction: what Solana's clients call its meta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolanaReceipt {
    /// Its first signature, by which clients ask for it.
    pub signature: [u8; 64],
    /// Who paid.
    pub payer: AccountId,
    /// Why it failed: the bincode of Solana's `TransactionError`. None if it succeeded.
    pub error: Option<Bytes>,
    /// What it paid, in lamports.
    pub fee: u64,
    /// Compute units that it used.
    pub compute_units: u64,
    /// What its programs logged, with the runtime's own lines.
    pub logs: Lines,
    /// The instructions that each of its instructions invoked, by the number of that instruction.
    pub inner_instructions: Vec<(u8, Vec<InnerInstruction>)>,
    /// What the last program that returned something returned, and that program.
    pub return_data: Option<(AccountId, Bytes)>,
    /// Its accounts: those that it names itself, then those of lookup tables, writable ones first.
    pub accounts: SmallVec<[AccountLamports; 4]>,
    /// How many of them are writable ones of lookup tables.
    pub loaded_writable: u16,
    /// How many of them are read-only ones of lookup tables.
    pub loaded_readonly: u16,
    /// Tokens of those accounts that hold some, before.
    pub tokens_before: Vec<TokenBalance>,
    /// The same after.
    pub tokens_after: Vec<TokenBalance>,
}

/// An account of a Solana transaction, and what it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLamports {
    /// The account.
    pub id: AccountId,
    /// Lamports before the transaction, the fee not yet taken.
    pub before: u64,
    /// Lamports after it.
    pub after: u64,
}

/// An instruction that a program invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InnerInstruction {
    /// The program's place among the transaction's accounts.
    pub program: u8,
    /// The places of its accounts.
    pub accounts: Vec<u8>,
    /// Its data.
    pub data: Bytes,
    /// How deep it is: 2 for what a top-level instruction invokes.
    pub stack_height: u8,
}

/// What an SPL token account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBalance {
    /// The account's place among the transaction's accounts.
    pub account: u8,
    /// The token.
    pub mint: AccountId,
    /// Whose account it is.
    pub owner: AccountId,
    /// The token program.
    pub program: AccountId,
    /// How much, in the token's smallest units.
    pub amount: u64,
    /// Decimals of the token.
    pub decimals: u8,
}

impl CarriedReceipt {
    /// What is told of a Move transaction, if it is one.
    pub const fn as_move(&self) -> Option<&MoveReceipt> {
        match self {
            Self::Move(receipt) => Some(receipt),
            Self::Solana(_) => None,
        }
    }

    /// The same by value.
    pub fn into_move(self) -> Option<MoveReceipt> {
        match self {
            Self::Move(receipt) => Some(receipt),
            Self::Solana(_) => None,
        }
    }

    /// What is told of a Solana transaction, if it is one.
    pub fn as_solana(&self) -> Option<&SolanaReceipt> {
        match self {
            Self::Move(_) => None,
            Self::Solana(receipt) => Some(receipt),
        }
    }
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
