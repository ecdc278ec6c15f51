//! Transactions of other VMs that come in the calldata of an Ethereum transaction: a creation whose
//! input begins with four letters that name the VM.
//!
//! The inner signature authorises the inner transaction, and its sender pays. The outer transaction
//! only brings it: it costs nothing, and counts its sender's nonce, unless that is [`CARRIER`].

use alloc::{string::ToString, sync::Arc, vec::Vec};
use alloy_primitives::{Address, B256, Signature, U256, address, b256, uint};
use lumio_move_engine as engine;
use lumio_move_transaction::{Bcs, Proof, SignedTransaction, Signer, Signers};

use crate::DecodeTransactionError;

/// What the input begins with before the BCS of an Aptos `SignedTransaction`.
pub const MOVE_MAGIC: [u8; 4] = *b"MOVE";

/// The key with which the sequencer signs carriers of transactions that did not come in one:
/// keccak256 of `lumio/carrier`. Anybody may use it: what it signs has no authority but the inner
/// signature's.
pub const CARRIER_KEY: B256 =
    b256!("a24455c9d3d94d466c67647aab2f039d3c0dfe9fe71a88b6b11b07b436d9c699");

/// The address of [`CARRIER_KEY`]. It has no nonce: what it carries can be replayed no more than
/// the inner VM allows.
pub const CARRIER: Address = address!("0F11F0f5aA7d5Ca517Cc15287e9f72aE0098e143");

/// The order of secp256k1, and the x coordinate of its generator, whose y is even.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
const GENERATOR_X: U256 =
    uint!(0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798_U256);

/// A signature by [`CARRIER_KEY`], the same for the same hash. There is no secret to keep, so the
/// nonce is 1, which saves the multiplication of a point that signing otherwise is.
#[must_use]
pub fn carrier_signature(hash: B256) -> Signature {
    let share = U256::from_be_bytes(CARRIER_KEY.0).mul_mod(GENERATOR_X, ORDER);
    let s = U256::from_be_bytes(hash.0).add_mod(share, ORDER);
    // Only the lower of the two that there are is valid in Ethereum.
    if s > ORDER >> 1 {
        Signature::new(GENERATOR_X, ORDER.wrapping_sub(s), true)
    } else {
        Signature::new(GENERATOR_X, s, false)
    }
}

/// A transaction that came in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Of Move.
    Move(Arc<MoveTransaction>),
}

/// An Aptos transaction whose accounts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTransaction {
    /// The transaction.
    pub signed: SignedTransaction,
    /// Its own hash.
    pub hash: B256,
    /// Whose transaction it is.
    pub sender: MoveSigner,
    /// Others who signed, in order.
    pub secondary: Vec<MoveSigner>,
    /// Who pays, if not the sender.
    pub fee_payer: Option<MoveSigner>,
}

/// An account of a Move transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveSigner {
    /// The account.
    pub address: engine::Address,
    /// The authentication key that it must have; nothing in a simulation that leaves it out.
    pub key: Option<[u8; 32]>,
}

impl MoveTransaction {
    /// Reads a transaction and checks its signatures.
    ///
    /// # Errors
    /// When the bytes are not exactly one transaction, or a signature does not hold.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeTransactionError> {
        let signed = read(bytes)?;
        Self::verified(signed)
    }

    /// Checks a transaction's signatures.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn verified(signed: SignedTransaction) -> Result<Self, DecodeTransactionError> {
        let accounts = Accounts::of(&signed.verify().map_err(refused)?)?;
        Ok(accounts.sign(signed))
    }

    /// A transaction to simulate: with signatures that are zero or absent.
    ///
    /// # Errors
    /// When a signature holds: somebody could run it.
    pub fn simulated(signed: SignedTransaction) -> Result<Self, DecodeTransactionError> {
        let accounts = Accounts::of(&signed.verify_simulation().map_err(refused)?)?;
        Ok(accounts.sign(signed))
    }

    /// Reads a transaction that was verified before it was stored.
    ///
    /// # Errors
    /// When the bytes are not exactly one transaction.
    pub fn trusted(bytes: &[u8]) -> Result<Self, DecodeTransactionError> {
        let signed = read(bytes)?;
        let accounts = Accounts::of(&signed.trusted_signers().map_err(refused)?)?;
        Ok(accounts.sign(signed))
    }

    /// All who sign: the sender first, without the fee payer.
    pub fn signers(&self) -> impl Iterator<Item = engine::Address> {
        let first = core::iter::once(self.sender.address);
        first.chain(self.secondary.iter().map(|signer| signer.address))
    }

    /// Who pays.
    pub fn payer(&self) -> engine::Address {
        self.fee_payer.unwrap_or(self.sender).address
    }
}

fn read(bytes: &[u8]) -> Result<SignedTransaction, DecodeTransactionError> {
    SignedTransaction::from_bytes(bytes)
        .map_err(|error| DecodeTransactionError::Carried(error.to_string()))
}

fn refused(error: impl ToString) -> DecodeTransactionError {
    DecodeTransactionError::CarriedSignature(error.to_string())
}

/// The accounts of a transaction, apart from it.
struct Accounts {
    sender: MoveSigner,
    secondary: Vec<MoveSigner>,
    fee_payer: Option<MoveSigner>,
}

impl Accounts {
    fn of(signers: &Signers<'_>) -> Result<Self, DecodeTransactionError> {
        let signer = |signer: &Signer<'_>| {
            let key = match &signer.proof {
                Proof::Key(key) => Some(*key),
                Proof::Absent => None,
                Proof::Function(_) => {
                    return Err(refused("account abstraction is not part of this chain"));
                }
            };
            Ok(MoveSigner {
                address: signer.address,
                key,
            })
        };
        Ok(Self {
            sender: signer(&signers.sender)?,
            secondary: signers
                .secondary
                .iter()
                .map(signer)
                .collect::<Result<_, _>>()?,
            fee_payer: signers.fee_payer.as_ref().map(signer).transpose()?,
        })
    }

    fn sign(self, signed: SignedTransaction) -> MoveTransaction {
        MoveTransaction {
            hash: B256::from(signed.hash()),
            signed,
            sender: self.sender,
            secondary: self.secondary,
            fee_payer: self.fee_payer,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_consensus::crypto::secp256k1::recover_signer;
    use alloy_primitives::keccak256;

    #[test]
    fn every_hash_has_a_signature_by_the_carriers_key_that_ethereum_takes() {
        let hashes = (0..500_u32).map(|number| keccak256(number.to_be_bytes()));
        let mut highs = 0;
        for hash in hashes.chain([B256::ZERO, B256::repeat_byte(0xff)]) {
            let signature = carrier_signature(hash);
            assert!(signature.s() <= ORDER >> 1);
            highs += u32::from(signature.v());
            assert_eq!(recover_signer(&signature, hash).unwrap(), CARRIER);
        }
        assert!((150..350).contains(&highs), "{highs}");
    }
}
