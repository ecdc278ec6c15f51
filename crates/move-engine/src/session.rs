//! One run of code against a host: calls, scripts and publications that are committed together.
//!
//! A session that has failed once is over: what it had changed before is lost with it, and every
//! further call returns the same error.

use alloc::{boxed::Box, collections::BTreeMap, string::String, sync::Arc, vec::Vec};
use sha3::{Digest, Sha3_256};

use crate::{
    Address, Change, Engine, Gas, Host, Location, ModuleId, NativeCall, NativeOutcome, Returned,
    StateKey, StatusCode, StructTag, TypeTag, VmError, VmResult,
    code::{Code, Type, reentrancy::Entries},
    format::{
        CompiledModule, StructDefinition, StructFields, TableKind, check_bounds_module, read_module,
    },
    machine::{Machine, Runtime},
};

/// What a publication must satisfy besides the verifier, and besides that all that it names exists
/// and fits, friends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishOptions {
    /// A module that replaces another must keep its structs, with their abilities and type
    /// parameters, and its public and entry functions.
    pub check_linking: bool,
    /// A module that replaces another must keep its structs' fields.
    pub check_layout: bool,
    /// A module that replaces another must keep its friends and friend functions.
    pub check_friends: bool,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self {
            check_linking: true,
            check_layout: true,
            check_friends: true,
        }
    }
}

/// All that a session has changed, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Published modules.
    pub modules: BTreeMap<ModuleId, Arc<[u8]>>,
    /// Resources and items of natives.
    pub state: Vec<Change>,
}

/// The host with what the session has published and flushed so far on top.
pub(crate) struct Layered<'a> {
    host: &'a mut dyn Host,
    modules: BTreeMap<ModuleId, Arc<[u8]>>,
    state: BTreeMap<StateKey, (Option<Vec<u8>>, bool)>,
}

impl Host for Layered<'_> {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        self.host.code_epoch()
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        match self.modules.get(id) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => self.host.module(id),
        }
    }

    fn resource(&mut self, address: Address, tag: &StructTag) -> VmResult<Option<Vec<u8>>> {
        if !self.state.is_empty() {
            let key = StateKey::Resource(address, tag.clone());
            if let Some((value, _)) = self.state.get(&key) {
                return Ok(value.clone());
            }
        }
        self.host.resource(address, tag)
    }

    fn item(&mut self, key: &[u8]) -> VmResult<Option<Vec<u8>>> {
        if !self.state.is_empty()
            && let Some((value, _)) = self.state.get(&StateKey::Item(key.to_vec()))
        {
            return Ok(value.clone());
        }
        self.host.item(key)
    }

    fn native(&mut self, number: u32, call: &mut dyn NativeCall) -> VmResult<NativeOutcome> {
        self.host.native(number, call)
    }
}

impl Layered<'_> {
    /// Puts changes on top; what was first there decides whether an entry existed.
    fn absorb(&mut self, changes: Vec<Change>) {
        for Change {
            key,
            value,
            existed,
        } in changes
        {
            let existed = self.state.get(&key).map_or(existed, |(_, first)| *first);
            self.state.insert(key, (value, existed));
        }
    }
}

/// A session: what is done in it is committed together, or not at all. After an error it is over,
/// and every further call returns the same error.
pub struct Session<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) code: &'a mut Code,
    pub(crate) host: Layered<'a>,
    machine: Box<dyn Machine>,
    waiting: Entries,
    failed: Option<VmError>,
}

impl<'a> Session<'a> {
    /// Begins a session. What the cache holds of another code epoch is dropped.
    pub fn new(engine: &'a Engine, code: &'a mut Code, host: &'a mut dyn Host) -> VmResult<Self> {
        if code.types.aliases.is_empty() {
            let aliases = engine.aliases.iter().cloned();
            code.types.aliases = aliases.map(|alias| (alias.name, alias.means)).collect();
        }
        code.enter_epoch(host.code_epoch()?);
        Ok(Self::over(engine, code, host))
    }

