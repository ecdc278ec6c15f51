//! Bindings between virtual machines: a Solidity library for a Move module, a Move module for a
//! Solidity contract. A call of the other machine then reads like a local one, with typed
//! arguments and results.
//!
//! What is written is text, the same for the same input. Neither side is asked anything: what
//! [`library`] needs is in binaries, what [`module`] needs in the JSON of an ABI.

mod abi;
mod layout;
mod library;
mod module;
mod names;
mod source;

pub use abi::{AbiError, find_abi};
pub use alloy_json_abi::JsonAbi;
pub use library::{Library, LibraryError, library};
pub use module::{Module, ModuleOptions, module};
pub use names::{pascal_case, snake_case};
pub use source::{FunctionSource, ModuleSource, sources_of};
