//! The EVM behind the seam: whole transactions, and calls from other VMs.

use crate::{
    BlockHashes, CodeCache, EvmTransaction, Gateway, Invalid, Rules,
    context::{EthContext, OpContext, Surroundings},
    database::DbFault,
    precompiles::Precompiles,
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use alloy_primitives::{Address, Bytes, U256};
use lumio_vm_bus::{Call, Fault, Host, Outcome, Status, Vm};
use op_revm::{OpEvm, OpTransactionError, handler::OpHandler};
use revm::{
    bytecode::Bytecode,
    context::{Evm as Revm, FrameStack, TxEnv},
    context_interface::{
        journaled_state::JournalTr,
        result::{EVMError, ExecutionResult, HaltReason, InvalidTransaction},
    },
    handler::{EthFrame, FrameResult, Handler, MainnetHandler, instructions::EthInstructions},
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, FrameInput, InstructionResult, SharedMemory,
        interpreter::EthInterpreter, interpreter_action::FrameInit,
    },
};

/// Who calls system contracts at the start of a block (EIP-4788, EIP-2935).
pub const SYSTEM_ADDRESS: Address =
    alloy_primitives::address!("fffffffffffffffffffffffffffffffffffffffe");

/// Gas of a system call. It is not counted in the block.
pub const SYSTEM_CALL_GAS: u64 = 30_000_000;

/// Which of the checks on a transaction are made. A block makes all of them;
/// a simulation leaves some out, as geth does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The nonce is the sender's next.
    pub nonce: bool,
    /// The sender can pay for gas and value.
    pub balance: bool,
    /// Gas limits of block and transaction.
    pub gas_limit: bool,
    /// The sender is no contract (EIP-3607).
    pub sender_without_code: bool,
    /// The fee cap covers the base fee.
    pub base_fee: bool,
    /// Fees are taken from the sender and given to their recipients.
    pub fees: bool,
}

impl Checks {
    /// As in a block.
    pub const ALL: Self = Self {
        nonce: true,
        balance: true,
        gas_limit: true,
        sender_without_code: true,
        base_fee: true,
        fees: true,
    };
}

/// A transaction that ran, whether its effects stand or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transacted {
    /// How it ended.
    pub status: Status,
    /// Gas that it used after refunds.
    pub gas_used: u64,
    /// Gas that was refunded.
    pub gas_refunded: u64,
    /// What it returned, or the data of its revert.
    pub output: Bytes,
    /// The contract that it created.
    pub created: Option<Address>,
    /// Why it halted.
    pub halt: Option<String>,
}

/// A transaction that did not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactError {
    /// No block may contain it.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The machinery failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The EVM. Holds its rules and a cache of analysed code, no state.
#[derive(Clone, Debug)]
pub struct Evm {
    rules: Rules,
    codes: Arc<CodeCache>,
    block_hashes: BlockHashes,
    checks: Checks,
    gateways: Vec<Gateway>,
}

