//! What can be wrong with a transaction: its bytes, or its signatures.

use alloc::string::String;

use lumio_move_engine::Address;

use crate::Role;

/// Why bytes are not what they should be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {cause}")]
pub struct DecodeError {
    /// How many bytes had been read.
    pub offset: usize,
    /// What is wrong there.
    pub cause: DecodeCause,
}

/// What is wrong with some bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeCause {
    /// More bytes are needed than there are.
    #[error("{needed} bytes are needed and {left} are left")]
    Truncated {
        /// How many.
        needed: usize,
        /// How many there are.
        left: usize,
    },
    /// Everything was read and bytes are left.
    #[error("{0} bytes follow the end")]
    Trailing(usize),
    /// A length or variant is not in the shortest form of ULEB128.
    #[error("a length or variant is not in its shortest form")]
    NotCanonical,
    /// A length or variant exceeds 32 bits.
    #[error("a length or variant exceeds 32 bits")]
    TooWide,
    /// Neither 0 nor 1.
    #[error("{0} is neither 0 nor 1, as a boolean or an option's presence must be")]
    NotBoolean(u8),
    /// More elements than any valid transaction has.
    #[error("{count} {what}: at most {most} are allowed")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: u32,
        /// How many there may be.
        most: u32,
    },
    /// A byte string of another length than its type has.
    #[error("{what} has {found} bytes instead of {expected}")]
    WrongLength {
        /// What it is.
        what: &'static str,
        /// Its length.
        found: u32,
        /// What its length should be.
        expected: u32,
    },
    /// Keys or signatures of a multi-ed25519 account that do not add up.
    #[error("{what} cannot have {found} bytes")]
    OddLength {
        /// What it is.
        what: &'static str,
        /// Its length.
        found: usize,
    },
    /// A variant that does not exist.
    #[error("{what} has no variant {variant}")]
    UnknownVariant {
        /// The type.
        what: &'static str,
        /// The variant.
        variant: u32,
    },
    /// A variant that exists on Aptos and not here.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// A text that is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUtf8(&'static str),
    /// A text that cannot be a name in Move.
    #[error("{name:?} cannot be {what}")]
    BadName {
        /// What it should name.
        what: &'static str,
        /// The text.
        name: String,
    },
    /// A type argument that is none.
    #[error("type argument: {0}")]
    TypeTag(String),
}

/// Why a transaction is not signed as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// An account's signature is refused.
    #[error("{role} {address}: {cause}")]
    Account {
        /// What the account does in the transaction.
        role: Role,
        /// The account.
        address: Address,
        /// Why.
        cause: SignatureError,
    },
    /// Secondary signers and their authenticators differ in number.
    #[error("{addresses} secondary signers have {authenticators} authenticators")]
    SecondaryCount {
        /// How many signers.
        addresses: usize,
        /// How many authenticators.
        authenticators: usize,
    },
    /// Two of sender and secondary signers are the same account.
    #[error("{0} signs more than once")]
    DuplicateSigner(Address),
    /// More signatures than one transaction may have.
    #[error("{count} signatures: at most {most} are allowed")]
    TooManySignatures {
        /// How many.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A transaction to simulate could also be sent.
    #[error("{role} {address}: a transaction to simulate must not have a valid signature")]
    ValidSignature {
        /// What the account does in the transaction.
        role: Role,
        /// The account.
        address: Address,
    },
}

/// Why an account's signature is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It was not made by this key for this message.
    #[error("the signature does not hold for this key and message")]
    Invalid,
    /// Its numbers are zero or too large.
    #[error("the signature's numbers are out of range")]
    OutOfRange,
    /// The larger of the two values for `s` that hold; only the smaller is accepted.
    #[error("the signature's s is in the upper half of its range")]
    HighS,
    /// No point of the curve, or one of small order.
    #[error("the public key is not a valid point of its curve")]
    BadKey,
    /// For example a secp256k1 key with an ed25519 signature.
    #[error("{key} key has {signature} signature")]
    SchemeMismatch {
        /// The key's scheme.
        key: &'static str,
        /// The signature's.
        signature: &'static str,
    },
    /// A threshold of zero or above the number of keys, or no keys.
    #[error("a threshold of {threshold} with {keys} keys")]
    Threshold {
        /// How many must sign.
        threshold: u8,
        /// How many can.
        keys: usize,
    },
    /// Fewer signatures than the account asks for.
    #[error("{found} signatures where {needed} are needed")]
    NotEnough {
        /// How many must sign.
        needed: u8,
        /// How many did.
        found: usize,
    },
    /// The bitmap does not say whose each signature is.
    #[error("the bitmap names {bits} signers and there are {signatures} signatures")]
    Bitmap {
        /// How many it names.
        bits: usize,
        /// How many signed.
        signatures: usize,
    },
    /// The bitmap names a key that is not there.
    #[error("the bitmap names key {index} of {keys}")]
    NoSuchKey {
        /// Its place, from 0.
        index: usize,
        /// How many keys there are.
        keys: usize,
    },
    /// Only transactions to simulate may go without.
    #[error("the account does not authenticate")]
    Absent,
    /// An abstract account's digest is not that of the transaction.
    #[error("the digest is not that of this transaction")]
    Digest,
    /// A passkey signed something else.
    #[error("client data: {0}")]
    ClientData(#[from] ClientDataError),
}

/// Why a passkey's client data is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientDataError {
    /// Not a JSON object with a type and a challenge.
    #[error("not a JSON object with one type and one challenge")]
    Malformed,
    /// Not an assertion.
    #[error("its type is not webauthn.get")]
    Type,
    /// Signed for something else.
    #[error("its challenge is not that of this transaction")]
    Challenge,
}
