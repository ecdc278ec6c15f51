//! Reading the chain through Move code: view functions, which change nothing.

use alloc::{string::String, vec::Vec};
use lumio_move_engine::{
    Gas, ModuleId, StatusCode, TypeTag, VmError, format::read_module, metadata::ModuleMetadata,
};
use lumio_state::Fault;
use lumio_vm_bus::Host;

use crate::{Context, MoveVm, TransactionFacts, host::module_key, machine::Stop, status};

/// What a view returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewed {
    /// The BCS of each result.
    pub values: Vec<Vec<u8>>,
    /// Their types.
    pub types: Vec<TypeTag>,
    /// What it used, in EVM gas.
    pub gas_used: u64,
}

/// A view that gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewError {
    /// There is no such view, or it failed: in words that clients know, with the status' number.
    Failed(String, u64),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for ViewError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl MoveVm {
    /// Runs a view function. Nothing of it stays in the journal.
    ///
    /// # Errors
    /// When there is no such function, it has no `#[view]`, or it fails.
    pub fn view<'v>(
        &self,
        bus: &mut dyn Host<'v>,
        (module, function): (&ModuleId, &str),
        type_arguments: &[TypeTag],
        arguments: &[Vec<u8>],
    ) -> Result<Viewed, ViewError> {
        let bytes = bus.journal().read(&module_key(module))?;
        let Some(bytes) = bytes else {
            let message = alloc::format!("there is no module {module}");
            return Err(failed(message, StatusCode::LinkerError));
        };
        let metadata = read_module(&bytes)
            .ok()
            .map(|module| ModuleMetadata::of(&module));
        if !metadata.is_some_and(|metadata| metadata.is_view(function)) {
            let message = alloc::format!("{module}::{function} is not a view function");
            return Err(failed(message, StatusCode::InvalidMainFunctionSignature));
        }
        let mut context = Context::new(TransactionFacts {
            chain_id: self.chain_id(),
            ..TransactionFacts::default()
        });
        let budget = bus.meter().remaining();
        let mut gas = Gas::new(budget);
        let checkpoint = bus.journal().checkpoint();
        let result = self.run(bus, &mut context, &mut gas, |session, gas| {
            let returned = session.call_view(
                module,
                function,
                type_arguments,
                arguments,
                self.constructors(),
                gas,
            )?;
            let mut types = Vec::new();
            for ty in &returned.types {
                types.push(session.code().tag(*ty)?);
            }
            Ok((returned.values, types))
        });
        bus.journal().revert(checkpoint);
        match result {
            Ok((values, types)) => Ok(Viewed {
                values,
                types,
                gas_used: budget.saturating_sub(gas.left()),
            }),
            Err(Stop::Fault(fault)) => Err(fault.into()),
            Err(Stop::Code(error)) => Err(self.failure(bus, &error)?),
        }
    }

    fn failure<'v>(&self, bus: &mut dyn Host<'v>, error: &VmError) -> Result<ViewError, Fault> {
        Ok(failed(status::of_failure(bus, error)?, error.status()))
    }
}

fn failed(message: String, status: StatusCode) -> ViewError {
    ViewError::Failed(message, status.number())
}
