//! Loaded code: types, structs and function instances, resolved once and kept while no module
//! changes.
//!
//! [`Code`] is a cache and belongs to one thread. Whatever it holds was made from the modules of
//! one code epoch of the host; another epoch drops it.

mod cache;
mod instantiate;
mod load;
mod op;
pub(crate) mod reentrancy;
mod resolve;
mod step;
mod substitute;
mod tags;
mod types;
mod unit;
mod walk;

pub(crate) use cache::UnitId;
pub use cache::{Code, Instance, StructType, Variant};
pub use op::{Arithmetic, Body, Comparison, InstanceId, Op};
pub use types::{FunctionType, Integer, StructId, Type, TypeKind, Types};

pub(crate) use unit::{bounds, id_of_handle, identifier, module_id, self_id};

use alloc::vec::Vec;

use crate::Address;

/// Under what a value is kept in the state, besides its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GlobalKey {
    /// A resource at an address.
    Resource(Address),
    /// Something of a native function, for example a table item.
    Item(Vec<u8>),
}

/// A value of more words than this is kept out of line, in a region of its own.
pub const INLINE_WORDS_MAX: u64 = 32;