    /// Begins a session while something else relies on what the cache holds, which stays there: a
    /// session that waits for this one, or a function that was found before.
    ///
    /// # Errors
    /// `UNREACHABLE` if the cache is of another code epoch.
    pub fn beside(
        engine: &'a Engine,
        code: &'a mut Code,
        host: &'a mut dyn Host,
    ) -> VmResult<Self> {
        if !code.is_of_epoch(host.code_epoch()?) {
            return Err(StatusCode::Unreachable.into());
        }
        Ok(Self::over(engine, code, host))
    }

    fn over(engine: &'a Engine, code: &'a mut Code, host: &'a mut dyn Host) -> Self {
        let host = Layered {
            host,
            modules: BTreeMap::new(),
            state: BTreeMap::new(),
        };
        Self {
            engine,
            code,
            host,
            machine: engine.machine(),
            waiting: Entries::default(),
            failed: None,
        }
    }

    /// Says which modules wait outside: the session is part of a call that they made to another
    /// machine. They may be entered, but their resources may be half changed: touching them is
    /// refused. With a lock they may not be entered either (AIP-112).
    ///
    /// # Errors
    /// Those of loading them.
    pub fn wait_for(&mut self, modules: &[(ModuleId, bool)]) -> VmResult<()> {
        self.guard(|s| {
            for (module, is_locked) in modules {
                let unit = s.code.load_unit(s.engine, &mut s.host, module)?;
                s.waiting.wait(unit, *is_locked);
            }
            s.machine.set_waiting(s.waiting.clone());
            Ok(())
        })
    }

    /// The loaded code, for types and tags of what was returned.
    pub fn code(&mut self) -> &mut Code {
        self.code
    }

    /// The type of that name. Modules that it names are loaded.
    pub fn type_of(&mut self, tag: &TypeTag) -> VmResult<Type> {
        self.code.type_of(self.engine, &mut self.host, tag)
    }

    pub(crate) fn types_of(&mut self, tags: &[TypeTag]) -> VmResult<Vec<Type>> {
        tags.iter().map(|tag| self.type_of(tag)).collect()
    }

