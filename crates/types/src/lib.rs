//! What every other crate talks about: account ids and their address forms,
//! transactions, blocks, receipts and events.
//!
//! Nothing here knows how a transaction runs or where a block is kept.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod account;
mod block;
mod carried;
mod carrier;
mod event;
mod lines;
mod receipt;
#[cfg(feature = "std")]
mod solana;
mod transaction;
mod units;
mod vm;

pub use account::{AccountId, EvmForm};
pub use block::{Block, SealedHeader};
pub use carried::{Carried, MOVE_MAGIC, MoveSigner, MoveTransaction, SOLANA_MAGIC};
pub use carrier::{CARRIER, CARRIER_KEY, sign_carrier};
pub use event::{Event, EventHandle, EventOrigin, MoveEvent, block_bloom};
pub use lines::Lines;
pub use receipt::{
    AccountLamports, CarriedReceipt, InnerInstruction, MoveReceipt, Receipt, SolanaReceipt,
    TokenBalance, receipts_root,
};
#[cfg(feature = "std")]
pub use solana::{MAX_SOLANA_TRANSACTION_BYTES, SolanaTransaction, solana_hash_of};
pub use transaction::{
    DecodeTransactionError, Envelope, Transaction, TransactionKind, transactions_root,
};
pub use units::{
    AmountError, LAMPORT_WEI, OCTA_WEI, Split, lamports_of, octas_of, wei_of_lamports, wei_of_octas,
};
pub use vm::VmId;
