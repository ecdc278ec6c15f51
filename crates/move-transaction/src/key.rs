//! Public keys and signatures of single signers, with and without their scheme before them.

use alloc::vec::Vec;

use lumio_move_engine::bcs::put_bytes;

use crate::{
    AuthenticationKey, Bcs, DecodeCause, DecodeError, Reader, WebAuthnAssertion,
    hash::{ED25519, SINGLE_KEY, sha3_256},
};

macro_rules! byte_strings {
    ($($(#[$doc:meta])* $name:ident $length:literal $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub [u8; $length]);

        impl Bcs for $name {
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.fixed($what).map(Self)
            }
            fn write(&self, out: &mut Vec<u8>) {
                put_bytes(out, &self.0);
            }
        }
    )*};
}

byte_strings! {
    /// An ed25519 key: the compressed point.
    Ed25519PublicKey 32 "an ed25519 public key";
    /// An ed25519 signature.
    Ed25519Signature 64 "an ed25519 signature";
    /// A secp256k1 key: the uncompressed point, `04` and both coordinates.
    Secp256k1PublicKey 65 "a secp256k1 public key";
    /// A secp256k1 ECDSA signature: `r`, then the smaller `s`, big-endian.
    Secp256k1Signature 64 "a secp256k1 signature";
    /// A secp256r1 key: the uncompressed point, `04` and both coordinates.
    Secp256r1PublicKey 65 "a secp256r1 public key";
    /// A secp256r1 ECDSA signature: `r`, then the smaller `s`, big-endian.
    Secp256r1Signature 64 "a secp256r1 signature";
}

/// A public key of any scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyPublicKey {
    /// Ed25519.
    Ed25519(Ed25519PublicKey),
    /// Secp256k1, as Ethereum has it.
    Secp256k1(Secp256k1PublicKey),
    /// Secp256r1, as passkeys have it.
    Secp256r1(Secp256r1PublicKey),
}

/// A signature of any scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnySignature {
    /// Ed25519, of the message.
    Ed25519(Ed25519Signature),
    /// Secp256k1 ECDSA, of the message's SHA3-256.
    Secp256k1(Secp256k1Signature),
    /// A passkey's.
    WebAuthn(WebAuthnAssertion),
}

impl Ed25519PublicKey {
    /// The authentication key of an account that has only this key, in the older form.
    pub fn authentication_key(&self) -> AuthenticationKey {
        sha3_256(&[&self.0, &[ED25519]])
    }
}

impl AnyPublicKey {
    /// The authentication key of an account that has only this key.
    pub fn authentication_key(&self) -> AuthenticationKey {
        sha3_256(&[&self.to_bytes(), &[SINGLE_KEY]])
    }

    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "an ed25519",
            Self::Secp256k1(_) => "a secp256k1",
            Self::Secp256r1(_) => "a secp256r1",
        }
    }
}

impl AnySignature {
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "an ed25519",
            Self::Secp256k1(_) => "a secp256k1",
            Self::WebAuthn(_) => "a passkey's",
        }
    }

    /// Whether all its bytes are zero: the form of one that is not there.
    pub(crate) fn is_zero(&self) -> bool {
        let bytes = match self {
            Self::Ed25519(signature) => &signature.0,
            Self::Secp256k1(signature) => &signature.0,
            Self::WebAuthn(assertion) => &assertion.signature.0,
        };
        *bytes == [0; 64]
    }
}

impl Bcs for AnyPublicKey {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::Ed25519(Bcs::read(reader)?),
            1 => Self::Secp256k1(Bcs::read(reader)?),
            2 => Self::Secp256r1(Bcs::read(reader)?),
            3 => return Err(reader.fail(DecodeCause::Unsupported("keyless accounts"))),
            4 => return Err(reader.fail(DecodeCause::Unsupported("federated keyless accounts"))),
            5 => return Err(reader.fail(DecodeCause::Unsupported("SLH-DSA keys"))),
            other => return reader.no_variant("a public key", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ed25519(key) => {
                out.push(0);
                key.write(out);
            }
            Self::Secp256k1(key) => {
                out.push(1);
                key.write(out);
            }
            Self::Secp256r1(key) => {
                out.push(2);
                key.write(out);
            }
        }
    }
}

impl Bcs for AnySignature {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::Ed25519(Bcs::read(reader)?),
            1 => Self::Secp256k1(Bcs::read(reader)?),
            2 => Self::WebAuthn(Bcs::read(reader)?),
            3 => return Err(reader.fail(DecodeCause::Unsupported("keyless signatures"))),
            4 => return Err(reader.fail(DecodeCause::Unsupported("SLH-DSA signatures"))),
            other => return reader.no_variant("a signature", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ed25519(signature) => {
                out.push(0);
                signature.write(out);
            }
            Self::Secp256k1(signature) => {
                out.push(1);
                signature.write(out);
            }
            Self::WebAuthn(assertion) => {
                out.push(2);
                assertion.write(out);
            }
        }
    }
}
