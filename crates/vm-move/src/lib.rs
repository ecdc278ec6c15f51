//! The Move VM on the chain.
//!
//! The engine runs bytecode and knows no chain; here is what it is given to run Aptos' framework:
//! native functions of the modules at `0x1`, the facts of the transaction that they tell, and what
//! they leave behind (events, requests to publish).
//!
//! **Invariant:** natives keep nothing between transactions: all that outlives one is in the state.
#![no_std]

extern crate alloc;

mod context;
mod natives;
pub mod unit_test;

pub use context::{
    Chain, Context, EmittedEvent, EntryFunctionFacts, MultisigFacts, Publication, TransactionFacts,
};
pub use natives::{native_functions, run_native};
