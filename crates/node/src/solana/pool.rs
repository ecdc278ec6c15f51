//! Solana transactions on their way into a block.

use crate::{
    backend::Refusal,
    pool::PoolError,
    solana::{Result, SolanaBackend, carrier::carrier, internal, of_eth},
};
use lumio_executor::{ExecuteError, SolanaBid, SvmTransactError};
use lumio_rpc::{
    eth::{self, ChainReader as _},
    solana::{BackendError, Pool, SendError, SimulateRequest, Simulated, Submission},
};
use lumio_state::StateKey;
use lumio_types::{LAMPORT_WEI, SolanaTransaction};
use lumio_vm_svm::account_id;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use tokio::sync::oneshot;

impl SolanaBackend {
    /// Puts a verified transaction into the pool.
    pub(super) fn admit(
        &self,
        inner: SolanaTransaction,
    ) -> std::result::Result<Submission, SendError> {
        let gas = self.node.settings.read().gas_limit;
        let gas = self.node.chain.executor().solana_gas_limit(gas, &inner);
        let gas = gas.map_err(of_execution)?;
        match self.node.admit(carrier(inner, self.node.chain_id(), gas)) {
            Ok(submission) => Ok(Submission {
                committed: submission.committed.map(as_solana),
            }),
            Err(Refusal::Pool(PoolError::AlreadyKnown)) => Ok(Submission { committed: None }),
            Err(Refusal::Pool(error)) => Err(SendError::Pool(error.to_string())),
            Err(Refusal::Solana(error)) => Err(of_refusal(error)),
            Err(Refusal::Move(error)) => Err(internal(error).into()),
            Err(Refusal::Node(error)) => Err(of_eth(error).into()),
        }
    }
}

type Verdict = std::result::Result<(), SendError>;

/// The same verdict in Solana's terms.
fn as_solana(
    committed: oneshot::Receiver<std::result::Result<(), eth::BackendError>>,
) -> oneshot::Receiver<Verdict> {
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move {
        // Without a verdict the node stops, which the receiver notices.
        if let Ok(verdict) = committed.await {
            let _ = sender.send(verdict.map_err(|error| match error {
                eth::BackendError::Rejected(reason) => SendError::Pool(reason),
                error => SendError::Node(of_eth(error)),
            }));
        }
    });
    receiver
}

/// Why a transaction does not run.
pub(super) fn of_execution(error: ExecuteError) -> SendError {
    match error {
        ExecuteError::Solana(error) => of_refusal(error),
        ExecuteError::Invalid(invalid) => SendError::Pool(invalid.to_string()),
        ExecuteError::Move(error) => internal(error).into(),
        ExecuteError::Fault(fault) => internal(fault).into(),
    }
}

fn of_refusal(error: SvmTransactError) -> SendError {
    match error {
        SvmTransactError::Refused(error) => SendError::Refused(error),
        SvmTransactError::Amount(reason) => BackendError::InvalidParams(reason).into(),
        SvmTransactError::Fault(fault) => internal(fault).into(),
    }
}

/// EVM gas that a transaction may use for each of its compute units, if it says nothing of its
/// limits: what its accounts may hold counts, too.
const GAS_OF_UNIT: u128 = 28;

/// Millionths of a lamport for each compute unit that come to so many wei for each gas.
fn unit_price(wei_per_gas: u128) -> u64 {
    let micro_wei = wei_per_gas
        .saturating_mul(GAS_OF_UNIT)
        .saturating_mul(1_000_000);
    let price = micro_wei.div_ceil(u128::from(LAMPORT_WEI));
    u64::try_from(price).unwrap_or(u64::MAX)
}

impl Pool for SolanaBackend {
    fn submit(
        &self,
        _: VersionedTransaction,
        wire: &[u8],
    ) -> std::result::Result<Submission, SendError> {
        let inner = SolanaTransaction::trusted(wire)
            .map_err(|error| BackendError::InvalidParams(error.to_string()))?;
        self.admit(inner)
    }

    fn simulate(&self, request: SimulateRequest) -> Result<Simulated> {
        self.try_out(request)
    }

    fn fee_of(&self, transaction: &VersionedTransaction) -> std::result::Result<u64, SendError> {
        let bid = SolanaBid::of(transaction).map_err(SendError::Refused)?;
        Ok(bid.fee)
    }

    fn local_price(&self, accounts: &[Pubkey]) -> u64 {
        let accounts = accounts.iter().map(account_id).map(StateKey::SvmAccount);
        let keys: Vec<_> = accounts.collect();
        unit_price(self.node.market.price_of_keys(&keys))
    }

    fn airdrop(
        &self,
        to: &Pubkey,
        lamports: u64,
    ) -> std::result::Result<(Signature, Submission), SendError> {
        self.give(to, lamports)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]
    use super::*;
    use solana_message::{Message, VersionedMessage, compiled_instruction::CompiledInstruction};

    /// The price of a unit that is told must be enough for a transaction that sets no limits.
    #[test]
    fn a_unit_is_so_much_gas() {
        let mut message = Message {
            account_keys: (0..6)
                .map(|number| Pubkey::new_from_array([number; 32]))
                .collect(),
            instructions: vec![CompiledInstruction {
                program_id_index: 5,
                accounts: vec![0, 1, 2, 3, 4],
                data: Vec::new(),
            }],
            ..Message::default()
        };
        message.header.num_required_signatures = 1;
        let plain = VersionedTransaction {
            signatures: vec![Signature::default()],
            message: VersionedMessage::Legacy(message),
        };
        let gas = u128::from(SolanaBid::of(&plain).unwrap().gas_limit);
        let units = 200_000;
        assert!(gas <= GAS_OF_UNIT * units, "{gas}");
        assert!(gas > (GAS_OF_UNIT - 4) * units, "{gas}");
        // A gwei for each gas: 28 lamports for each unit.
        assert_eq!(unit_price(1_000_000_000), 28_000_000);
        assert_eq!(unit_price(u128::MAX), u64::MAX);
    }
}
