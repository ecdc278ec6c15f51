//! What is asked of a transaction whatever the state is.

use crate::pool::PoolError;
use alloy_consensus::Transaction as _;
use alloy_eips::{eip2718::Encodable2718, eip7825::MAX_TX_GAS_LIMIT_OSAKA};
use lumio_executor::SolanaBid;
use lumio_types::{Carried, Envelope, Transaction};
use lumio_vm_move::GAS_PER_UNIT;

/// Largest encoding that the pool takes: four slots of 32 KiB, as in geth.
const MAX_SIZE: usize = 4 * 32 * 1024;
/// The same with another VM's transaction in it, and some bytes of the envelope.
const MAX_CARRIER: usize = lumio_vm_move::MAX_TRANSACTION_BYTES + 1024;
/// EIP-3860: twice the largest contract.
const MAX_INIT_CODE: usize = 2 * 24_576;

/// What every transaction must fulfil to get into the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmissionRules {
    /// The chain id of EIP-155.
    pub chain_id: u64,
    /// Gas of a block.
    pub block_gas_limit: u64,
    /// Whether Osaka's cap on a transaction's gas applies (EIP-7825).
    pub gas_cap: bool,
    /// The least tip or gas price, in wei.
    pub min_gas_price: u128,
    /// The base fee of the next block, in wei; orders the pool, refuses nothing.
    pub base_fee: u64,
}

impl AdmissionRules {
    /// Checks one transaction.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, transaction: &Transaction) -> Result<(), PoolError> {
        let envelope = transaction.envelope();
        check_type(envelope)?;
        if let Some(inner) = transaction.carried() {
            return self.check_carrier(envelope, inner);
        }
        let size = envelope.encode_2718_len();
        if size > MAX_SIZE {
            return Err(PoolError::Oversized {
                size,
                limit: MAX_SIZE,
            });
        }
        if let Some(have) = envelope.chain_id()
            && have != self.chain_id
        {
            return Err(PoolError::ChainId {
                have,
                want: self.chain_id,
            });
        }
        if envelope.nonce() == u64::MAX {
            return Err(PoolError::NonceMax);
        }
        if envelope.is_create() && envelope.input().len() > MAX_INIT_CODE {
            return Err(PoolError::InitCode {
                size: envelope.input().len(),
                limit: MAX_INIT_CODE,
            });
        }
        self.check_gas(envelope)?;
        self.check_price(envelope)
    }

    /// Its own VM looks at what is carried; the rest is about the envelope.
    fn check_carrier(&self, envelope: &Envelope, inner: &Carried) -> Result<(), PoolError> {
        let size = envelope.encode_2718_len();
        if size > MAX_CARRIER {
            return Err(PoolError::Oversized {
                size,
                limit: MAX_CARRIER,
            });
        }
        if let Some(have) = envelope.chain_id()
            && have != self.chain_id
        {
            return Err(PoolError::ChainId {
                have,
                want: self.chain_id,
            });
        }
        if envelope.nonce() == u64::MAX {
            return Err(PoolError::NonceMax);
        }
        if !envelope.value().is_zero() {
            return Err(PoolError::CarrierValue);
        }
        if envelope
            .access_list()
            .is_some_and(|list| !list.0.is_empty())
        {
            return Err(PoolError::CarrierAccessList);
        }
        let gas = envelope.gas_limit();
        if gas > self.block_gas_limit {
            return Err(PoolError::BlockGasLimit);
        }
        let asked = match inner {
            Carried::Move(inner) => inner.signed.raw.max_gas_amount.saturating_mul(GAS_PER_UNIT),
            Carried::Solana(inner) => {
                let bid = SolanaBid::of(&inner.versioned);
                bid.map_err(|error| PoolError::Solana(error.to_string()))?
                    .gas_limit
            }
        };
        let needed = asked.min(self.block_gas_limit);
        if gas < needed {
            return Err(PoolError::CarrierGas { gas, needed });
        }
        Ok(())
    }

    fn check_gas(&self, envelope: &Envelope) -> Result<(), PoolError> {
        let gas = envelope.gas_limit();
        if gas > self.block_gas_limit {
            return Err(PoolError::BlockGasLimit);
        }
        if self.gas_cap && gas > MAX_TX_GAS_LIMIT_OSAKA {
            return Err(PoolError::GasCap {
                cap: MAX_TX_GAS_LIMIT_OSAKA,
                gas,
            });
        }
        let cost = IntrinsicGas::of(envelope);
        if gas < cost.initial {
            return Err(PoolError::IntrinsicGas {
                gas,
                needed: cost.initial,
            });
        }
        if gas < cost.floor {
            return Err(PoolError::FloorGas {
                gas,
                needed: cost.floor,
            });
        }
        Ok(())
    }

    fn check_price(&self, envelope: &Envelope) -> Result<(), PoolError> {
        let cap = envelope.max_fee_per_gas();
        let tip = envelope.max_priority_fee_per_gas().unwrap_or(cap);
        if tip > cap {
            return Err(PoolError::TipAboveFeeCap { tip, cap });
        }
        if tip < self.min_gas_price {
            return Err(PoolError::BelowMinimum {
                tip,
                needed: self.min_gas_price,
            });
        }
        Ok(())
    }
}

fn check_type(envelope: &Envelope) -> Result<(), PoolError> {
    match envelope {
        Envelope::Legacy(_) | Envelope::Eip2930(_) | Envelope::Eip1559(_) => Ok(()),
        Envelope::Eip7702(tx) if tx.tx().authorization_list.is_empty() => {
            Err(PoolError::EmptyAuthorizationList)
        }
        Envelope::Eip7702(_) => Ok(()),
        Envelope::Deposit(_) | Envelope::PostExec(_) => Err(PoolError::TypeNotSupported),
    }
}

/// Gas that a transaction must bring whatever it does.
struct IntrinsicGas {
    /// Paid before the first instruction.
    initial: u64,
    /// The least that it pays in the end for its data (EIP-7623).
    floor: u64,
}

impl IntrinsicGas {
    fn of(envelope: &Envelope) -> Self {
        const TRANSACTION: u64 = 21_000;
        const CREATE: u64 = 32_000;
        const AUTHORIZATION: u64 = 25_000;
        const INIT_CODE_WORD: u64 = 2;
        const ACCESS_ADDRESS: u64 = 2_400;
        const ACCESS_SLOT: u64 = 1_900;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);

        let input = envelope.input();
        let zeros = count(input.iter().filter(|byte| **byte == 0).count());
        let nonzeros = count(input.len()).saturating_sub(zeros);
        // A token is a zero byte, or a quarter of another one.
        let tokens = zeros.saturating_add(nonzeros.saturating_mul(4));
        let mut initial = TRANSACTION.saturating_add(tokens.saturating_mul(4));
        if envelope.is_create() {
            let words = count(input.len().div_ceil(32));
            initial = initial
                .saturating_add(CREATE)
                .saturating_add(words.saturating_mul(INIT_CODE_WORD));
        }
        for item in envelope.access_list().into_iter().flat_map(|list| &list.0) {
            initial = initial
                .saturating_add(ACCESS_ADDRESS)
                .saturating_add(count(item.storage_keys.len()).saturating_mul(ACCESS_SLOT));
        }
        let authorizations = envelope.authorization_list().map_or(0, <[_]>::len);
        initial = initial.saturating_add(count(authorizations).saturating_mul(AUTHORIZATION));
        Self {
            initial,
            floor: TRANSACTION.saturating_add(tokens.saturating_mul(10)),
        }
    }
}
