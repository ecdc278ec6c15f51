//! Message calls: what other VMs ask of the EVM, and system calls.

use crate::{
    Evm, TransactError,
    database::DbFault,
    machine::{PlainEvm, ethereum_evm, give_back},
    transact::transacted,
    workspace::Workspace,
};
use alloc::{boxed::Box, string::ToString};
use alloy_eips::eip4788::SYSTEM_ADDRESS;
use alloy_primitives::{Address, B256, Bytes};
use lumio_types::VmId;
use lumio_vm_bus::{Call, CallKind, Fault, Host, Outcome, Status, Vm};
use revm::{
    bytecode::Bytecode,
    context::TxEnv,
    context_interface::{
        journaled_state::JournalTr,
        result::{EVMError, HaltReason, InvalidTransaction},
    },
    handler::{EthFrame, FrameResult, Handler, MainnetHandler},
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, CreateInputs, CreateScheme, FrameInput,
        InstructionResult, SharedMemory, interpreter_action::FrameInit,
    },
};

/// How the frames of a message call are run.
pub(crate) type CallHandler<'h, 'v, 'p, I> =
    MainnetHandler<PlainEvm<'h, 'v, 'p, I>, EVMError<DbFault, InvalidTransaction>, EthFrame>;

/// Gas of a system call. It is not counted in the block.
pub const SYSTEM_CALL_GAS: u64 = 30_000_000;

impl Evm {
    /// Runs one message call without a transaction around it; `execute` runs its frames. Its value,
    /// if any, has been moved already.
    ///
    /// # Errors
    /// A fault of the host.
    pub(crate) fn message_call<'h, 'v, I>(
        &'h self,
        call: &Call,
        host: &'h mut (dyn Host<'v> + 'h),
        inspector: I,
        execute: impl FnOnce(
            &mut CallHandler<'h, 'v, 'h, I>,
            &mut PlainEvm<'h, 'v, 'h, I>,
            FrameInit,
        ) -> Result<FrameResult, EVMError<DbFault, InvalidTransaction>>,
    ) -> Result<Outcome, Fault> {
        let precompiles = self.precompiles();
        let origin = host.env().origin;
        let tx = TxEnv {
            caller: origin,
            gas_price: host.env().gas_price,
            ..TxEnv::default()
        };
        let depth = host.depth();
        let Workspace { frames, memory } = Workspace::take();
        let context = self.surroundings(memory).ethereum(tx, host, &precompiles);
        let fork = self.rules().ethereum_fork();
        let mut evm = ethereum_evm(context, inspector, fork, (precompiles, frames));
        let memory = SharedMemory::new_with_buffer(evm.ctx.local.shared_memory_buffer.clone());
        let frame_input = match call.kind {
            CallKind::Call => {
                let journal = &mut evm.ctx.journaled_state;
                FrameInput::Call(Box::new(call_inputs(call, journal)?))
            }
            CallKind::Create { salt } => FrameInput::Create(Box::new(CreateInputs::new(
                call.caller.evm_address(),
                CreateScheme::Create2 { salt: salt.into() },
                call.value_wei,
                call.input.clone(),
                call.gas,
                0,
            ))),
        };
        let frame = FrameInit {
            depth,
            memory,
            frame_input,
        };
        let result = execute(&mut CallHandler::default(), &mut evm, frame);
        evm.ctx.journaled_state.take_fault()?;
        give_back(evm);
        result
            .map(|frame| outcome(&frame, call.gas))
            .map_err(fault_of)
    }

    /// Calls a system contract at the start of a block. One that is not there
    /// does nothing.
    ///
    /// # Errors
    /// A fault of the host.
    pub fn system_call<'v>(
        &self,
        contract: Address,
        input: Bytes,
        host: &mut (dyn Host<'v> + '_),
    ) -> Result<Outcome, Fault> {
        let caller = SYSTEM_ADDRESS.into();
        let call = Call::new(VmId::Evm, caller, contract.into(), input, SYSTEM_CALL_GAS);
        self.run(&call, host)
    }
}

impl Vm for Evm {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        self.message_call(call, host, (), CallHandler::run_exec_loop)
    }
}

/// A call as revm has it.
fn call_inputs<J>(call: &Call, journal: &mut J) -> Result<CallInputs, Fault>
where
    J: JournalTr,
    <J::Database as revm::Database>::Error: Into<DbFault>,
{
    let target = call.target.evm_address();
    Ok(CallInputs {
        input: CallInput::Bytes(call.input.clone()),
        gas_limit: call.gas,
        target_address: target,
        bytecode_address: target,
        known_bytecode: code_behind(journal, target)?,
        caller: call.caller.evm_address(),
        value: CallValue::Apparent(call.value_wei),
        scheme: if call.is_static {
            CallScheme::StaticCall
        } else {
            CallScheme::Call
        },
        is_static: call.is_static,
        return_memory_offset: 0..0,
        reservoir: 0,
    })
}

/// The code that a call of an account runs: its own, or that of the account to
/// which it delegates (EIP-7702).
fn code_behind<J>(journal: &mut J, target: Address) -> Result<(B256, Bytecode), Fault>
where
    J: JournalTr,
    <J::Database as revm::Database>::Error: Into<DbFault>,
{
    let mut load = |address| -> Result<_, Fault> {
        let account = journal
            .load_account_with_code(address)
            .map_err(|e| e.into().0)?;
        let info = &account.data.info;
        Ok((info.code_hash(), info.code.clone().unwrap_or_default()))
    };
    let own = load(target)?;
    match own.1.eip7702_address() {
        None => Ok(own),
        Some(delegate) => load(delegate),
    }
}

fn outcome(frame: &FrameResult, given: u64) -> Outcome {
    let result = frame.interpreter_result();
    let status = match result.result {
        ok if ok.is_ok() => Status::Success,
        revert if revert.is_revert() => Status::Revert,
        InstructionResult::OutOfGas
        | InstructionResult::MemoryOOG
        | InstructionResult::MemoryLimitOOG
        | InstructionResult::PrecompileOOG
        | InstructionResult::InvalidOperandOOG
        | InstructionResult::ReentrancySentryOOG => Status::OutOfGas,
        _ => Status::Halt,
    };
    let output = match frame {
        // What a creation gives is the new contract's account.
        FrameResult::Create(created) if status == Status::Success => created
            .address
            .map(|address| Bytes::from(address.into_word().0))
            .unwrap_or_default(),
        FrameResult::Create(_) | FrameResult::Call(_) => result.output.clone(),
    };
    Outcome {
        status,
        output,
        gas_used: given.saturating_sub(result.gas.remaining()),
        gas_refund: result.gas.refunded(),
    }
}

fn fault_of(error: EVMError<DbFault, InvalidTransaction>) -> Fault {
    match transacted::<HaltReason, _>(Err(error)) {
        Err(TransactError::Fault(fault)) => fault,
        Err(TransactError::Invalid(error)) => Fault::Bug(error.to_string()),
        Ok(_) => Fault::Bug("an error came out as a result".into()),
    }
}
