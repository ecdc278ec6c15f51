//! One Move transaction: prologue, payload, epilogue.
//!
//! ```text
//! checks ──► prologue ──► payload ──► (publish) ──► epilogue
//!              │ refused     │ failed: dropped         fee, sequence number, fee statement
//!              ▼             ▼
//!          no block      fee is paid all the same
//! ```

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use lumio_move_engine::{
    Address, EntryArguments, Gas, ModuleId, StatusCode, VmError,
    bcs::{put_bytes, put_uleb},
};
use lumio_move_transaction::{Bcs, EntryFunction, ExecutableRef, ReplayProtector};
use lumio_state::Fault;
use lumio_types::{MoveSigner, MoveTransaction};
use lumio_vm_bus::Host;

use crate::{
    Context, EntryFunctionFacts, MoveRefusal, MoveVm, MultisigFacts, TransactionFacts,
    host::module_key,
    machine::Stop,
    prices::{
        self, GAS_PER_UNIT, MAX_GAS_PRICE, MAX_GAS_UNITS, MAX_TRANSACTION_BYTES, MIN_GAS_PRICE,
    },
    publish, status,
};

const VALIDATION: &str = "transaction_validation";
const MULTISIG: &str = "multisig_account";

/// A Move transaction that ran, whether its effects stand or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTransacted {
    /// Whether its effects stand. Its fee is paid either way.
    pub success: bool,
    /// What it used, in EVM gas.
    pub gas_used: u64,
    /// The same in gas units, for which it paid.
    pub gas_units: u64,
    /// How it ended, in the words that Aptos' clients know.
    pub status: String,
}

/// A Move transaction that did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveTransactError {
    /// No block may contain it.
    Refused(MoveRefusal),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for MoveTransactError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<MoveRefusal> for MoveTransactError {
    fn from(refusal: MoveRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A transaction on its way.
struct Run<'a, 'v> {
    vm: &'a MoveVm,
    bus: &'a mut dyn Host<'v>,
    transaction: &'a MoveTransaction,
    context: Context,
    is_simulation: bool,
}

impl MoveVm {
    /// Runs a whole transaction. What it changes stays in the host's journal. It may use no more
    /// than the host's gas, whatever it asks for.
    ///
    /// # Errors
    /// [`MoveTransactError::Refused`] leaves the journal as it was.
    pub fn transact<'v>(
        &self,
        transaction: &MoveTransaction,
        bus: &mut dyn Host<'v>,
        index: u32,
        is_simulation: bool,
    ) -> Result<MoveTransacted, MoveTransactError> {
        let facts = facts(transaction, index);
        let run = Run {
            vm: self,
            bus,
            transaction,
            context: Context::new(facts),
            is_simulation,
        };
        run.go()
    }

    /// Whether the prologue lets a transaction through, by the state as it is: what a mempool
    /// asks.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    pub fn validate<'v>(
        &self,
        transaction: &MoveTransaction,
        bus: &mut dyn Host<'v>,
    ) -> Result<(), MoveTransactError> {
        let mut run = Run {
            vm: self,
            bus,
            transaction,
            context: Context::new(facts(transaction, 0)),
            is_simulation: false,
        };
        let checkpoint = run.bus.journal().checkpoint();
        let bytes = run.check_limits()?;
        check_intrinsic(bytes, &mut Gas::new(run.budget()))?;
        let result = run.prologue();
        run.bus.journal().revert(checkpoint);
        result
    }
}

impl Run<'_, '_> {
    fn go(mut self) -> Result<MoveTransacted, MoveTransactError> {
        let bytes = self.check_limits()?;
        let raw = &self.transaction.signed.raw;
        let budget = self.budget();
        let mut gas = Gas::new(budget);
        check_intrinsic(bytes, &mut gas)?;
        self.prologue()?;
        let checkpoint = self.bus.journal().checkpoint();
        let outcome = self.payload(&mut gas);
        let text = match outcome {
            Ok(()) => None,
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            Err(Stop::Code(error)) => {
                // What was kept before it failed, such as the request of a publication that
                // turned out to be none, goes with it.
                self.bus.journal().revert(checkpoint);
                self.context.publication = None;
                Some(status::of_failure(self.bus, &error)?)
            }
        };
        let used = budget.saturating_sub(gas.left());
        let gas_units = used.div_ceil(GAS_PER_UNIT).min(raw.max_gas_amount);
        self.epilogue(gas_units)?;
        Ok(MoveTransacted {
            success: text.is_none(),
            gas_used: used,
            gas_units,
            status: text.unwrap_or_else(|| status::SUCCESS.into()),
        })
    }

