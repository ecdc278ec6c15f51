//! The host while it runs a native function of its own: it cannot be asked for anything else.

use alloc::{sync::Arc, vec::Vec};

use crate::{Address, Host, ModuleId, StatusCode, StructTag, VmError, VmResult};

/// A host that is running a native function.
pub(crate) struct Busy;

#[cold]
fn busy<T>() -> VmResult<T> {
    let error = VmError::new(StatusCode::VmExtensionError);
    Err(error.with_message("a native function of the host cannot load anything"))
}

impl Host for Busy {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        busy()
    }

    fn module(&mut self, _: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        busy()
    }

    fn resource(&mut self, _: Address, _: &StructTag) -> VmResult<Option<Vec<u8>>> {
        busy()
    }
}
