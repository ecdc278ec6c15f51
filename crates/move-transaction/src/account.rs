//! How one account authenticates.

use alloc::vec::Vec;

use crate::{
    Abstraction, AnyPublicKey, AnySignature, AuthenticationKey, Bcs, DecodeError, Ed25519PublicKey,
    Ed25519Signature, MultiEd25519PublicKey, MultiEd25519Signature, MultiKey, MultiKeySignature,
    Proof, Reader, evidence::Evidence,
};

/// How one account authenticates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountAuthenticator {
    /// One ed25519 key, in the older form.
    Ed25519 {
        /// The key.
        key: Ed25519PublicKey,
        /// Its signature.
        signature: Ed25519Signature,
    },
    /// Several ed25519 keys, in the older form.
    MultiEd25519 {
        /// The keys.
        key: MultiEd25519PublicKey,
        /// Signatures of some.
        signature: MultiEd25519Signature,
    },
    /// One key of any scheme.
    SingleKey {
        /// The key.
        key: AnyPublicKey,
        /// Its signature.
        signature: AnySignature,
    },
    /// Several keys of any schemes.
    MultiKey {
        /// The keys.
        key: MultiKey,
        /// Signatures of some.
        signature: MultiKeySignature,
    },
    /// Not at all: for simulation.
    Absent,
    /// By a Move function.
    Abstraction(Abstraction),
}

impl AccountAuthenticator {
    /// The authentication key that the account must have. None if it does not authenticate, or
    /// chose a function that does it.
    pub fn authentication_key(&self) -> Option<AuthenticationKey> {
        match Evidence::from(self).proof() {
            Proof::Key(key) => Some(key),
            Proof::Function(abstraction) => abstraction.authentication_key(),
            Proof::Absent => None,
        }
    }
}

impl Bcs for AccountAuthenticator {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::Ed25519 {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            1 => Self::MultiEd25519 {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            2 => Self::SingleKey {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            3 => Self::MultiKey {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            4 => Self::Absent,
            5 => Self::Abstraction(Bcs::read(reader)?),
            other => return reader.no_variant("an account's authenticator", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ed25519 { key, signature } => {
                out.push(0);
                key.write(out);
                signature.write(out);
            }
            Self::MultiEd25519 { key, signature } => {
                out.push(1);
                key.write(out);
                signature.write(out);
            }
            Self::SingleKey { key, signature } => {
                out.push(2);
                key.write(out);
                signature.write(out);
            }
            Self::MultiKey { key, signature } => {
                out.push(3);
                key.write(out);
                signature.write(out);
            }
            Self::Absent => out.push(4),
            Self::Abstraction(abstraction) => {
                out.push(5);
                abstraction.write(out);
            }
        }
    }
}