impl Evm {
    /// An EVM for blocks, which makes all checks.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            codes: Arc::default(),
            block_hashes: BlockHashes::default(),
            checks: Checks::ALL,
            gateways: Vec::new(),
        }
    }

    /// The same with other checks, for simulations. Shares the code cache.
    #[must_use]
    pub fn with_checks(&self, checks: Checks) -> Self {
        Self {
            checks,
            ..self.clone()
        }
    }

    /// The same with another source of block hashes.
    #[must_use]
    pub fn with_block_hashes(self, block_hashes: BlockHashes) -> Self {
        Self {
            block_hashes,
            ..self
        }
    }

    /// The same with addresses that lead to other VMs.
    #[must_use]
    pub fn with_gateways(self, gateways: Vec<Gateway>) -> Self {
        Self { gateways, ..self }
    }

    /// The rules that it follows.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            rules: self.rules,
            codes: &self.codes,
            block_hashes: self.block_hashes,
            checks: self.checks,
        }
    }

    pub(crate) fn precompiles(&self) -> Precompiles<'_> {
        Precompiles::new(self.rules, &self.gateways)
    }

    /// Runs a whole transaction: checks, fees, nonce, execution, refund. The
    /// changes stay in the host's journal.
    ///
    /// # Errors
    /// [`TransactError::Invalid`] leaves the journal as it was.
    pub fn transact<'h, 'v>(
        &'h self,
        transaction: EvmTransaction,
        host: &'h mut (dyn Host<'v> + 'h),
    ) -> Result<Transacted, TransactError> {
        let precompiles = self.precompiles();
        match self.rules {
            Rules::Optimism(fork) => {
                let context = self
                    .surroundings()
                    .optimism(fork, transaction, host, &precompiles);
                let mut evm = optimism_evm(context, (), precompiles);
                let result =
                    OpHandler::<_, EVMError<DbFault, OpTransactionError>, _>::new().run(&mut evm);
                evm.0.ctx.journaled_state.take_fault()?;
                transacted(result)
            }
            Rules::Ethereum(fork) => {
                let context = self
                    .surroundings()
                    .ethereum(transaction.base, host, &precompiles);
                let mut evm = ethereum_evm(context, fork, precompiles);
                let result =
                    MainnetHandler::<_, EVMError<DbFault, InvalidTransaction>, _>::default()
                        .run(&mut evm);
                evm.ctx.journaled_state.take_fault()?;
                transacted(result)
            }
        }
    }

    /// Runs one message call without a transaction around it. Its value, if
    /// any, has been moved already.
    ///
    /// # Errors
    /// A fault of the host.
    fn message_call<'h, 'v>(
        &'h self,
        call: &Call,
        host: &'h mut (dyn Host<'v> + 'h),
    ) -> Result<Outcome, Fault> {
        let precompiles = self.precompiles();
        let origin = host.env().origin;
        let tx = TxEnv {
            caller: origin,
            gas_price: host.env().gas_price,
            ..TxEnv::default()
        };
        let depth = host.depth();
        let context = self.surroundings().ethereum(tx, host, &precompiles);
        let mut evm = ethereum_evm(context, self.rules.ethereum_fork(), precompiles);
        let target = call.target.evm_address();
        let known_bytecode = code_behind(&mut evm.ctx.journaled_state, target)?;
        let memory = SharedMemory::new_with_buffer(evm.ctx.local.shared_memory_buffer.clone());
        let inputs = CallInputs {
            input: CallInput::Bytes(call.input.clone()),
            gas_limit: call.gas,
            target_address: target,
            bytecode_address: target,
            known_bytecode,
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
        };
        let frame = FrameInit {
            depth,
            memory,
            frame_input: FrameInput::Call(Box::new(inputs)),
        };
        let result = MainnetHandler::<_, EVMError<DbFault, InvalidTransaction>, _>::default()
            .run_exec_loop(&mut evm, frame);
        evm.ctx.journaled_state.take_fault()?;
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
        let call = Call {
            vm: lumio_types::VmId::Evm,
            caller: SYSTEM_ADDRESS.into(),
            target: contract.into(),
            value_wei: U256::ZERO,
            input,
            gas: SYSTEM_CALL_GAS,
            is_static: false,
        };
        self.run(&call, host)
    }
}

impl Vm for Evm {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        self.message_call(call, host)
    }
}

pub(crate) fn optimism_evm<'h, 'v, 'p, I>(
    context: OpContext<'h, 'v>,
    inspector: I,
    precompiles: Precompiles<'p>,
) -> OpEvm<OpContext<'h, 'v>, I, EthInstructions<EthInterpreter, OpContext<'h, 'v>>, Precompiles<'p>>
{
    let fork = context.cfg.spec.into_eth_spec();
    OpEvm(Revm {
        ctx: context,
        inspector,
        instruction: EthInstructions::new_mainnet_with_spec(fork),
        precompiles,
        frame_stack: FrameStack::new(),
    })
}

type PlainEvm<'h, 'v, 'p> = Revm<
    EthContext<'h, 'v>,
    (),
    EthInstructions<EthInterpreter, EthContext<'h, 'v>>,
    Precompiles<'p>,
    EthFrame<EthInterpreter>,
>;

fn ethereum_evm<'h, 'v, 'p>(
    context: EthContext<'h, 'v>,
    fork: revm::primitives::hardfork::SpecId,
    precompiles: Precompiles<'p>,
) -> PlainEvm<'h, 'v, 'p> {
    Revm {
        ctx: context,
        inspector: (),
        instruction: EthInstructions::new_mainnet_with_spec(fork),
        precompiles,
        frame_stack: FrameStack::new(),
    }
}

