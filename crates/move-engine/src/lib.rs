//! A Move virtual machine: bytecode versions 5 to 10, as deployed on Aptos.
//!
//! It knows no chain and no transaction format. Whoever embeds it provides modules and resources
//! through a trait, and gets the changes back.

#![no_std]

extern crate alloc;

mod address;
pub mod format;
mod status;

pub use address::{Address, AddressError, ModuleId, is_identifier};
pub use ruint::aliases::U256;
pub use status::{Details, Location, StatusCode, VmError, VmResult, vector_error};
