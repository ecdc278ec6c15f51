//! What servers ask of code: how values of a type are laid out.

use lumio_move_engine::{Gas, Layout, TypeTag};
use lumio_state::Fault;
use lumio_vm_bus::Host;

use crate::{Context, MoveVm, TransactionFacts, machine::Stop};

impl MoveVm {
    /// The layout of a type; none if there is no such type, or no value of it can be shown.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn layout<'v>(
        &self,
        bus: &mut dyn Host<'v>,
        tag: &TypeTag,
    ) -> Result<Option<Layout>, Fault> {
        let mut context = Context::new(TransactionFacts {
            chain_id: self.chain_id(),
            ..TransactionFacts::default()
        });
        let layout = self.run(bus, &mut context, &mut Gas::unlimited(), |session, _| {
            session.layout(tag)
        });
        match layout {
            Ok(layout) => Ok(Some(layout)),
            Err(Stop::Code(_)) => Ok(None),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }
}
