//! What the framework settles after a transaction ran: the fee, the sequence number, and a statement
//! of what the fee was for.

use alloc::{vec, vec::Vec};
use lumio_move_engine::{Address, Gas, ModuleId};
use lumio_move_transaction::ReplayProtector;

use crate::{
    machine::Stop,
    transact::{Run, VALIDATION},
};

impl Run<'_, '_> {
    /// Settles a transaction that used so many gas units.
    ///
    /// # Errors
    /// When the payload has spent what was to pay for it.
    pub(crate) fn epilogue(&mut self, gas_units: u64) -> Result<(), Stop> {
        let raw = &self.transaction.signed.raw;
        let is_orderless = matches!(raw.replay_protector(), ReplayProtector::Nonce(_));
        let left = raw.max_gas_amount.saturating_sub(gas_units);
        let arguments = [
            self.transaction.sender.address.0.to_vec(),
            self.transaction.payer().0.to_vec(),
            0_u64.to_le_bytes().to_vec(),
            raw.gas_unit_price.to_le_bytes().to_vec(),
            raw.max_gas_amount.to_le_bytes().to_vec(),
            left.to_le_bytes().to_vec(),
            vec![u8::from(self.is_simulation)],
            vec![u8::from(is_orderless)],
        ];
        let mut statement = Vec::new();
        for amount in [gas_units, gas_units, 0, 0, 0] {
            statement.extend(amount.to_le_bytes());
        }
        let validation = ModuleId::new(Address::ONE, VALIDATION);
        let fees = ModuleId::new(Address::ONE, "transaction_fee");
        let gas = &mut Gas::unlimited();
        self.vm
            .run(self.bus, &mut self.context, gas, |session, gas| {
                session.call(&validation, "unified_epilogue_v2", &[], &arguments, gas)?;
                session.call(&fees, "emit_fee_statement", &[], &[statement], gas)
            })
            .map(|_| ())
    }
}
