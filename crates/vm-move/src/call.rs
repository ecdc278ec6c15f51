//! Calls of Move functions by other VMs.
//!
//! The call's target is the module's account; its input names the module and the function, and
//! brings type arguments and arguments. Its caller is the signer, if the function takes one.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{B256, Bytes};
use alloy_sol_types::SolError;
use lumio_move_engine::{
    Address, Callable, EntryArguments, Gas, Location, ModuleId, MoveValue, Session, StatusCode,
    TypeTag, VmError, is_identifier,
};
use lumio_state::Journal;
use lumio_types::{AccountId, EvmForm, VmId};
use lumio_vm_bus::{
    Call, CallKind, Fault, Host, Meter, Outcome, Status, Vm, account_of,
    message::{MoveAbort, MoveCall, MoveFailure, reason_of},
};

use crate::{
    Context, MoveVm, TransactionFacts,
    abi::{Form, ReadError, encoded_size, read_values, write_values},
    codes::Loaded,
    machine::Stop,
    status,
};

/// Gas of a call, besides what the function does: to find it, to read arguments, to write results.
const BASE_GAS: u64 = 3_000;
/// Gas of each byte of the arguments and of the results.
const BYTE_GAS: u64 = 2;
/// Gas of each byte of the results, which are decoded and encoded one by one: a `bool` is a word.
const RESULT_BYTE_GAS: u64 = 6;
/// Gas of each module that waits for the call: the session has to know it.
const WAITING_GAS: u64 = 200;

/// `ECALL_FAILED` of `0x1::evm` and of `0x1::svm`, with its category.
const CALL_FAILED: u64 = 0x7_0001;
/// As much of a reason as an abort may say, in bytes.
const REASON_MAX: usize = 900;

/// The name of a module that waits for a call: its address, then its own name.
pub(crate) fn waiting_name(module: &ModuleId) -> Bytes {
    let mut name = Vec::from(module.address.0);
    name.extend(module.name.as_bytes());
    name.into()
}

/// The modules that wait for a call, and whether they may be entered.
fn waiting_modules<'v>(host: &dyn Host<'v>) -> Vec<(ModuleId, bool)> {
    let waiting = host
        .waiting()
        .iter()
        .filter(|waiting| waiting.vm == VmId::Move);
    waiting
        .filter_map(|waiting| {
            let (address, name) = waiting.name.split_first_chunk::<32>()?;
            let name = core::str::from_utf8(name).ok()?;
            Some((ModuleId::new(Address(*address), name), waiting.is_locked))
        })
        .collect()
}

/// A call, read as far as it can be without looking at the function.
struct Asked<'c> {
    caller: Address,
    named: Named,
    /// In Solidity's ABI.
    arguments: &'c [u8],
}

/// A function by name, with its type arguments.
struct Named {
    module: ModuleId,
    function: String,
    type_arguments: Vec<TypeTag>,
}

impl Named {
    fn of(call: &Call, message: &MoveCall) -> Result<Self, String> {
        for name in [&message.module, &message.function] {
            if !is_identifier(name, false) {
                return Err(format!("{name:?} is not a name of Move"));
            }
        }
        let mut type_arguments = Vec::new();
        for text in &message.typeArguments {
            let tag = text.parse::<TypeTag>();
            type_arguments
                .push(tag.map_err(|error| shortened(&format!("a type argument: {error}")))?);
        }
        Ok(Self {
            module: ModuleId::new(Address(call.target.0.0), message.module.as_str()),
            function: message.function.clone(),
            type_arguments,
        })
    }

    fn find(&self, vm: &MoveVm, session: &mut Session<'_>) -> Result<Callable, VmError> {
        let (module, function) = (&self.module, &self.function);
        let callable =
            session.callable(module, function, &self.type_arguments, vm.constructors())?;
        if callable.signers > 1 {
            let message = format!("{module}::{function} takes more than one signer");
            let status = StatusCode::NumberOfSignerArgumentsMismatch;
            return Err(VmError::new(status).with_message(message));
        }
        Ok(callable)
    }
}

