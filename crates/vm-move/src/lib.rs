//! The Move VM on the chain.
//!
//! The engine runs bytecode and knows no chain; here is what it is given to run Aptos' framework:
//! native functions of the modules at `0x1`, the facts of the transaction that they tell, and what
//! they leave behind (events, requests to publish).
//!
//! **Invariant:** natives keep nothing between transactions: all that outlives one is in the state.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod abi;
mod call;
mod codes;
mod coin;
mod constructors;
mod context;
mod derived;
mod describe;
mod epilogue;
mod facts;
mod genesis;
mod host;
mod machine;
mod multisig;
mod natives;
mod payload;
mod prices;
mod prologue;
mod publish;
mod recover;
mod shown;
mod status;
mod transact;
pub mod unit_test;
mod view;

pub use coin::{aliases, canonical_tag};
pub use context::{
    Chain, Context, Crossing, EmittedEvent, EntryFunctionFacts, MultisigFacts, Publication,
    TransactionFacts,
};
pub use genesis::GenesisError;
pub use host::{module_key, resource_key, table_item_key};
pub use lumio_move_engine::Interpreter;
pub use machine::MoveVm;
pub use natives::{native_functions, run_native};
pub use prices::{
    FEE_VAULT, GAS_PER_UNIT, MAX_GAS_PRICE, MAX_GAS_UNITS, MAX_TRANSACTION_BYTES, MIN_GAS_PRICE,
};
pub use shown::{Encoded, FunctionName, Shown, shown_address};
pub use status::{MoveRefusal, StatusName};
pub use transact::{MoveTransactError, MoveTransacted, least_price};
pub use view::{ViewError, Viewed};

use constructors::constructors;
