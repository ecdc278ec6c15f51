#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod abstraction;
mod account;
mod address;
mod argument;
mod authenticator;
mod bcs;
mod crypto;
mod error;
mod evidence;
mod hash;
mod key;
mod multi_ed25519;
mod multi_key;
mod orderless;
mod parts;
mod payload;
mod raw;
mod reader;
mod signed;
mod simulate;
mod verify;
mod webauthn;

pub use abstraction::{Abstraction, AbstractionData};
pub use account::AccountAuthenticator;
pub use address::{
    object_address_from_guid, object_address_from_object, object_address_from_seed,
    resource_account_address, unique_address,
};
pub use argument::TransactionArgument;
pub use authenticator::TransactionAuthenticator;
pub use bcs::Bcs;
pub use crypto::verify_ed25519;
pub use error::{ClientDataError, DecodeCause, DecodeError, SignatureError, VerifyError};
pub use hash::{AuthenticationKey, Hash};
pub use key::{
    AnyPublicKey, AnySignature, Ed25519PublicKey, Ed25519Signature, Secp256k1PublicKey,
    Secp256k1Signature, Secp256r1PublicKey, Secp256r1Signature,
};
pub use multi_ed25519::{MultiEd25519PublicKey, MultiEd25519Signature};
pub use multi_key::{MultiKey, MultiKeySignature};
pub use payload::{
    EntryFunction, Executable, ExecutableRef, ExtraConfig, Multisig, OrderlessPayload, Script,
    TransactionPayload,
};
pub use raw::{RawTransaction, RawTransactionWithData, ReplayProtector};
pub use reader::Reader;
pub use signed::SignedTransaction;
pub use verify::{Proof, Role, Signer, Signers};
pub use webauthn::WebAuthnAssertion;