impl Vm for MoveVm {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        if call.kind != CallKind::Call {
            return Ok(Outcome::refusal("only the EVM makes contracts by calls"));
        }
        if !call.value_wei.is_zero() {
            return Ok(Outcome::refusal(
                "a Move function takes no value: pay with 0x1::native_coin",
            ));
        }
        let read = MoveCall::from_input(&call.input);
        let named = read.and_then(|message| Ok((Named::of(call, &message)?, message)));
        let (named, message) = match named {
            Ok(named) => named,
            Err(reason) => return Ok(Outcome::refusal(&reason)),
        };
        let env = host.env();
        let origin = Address(AccountId::from_evm(env.origin).0.0);
        let mut context = Context::new(TransactionFacts {
            hash: env.transaction_hash.0,
            sender: Some(origin),
            gas_payer: origin,
            chain_id: self.chain_id(),
            ..TransactionFacts::default()
        });
        context.take_counters(host.journal());
        let checkpoint = host.journal().checkpoint();
        let mut gas = Gas::new(call.gas);
        let asked = Asked {
            caller: Address(call.caller.0.0),
            named,
            arguments: &message.arguments,
        };
        let result = self.call_named(&asked, host, &mut context, &mut gas);
        let mut outcome = match result {
            Ok(output) => Outcome {
                status: Status::Success,
                output: output.into(),
                gas_used: 0,
                gas_refund: context.refund(),
            },
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::Code(error)) => failed(host, &error)?,
        };
        if outcome.is_success() {
            context.leave_counters(host.journal());
            if call.is_static && host.journal_ref().changed_since(checkpoint) {
                let Named {
                    module, function, ..
                } = &asked.named;
                let reason = format!("{module}::{function} wrote in a static call");
                outcome = Outcome::refusal(&reason);
            }
        }
        outcome.gas_used = call.gas.saturating_sub(gas.left());
        Ok(outcome)
    }
}

impl MoveVm {
    fn call_named<'v>(
        &self,
        asked: &Asked<'_>,
        host: &mut dyn Host<'v>,
        context: &mut Context,
        gas: &mut Gas,
    ) -> Result<Vec<u8>, Stop> {
        let waiting = host.waiting().len() as u64;
        let bytes = asked.arguments.len() as u64;
        let price = BASE_GAS
            .saturating_add(BYTE_GAS.saturating_mul(bytes))
            .saturating_add(WAITING_GAS.saturating_mul(waiting));
        gas.charge(price).map_err(Stop::Code)?;
        let waiting = waiting_modules(host);
        let values = self.with_code(host, |host, loaded| {
            self.call_loaded(asked, &waiting, loaded, host, context, gas)
        })?;
        self.publish_asked(host, context, !waiting.is_empty(), gas)?;
        write_values(&values).map_err(|why| Stop::Code(cannot_return(why)))
    }

    /// Finds the function, gives it its arguments, and returns its values.
    fn call_loaded<'v>(
        &self,
        asked: &Asked<'_>,
        waiting: &[(ModuleId, bool)],
        loaded: &mut Loaded,
        host: &mut dyn Host<'v>,
        context: &mut Context,
        gas: &mut Gas,
    ) -> Result<Vec<(Form, MoveValue)>, Stop> {
        // What it takes has to be known before its arguments can be read, and those name accounts
        // that only the chain knows.
        let named = &asked.named;
        let callable = self.run_with(loaded, host, context, gas, |session, _| {
            named.find(self, session)
        })?;
        let forms: Vec<Form> = callable.parameters.iter().map(Form::of_givable).collect();
        let mut fault = None;
        let read = read_values(&forms, asked.arguments, &mut |word| {
            account_behind(host.journal(), word).map_err(|error| {
                fault = Some(error);
                StatusCode::StorageError.into()
            })
        });
        if let Some(fault) = fault {
            return Err(Stop::Fault(fault));
        }
        let arguments = read.map_err(|error| {
            Stop::Code(match error {
                ReadError::Vm(error) => error,
                ReadError::Bad(why) => VmError::new(StatusCode::FailedToDeserializeArgument)
                    .with_message(format!("the arguments of {}: {why}", named.function)),
            })
        })?;
        self.run_with(loaded, host, context, gas, |session, gas| {
            session.wait_for(waiting)?;
            let given = EntryArguments {
                signers: &[asked.caller],
                arguments: &arguments,
                constructors: self.constructors(),
            };
            let returned = session.call_callable(&callable, given, gas)?;
            let mut values = Vec::new();
            for (ty, bcs) in returned.types.iter().zip(&returned.values) {
                let tag = session.code().tag(*ty)?;
                let layout = session.layout(&tag)?;
                let form = Form::of_layout(&layout).map_err(cannot_return)?;
                // A few bytes there may be many here.
                gas.charge(RESULT_BYTE_GAS.saturating_mul(encoded_size(&form, bcs)?))?;
                values.push((form, session.decode(&tag, bcs)?));
            }
            Ok(values)
        })
    }

    /// Runs the calls that a transaction has queued since it had so many logs. If one fails, so does
    /// the transaction.
    pub(crate) fn run_queue<'v>(
        &self,
        host: &mut dyn Host<'v>,
        context: &mut Context,
        first_log: usize,
        gas: &mut Gas,
    ) -> Result<(), Stop> {
        // Most transactions queue nothing.
        if host.journal_ref().logs().len() == first_log {
            return Ok(());
        }
        context.leave_counters(host.journal());
        *host.meter() = Meter::new(gas.left());
        let failed = host.run_queue(first_log)?;
        context.take_counters(host.journal());
        let used = host.meter().used();
        gas.charge(used).map_err(Stop::Code)?;
        match failed {
            None => Ok(()),
            Some(outcome) if outcome.status == Status::OutOfGas => {
                Err(Stop::Code(StatusCode::OutOfGas.into()))
            }
            Some(outcome) => Err(Stop::Code(call_failed("evm", &outcome))),
        }
    }

    /// Publishes what the function has asked for.
    fn publish_asked<'v>(
        &self,
        host: &mut dyn Host<'v>,
        context: &mut Context,
        is_inner: bool,
        gas: &mut Gas,
    ) -> Result<(), Stop> {
        if context.publication.is_none() {
            return Ok(());
        }
        if is_inner {
            let error = VmError::new(StatusCode::FeatureUnderGating);
            return Err(Stop::Code(error.with_message(
                "modules cannot be published while other modules wait for the call",
            )));
        }
        self.publish_requested(host, context, gas)
    }
}