    /// Refuses what needs no state to be refused. Returns the transaction's length.
    fn check_limits(&self) -> Result<usize, MoveRefusal> {
        let signed = &self.transaction.signed;
        let bytes = signed.to_bytes().len();
        let refuse = |status: StatusCode, message: String| Err(status::refusal(status, message));
        if bytes > MAX_TRANSACTION_BYTES {
            return refuse(
                StatusCode::ExceededMaxTransactionSize,
                alloc::format!("{bytes} bytes, at most {MAX_TRANSACTION_BYTES} are allowed"),
            );
        }
        if signed.raw.max_gas_amount > MAX_GAS_UNITS {
            return refuse(
                StatusCode::MaxGasUnitsExceedsMaxGasUnitsBound,
                alloc::format!(
                    "{} gas units, at most {MAX_GAS_UNITS} are allowed",
                    signed.raw.max_gas_amount
                ),
            );
        }
        let price = signed.raw.gas_unit_price;
        if price < self.least_price() && !self.is_simulation {
            return refuse(
                StatusCode::GasUnitPriceBelowMinBound,
                alloc::format!(
                    "{price} octas, at least {} are needed now",
                    self.least_price()
                ),
            );
        }
        if price > MAX_GAS_PRICE {
            return refuse(
                StatusCode::GasUnitPriceAboveMaxBound,
                alloc::format!("{price} octas, at most {MAX_GAS_PRICE} are allowed"),
            );
        }
        Ok(bytes)
    }

    /// EVM gas that it may use.
    fn budget(&mut self) -> u64 {
        let asked = self.transaction.signed.raw.max_gas_amount;
        let asked = asked.saturating_mul(GAS_PER_UNIT);
        asked.min(self.bus.meter().remaining())
    }

    /// Octas that a gas unit costs at the block's base fee, at least.
    fn least_price(&self) -> u64 {
        least_price(self.bus.env().block.base_fee)
    }

    fn stop(&self, stop: Stop) -> MoveTransactError {
        match stop {
            Stop::Fault(fault) => fault.into(),
            Stop::Code(error) => status::of_prologue(&error).into(),
        }
    }

    fn prologue(&mut self) -> Result<(), MoveTransactError> {
        let raw = &self.transaction.signed.raw;
        let mut arguments = vec![self.transaction.sender.address.0.to_vec()];
        let mut function = "unified_prologue_v2";
        if let Some(payer) = &self.transaction.fee_payer {
            function = "unified_prologue_fee_payer_v2";
            arguments.push(payer.address.0.to_vec());
            arguments.push(key_option(&self.transaction.sender));
            arguments.push(key_option(payer));
        } else {
            arguments.push(key_option(&self.transaction.sender));
        }
        let mut replay = Vec::new();
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
        self.framework((VALIDATION, function), &arguments)
            .map_err(|stop| self.stop(stop))?;
        let Some(multisig) = raw.payload.multisig_address() else {
            return Ok(());
        };
        let sender = self.transaction.sender.address.0.to_vec();
        let arguments = [
            sender,
            multisig.0.to_vec(),
            bytes_of(&self.multisig_payload()),
        ];
        let function = (MULTISIG, "validate_multisig_transaction");
        self.framework(function, &arguments)
            .map_err(|stop| self.stop(stop))
    }

    fn framework(&mut self, function: (&str, &str), arguments: &[Vec<u8>]) -> Result<(), Stop> {
        self.vm
            .call_framework(self.bus, &mut self.context, function, arguments)
    }

