//! Private keys of Move accounts: their text, the address that they stand for, their signatures.

use anyhow::{Context as _, bail};
use ed25519_dalek::{Signer as _, SigningKey as Ed25519Secret};
use k256::ecdsa::{
    Signature, SigningKey as Secp256k1Secret, signature::hazmat::PrehashSigner as _,
};
use lumio_move_engine::Address;
use lumio_move_transaction::{
    AccountAuthenticator, AnyPublicKey, AnySignature, AuthenticationKey, Ed25519PublicKey,
    Ed25519Signature, RawTransaction, Secp256k1PublicKey, Secp256k1Signature, SignedTransaction,
    TransactionAuthenticator,
};
use rand::{TryRngCore as _, rngs::OsRng};
use sha3::{Digest as _, Sha3_256};
use std::fmt;

/// The signature scheme of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum KeyType {
    /// What Aptos accounts have by default
    #[default]
    Ed25519,
    /// What Ethereum accounts have
    Secp256k1,
}

impl KeyType {
    /// What the text of a key begins with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519-priv-",
            Self::Secp256k1 => "secp256k1-priv-",
        }
    }
}

/// A private key.
#[derive(Clone)]
pub(crate) enum PrivateKey {
    Ed25519(Ed25519Secret),
    Secp256k1(Secp256k1Secret),
}

impl fmt::Debug for PrivateKey {
    /// Says nothing of the key itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} key of {}", self.key_type(), self.address())
    }
}

impl PrivateKey {
    /// A new key, by the system's randomness.
    pub(crate) fn generate(kind: KeyType) -> anyhow::Result<Self> {
        let mut bytes = [0; 32];
        OsRng
            .try_fill_bytes(&mut bytes)
            .context("the system gives no random numbers")?;
        Self::from_bytes(kind, &bytes)
    }

    /// Reads 64 hex digits, with or without `0x`, or with the scheme before that:
    /// `ed25519-priv-0x…`. Without it the key is of the given type, or else ed25519. The message
    /// of an error never has the text in it.
    pub(crate) fn parse(text: &str, given: Option<KeyType>) -> anyhow::Result<Self> {
        let text = text.trim();
        let kinds = [KeyType::Ed25519, KeyType::Secp256k1];
        let named = kinds
            .into_iter()
            .find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)));
        let (kind, digits) = match (named, given) {
            (Some((kind, _)), Some(given)) if kind != given => {
                bail!("the key says that it is {kind:?}, but --key-type says {given:?}")
            }
            (Some(found), _) => found,
            (None, given) => (given.unwrap_or_default(), text),
        };
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            bail!(
                "a private key is 64 hex digits, with or without 0x, or \
                 {}0x… or {}0x…",
                KeyType::Ed25519.prefix(),
                KeyType::Secp256k1.prefix()
            );
        }
        let bytes = digits.parse::<Address>().context("no private key")?.0;
        Self::from_bytes(kind, &bytes)
    }

    /// The key of 32 bytes.
    pub(crate) fn from_bytes(kind: KeyType, bytes: &[u8; 32]) -> anyhow::Result<Self> {
        Ok(match kind {
            KeyType::Ed25519 => Self::Ed25519(Ed25519Secret::from_bytes(bytes)),
            KeyType::Secp256k1 => Self::Secp256k1(
                Secp256k1Secret::from_slice(bytes)
                    .map_err(|_| anyhow::anyhow!("the number is no secp256k1 key"))?,
            ),
        })
    }

    /// Its text, which [`PrivateKey::parse`] reads.
    pub(crate) fn to_text(&self) -> String {
        let bytes: [u8; 32] = match self {
            Self::Ed25519(secret) => secret.to_bytes(),
            Self::Secp256k1(secret) => secret.to_bytes().into(),
        };
        format!("{}0x{}", self.key_type().prefix(), Address(bytes).to_hex())
    }

    pub(crate) const fn key_type(&self) -> KeyType {
        match self {
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::Secp256k1(_) => KeyType::Secp256k1,
        }
    }

    /// The authentication key of an account with this key.
    pub(crate) fn authentication_key(&self) -> AuthenticationKey {
        match self {
            Self::Ed25519(secret) => ed25519_public(secret).authentication_key(),
            Self::Secp256k1(secret) => secp256k1_public(secret).authentication_key(),
        }
    }

    /// The address of an account that began with this key.
    pub(crate) fn address(&self) -> Address {
        Address(self.authentication_key())
    }

    /// Signs a transaction.
    pub(crate) fn sign(&self, raw: RawTransaction) -> anyhow::Result<SignedTransaction> {
        let message = raw.signing_message();
        let signature = match self {
            Self::Ed25519(secret) => secret.sign(&message).to_bytes(),
            Self::Secp256k1(secret) => {
                let signature: Signature = secret
                    .sign_prehash(&Sha3_256::digest(&message))
                    .map_err(|_| anyhow::anyhow!("the key cannot sign this transaction"))?;
                signature.to_bytes().into()
            }
        };
        Ok(self.with_signature(raw, signature))
    }

    /// A transaction with zeros for a signature, which is what simulations want.
    pub(crate) fn unsigned(&self, raw: RawTransaction) -> SignedTransaction {
        self.with_signature(raw, [0; 64])
    }

    fn with_signature(&self, raw: RawTransaction, signature: [u8; 64]) -> SignedTransaction {
        let authenticator = match self {
            Self::Ed25519(secret) => TransactionAuthenticator::Ed25519 {
                key: ed25519_public(secret),
                signature: Ed25519Signature(signature),
            },
            Self::Secp256k1(secret) => {
                TransactionAuthenticator::SingleSender(AccountAuthenticator::SingleKey {
                    key: secp256k1_public(secret),
                    signature: AnySignature::Secp256k1(Secp256k1Signature(signature)),
                })
            }
        };
        SignedTransaction { raw, authenticator }
    }
}

