//! Transactions: an Ethereum envelope, its hash, and who sent it.

use crate::{CARRIER, Carried, carrier::is_signed_carrier};
use alloc::string::ToString;
use alloy_consensus::{Transaction as _, crypto::secp256k1::recover_signer};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, Bytes, U256};

/// Every transaction in a block is one of these: legacy, EIP-2930, EIP-1559,
/// EIP-7702, or an OP deposit.
pub type Envelope = op_alloy_consensus::OpTxEnvelope;

/// A transaction whose sender is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    envelope: Envelope,
    /// The envelope's encoding, for which many ask.
    encoded: Bytes,
    hash: B256,
    sender: Address,
    carried: Option<Carried>,
}

/// What kind of authority stands behind a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    /// Signed by the sender's key.
    Signed,
    /// Put into the chain by the rollup's derivation; carries no signature.
    Deposit,
}

/// Why bytes are not a transaction. The messages are those of geth.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeTransactionError {
    /// Not the EIP-2718 encoding of a transaction type that the chain takes.
    #[error("rlp: {0}")]
    Malformed(alloc::string::String),
    /// Bytes follow after the transaction.
    #[error("rlp: input contains more than one value")]
    TrailingBytes,
    /// The signature does not recover to a key.
    #[error("invalid sender: the signature does not recover to an address")]
    InvalidSignature,
    /// It carries something else than a transaction of another VM.
    #[error("the carried {0} transaction is malformed: {1}")]
    Carried(&'static str, alloc::string::String),
    /// It carries a transaction that its accounts did not sign.
    #[error("the carried {0} transaction: {1}")]
    CarriedSignature(&'static str, alloc::string::String),
    /// Deposits and the like come from the rollup's derivation, never from users.
    #[error("transaction type not supported: this type carries no signature")]
    Unsigned,
}

impl Transaction {
    /// Decodes what a user submitted and recovers its sender from the
    /// signature.
    ///
    /// # Errors
    /// When the bytes are not exactly one signed transaction.
    pub fn decode_signed(mut raw: &[u8]) -> Result<Self, DecodeTransactionError> {
        let envelope = Envelope::decode_2718(&mut raw)
            .map_err(|error| DecodeTransactionError::Malformed(error.to_string()))?;
        if !raw.is_empty() {
            return Err(DecodeTransactionError::TrailingBytes);
        }
        if matches!(envelope, Envelope::Deposit(_) | Envelope::PostExec(_)) {
            return Err(DecodeTransactionError::Unsigned);
        }
        Self::recover(envelope)
    }

    /// Pairs an envelope with the sender that its signature recovers to. A
    /// deposit names its sender itself.
    ///
    /// # Errors
    /// When the signature is invalid (EIP-2 included).
    pub fn recover(envelope: Envelope) -> Result<Self, DecodeTransactionError> {
        let (signature, hash) = match &envelope {
            Envelope::Legacy(tx) => (tx.signature(), tx.signature_hash()),
            Envelope::Eip2930(tx) => (tx.signature(), tx.signature_hash()),
            Envelope::Eip1559(tx) => (tx.signature(), tx.signature_hash()),
            Envelope::Eip7702(tx) => (tx.signature(), tx.signature_hash()),
            Envelope::Deposit(tx) => {
                let sender = tx.from;
                return Ok(Self::trusted(envelope, sender));
            }
            Envelope::PostExec(_) => return Err(DecodeTransactionError::Unsigned),
        };
        let sender = if is_signed_carrier(signature, hash) {
            CARRIER
        } else {
            recover_signer(signature, hash).map_err(|_| DecodeTransactionError::InvalidSignature)?
        };
        let carried = match carrier_input(&envelope) {
            Some(input) => Carried::decode(input)?,
            None => None,
        };
        Ok(Self::new(envelope, sender, carried))
    }

    /// A carrier of a transaction that has been verified already, with the carrier's sender.
    pub fn carrier(envelope: Envelope, sender: Address, inner: Carried) -> Self {
        Self::new(envelope, sender, Some(inner))
    }

    /// Pairs an envelope with a sender that is already known: from the
    /// database, or impersonated on a development chain.
    pub fn trusted(envelope: Envelope, sender: Address) -> Self {
        let carried = carrier_input(&envelope).and_then(Carried::trusted);
        Self::new(envelope, sender, carried)
    }

    fn new(envelope: Envelope, sender: Address, carried: Option<Carried>) -> Self {
        let encoded = Bytes::from(envelope.encoded_2718());
        Self {
            hash: envelope.trie_hash(),
            encoded,
            envelope,
            sender,
            carried,
        }
    }

    /// The transaction itself.
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// keccak256 of the EIP-2718 encoding.
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// Who pays and whose nonce counts.
    pub const fn sender(&self) -> Address {
        self.sender
    }

    /// The transaction of another VM that it brings.
    pub const fn carried(&self) -> Option<&Carried> {
        self.carried.as_ref()
    }

    /// Whether a key signed it.
    pub fn kind(&self) -> TransactionKind {
        if self.envelope.is_deposit() {
            TransactionKind::Deposit
        } else {
            TransactionKind::Signed
        }
    }

    /// The EIP-2718 encoding.
    pub fn encoded(&self) -> Bytes {
        self.encoded.clone()
    }

    /// The most wei that it can take from its sender, blob fees aside:
    /// gas limit × fee cap + value. `None` when that exceeds 256 bits.
    pub fn max_cost(&self) -> Option<U256> {
        U256::from(self.envelope.gas_limit())
            .checked_mul(U256::from(self.envelope.max_fee_per_gas()))?
            .checked_add(self.envelope.value())
    }
}

/// The input of a signed creation, in which a transaction of another VM may be.
fn carrier_input(envelope: &Envelope) -> Option<&[u8]> {
    let is_carrier = !envelope.is_deposit() && envelope.kind().is_create();
    is_carrier.then(|| envelope.input().as_ref())
}

/// The root of the trie of a block's transactions.
pub fn transactions_root(transactions: &[Transaction]) -> B256 {
    alloy_consensus::proofs::ordered_trie_root_with_encoder(transactions, |transaction, buffer| {
        buffer.extend_from_slice(&transaction.encoded);
    })
}
