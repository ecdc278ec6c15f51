//! What VMs leave with the transaction while they wait.

use alloc::{boxed::Box, vec::Vec};
use core::any::Any;
use lumio_types::VmId;

/// Caches that VMs leave with the transaction while they wait for a call, so that their own runs further in need
/// not make them again. Never state, and nothing that a result may depend on.
#[derive(Debug, Default)]
pub struct Parked(Vec<(VmId, Box<dyn Any>)>);

impl Parked {
    /// Leaves something. What a VM left before stays below it.
    pub fn put(&mut self, vm: VmId, cache: Box<dyn Any>) {
        self.0.push((vm, cache));
    }

    /// Takes up what the VM left last.
    pub fn take<T: Any>(&mut self, vm: VmId) -> Option<Box<T>> {
        let last = self.0.iter().rposition(|(owner, _)| *owner == vm)?;
        self.0.remove(last).1.downcast().ok()
    }
}