fn ed25519_public(secret: &Ed25519Secret) -> Ed25519PublicKey {
    Ed25519PublicKey(secret.verifying_key().to_bytes())
}

fn secp256k1_public(secret: &Secp256k1Secret) -> AnyPublicKey {
    let point = secret.verifying_key().to_encoded_point(false);
    let mut bytes = [0; 65];
    for (byte, of_point) in bytes.iter_mut().zip(point.as_bytes()) {
        *byte = *of_point;
    }
    AnyPublicKey::Secp256k1(Secp256k1PublicKey(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use lumio_move_engine::ModuleId;
    use lumio_move_transaction::{EntryFunction, TransactionPayload};

    const DIGITS: &str = "c5338cd251c22daa8c9c9cc94f498cc8a5c7e1d2e75287a5dda91096fe64efa5";

    #[test]
    fn a_key_has_one_text_and_its_address() {
        // The example of AIP-80.
        let key = PrivateKey::parse(&format!("  0x{DIGITS}\n"), None).unwrap();
        assert_eq!(key.to_text(), format!("ed25519-priv-0x{DIGITS}"));
        let again = PrivateKey::parse(&key.to_text(), None).unwrap();
        assert_eq!(again.address(), key.address());
        let other = PrivateKey::parse(DIGITS, Some(KeyType::Secp256k1)).unwrap();
        assert_eq!(other.to_text(), format!("secp256k1-priv-0x{DIGITS}"));
        assert_ne!(other.address(), key.address());
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for text in ["", "0x12", &DIGITS[1..], &DIGITS.replace('c', "g")] {
            let error = PrivateKey::parse(text, None).unwrap_err().to_string();
            assert!(error.contains("64 hex digits"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
        let zero = PrivateKey::parse(&"0".repeat(64), Some(KeyType::Secp256k1));
        assert!(zero.unwrap_err().to_string().contains("no secp256k1 key"));
        let text = format!("ed25519-priv-0x{DIGITS}");
        let error = PrivateKey::parse(&text, Some(KeyType::Secp256k1)).unwrap_err();
        assert!(error.to_string().contains("--key-type says Secp256k1"));
    }

    #[test]
    fn both_kinds_of_signatures_hold() {
        for kind in [KeyType::Ed25519, KeyType::Secp256k1] {
            for _ in 0..8 {
                let key = PrivateKey::generate(kind).unwrap();
                let raw = RawTransaction {
                    sender: key.address(),
                    sequence_number: 3,
                    payload: TransactionPayload::EntryFunction(EntryFunction {
                        module: ModuleId::new(Address::ONE, "m"),
                        function: "f".into(),
                        type_arguments: Vec::new(),
                        arguments: Vec::new(),
                    }),
                    max_gas_amount: 1,
                    gas_unit_price: 1,
                    expiration_timestamp_secs: 1,
                    chain_id: 4,
                };
                let signed = key.sign(raw.clone()).unwrap();
                let signers = signed.verify().unwrap();
                assert_eq!(
                    signers.sender.proof,
                    lumio_move_transaction::Proof::Key(key.authentication_key())
                );
                assert!(key.unsigned(raw).verify_simulation().is_ok());
                assert!(signed.verify_simulation().is_err());
            }
        }
    }
}
