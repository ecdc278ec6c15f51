//! A host that keeps everything in memory.
#![allow(dead_code, clippy::unwrap_used)]

use std::{collections::BTreeMap, sync::Arc};

use lumio_move_engine::{
    Address, Changes, Host, ModuleId, StateKey, StructTag, VmResult, format::read_module,
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) epoch: u64,
    pub(crate) modules: BTreeMap<ModuleId, Arc<[u8]>>,
    pub(crate) state: BTreeMap<StateKey, Vec<u8>>,
}

impl Memory {
    /// Publishes a module without any check.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> ModuleId {
        let module = read_module(bytes).unwrap();
        let handle = &module.module_handles[module.self_handle.index()];
        let name = module.identifiers[handle.name.index()].clone();
        let id = ModuleId::new(module.addresses[handle.address.index()], name);
        self.modules.insert(id.clone(), Arc::from(bytes));
        self.epoch += 1;
        id
    }

    /// Takes over what a session has changed.
    pub(crate) fn commit(&mut self, changes: Changes) {
        if !changes.modules.is_empty() {
            self.epoch += 1;
        }
        self.modules.extend(changes.modules);
        for change in changes.state {
            match change.value {
                Some(value) => self.state.insert(change.key, value),
                None => self.state.remove(&change.key),
            };
        }
    }
}

impl Host for Memory {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        let mut epoch = [0; 32];
        epoch[..8].copy_from_slice(&self.epoch.to_le_bytes());
        Ok(epoch)
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        Ok(self.modules.get(id).cloned())
    }

    fn resource(&mut self, address: Address, tag: &StructTag) -> VmResult<Option<Vec<u8>>> {
        Ok(self
            .state
            .get(&StateKey::Resource(address, tag.clone()))
            .cloned())
    }

    fn item(&mut self, key: &[u8]) -> VmResult<Option<Vec<u8>>> {
        Ok(self.state.get(&StateKey::Item(key.to_vec())).cloned())
    }
}
