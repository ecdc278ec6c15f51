//! The binary format: modules and scripts as values, read from and written to bytes.
//!
//! Versions 5 to 10. What [`read_module`] returns has every index in bounds and every count within
//! the format's limits; it is not verified otherwise.

mod index;
mod instruction;
mod limits;
mod module;
mod signature;

pub use index::*;
pub use instruction::{Bytecode, ClosureMask, Opcode};
pub use limits::*;
pub use module::*;
pub use signature::{Ability, AbilitySet, FunctionToken, SignatureToken, StructTypeParameter};
