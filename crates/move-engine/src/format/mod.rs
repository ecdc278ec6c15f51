//! The binary format: modules and scripts as values, read from and written to bytes.
//!
//! Versions 5 to 10. What [`read_module`] returns has every index in bounds and every count within
//! the format's limits; it is not verified otherwise.

mod bounds;
mod index;
mod instruction;
mod limits;
mod module;
mod read;
mod signature;
mod table_id;
mod write;

pub use bounds::{check_bounds_module, check_bounds_script};
pub use index::*;
pub use instruction::{Bytecode, ClosureMask, Opcode};
pub use limits::*;
pub use module::*;
pub use read::{ReaderConfig, read_module, read_module_with, read_script, read_script_with};
pub use signature::{Ability, AbilitySet, FunctionToken, SignatureToken, StructTypeParameter};
pub use table_id::TableId;
pub use write::{write_module, write_script};
