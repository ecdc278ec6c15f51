//! What the framework checks before a transaction runs: expiry, chain, keys, replay, the deposit.

use alloc::{vec, vec::Vec};
use lumio_move_engine::bcs::{put_bytes, put_uleb};
use lumio_move_transaction::ReplayProtector;
use lumio_types::MoveSigner;
use lumio_vm_bus::is_program_owned;

use crate::{
    MoveTransactError,
    host::account,
    status,
    transact::{Run, VALIDATION},
};

impl Run<'_, '_> {
    /// Asks the framework whether the transaction may run.
    pub(crate) fn prologue(&mut self) -> Result<(), MoveTransactError> {
        let payer = account(self.transaction.payer());
        // In a simulation 0x0 pays nothing: the framework knows it, and to Solana it is a program.
        let is_unpaid = self.is_simulation && payer.0.is_zero();
        if !is_unpaid && is_program_owned(self.bus.journal(), payer, payer.evm_form())? {
            return Err(status::of_program_owned_payer().into());
        }
        let (function, arguments) = self.call_of_prologue();
        self.framework((VALIDATION, function), &arguments)
            .map_err(|stop| self.stop(stop))?;
        match self.transaction.signed.raw.payload.multisig_address() {
            Some(account) => self.validate_multisig(account),
            None => Ok(()),
        }
    }

    fn call_of_prologue(&self) -> (&'static str, Vec<Vec<u8>>) {
        let raw = &self.transaction.signed.raw;
        let mut arguments = Vec::with_capacity(12);
        arguments.push(self.transaction.sender.address.0.to_vec());
        let mut function = "unified_prologue_v2";
        if let Some(payer) = &self.transaction.fee_payer {
            function = "unified_prologue_fee_payer_v2";
            arguments.push(payer.address.0.to_vec());
            arguments.push(key_option(&self.transaction.sender));
            arguments.push(key_option(payer));
        } else {
            arguments.push(key_option(&self.transaction.sender));
        }
        let mut replay = Vec::with_capacity(9);
        match raw.replay_protector() {
            ReplayProtector::Nonce(nonce) => {
                replay.push(0);
                replay.extend(nonce.to_le_bytes());
            }
            ReplayProtector::SequenceNumber(number) => {
                replay.push(1);
                replay.extend(number.to_le_bytes());
            }
        }
        arguments.push(replay);
        let secondary = &self.transaction.secondary;
        let (mut addresses, mut keys) = (Vec::new(), Vec::new());
        put_uleb(&mut addresses, secondary.len() as u64);
        put_uleb(&mut keys, secondary.len() as u64);
        for signer in secondary {
            addresses.extend(signer.address.0);
            keys.extend(key_option(signer));
        }
        arguments.push(addresses);
        arguments.push(keys);
        arguments.push(raw.gas_unit_price.to_le_bytes().to_vec());
        arguments.push(raw.max_gas_amount.to_le_bytes().to_vec());
        arguments.push(raw.expiration_timestamp_secs.to_le_bytes().to_vec());
        arguments.push(vec![raw.chain_id]);
        arguments.push(vec![u8::from(self.is_simulation)]);
        (function, arguments)
    }
}

/// An `Option<vector<u8>>` with an authentication key.
fn key_option(signer: &MoveSigner) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(34);
    match &signer.key {
        None => bytes.push(0),
        Some(key) => {
            bytes.push(1);
            put_bytes(&mut bytes, key);
        }
    }
    bytes
}
