//! The settings of an engine.

use alloc::boxed::Box;

use crate::{
    GasSchedule, Natives,
    machine::{Limits, Machine},
    verify,
};

/// Which interpreter runs the code. Both give the same results and take the same gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpreter {
    /// The executable specification: checks every type at run time.
    Plain,
    /// Register code.
    #[default]
    Fast,
}

/// The settings of an engine. What it has loaded is in [`Code`](crate::code::Code), which must not
/// be used with different settings.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// What the verifier accepts.
    pub verifier: verify::Config,
    /// Prices.
    pub gas: GasSchedule,
    /// Native functions.
    pub natives: Natives,
    /// What bounds a run.
    pub limits: Limits,
    /// Which interpreter runs the code.
    pub interpreter: Interpreter,
}

impl Engine {
    /// An interpreter with empty memory.
    pub(crate) fn machine(&self) -> Box<dyn Machine> {
        match self.interpreter {
            Interpreter::Plain => Box::<crate::plain::Plain>::default(),
            Interpreter::Fast => Box::<crate::fast::Fast>::default(),
        }
    }
}
