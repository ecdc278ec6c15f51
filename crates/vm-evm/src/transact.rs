//! Whole transactions, under the OP stack's rules or Ethereum's.

use crate::{
    Evm, EvmTransaction, Invalid, Rules,
    database::DbFault,
    halt::HaltName,
    machine::{ethereum_evm, give_back, optimism_evm},
    queue,
    workspace::Workspace,
};
use alloc::{
    format,
    string::{String, ToString},
};
use alloy_primitives::{Address, Bytes};
use lumio_vm_bus::{Fault, Host, Status};
use op_revm::{OpTransactionError, handler::OpHandler};
use revm::{
    context_interface::result::{EVMError, ExecutionResult, InvalidTransaction},
    handler::{Handler, MainnetHandler},
};

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

impl Evm {
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
        let Workspace { frames, memory } = Workspace::take();
        let surroundings = self.surroundings(memory);
        match self.rules() {
            Rules::Optimism(fork) => {
                let context = surroundings.optimism(fork, transaction, host, &precompiles)?;
                let mut evm = optimism_evm(context, (), (precompiles, frames));
                let mut handler = OpHandler::<_, EVMError<DbFault, OpTransactionError>, _>::new();
                let result = queue::run(&mut handler, &mut evm, OpHandler::execution, |_, _| ());
                evm.0.ctx.journaled_state.take_fault()?;
                give_back(evm.0);
                transacted(result)
            }
            Rules::Ethereum(fork) => {
                let context = surroundings.ethereum(transaction.base, host, &precompiles);
                let mut evm = ethereum_evm(context, (), fork, (precompiles, frames));
                let result =
                    MainnetHandler::<_, EVMError<DbFault, InvalidTransaction>, _>::default()
                        .run(&mut evm);
                evm.ctx.journaled_state.take_fault()?;
                give_back(evm);
                transacted(result)
            }
        }
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
