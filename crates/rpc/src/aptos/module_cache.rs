//! Modules that were read from their bytes of late: most transactions call the
//! same few.

use lumio_move_engine::{
    ModuleId, VmResult,
    format::{CompiledModule, read_module},
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// Modules that are kept.
const ENTRIES_MAX: usize = 256;

type Entry = (Arc<[u8]>, Arc<CompiledModule>);

/// Modules by name, with the bytes that each was read from. Another version of
/// the chain may have other bytes, which count.
#[derive(Default)]
pub(super) struct ModuleCache(Mutex<HashMap<ModuleId, Entry>>);

impl ModuleCache {
    /// The module that some bytes are.
    pub(super) fn read(&self, id: &ModuleId, code: Arc<[u8]>) -> VmResult<Arc<CompiledModule>> {
        let known = self.0.lock().get(id).cloned();
        if let Some((bytes, module)) = known
            && bytes == code
        {
            return Ok(module);
        }
        let module = Arc::new(read_module(&code)?);
        let mut entries = self.0.lock();
        if entries.len() >= ENTRIES_MAX {
            entries.clear();
        }
        entries.insert(id.clone(), (code, module.clone()));
        Ok(module)
    }
}
