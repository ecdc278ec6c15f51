//! Accounts that a Move function authenticates. Whether it does is for the virtual machine to say;
//! here is what it is given.

use alloc::{string::String, vec::Vec};

use lumio_move_engine::{Address, ModuleId, bcs::put_bytes};

use crate::{
    AuthenticationKey, Bcs, DecodeError, Reader,
    hash::{DERIVABLE_ABSTRACTION, sha3_256},
};

/// A function that authenticates, and what it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abstraction {
    /// The function's module.
    pub module: ModuleId,
    /// The function.
    pub function: String,
    /// What it is given.
    pub data: AbstractionData,
}

/// What a function that authenticates is given. The digest is the SHA3-256 of the signing message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbstractionData {
    /// An account chose the function.
    V1 {
        /// What was signed.
        digest: Vec<u8>,
        /// What shows it, in the function's own form.
        authenticator: Vec<u8>,
    },
    /// The account's address derives from the function and a public key.
    DerivableV1 {
        /// What was signed.
        digest: Vec<u8>,
        /// The signature, in the function's own form.
        signature: Vec<u8>,
        /// The public key, in the function's own form.
        public_key: Vec<u8>,
    },
}

impl Abstraction {
    /// The SHA3-256 of what was signed, if the signer is honest.
    pub fn digest(&self) -> &[u8] {
        match &self.data {
            AbstractionData::V1 { digest, .. } | AbstractionData::DerivableV1 { digest, .. } => {
                digest
            }
        }
    }

    /// The authentication key, and address, of an account that derives from a function and a public
    /// key.
    pub fn authentication_key(&self) -> Option<AuthenticationKey> {
        let AbstractionData::DerivableV1 { public_key, .. } = &self.data else {
            return None;
        };
        let mut bytes = Vec::new();
        self.write_function(&mut bytes);
        put_bytes(&mut bytes, public_key);
        Some(sha3_256(&[&bytes, &[DERIVABLE_ABSTRACTION]]))
    }

    fn write_function(&self, out: &mut Vec<u8>) {
        self.module.address.write(out);
        put_bytes(out, self.module.name.as_bytes());
        put_bytes(out, self.function.as_bytes());
    }
}

impl Bcs for Abstraction {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            module: ModuleId::new(Address::read(reader)?, reader.name("a module's name")?),
            function: reader.name("a function's name")?,
            data: AbstractionData::read(reader)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_function(out);
        self.data.write(out);
    }
}

impl Bcs for AbstractionData {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.uleb()? {
            0 => Ok(Self::V1 {
                digest: reader.bytes()?.into(),
                authenticator: reader.bytes()?.into(),
            }),
            1 => Ok(Self::DerivableV1 {
                digest: reader.bytes()?.into(),
                signature: reader.bytes()?.into(),
                public_key: reader.bytes()?.into(),
            }),
            other => reader.no_variant("an abstract account's data", other),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::V1 {
                digest,
                authenticator,
            } => {
                out.push(0);
                put_bytes(out, digest);
                put_bytes(out, authenticator);
            }
            Self::DerivableV1 {
                digest,
                signature,
                public_key,
            } => {
                out.push(1);
                put_bytes(out, digest);
                put_bytes(out, signature);
                put_bytes(out, public_key);
            }
        }
    }
}
