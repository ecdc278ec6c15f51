//! What every other crate talks about: account ids and their address forms,
//! transactions, blocks, receipts and events.
//!
//! Nothing here knows how a transaction runs or where a block is kept.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod account;
mod block;
mod carried;
mod event;
mod receipt;
mod transaction;
mod units;
mod vm;

pub use account::{AccountId, EvmForm};
pub use block::{Block, SealedHeader};
pub use carried::{
    CARRIER, CARRIER_KEY, Carried, MOVE_MAGIC, MoveSigner, MoveTransaction, carrier_signature,
};
pub use event::{Event, EventHandle, EventOrigin, MoveEvent, block_bloom};
pub use receipt::{CarriedReceipt, Receipt, receipts_root};
pub use transaction::{
    DecodeTransactionError, Envelope, Transaction, TransactionKind, transactions_root,
};
pub use units::{
    AmountError, LAMPORT_WEI, OCTA_WEI, Split, lamports_of, octas_of, wei_of_lamports, wei_of_octas,
};
pub use vm::VmId;