/// The code that a call of an account runs: its own, or that of the account to
/// which it delegates (EIP-7702).
fn code_behind<J>(
    journal: &mut J,
    target: Address,
) -> Result<(alloy_primitives::B256, Bytecode), Fault>
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
    Outcome {
        status,
        output: result.output.clone(),
        gas_used: given.saturating_sub(result.gas.remaining()),
        gas_refund: result.gas.refunded(),
    }
}

pub(crate) fn transacted<H, T>(
    result: Result<ExecutionResult<H>, EVMError<DbFault, T>>,
) -> Result<Transacted, TransactError>
where
    H: HaltName,
    Invalid: From<T>,
{
    let result = match result {
        Ok(result) => result,
        Err(EVMError::Transaction(error)) => {
            return Err(TransactError::Invalid(Invalid::from(error)));
        }
        Err(EVMError::Database(fault)) => return Err(fault.0.into()),
        Err(EVMError::Header(error)) => return Err(Fault::Bug(format!("header: {error}")).into()),
        Err(EVMError::Custom(error)) => return Err(Fault::Bug(error).into()),
        Err(EVMError::CustomAny(error)) => return Err(Fault::Bug(error.to_string()).into()),
    };
    let gas = *result.gas();
    let (status, output, created, halt) = match result {
        ExecutionResult::Success { output, .. } => {
            let created = output.address().copied();
            (Status::Success, output.into_data(), created, None)
        }
        ExecutionResult::Revert { output, .. } => (Status::Revert, output, None, None),
        ExecutionResult::Halt { reason, .. } => {
            let (status, name) = reason.name();
            (status, Bytes::new(), None, Some(name))
        }
    };
    Ok(Transacted {
        status,
        gas_used: gas.tx_gas_used(),
        gas_refunded: gas.final_refunded(),
        output,
        created,
        halt,
    })
}

fn fault_of(error: EVMError<DbFault, InvalidTransaction>) -> Fault {
    match transacted::<HaltReason, _>(Err(error)) {
        Err(TransactError::Fault(fault)) => fault,
        Err(TransactError::Invalid(error)) => Fault::Bug(error.to_string()),
        Ok(_) => Fault::Bug("an error came out as a result".into()),
    }
}

/// Halt reasons, by the names that clients know.
pub(crate) trait HaltName {
    fn name(&self) -> (Status, String);
}

impl HaltName for HaltReason {
    fn name(&self) -> (Status, String) {
        match self {
            Self::OutOfGas(_) => (Status::OutOfGas, "out of gas".into()),
            Self::OpcodeNotFound | Self::NotActivated => (Status::Halt, "invalid opcode".into()),
            Self::InvalidFEOpcode => (Status::Halt, "invalid opcode: INVALID".into()),
            Self::InvalidJump => (Status::Halt, "invalid jump destination".into()),
            Self::StackUnderflow => (Status::Halt, "stack underflow".into()),
            Self::StackOverflow => (Status::Halt, "stack limit reached 1024 (1023)".into()),
            Self::OutOfOffset => (Status::Halt, "return data out of bounds".into()),
            Self::CreateCollision => (Status::Halt, "contract address collision".into()),
            Self::NonceOverflow => (Status::Halt, "nonce uint64 overflow".into()),
            Self::CreateContractSizeLimit => (Status::Halt, "max code size exceeded".into()),
            Self::CreateContractStartingWithEF => (
                Status::Halt,
                "invalid code: must not begin with 0xef".into(),
            ),
            Self::StateChangeDuringStaticCall | Self::CallNotAllowedInsideStatic => {
                (Status::Halt, "write protection".into())
            }
            Self::CallTooDeep => (Status::Halt, "max call depth exceeded".into()),
            Self::OutOfFunds => (Status::Halt, "insufficient balance for transfer".into()),
            other => (Status::Halt, format!("{other:?}")),
        }
    }
}

impl HaltName for op_revm::OpHaltReason {
    fn name(&self) -> (Status, String) {
        match self {
            Self::Base(reason) => reason.name(),
            Self::FailedDeposit => (Status::Halt, "the deposit failed".into()),
        }
    }
}
