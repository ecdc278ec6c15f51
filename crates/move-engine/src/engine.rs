//! The settings of an engine.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::{
    GasSchedule, ModuleId, Natives,
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

/// A struct that is another one. It must exist as well, with the same abilities, type parameters
/// and fields, for code that names it to link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructAlias {
    /// What code may call it.
    pub name: (ModuleId, String),
    /// What it is.
    pub means: (ModuleId, String),
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
    /// Structs that are other structs under another name: in type arguments, signatures and tags.
    pub aliases: Vec<StructAlias>,
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
