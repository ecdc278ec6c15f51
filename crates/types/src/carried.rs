//! Transactions of other VMs that come in the calldata of an Ethereum transaction: a creation whose
//! input begins with four letters that name the VM.
//!
//! The inner signature authorises the inner transaction, and its sender pays. The outer transaction
//! only brings it: it costs nothing, and counts its sender's nonce, unless that is
//! [`CARRIER`](crate::CARRIER).

use alloc::{string::ToString, sync::Arc, vec::Vec};
use alloy_primitives::B256;
use lumio_move_engine as engine;
use lumio_move_transaction::{Bcs, Proof, SignedTransaction, Signer, Signers};

use crate::{AccountId, DecodeTransactionError};

/// What the input begins with before the BCS of an Aptos `SignedTransaction`.
pub const MOVE_MAGIC: [u8; 4] = *b"MOVE";

/// What the input begins with before the wire bytes of a Solana `VersionedTransaction`.
pub const SOLANA_MAGIC: [u8; 4] = *b"SVMT";

/// A transaction that came in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Of Move.
    Move(Arc<MoveTransaction>),
    /// Of Solana; only builds with `std` have its VM.
    #[cfg(feature = "std")]
    Solana(Arc<crate::SolanaTransaction>),
}

impl Carried {
    /// Its own hash, by which it is found: of a Solana transaction, that of its first signature.
    pub fn hash(&self) -> B256 {
        match self {
            Self::Move(inner) => inner.hash,
            #[cfg(feature = "std")]
            Self::Solana(inner) => inner.hash,
        }
    }

    /// Whose transaction it is: of a Solana transaction, who pays.
    pub fn sender(&self) -> AccountId {
        match self {
            Self::Move(inner) => AccountId(B256::from(inner.sender.address.0)),
            #[cfg(feature = "std")]
            Self::Solana(inner) => inner.payer,
        }
    }

    /// The Move transaction, if it is one.
    pub fn as_move(&self) -> Option<&Arc<MoveTransaction>> {
        match self {
            Self::Move(inner) => Some(inner),
            #[cfg(feature = "std")]
            Self::Solana(_) => None,
        }
    }

    /// The Solana transaction, if it is one.
    #[cfg(feature = "std")]
    pub fn as_solana(&self) -> Option<&Arc<crate::SolanaTransaction>> {
        match self {
            Self::Move(_) => None,
            Self::Solana(inner) => Some(inner),
        }
    }

    /// What a signed creation with this input carries, if anything; its signatures are checked.
    ///
    /// # Errors
    /// When it begins as a carrier does, and what follows is no transaction that its accounts
    /// signed.
    pub fn decode(input: &[u8]) -> Result<Option<Self>, DecodeTransactionError> {
        if let Some(bytes) = input.strip_prefix(&MOVE_MAGIC) {
            let inner = MoveTransaction::decode(bytes)?;
            return Ok(Some(Self::Move(inner.into())));
        }
        let Some(bytes) = input.strip_prefix(&SOLANA_MAGIC) else {
            return Ok(None);
        };
        Self::decode_solana(bytes).map(Some)
    }

    #[cfg(feature = "std")]
    fn decode_solana(bytes: &[u8]) -> Result<Self, DecodeTransactionError> {
        Ok(Self::Solana(
            crate::SolanaTransaction::decode(bytes)?.into(),
        ))
    }

    #[cfg(not(feature = "std"))]
    fn decode_solana(_: &[u8]) -> Result<Self, DecodeTransactionError> {
        let reason = "this build has no Solana VM".to_string();
        Err(DecodeTransactionError::Carried("Solana", reason))
    }

    /// The same for what was verified before it was stored. What was no carrier then is none.
    pub(crate) fn trusted(input: &[u8]) -> Option<Self> {
        if let Some(bytes) = input.strip_prefix(&MOVE_MAGIC) {
            let inner = MoveTransaction::trusted(bytes).ok()?;
            return Some(Self::Move(inner.into()));
        }
        #[cfg(feature = "std")]
        if let Some(bytes) = input.strip_prefix(&SOLANA_MAGIC) {
            let inner = crate::SolanaTransaction::trusted(bytes).ok()?;
            return Some(Self::Solana(inner.into()));
        }
        None
    }
}

/// An Aptos transaction whose accounts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTransaction {
    /// The transaction.
    pub signed: SignedTransaction,
    /// Its own hash.
    pub hash: B256,
    /// Bytes of its BCS.
    pub length: usize,
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
        let accounts = Accounts::of(&signed.verify().map_err(refused)?)?;
        Ok(accounts.sign(signed, bytes))
    }

    /// Checks a transaction's signatures.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn verified(signed: SignedTransaction) -> Result<Self, DecodeTransactionError> {
        let accounts = Accounts::of(&signed.verify().map_err(refused)?)?;
        let bytes = signed.to_bytes();
        Ok(accounts.sign(signed, &bytes))
    }

    /// A transaction to simulate: with signatures that are zero or absent.
    ///
    /// # Errors
    /// When a signature holds: somebody could run it.
    pub fn simulated(signed: SignedTransaction) -> Result<Self, DecodeTransactionError> {
        let accounts = Accounts::of(&signed.verify_simulation().map_err(refused)?)?;
        let bytes = signed.to_bytes();
        Ok(accounts.sign(signed, &bytes))
    }

    /// Reads a transaction that was verified before it was stored.
    ///
    /// # Errors
    /// When the bytes are not exactly one transaction.
    pub fn trusted(bytes: &[u8]) -> Result<Self, DecodeTransactionError> {
        let signed = read(bytes)?;
        let accounts = Accounts::of(&signed.trusted_signers().map_err(refused)?)?;
        Ok(accounts.sign(signed, bytes))
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
        .map_err(|error| DecodeTransactionError::Carried("Move", error.to_string()))
}

fn refused(error: impl ToString) -> DecodeTransactionError {
    DecodeTransactionError::CarriedSignature("Move", error.to_string())
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

    /// Puts a transaction beside its accounts; `bytes` are those of its BCS.
    fn sign(self, signed: SignedTransaction, bytes: &[u8]) -> MoveTransaction {
        MoveTransaction {
            hash: B256::from(SignedTransaction::hash_of(bytes)),
            length: bytes.len(),
            signed,
            sender: self.sender,
            secondary: self.secondary,
            fee_payer: self.fee_payer,
        }
    }
}
