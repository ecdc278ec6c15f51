//! Transactions on their way into a block.

use crate::{
    backend::{NodeBackend, Result},
    pool::PoolError,
    producer::ProducerGone,
    state::internal,
};
use alloy_primitives::{Address, B256, Bytes};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::{ExecuteError, MoveRefusal, SvmTransactError};
use lumio_move_engine::StatusCode;
use lumio_rpc::eth::{
    BackendError, ChainEvent, Pool, PoolContent, PoolTransaction, StateReader, Submission,
};
use lumio_types::{Carried, MoveTransaction, SolanaTransaction, Transaction};
use std::sync::Arc;

impl NodeBackend {
    /// Puts a transaction into the pool and wakes the producer.
    pub(crate) fn admit(
        &self,
        transaction: Transaction,
    ) -> std::result::Result<Submission, Refusal> {
        match transaction.carried() {
            Some(Carried::Move(inner)) => self.validate_move(inner)?,
            Some(Carried::Solana(inner)) => self.validate_solana(inner)?,
            None => {}
        }
        let hash = transaction.hash();
        // Before it is added: a refusal that comes after is a new one.
        self.waiting.forget(hash);
        let added = self.pool.add(Arc::new(transaction), &*self.chain)?;
        let executable = !added.executable.is_empty();
        for transaction in added.executable {
            self.chain.announce(ChainEvent::Pending(transaction));
        }
        let at_once = self.settings.read().schedule.at_once;
        let committed = (at_once && executable).then(|| self.waiting.wait(hash));
        if committed.is_some() {
            self.producer.wake()?;
        }
        Ok(Submission { hash, committed })
    }

    /// Signs a request or impersonates, and puts it into the pool.
    pub(crate) fn submit(&self, request: TransactionRequest) -> Result<Submission> {
        let transaction = self.signed_or_impersonated(request)?;
        Ok(self.admit(transaction)?)
    }

    /// Whether a Move transaction could be in the next block, or in one after others of its
    /// account.
    fn validate_move(&self, inner: &MoveTransaction) -> std::result::Result<(), Refusal> {
        let snapshot = self.chain.snapshot();
        let (state, block) = (snapshot.latest_state(), self.context_on(&snapshot)?);
        match self.chain.executor().validate_move(&state, &block, inner) {
            Ok(()) => Ok(()),
            Err(ExecuteError::Move(refusal)) if refusal.status == TOO_NEW.into() => Ok(()),
            Err(ExecuteError::Move(refusal)) => Err(Refusal::Move(refusal)),
            Err(error) => Err(Refusal::Node(internal(error))),
        }
    }

    /// Whether a Solana transaction could be in the next block.
    fn validate_solana(&self, inner: &SolanaTransaction) -> std::result::Result<(), Refusal> {
        let snapshot = self.chain.snapshot();
        let (state, block) = (snapshot.latest_state(), self.context_on(&snapshot)?);
        let executor = self.chain.executor();
        match executor.validate_solana(&state, &block, inner) {
            Ok(()) => Ok(()),
            Err(ExecuteError::Solana(refusal)) => Err(Refusal::Solana(refusal)),
            Err(error) => Err(Refusal::Node(internal(error))),
        }
    }
}

/// Waits until a transaction is in a block, where blocks are sealed at once.
pub(crate) fn committed(submission: Submission) -> Result<B256> {
    if let Some(committed) = submission.committed {
        committed
            .blocking_recv()
            .map_err(|_| BackendError::Internal("block production has stopped".into()))??;
    }
    Ok(submission.hash)
}

/// Of a transaction that waits for others of its account.
const TOO_NEW: StatusCode = StatusCode::SequenceNumberTooNew;

/// Why a transaction does not get into the pool.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The pool has no place for it.
    Pool(PoolError),
    /// The Move transaction that it carries could be in no block.
    Move(MoveRefusal),
    /// The Solana transaction that it carries could be in no block.
    Solana(SvmTransactError),
    /// The node failed.
    Node(BackendError),
}

impl From<PoolError> for Refusal {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<BackendError> for Refusal {
    fn from(error: BackendError) -> Self {
        Self::Node(error)
    }
}

impl From<ProducerGone> for Refusal {
    fn from(error: ProducerGone) -> Self {
        Self::Node(error.into())
    }
}

impl From<Refusal> for BackendError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Pool(error) => error.into(),
            Refusal::Move(refusal) => Self::Rejected(refusal.to_string()),
            Refusal::Solana(refusal) => Self::Rejected(refusal.to_string()),
            Refusal::Node(error) => error,
        }
    }
}

impl Pool for NodeBackend {
    fn submit_raw(&self, raw: Bytes) -> Result<Submission> {
        let transaction = Transaction::decode_signed(&raw)
            .map_err(|error| BackendError::Rejected(error.to_string()))?;
        Ok(self.admit(transaction)?)
    }

    fn send(&self, request: TransactionRequest) -> Result<B256> {
        committed(self.submit(request)?)
    }

    fn fill(&self, request: TransactionRequest) -> Result<TransactionRequest> {
        self.filled(request)
    }

    fn sign_transaction(&self, request: TransactionRequest) -> Result<Bytes> {
        Ok(self.signed(request)?.encoded())
    }

    fn sign_message(&self, address: Address, message: &[u8]) -> Result<Bytes> {
        self.sign_hash(address, alloy_primitives::eip191_hash_message(message))
    }

    fn sign_typed_data(&self, address: Address, data: serde_json::Value) -> Result<Bytes> {
        let invalid = |error: String| {
            BackendError::InvalidParams(format!("the typed data is not EIP-712: {error}"))
        };
        let data: alloy_dyn_abi::TypedData =
            serde_json::from_value(data).map_err(|error| invalid(error.to_string()))?;
        let hash = data
            .eip712_signing_hash()
            .map_err(|error| invalid(error.to_string()))?;
        self.sign_hash(address, hash)
    }

    fn accounts(&self) -> Vec<Address> {
        let mut accounts: Vec<_> = self.keyring.addresses().collect();
        let impersonated = self.impersonated.read();
        let more = impersonated.addresses.iter();
        accounts.extend(more.filter(|address| !self.keyring.contains(**address)));
        accounts
    }

    fn pooled(&self, hash: B256) -> Option<PoolTransaction> {
        let (transaction, executable) = self.pool.get(hash)?;
        Some(PoolTransaction {
            transaction,
            executable,
        })
    }

    fn content(&self) -> PoolContent {
        self.pool.content()
    }

    fn pending_nonce(&self, address: Address) -> Result<u64> {
        match self.pool.next_nonce(address) {
            Some(nonce) => Ok(nonce),
            None => Ok(self.account(alloy_eips::BlockId::latest(), address)?.nonce),
        }
    }
}
