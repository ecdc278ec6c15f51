//! What shows that one account agrees, and whether it does.

use alloc::{vec, vec::Vec};

use crate::{
    Abstraction, AccountAuthenticator, AnyPublicKey, AnySignature, Ed25519PublicKey,
    Ed25519Signature, MultiEd25519PublicKey, MultiEd25519Signature, MultiKey, MultiKeySignature,
    Proof, SignatureError, crypto, hash::sha3_256,
};

/// An account's authenticator, whichever form of transaction holds it.
#[derive(Clone, Copy)]
pub(crate) enum Evidence<'a> {
    Ed25519(&'a Ed25519PublicKey, &'a Ed25519Signature),
    MultiEd25519(&'a MultiEd25519PublicKey, &'a MultiEd25519Signature),
    SingleKey(&'a AnyPublicKey, &'a AnySignature),
    MultiKey(&'a MultiKey, &'a MultiKeySignature),
    Absent,
    Abstraction(&'a Abstraction),
}

impl<'a> From<&'a AccountAuthenticator> for Evidence<'a> {
    fn from(account: &'a AccountAuthenticator) -> Self {
        match account {
            AccountAuthenticator::Ed25519 { key, signature } => Self::Ed25519(key, signature),
            AccountAuthenticator::MultiEd25519 { key, signature } => {
                Self::MultiEd25519(key, signature)
            }
            AccountAuthenticator::SingleKey { key, signature } => Self::SingleKey(key, signature),
            AccountAuthenticator::MultiKey { key, signature } => Self::MultiKey(key, signature),
            AccountAuthenticator::Absent => Self::Absent,
            AccountAuthenticator::Abstraction(abstraction) => Self::Abstraction(abstraction),
        }
    }
}

impl<'a> Evidence<'a> {
    /// What state has to confirm.
    pub(crate) fn proof(self) -> Proof<'a> {
        match self {
            Self::Ed25519(key, _) => Proof::Key(key.authentication_key()),
            Self::MultiEd25519(key, _) => Proof::Key(key.authentication_key()),
            Self::SingleKey(key, _) => Proof::Key(key.authentication_key()),
            Self::MultiKey(key, _) => Proof::Key(key.authentication_key()),
            Self::Absent => Proof::Absent,
            Self::Abstraction(abstraction) => Proof::Function(abstraction),
        }
    }

    /// How many signatures there are to check; in a simulation that leaves them out, at least.
    pub(crate) fn signature_count(self) -> usize {
        match self {
            Self::Ed25519(..) | Self::SingleKey(..) | Self::Abstraction(_) | Self::Absent => 1,
            Self::MultiEd25519(_, signature) => signature.signatures.len(),
            Self::MultiKey(_, signature) => signature.signatures.len(),
        }
    }

    /// Whether the account agrees to a message.
    pub(crate) fn check(self, message: &[u8]) -> Result<(), SignatureError> {
        self.check_threshold()?;
        match self {
            Self::Ed25519(key, signature) => crypto::verify_ed25519(&key.0, &signature.0, message),
            Self::MultiEd25519(key, signature) => {
                let signers: Vec<_> = signature.signers().collect();
                check_several(
                    (&key.keys, key.threshold),
                    (&signature.signatures, &signers),
                    |key, signature| crypto::verify_ed25519(&key.0, &signature.0, message),
                )
            }
            Self::SingleKey(key, signature) => crypto::any(key, signature, message),
            Self::MultiKey(key, signature) => {
                let signers: Vec<_> = signature.signers().collect();
                check_several(
                    (&key.keys, key.threshold),
                    (&signature.signatures, &signers),
                    |key, signature| crypto::any(key, signature, message),
                )
            }
            Self::Absent => Err(SignatureError::Absent),
            Self::Abstraction(abstraction) => {
                if abstraction.digest() == sha3_256(&[message]) {
                    Ok(())
                } else {
                    Err(SignatureError::Digest)
                }
            }
        }
    }

    /// Whether the account's keys can be those of any account.
    pub(crate) fn check_threshold(self) -> Result<(), SignatureError> {
        let (threshold, keys) = match self {
            Self::MultiEd25519(key, _) => (key.threshold, key.keys.len()),
            Self::MultiKey(key, _) => (key.threshold, key.keys.len()),
            _ => return Ok(()),
        };
        if threshold == 0 || usize::from(threshold) > keys {
            return Err(SignatureError::Threshold { threshold, keys });
        }
        Ok(())
    }

    /// All signatures, with whose each claims to be.
    pub(crate) fn signatures(self) -> Vec<(AnyPublicKey, AnySignature)> {
        match self {
            Self::Ed25519(key, signature) => vec![(
                AnyPublicKey::Ed25519(*key),
                AnySignature::Ed25519(*signature),
            )],
            Self::MultiEd25519(key, signature) => signature
                .signers()
                .zip(&signature.signatures)
                .filter_map(|(place, signature)| {
                    let key = AnyPublicKey::Ed25519(*key.keys.get(place)?);
                    Some((key, AnySignature::Ed25519(*signature)))
                })
                .collect(),
            Self::SingleKey(key, signature) => vec![(*key, signature.clone())],
            Self::MultiKey(key, signature) => signature
                .signers()
                .zip(&signature.signatures)
                .filter_map(|(place, signature)| Some((*key.keys.get(place)?, signature.clone())))
                .collect(),
            Self::Absent | Self::Abstraction(_) => Vec::new(),
        }
    }
}

/// Checks that enough of several keys signed, and that every signature is of the key that the
/// bitmap names.
fn check_several<K, S>(
    (keys, threshold): (&[K], u8),
    (signatures, signers): (&[S], &[usize]),
    check: impl Fn(&K, &S) -> Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    if signers.len() != signatures.len() {
        return Err(SignatureError::Bitmap {
            bits: signers.len(),
            signatures: signatures.len(),
        });
    }
    if signatures.len() < usize::from(threshold) {
        return Err(SignatureError::NotEnough {
            needed: threshold,
            found: signatures.len(),
        });
    }
    for (place, signature) in signers.iter().zip(signatures) {
        let key = keys.get(*place).ok_or(SignatureError::NoSuchKey {
            index: *place,
            keys: keys.len(),
        })?;
        check(key, signature)?;
    }
    Ok(())
}