    fn payload(&mut self, gas: &mut Gas) -> Result<(), Stop> {
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
    fn publish(&mut self, gas: &mut Gas) -> Result<(), Stop> {
        let Some(publication) = self.context.publication.take() else {
            return Ok(());
        };
        let mut known = Vec::new();
        for name in &publication.expected_modules {
            let id = ModuleId::new(publication.owner, name.as_str());
            if self.bus.journal().read(&module_key(&id))?.is_some() {
                known.push(id);
            }
        }
        let result = self
            .vm
            .run(self.bus, &mut self.context, gas, |session, gas| {
                publish::publish(session, &publication, |id| !known.contains(id), gas)
            });
        result?;
        match self.context.publication {
            None => Ok(()),
            Some(_) => Err(Stop::Code(
                VmError::new(StatusCode::FeatureUnderGating)
                    .with_message("init_module asked to publish modules"),
            )),
        }
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
    fn multisig(&mut self, account: Address, gas: &mut Gas) -> Result<(), Stop> {
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

    fn epilogue(&mut self, gas_units: u64) -> Result<(), MoveTransactError> {
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
        let result = self.framework((VALIDATION, "unified_epilogue_v2"), &arguments);
        match result {
            Ok(()) => {}
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            // The payload has spent what was to pay for it: a block must not contain that.
            Err(Stop::Code(error)) => return Err(status::of_prologue(&error).into()),
        }
        let mut statement = Vec::new();
        for amount in [gas_units, gas_units, 0, 0, 0] {
            statement.extend(amount.to_le_bytes());
        }
        let function = ("transaction_fee", "emit_fee_statement");
        self.framework(function, &[statement])
            .map_err(|stop| self.stop(stop))
    }
}

/// Charges what a transaction costs before it runs.
fn check_intrinsic(bytes: usize, gas: &mut Gas) -> Result<(), MoveRefusal> {
    gas.charge(prices::intrinsic(bytes)).map_err(|_| {
        let message = alloc::format!(
            "at least {} gas units are needed",
            prices::intrinsic(bytes).div_ceil(GAS_PER_UNIT)
        );
        let status = StatusCode::MaxGasUnitsBelowMinTransactionGasUnits;
        status::refusal(status, message)
    })
}

/// Octas that a gas unit costs at a base fee (wei for each EVM gas), at least.
pub fn least_price(base_fee: u64) -> u64 {
    let wei = u128::from(base_fee).saturating_mul(u128::from(GAS_PER_UNIT));
    let octas = wei.div_ceil(u128::from(lumio_types::OCTA_WEI));
    u64::try_from(octas).unwrap_or(u64::MAX).max(MIN_GAS_PRICE)
}

/// An `Option<vector<u8>>` with an authentication key.
fn key_option(signer: &MoveSigner) -> Vec<u8> {
    let mut bytes = Vec::new();
    match &signer.key {
        None => bytes.push(0),
        Some(key) => {
            bytes.push(1);
            put_bytes(&mut bytes, key);
        }
    }
    bytes
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
    let mut reader = lumio_move_engine::bcs::Reader::new(returned);
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

/// What natives tell of the transaction.
fn facts(transaction: &MoveTransaction, index: u32) -> TransactionFacts {
    let raw = &transaction.signed.raw;
    let call_facts = |call: &EntryFunction| EntryFunctionFacts {
        address: call.module.address,
        module: call.module.name.to_string(),
        function: call.function.to_string(),
        type_arguments: call.type_arguments.clone(),
        arguments: call.arguments.clone(),
    };
    let (mut entry_function, mut script_hash) = (None, Vec::new());
    match raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => entry_function = Some(call_facts(call)),
        ExecutableRef::Script(script) => script_hash = script.hash().to_vec(),
        ExecutableRef::Empty => {}
    }
    let multisig = raw.payload.multisig_address().map(|address| MultisigFacts {
        address,
        entry_function: entry_function.take(),
    });
    TransactionFacts {
        hash: transaction.hash.0,
        sender: Some(transaction.sender.address),
        secondary_signers: transaction.secondary.iter().map(|s| s.address).collect(),
        gas_payer: transaction.payer(),
        max_gas_amount: raw.max_gas_amount,
        gas_unit_price: raw.gas_unit_price,
        chain_id: raw.chain_id,
        script_hash,
        entry_function,
        multisig,
        index,
        is_unbiasable: false,
    }
}
