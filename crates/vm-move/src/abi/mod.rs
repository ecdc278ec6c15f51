//! Values between Move's BCS and Solidity's ABI.
//!
//! | Move | Solidity |
//! |---|---|
//! | `bool`, `u8` … `u256`, `i8` … `i256` | `bool`, `uint8` … `uint256`, `int8` … `int256` |
//! | `address`, `Object<T>` | a word: `bytes32`, or `address` |
//! | `vector<u8>` | `bytes` |
//! | `String` | `string` |
//! | `vector<T>`, `Option<T>` (none or one) | `T[]` |
//! | a struct | a tuple of its fields |

mod form;
mod read;
mod signature;
mod size;
mod write;

pub(crate) use form::Form;
pub(crate) use read::{ReadError, read_values};
pub(crate) use signature::{Signature, parse_types};
pub(crate) use size::encoded_size;
pub(crate) use write::write_values;
