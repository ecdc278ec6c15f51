//! Transactions that run what a multisig account's owners have agreed to.

use alloc::{string::ToString, vec, vec::Vec};
use lumio_move_engine::{
    Address, EntryArguments, Gas, ModuleId, StatusCode, VmError,
    bcs::{Reader, put_bytes, put_uleb},
};
use lumio_move_transaction::{Bcs, EntryFunction, ExecutableRef};

use crate::{MoveTransactError, machine::Stop, transact::Run};

const MULTISIG: &str = "multisig_account";

impl Run<'_, '_> {
    /// Asks the multisig account whether its owners want this.
    pub(crate) fn validate_multisig(&mut self, account: Address) -> Result<(), MoveTransactError> {
        let arguments = [
            self.transaction.sender.address.0.to_vec(),
            account.0.to_vec(),
            bytes_of(&self.multisig_payload()),
        ];
        self.framework((MULTISIG, "validate_multisig_transaction"), &arguments)
            .map_err(|stop| self.stop(stop))
    }

    /// What a multisig transaction carries, as Move sees it: nothing, or the call.
    fn multisig_payload(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let ExecutableRef::EntryFunction(call) = self.transaction.signed.raw.payload.executable()
        {
            // The only kind of payload that there is.
            put_uleb(&mut bytes, 0);
            call.write(&mut bytes);
        }
        bytes
    }

    /// Runs a multisig account's transaction: the one that is carried, or the one on chain.
    pub(crate) fn multisig(&mut self, account: Address, gas: &mut Gas) -> Result<(), Stop> {
        let vm = self.vm;
        let payload = self.multisig_payload();
        let arguments = [account.0.to_vec(), bytes_of(&payload)];
        let module = ModuleId::new(Address::ONE, MULTISIG);
        let returned = vm.run(self.bus, &mut self.context, gas, |session, gas| {
            let returned = session.call(
                &module,
                "get_next_transaction_payload",
                &[],
                &arguments,
                gas,
            )?;
            returned
                .values
                .into_iter()
                .next()
                .ok_or_else(|| StatusCode::InternalTypeError.into())
        })?;
        let call = stored_call(&returned).map_err(Stop::Code)?;
        let signers = [account];
        let checkpoint = self.bus.journal().checkpoint();
        let mut result = vm.run(self.bus, &mut self.context, gas, |session, gas| {
            session.call_entry(
                &call.module,
                &call.function,
                &call.type_arguments,
                EntryArguments {
                    signers: &signers,
                    arguments: &call.arguments,
                    constructors: vm.constructors(),
                },
                gas,
            )
        });
        if result.is_ok() {
            result = self.publish(gas);
        }
        let executor = self.transaction.sender.address.0.to_vec();
        let mut arguments = vec![executor, account.0.to_vec(), bytes_of(&payload)];
        let function = match result {
            Ok(()) => "successful_transaction_execution_cleanup",
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            Err(Stop::Code(error)) => {
                self.bus.journal().revert(checkpoint);
                self.context.publication = None;
                arguments.push(execution_error(&error));
                "failed_transaction_execution_cleanup"
            }
        };
        self.framework((MULTISIG, function), &arguments)
    }
}

/// A `vector<u8>`.
fn bytes_of(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, content);
    bytes
}

/// Reads the call in a multisig payload that is kept on chain, itself a `vector<u8>`.
fn stored_call(returned: &[u8]) -> Result<EntryFunction, VmError> {
    let bad = || {
        VmError::new(StatusCode::FailedToDeserializeArgument)
            .with_message("the multisig account's payload is no call of an entry function")
    };
    let mut reader = Reader::new(returned);
    let length = reader.uleb()? as usize;
    let payload = reader.take(length)?;
    let (kind, call) = payload.split_first().ok_or_else(bad)?;
    if *kind != 0 {
        return Err(bad());
    }
    EntryFunction::from_bytes(call).map_err(|_| bad())
}

/// What the multisig account's events say of a failure: where, what kind, which code.
fn execution_error(error: &VmError) -> Vec<u8> {
    let kind = match error.status() {
        StatusCode::Aborted => "MoveAbort",
        StatusCode::OutOfGas => "OutOfGas",
        _ => "ExecutionFailure",
    };
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, error.details().location.to_string().as_bytes());
    put_bytes(&mut bytes, kind.as_bytes());
    let code = error
        .sub_status()
        .unwrap_or_else(|| error.status().number());
    bytes.extend(code.to_le_bytes());
    bytes
}