    /// Ends the session if something failed.
    pub(crate) fn guard<T>(&mut self, run: impl FnOnce(&mut Self) -> VmResult<T>) -> VmResult<T> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = run(self);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// Calls a function, whatever its visibility. Arguments are in BCS, one for each parameter: a
    /// signer is the 32 bytes of its address, a reference what it points to.
    pub fn call(
        &mut self,
        module: &ModuleId,
        function: &str,
        type_arguments: &[TypeTag],
        arguments: &[Vec<u8>],
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .function(s.engine, &mut s.host, module, function, &types)?;
            s.run(id, arguments, gas)
        })
    }

    /// Runs a script, given in bytes.
    pub fn run_script(
        &mut self,
        script: &[u8],
        type_arguments: &[TypeTag],
        arguments: &[Vec<u8>],
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .script_function(s.engine, &mut s.host, script, &types, gas)?;
            s.run(id, arguments, gas)
        })
    }

    pub(crate) fn run(
        &mut self,
        function: crate::code::InstanceId,
        arguments: &[Vec<u8>],
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        let expected = self.code.instance(function)?.parameters.len();
        if expected != arguments.len() {
            let message =
                alloc::format!("{expected} arguments are needed, not {}", arguments.len());
            let error = VmError::new(StatusCode::NumberOfArgumentsMismatch);
            return Err(error.with_message(message));
        }
        let Self {
            engine,
            code,
            host,
            machine,
            ..
        } = self;
        machine.call(
            &mut Runtime {
                engine,
                code,
                host,
                gas,
            },
            function,
            arguments,
        )
    }

    /// Publishes modules together. They are visible to what the session does next.
    pub fn publish(&mut self, modules: &[Vec<u8>], options: &PublishOptions) -> VmResult<()> {
        self.publish_for(modules, options, &mut Gas::unlimited())
    }

    /// The same, and pays for the verifier's work.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); `OUT_OF_GAS` before more is done than can be paid for.
    pub fn publish_for(
        &mut self,
        modules: &[Vec<u8>],
        options: &PublishOptions,
        gas: &mut Gas,
    ) -> VmResult<()> {
        self.guard(|s| s.publish_all(modules, options, gas))
    }

    fn publish_all(
        &mut self,
        modules: &[Vec<u8>],
        options: &PublishOptions,
        gas: &mut Gas,
    ) -> VmResult<()> {
        let mut ids: Vec<ModuleId> = Vec::new();
        let mut published = Vec::new();
        let mut epoch = Sha3_256::new_with_prefix(b"lumio/published");
        epoch.update(self.host.code_epoch()?);
        for bytes in modules {
            let module = read_module(bytes)?;
            check_bounds_module(&module)?;
            let id = crate::code::self_id(&module)?;
            // What users of the old module rely on comes before what the verifier says of the new.
            if let Some(old) = self.host.module(&id)? {
                crate::compatibility::check(&read_module(&old)?, &module, options)?;
            }
            if ids.contains(&id) {
                return Err(StatusCode::DuplicateModuleName.into());
            }
            ids.push(id);
            published.push(module);
        }
        for (id, module) in ids.iter().zip(&published) {
            let located = |e: VmError| e.in_location(Location::Module(id.clone()));
            let config = self.engine.gas.verifier(&self.engine.verifier, gas);
            let (units, verified) = crate::verify::count_module(&config, module);
            // What it could not pay for is out of gas, whatever the verifier says of it.
            self.engine.gas.charge_verified(units, gas)?;
            verified.map_err(located)?;
            check_native_structs(module).map_err(located)?;
        }
        // Values that are decoded were decoded with the old code.
        self.flush()?;
        for (id, bytes) in ids.iter().zip(modules) {
            self.host
                .modules
                .insert(id.clone(), Arc::from(bytes.as_slice()));
        }
        for (id, bytes) in &self.host.modules {
            epoch.update(id.address.0);
            epoch.update(String::as_bytes(&id.name));
            epoch.update([0]);
            epoch.update(Sha3_256::digest(bytes));
        }
        self.code.enter_epoch(epoch.finalize().into());
        for id in &ids {
            self.code.load(self.engine, &mut self.host, id)?;
        }
        for module in &published {
            self.code.check_friends(&mut self.host, module)?;
        }
        Ok(())
    }

    /// Moves what the machine has changed into the layer on top of the host.
    fn flush(&mut self) -> VmResult<()> {
        let mut gas = Gas::unlimited();
        let Self {
            engine,
            code,
            host,
            machine,
            ..
        } = self;
        let changes = machine.changes(&mut Runtime {
            engine,
            code,
            host,
            gas: &mut gas,
        })?;
        self.host.absorb(changes);
        self.machine = self.engine.machine();
        self.machine.set_waiting(self.waiting.clone());
        Ok(())
    }

    /// Ends the session and returns what it has changed.
    pub fn finish(mut self) -> VmResult<Changes> {
        self.guard(|s| {
            s.flush()?;
            let state = core::mem::take(&mut s.host.state);
            let state = state
                .into_iter()
                .filter(|(_, (value, existed))| value.is_some() || *existed)
                .map(|(key, (value, existed))| Change {
                    key,
                    value,
                    existed,
                })
                .collect();
            Ok(Changes {
                modules: core::mem::take(&mut s.host.modules),
                state,
            })
        })
    }
}

/// Nobody provides native structs. Native functions that nobody provides are missed when called.
fn check_native_structs(module: &CompiledModule) -> VmResult<()> {
    let native = |def: &StructDefinition| matches!(def.fields, StructFields::Native);
    match module.struct_defs.iter().position(native) {
        None => Ok(()),
        Some(at) => {
            let error = VmError::new(StatusCode::MissingDependency);
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            Err(error.at_index(TableKind::FunctionHandle, at))
        }
    }
}
