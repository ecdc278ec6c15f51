//! What a transaction is for: an entry function, a script, or what a multisig account is asked to
//! do; and the publication that it may request.

use alloc::vec::Vec;
use lumio_move_engine::{Address, EntryArguments, Gas, StatusCode, VmError};
use lumio_move_transaction::ExecutableRef;

use crate::{machine::Stop, publish, transact::Run};

impl Run<'_, '_> {
    /// Runs the payload. What fails may have left something in the journal and the context.
    pub(crate) fn payload(&mut self, gas: &mut Gas) -> Result<(), Stop> {
        let payload = &self.transaction.signed.raw.payload;
        let vm = self.vm;
        match payload.multisig_address() {
            Some(multisig) => self.multisig(multisig, gas)?,
            None => {
                let signers: Vec<Address> = self.transaction.signers().collect();
                let executable = payload.executable();
                vm.run(self.bus, &mut self.context, gas, |session, gas| {
                    let given = |arguments| EntryArguments {
                        signers: &signers,
                        arguments,
                        constructors: vm.constructors(),
                    };
                    match executable {
                        ExecutableRef::EntryFunction(call) => session.call_entry(
                            &call.module,
                            &call.function,
                            &call.type_arguments,
                            given(&call.arguments),
                            gas,
                        ),
                        ExecutableRef::Script(script) => {
                            publish::check_script(&script.code)?;
                            let arguments: Vec<Vec<u8>> = script
                                .arguments
                                .iter()
                                .map(|argument| argument.value().to_vec())
                                .collect();
                            session.run_entry_script(
                                &script.code,
                                &script.type_arguments,
                                given(&arguments),
                                gas,
                            )
                        }
                        ExecutableRef::Empty => Err(VmError::new(StatusCode::FeatureUnderGating)
                            .with_message("an empty payload needs a multisig account")),
                    }
                })?;
            }
        }
        self.publish(gas)
    }

    /// Publishes what the payload has asked for. If that fails, so does the payload.
    pub(crate) fn publish(&mut self, gas: &mut Gas) -> Result<(), Stop> {
        self.vm.publish_requested(self.bus, &mut self.context, gas)
    }
}
