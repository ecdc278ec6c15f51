//! The Move VM: an engine with the framework's natives, and code that stays loaded.

use alloc::sync::Arc;
use lumio_move_engine::{Constructors, Engine, Gas, Interpreter, ModuleId, Session, VmError};
use lumio_state::Fault;
use lumio_types::VmId;
use lumio_vm_bus::Host;

use crate::{
    Context, aliases,
    codes::{CodePool, Loaded},
    constructors,
    host::{ChainHost, apply},
    native_functions, prices,
};

/// The Move VM. Holds settings and a cache of loaded code, no state; cheap to clone, and to share
/// between threads.
#[derive(Clone, Debug)]
pub struct MoveVm(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    engine: Engine,
    constructors: Constructors,
    codes: CodePool,
    chain_id: u8,
}

/// Why a session did not come to its end.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// The code failed: what it did is dropped.
    Code(VmError),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl MoveVm {
    /// The Move VM of a chain, which Move knows by a number of eight bits.
    pub fn new(chain_id: u8) -> Self {
        Self::with_interpreter(chain_id, Interpreter::default())
    }

    /// The same with another interpreter, which must make no difference: for tests.
    pub fn with_interpreter(chain_id: u8, interpreter: Interpreter) -> Self {
        let engine = Engine {
            natives: native_functions(false),
            aliases: aliases(),
            gas: prices::engine(),
            interpreter,
            ..Engine::default()
        };
        Self(Arc::new(Parts {
            engine,
            constructors: constructors(),
            codes: CodePool::default(),
            chain_id,
        }))
    }

    /// The chain, as Move counts chains.
    pub fn chain_id(&self) -> u8 {
        self.0.chain_id
    }

    pub(crate) fn constructors(&self) -> &Constructors {
        &self.0.constructors
    }

    /// Runs something in a session and writes what it changed to the journal. What fails leaves
    /// the journal as it was, events and ETH included.
    pub(crate) fn run<'v, T>(
        &self,
        bus: &mut dyn Host<'v>,
        context: &mut Context,
        gas: &mut Gas,
        run: impl FnOnce(&mut Session<'_>, &mut Gas) -> Result<T, VmError>,
    ) -> Result<T, Stop> {
        self.with_code(bus, |bus, loaded| {
            self.run_with(loaded, bus, context, gas, run)
        })
    }

    /// Lends loaded code: that of a run further out, which waits for this one, or an idle set.
    pub(crate) fn with_code<'v, T>(
        &self,
        bus: &mut dyn Host<'v>,
        run: impl FnOnce(&mut dyn Host<'v>, &mut Loaded) -> T,
    ) -> T {
        match bus.parked().take::<Loaded>(VmId::Move) {
            None => self.0.codes.with(|loaded| run(bus, loaded)),
            Some(mut loaded) => {
                let result = run(bus, &mut loaded);
                bus.parked().put(VmId::Move, loaded);
                result
            }
        }
    }

    /// As [`run`](Self::run), with code at hand. What was found in it stays valid.
    pub(crate) fn run_with<'v, T>(
        &self,
        loaded: &mut Loaded,
        bus: &mut dyn Host<'v>,
        context: &mut Context,
        gas: &mut Gas,
        run: impl FnOnce(&mut Session<'_>, &mut Gas) -> Result<T, VmError>,
    ) -> Result<T, Stop> {
        let checkpoint = bus.journal().checkpoint();
        let is_relied_on = core::mem::replace(&mut loaded.is_relied_on, true);
        let mut host = ChainHost::new(bus, context, &mut loaded.derived);
        let code = || -> Result<_, VmError> {
            let mut session = match is_relied_on {
                false => Session::new(&self.0.engine, &mut loaded.code, &mut host)?,
                true => Session::beside(&self.0.engine, &mut loaded.code, &mut host)?,
            };
            let value = run(&mut session, gas)?;
            let changes = session.finish()?;
            prices::charge_changes(&changes, gas)?;
            Ok((value, changes))
        };
        let ended = code();
        let result = match (ended, host.fault.take()) {
            (_, Some(fault)) => Err(Stop::Fault(fault)),
            (Err(error), None) => Err(Stop::Code(error)),
            (Ok((value, changes)), None) => apply(host.bus.journal(), changes)
                .map(|()| value)
                .map_err(Stop::Fault),
        };
        if result.is_err() {
            bus.journal().revert(checkpoint);
        }
        result
    }

    /// Calls a function of the framework, whatever its visibility. It must not fail.
    pub(crate) fn call_framework<'v>(
        &self,
        bus: &mut dyn Host<'v>,
        context: &mut Context,
        (module, function): (&str, &str),
        arguments: &[alloc::vec::Vec<u8>],
    ) -> Result<(), Stop> {
        let module = ModuleId::new(lumio_move_engine::Address::ONE, module);
        self.run(bus, context, &mut Gas::unlimited(), |session, gas| {
            session.call(&module, function, &[], arguments, gas)
        })
        .map(|_| ())
    }
}
