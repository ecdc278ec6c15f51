#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod address;
pub mod bcs;
mod busy;
mod callable;
pub mod code;
mod compatibility;
mod engine;
mod entry;
mod fast;
pub mod format;
mod function_value;
mod gas;
mod host;
mod integer;
mod layout;
mod machine;
pub mod metadata;
mod native;
mod natives;
mod plain;
mod session;
mod status;
mod tag;
mod tag_bcs;
mod tag_parse;
pub mod text;
pub mod verify;

pub use address::{Address, AddressError, ModuleId, is_identifier};
pub use callable::{Callable, Givable};
pub use engine::{Engine, Interpreter, StructAlias};
pub use entry::{Constructors, EntryArguments};
pub use gas::{Gas, GasSchedule, NativePrice};
pub use host::{Change, Host, StateKey};
pub use layout::{FunctionValue, Layout, MoveValue, Resolve};
pub use machine::{Limits, Returned};
pub use native::{GlobalAccess, Native, NativeCall, NativeFunction, NativeOutcome, Natives};
pub use ruint::aliases::U256;
pub use session::{Changes, PublishOptions, Session};
pub use status::{Details, Location, StatusCode, VmError, VmResult, vector_error};
pub use tag::{FunctionParameterTag, FunctionTag, StructTag, TypeTag};
pub use tag_parse::TagError;
