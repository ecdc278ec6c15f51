//! What the engine asks of whoever embeds it.

use alloc::{sync::Arc, vec::Vec};

use crate::{Address, ModuleId, NativeCall, NativeOutcome, StatusCode, StructTag, VmResult};

/// The chain as the engine sees it. An error that is not Move's (a broken disk, a speculative read
/// that must be retried) is returned as `STORAGE_ERROR` and kept by the host: the engine then
/// stops at once, and the result of the session must not be used.
pub trait Host {
    /// A value that differs whenever any module differs, for example a hash of all publications.
    /// Code is cached under it: a new value drops what was cached.
    fn code_epoch(&mut self) -> VmResult<[u8; 32]>;

    /// The bytes of a published module.
    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>>;

    /// The BCS of a resource. Asked once in a session.
    fn resource(&mut self, address: Address, tag: &StructTag) -> VmResult<Option<Vec<u8>>>;

    /// The BCS of something that natives keep under a key of their own, for example a table item.
    /// Asked once in a session.
    fn item(&mut self, _key: &[u8]) -> VmResult<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Runs a native function of the host, by the number under which
    /// [`Natives::add`](crate::Natives::add) has it.
    fn native(&mut self, number: u32, call: &mut dyn NativeCall) -> VmResult<NativeOutcome> {
        let _ = (number, call);
        Err(StatusCode::UnimplementedFunctionality.into())
    }
}

/// Under what something is kept in the state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateKey {
    /// A resource at an address.
    Resource(Address, StructTag),
    /// Something of a native function.
    Item(Vec<u8>),
}

/// What a session did to one entry of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub key: StateKey,
    /// The new BCS; `None` if it is gone.
    pub value: Option<Vec<u8>>,
    /// Whether the entry was there before.
    pub existed: bool,
}
