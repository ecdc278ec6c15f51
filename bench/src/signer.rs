//! Keys of the benchmark's accounts, and transactions signed by them.
//!
//! Keys are derived from their index, so that every run sends the same bytes.

use alloy_consensus::{
    SignableTransaction, TxEip1559,
    crypto::secp256k1::{recover_signer, sign_message},
};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};
use anyhow::{Context, Result};
use lumio_types::{Envelope, Transaction};

/// Chain id that every server is started with.
pub(crate) const CHAIN_ID: u64 = 31337;
/// Fee cap of every transaction: 100 gwei.
const MAX_FEE: u128 = 100_000_000_000;
/// Tip of every transaction: 1 gwei.
const TIP: u128 = 1_000_000_000;

/// An account that signs in order: it knows its next nonce.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    secret: B256,
    address: Address,
    nonce: u64,
}

/// What a transaction does.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    /// The callee, or a creation.
    pub(crate) to: TxKind,
    /// Wei that it carries.
    pub(crate) value: U256,
    /// Call data or creation code.
    pub(crate) input: Bytes,
    /// Gas limit.
    pub(crate) gas: u64,
}

/// A signed transaction with what the load generator needs of it.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// The transaction and its sender.
    pub(crate) transaction: Transaction,
    /// The EIP-2718 encoding.
    pub(crate) raw: Bytes,
}

impl Signer {
    /// The account number `index` of a group of accounts.
    ///
    /// # Errors
    /// Never in practice: one hash in 2^128 is no valid key.
    pub(crate) fn new(group: &str, index: usize) -> Result<Self> {
        Self::from_secret(keccak256(format!("lumio-bench/{group}/{index}")))
    }

    /// The account of a secret key.
    ///
    /// # Errors
    /// When it is no secret key.
    pub(crate) fn from_secret(secret: B256) -> Result<Self> {
        let probe = keccak256("lumio-bench/probe");
        let signature = sign_message(secret, probe).context("not a secret key")?;
        let address = recover_signer(&signature, probe)?;
        Ok(Self {
            secret,
            address,
            nonce: 0,
        })
    }

    /// The account's address.
    pub(crate) const fn address(&self) -> Address {
        self.address
    }

    /// Sets the nonce of the next transaction.
    pub(crate) const fn set_nonce(&mut self, nonce: u64) {
        self.nonce = nonce;
    }

    /// The address of the contract that the next transaction creates.
    pub(crate) fn next_contract(&self) -> Address {
        self.address.create(self.nonce)
    }

    /// Signs an EIP-1559 transaction with the next nonce.
    ///
    /// # Errors
    /// When the key is invalid.
    pub(crate) fn sign(&mut self, action: Action) -> Result<Signed> {
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.nonce,
            gas_limit: action.gas,
            max_fee_per_gas: MAX_FEE,
            max_priority_fee_per_gas: TIP,
            to: action.to,
            value: action.value,
            access_list: Default::default(),
            input: action.input,
        };
        self.nonce = self.nonce.saturating_add(1);
        let signature = sign_message(self.secret, tx.signature_hash())?;
        let envelope = Envelope::Eip1559(tx.into_signed(signature));
        let raw = Bytes::from(envelope.encoded_2718());
        let transaction = Transaction::trusted(envelope, self.address);
        Ok(Signed { transaction, raw })
    }
}

impl Action {
    /// A transfer of wei.
    pub(crate) fn transfer(to: Address, value: U256) -> Self {
        Self {
            to: TxKind::Call(to),
            value,
            input: Bytes::new(),
            gas: 21_000,
        }
    }

    /// A call without value.
    pub(crate) fn call(to: Address, input: Vec<u8>, gas: u64) -> Self {
        Self {
            to: TxKind::Call(to),
            value: U256::ZERO,
            input: input.into(),
            gas,
        }
    }

    /// A creation.
    pub(crate) fn create(code: Bytes) -> Self {
        Self {
            to: TxKind::Create,
            value: U256::ZERO,
            input: code,
            gas: 8_000_000,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_is_signed_recovers_to_the_signer() {
        let mut signer = Signer::new("test", 3).unwrap();
        for nonce in 0..2 {
            let action = Action::transfer(Address::repeat_byte(1), U256::ONE);
            let signed = signer.sign(action).unwrap();
            let decoded = Transaction::decode_signed(&signed.raw).unwrap();
            assert_eq!(decoded, signed.transaction);
            assert_eq!(decoded.sender(), signer.address());
            assert_eq!(
                alloy_consensus::Transaction::nonce(decoded.envelope()),
                nonce
            );
        }
    }
}