/// The abort of `0x1::evm` or `0x1::svm` that stands for a call of another VM that failed.
pub(crate) fn call_failed(module: &str, outcome: &Outcome) -> VmError {
    let why = match outcome.status {
        Status::OutOfGas => "the call ran out of gas".into(),
        Status::Halt if outcome.output.is_empty() => "the call broke a rule of the EVM".into(),
        Status::Success | Status::Revert | Status::Halt => reason_of(&outcome.output),
    };
    let why = shortened(&why);
    VmError::abort(CALL_FAILED)
        .with_message(why)
        .in_location(Location::Module(ModuleId::new(Address::ONE, module)))
}

/// What an abort may say of a long reason: how it begins, and its end, where the first cause is.
fn shortened(why: &str) -> String {
    if why.len() <= REASON_MAX {
        return why.into();
    }
    let boundary = |at: usize| (at..why.len()).find(|at| why.is_char_boundary(*at));
    let head = boundary(REASON_MAX / 4).and_then(|at| why.get(..at));
    let tail = boundary(why.len().saturating_sub(REASON_MAX / 2)).and_then(|at| why.get(at..));
    format!(
        "{} … {}",
        head.unwrap_or_default(),
        tail.unwrap_or_default()
    )
}

fn cannot_return(why: String) -> VmError {
    VmError::new(StatusCode::InvalidMainFunctionSignature).with_message(why)
}

/// The account that a word names: it may be the EVM address of a longer one.
pub(crate) fn account_behind(journal: &mut Journal<'_>, word: B256) -> Result<B256, Fault> {
    match AccountId(word).evm_form() {
        EvmForm::Padded(address) => Ok(account_of(journal, address)?.0),
        EvmForm::Alias(_) => Ok(word),
    }
}

/// How a function failed, as data of a revert.
fn failed<'v>(host: &mut dyn Host<'v>, error: &VmError) -> Result<Outcome, Fault> {
    let details = error.details();
    let text = status::of_failure(host, error)?;
    let data = match (error.status(), &details.location) {
        (StatusCode::OutOfGas, _) => {
            return Ok(Outcome {
                status: Status::OutOfGas,
                ..Outcome::revert(Bytes::new(), 0)
            });
        }
        (StatusCode::Aborted, location) => {
            let (module, name) = match location {
                Location::Module(id) => (B256::from(id.address.0), id.name.to_string()),
                Location::Script | Location::Undefined => (B256::ZERO, String::new()),
            };
            MoveAbort {
                module,
                name,
                code: details.sub_status.unwrap_or_default(),
                message: text,
            }
            .abi_encode()
        }
        (_, Location::Undefined) => {
            let message = details.message.clone();
            let reason = message.map_or_else(
                || error.status().name().into(),
                |message| format!("{}: {message}", error.status().name()),
            );
            return Ok(Outcome::refusal(&reason));
        }
        (status, _) => MoveFailure {
            status: status.name().into(),
            message: match &details.message {
                Some(why) => format!("{text}: {why}"),
                None => text,
            },
        }
        .abi_encode(),
    };
    Ok(Outcome::revert(data, 0))
}
