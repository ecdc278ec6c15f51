//! Move transactions on their way into a block.

use crate::{
    aptos::{AptosBackend, Result, carrier::carrier, internal, of_eth, show::foreign},
    backend::Refusal,
    pool::{PoolError, carried_move},
};
use lumio_move_engine::StatusCode;
use lumio_move_transaction::{Hash, SignedTransaction};
use lumio_rpc::{
    aptos::{BackendError, GasEstimate, Pending, Pool, SimulateRequest, SubmitError, Transaction},
    eth::ChainReader as _,
};
use lumio_types::MoveTransaction;
use lumio_vm_move::least_price;
use std::sync::Arc;

impl Pool for AptosBackend {
    fn submit(&self, transaction: SignedTransaction) -> std::result::Result<Hash, SubmitError> {
        let inner =
            MoveTransaction::verified(transaction).map_err(|error| unsigned(&error.to_string()))?;
        let hash = inner.hash.0;
        let gas_limit = self.node.settings.read().gas_limit;
        let carrier = carrier(inner, self.node.chain_id(), gas_limit);
        match self.node.admit(carrier) {
            // Nobody waits for its block here: clients ask again.
            Ok(_) | Err(Refusal::Pool(PoolError::AlreadyKnown)) => Ok(hash),
            Err(Refusal::Pool(error)) => Err(of_pool(&error)),
            Err(Refusal::Move(refusal)) => Err(SubmitError::Invalid {
                name: refusal.status.name.into(),
                code: refusal.status.number,
            }),
            Err(Refusal::Node(error)) => Err(of_eth(error).into()),
            Err(Refusal::Solana(error)) => Err(internal(error).into()),
        }
    }

    fn pending(&self, hash: Hash) -> Option<Pending> {
        let (transaction, _) = self.node.pool.get(hash.into())?;
        Some(match carried_move(&transaction) {
            Some(inner) => Pending::Move(Arc::new(inner.signed.clone())),
            None => Pending::Foreign(foreign(&transaction, None)),
        })
    }

    fn gas_estimate(&self) -> Result<GasEstimate> {
        let base_fee = self.node.next_base_fee().map_err(of_eth)?;
        let dearest = self.node.market.dearest_of_move();
        let dearest = u64::try_from(dearest).unwrap_or(u64::MAX);
        Ok(GasEstimate {
            deprioritized: least_price(base_fee),
            // Enough for thirty full blocks on the way.
            normal: least_price(base_fee.saturating_add(base_fee / 8)),
            // Enough for whatever it writes.
            prioritized: least_price(base_fee.saturating_add(dearest.max(base_fee / 2))),
        })
    }

    fn simulate(&self, request: SimulateRequest) -> Result<Transaction> {
        self.try_out(request)
    }
}

fn invalid(status: StatusCode) -> SubmitError {
    SubmitError::Invalid {
        name: status.name().into(),
        code: status.number(),
    }
}

fn unsigned(error: &str) -> SubmitError {
    tracing::debug!(error, "a Move transaction that its accounts did not sign");
    invalid(StatusCode::InvalidSignature)
}

fn of_pool(error: &PoolError) -> SubmitError {
    match error {
        PoolError::NonceTooLow { .. } => invalid(StatusCode::SequenceNumberTooOld),
        PoolError::InsufficientFunds { .. } | PoolError::InsufficientFundsQueued { .. } => {
            invalid(StatusCode::InsufficientBalanceForTransactionFee)
        }
        PoolError::Oversized { .. } => invalid(StatusCode::ExceededMaxTransactionSize),
        PoolError::ReplacementUnderpriced => SubmitError::InvalidUpdate(
            "Transaction already in mempool with a different payload, and its gas unit price is not lower"
                .into(),
        ),
        PoolError::Full | PoolError::AccountLimit | PoolError::Underpriced => {
            SubmitError::PoolFull(format!("Mempool is full: {error}"))
        }
        error if error.is_internal() => internal(error).into(),
        error => BackendError::InvalidInput(error.to_string()).into(),
    }
}
