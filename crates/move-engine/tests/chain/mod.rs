//! An engine with modules and resources in memory, for tests that run programs.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

#[path = "../memory/mod.rs"]
pub(crate) mod memory;

use lumio_move_engine::{
    Address, Engine, Gas, Interpreter, ModuleId, Natives, PublishOptions, Returned, Session,
    TypeTag, VmResult, code::Code, format::write_module, text::assemble_module,
};
use memory::Memory;

pub(crate) const ENGINES: [Interpreter; 2] = [Interpreter::Plain, Interpreter::Fast];

pub(crate) struct Chain {
    pub(crate) engine: Engine,
    pub(crate) code: Code,
    pub(crate) memory: Memory,
}

pub(crate) fn assemble(text: &str) -> Vec<u8> {
    let module = assemble_module(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    write_module(&module).unwrap()
}

/// A module at `0x42`.
pub(crate) fn id(name: &str) -> ModuleId {
    ModuleId::new(Address::small(0x42), name)
}

pub(crate) fn tag(text: &str) -> TypeTag {
    text.parse().unwrap()
}

pub(crate) fn u64_bytes(n: u64) -> Vec<u8> {
    n.to_le_bytes().to_vec()
}

impl Chain {
    pub(crate) fn new(interpreter: Interpreter) -> Self {
        Self {
            engine: Engine {
                natives: Natives::standard(),
                interpreter,
                ..Engine::default()
            },
            code: Code::default(),
            memory: Memory::default(),
        }
    }

    /// With modules that are there without any check.
    pub(crate) fn with(interpreter: Interpreter, modules: &[&str]) -> Self {
        let mut chain = Self::new(interpreter);
        for module in modules {
            chain.memory.add(&assemble(module));
        }
        chain
    }

    /// Runs something in a session, whose changes are kept if it succeeds.
    pub(crate) fn session<T>(
        &mut self,
        run: impl FnOnce(&mut Session<'_>) -> VmResult<T>,
    ) -> VmResult<T> {
        let mut session = Session::new(&self.engine, &mut self.code, &mut self.memory)?;
        let result = run(&mut session)?;
        let changes = session.finish()?;
        self.memory.commit(changes);
        Ok(result)
    }

    pub(crate) fn publish(&mut self, modules: &[&str], options: &PublishOptions) -> VmResult<()> {
        let modules: Vec<_> = modules.iter().map(|text| assemble(text)).collect();
        self.session(|s| s.publish(&modules, options))
    }

    pub(crate) fn call(
        &mut self,
        module: &str,
        function: &str,
        arguments: &[Vec<u8>],
    ) -> VmResult<Returned> {
        self.call_with(module, function, &[], arguments, &mut Gas::unlimited())
    }

    pub(crate) fn call_with(
        &mut self,
        module: &str,
        function: &str,
        types: &[TypeTag],
        arguments: &[Vec<u8>],
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        let id = id(module);
        self.session(|s| s.call(&id, function, types, arguments, gas))
    }
}
