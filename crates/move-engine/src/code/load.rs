//! Loads modules with all that they depend on. Verified binaries are kept by content, so that a new
//! code epoch costs no new verification.

use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use hashbrown::HashMap;
use sha3::{Digest, Sha3_256};

use super::{
    Code,
    cache::UnitId,
    unit::{Unit, id_of_handle},
};
use crate::{
    Engine, Gas, Host, Location, ModuleId, StatusCode, VmError, VmResult,
    format::{CompiledModule, check_bounds_module, read_module, read_script},
    verify::{self, Dependencies},
};

/// Binaries that passed the verifier, by the hash of their bytes.
#[derive(Debug, Default)]
pub(super) struct Verified {
    modules: HashMap<[u8; 32], Arc<CompiledModule>>,
}

/// How many binaries are kept.
const VERIFIED_MAX: usize = 10_000;

impl Verified {
    /// Reads and verifies a module, unless that was done before.
    pub(super) fn module(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
    ) -> VmResult<Arc<CompiledModule>> {
        let hash: [u8; 32] = Sha3_256::digest(bytes).into();
        if let Some(known) = self.modules.get(&hash) {
            return Ok(known.clone());
        }
        let module = read_module(bytes)?;
        verify::verify_module(&engine.verifier, &module)?;
        let module = Arc::new(module);
        if self.modules.len() >= VERIFIED_MAX {
            self.modules.clear();
        }
        self.modules.insert(hash, module.clone());
        Ok(module)
    }
}

/// Loaded modules, for the checks against dependencies.
struct Loaded<'a>(&'a HashMap<ModuleId, Arc<Unit>>, &'a Code);

impl Dependencies for Loaded<'_> {
    fn module(&self, id: &ModuleId) -> Option<&CompiledModule> {
        if let Some(unit) = self.0.get(id) {
            return Some(&unit.module);
        }
        self.1.loaded(id).map(|(_, unit)| &*unit.module)
    }
}

/// The friends of a module, and loaded modules.
struct Befriended<'a>(&'a BTreeMap<ModuleId, CompiledModule>, &'a Code);

impl Dependencies for Befriended<'_> {
    fn module(&self, id: &ModuleId) -> Option<&CompiledModule> {
        let loaded = || self.1.loaded(id).map(|(_, unit)| &*unit.module);
        self.0.get(id).or_else(loaded)
    }
}

impl Code {
    /// Loads a module and everything that it depends on, and checks that they fit together.
    pub fn load(&mut self, engine: &Engine, host: &mut dyn Host, id: &ModuleId) -> VmResult<()> {
        self.load_unit(engine, host, id).map(|_| ())
    }

    pub(crate) fn load_unit(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        id: &ModuleId,
    ) -> VmResult<UnitId> {
        if let Some((number, _)) = self.loaded(id) {
            return Ok(number);
        }
        self.load_all(engine, host, alloc::vec![id.clone()])?;
        let found = self.loaded(id).map(|(number, _)| number);
        found.ok_or_else(|| StatusCode::UnknownInvariantViolationError.into())
    }

    /// Reads and verifies a script, which is paid for even if it is known, and loads what it
    /// depends on.
    pub(crate) fn load_script(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        bytes: &[u8],
        gas: &mut Gas,
    ) -> VmResult<UnitId> {
        let hash: [u8; 32] = Sha3_256::digest(bytes).into();
        if let Some((known, units)) = self.script(&hash) {
            engine.gas.charge_verified(units, gas)?;
            return Ok(known);
        }
        let in_script = |e: VmError| e.in_location(Location::Script);
        let script = read_script(bytes).map_err(in_script)?;
        let config = engine.gas.verifier(&engine.verifier, gas);
        let (units, verified) = verify::count_script(&config, &script);
        engine.gas.charge_verified(units, gas)?;
        verified.map_err(in_script)?;
        let unit = Unit::of_script(script.clone())?;
        self.load_all(engine, host, unit.dependencies()?)?;
        verify::link_script(&script, &Loaded(&HashMap::new(), self)).map_err(in_script)?;
        self.insert_script(hash, Arc::new(unit), units)
    }

    /// Loads modules and, step by step, their dependencies; links each; then makes all of them
    /// visible at once, so that an error leaves nothing half loaded.
    fn load_all(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        mut wanted: Vec<ModuleId>,
    ) -> VmResult<()> {
        let mut new: HashMap<ModuleId, Arc<Unit>> = HashMap::new();
        let mut order = Vec::new();
        while let Some(id) = wanted.pop() {
            if new.contains_key(&id) || self.loaded(&id).is_some() {
                continue;
            }
            let Some(bytes) = host.module(&id)? else {
                let message = alloc::format!("module {id} does not exist");
                return Err(VmError::new(StatusCode::LinkerError).with_message(message));
            };
            let located = |e: VmError| e.in_location(Location::Module(id.clone()));
            let module = self.verified.module(engine, &bytes).map_err(located)?;
            let unit = Unit::of_module(module)?;
            wanted.extend(unit.dependencies()?);
            order.push(id.clone());
            new.insert(id, Arc::new(unit));
        }
        for id in &order {
            let Some(unit) = new.get(id) else { continue };
            let located = |e: VmError| e.in_location(Location::Module(id.clone()));
            let loaded = Loaded(&new, self);
            verify::link_module(&unit.module, &loaded).map_err(located)?;
            // Friends are not loaded, or only by chance: what they are must not matter here.
            verify::check_dependency_cycles(&unit.module, &loaded).map_err(located)?;
        }
        for id in order {
            if let Some(unit) = new.remove(&id) {
                self.insert_module(id, unit)?;
            }
        }
        Ok(())
    }

    /// Checks a module that is loaded: its friends exist (`LINKER_ERROR`), and neither it nor its
    /// dependencies are among them or their friends, near and far.
    pub(crate) fn check_friends(
        &self,
        host: &mut dyn Host,
        module: &CompiledModule,
    ) -> VmResult<()> {
        let ids = |module: &CompiledModule| -> VmResult<Vec<ModuleId>> {
            let friends = module.friends.iter();
            friends.map(|f| id_of_handle(&module.tables, f)).collect()
        };
        let direct = ids(module)?;
        let mut friends: BTreeMap<ModuleId, CompiledModule> = BTreeMap::new();
        let mut open = direct.clone();
        while let Some(id) = open.pop() {
            if friends.contains_key(&id) {
                continue;
            }
            let Some(bytes) = host.module(&id)? else {
                if direct.contains(&id) {
                    let message = alloc::format!("the friend {id} does not exist");
                    return Err(VmError::new(StatusCode::LinkerError).with_message(message));
                }
                continue;
            };
            let friend = read_module(&bytes)?;
            check_bounds_module(&friend)?;
            open.extend(ids(&friend)?);
            friends.insert(id, friend);
        }
        verify::check_cycles(module, &Befriended(&friends, self))
    }
}
