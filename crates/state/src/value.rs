//! State values: opaque bytes, without an allocation while they are short.

use alloy_primitives::{B256, Bytes, U256};
use core::{fmt, ops::Deref};

/// Longest value that is kept in place. An account record is 40 bytes, and what a fungible store of
/// Move holds 41.
const INLINE: usize = 46;

/// The bytes under a [`StateKey`](crate::StateKey). Cheap to clone.
#[derive(Clone)]
pub struct Value(Repr);

#[derive(Clone)]
enum Repr {
    Inline(Inline),
    Shared(Bytes),
}

/// Copied in whole words, because values pass through many hands.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Inline {
    bytes: [u8; INLINE],
    len: u8,
    #[allow(dead_code, reason = "for the bytes that it never is")]
    kind: Kind,
}

/// A byte of which few values are used: in the others, the compiler keeps whether a value is
/// inline, and whether there is one, so that nothing else need be copied.
#[derive(Clone, Copy)]
enum Kind {
    Inline,
    #[allow(dead_code, reason = "a type of one value has no byte")]
    Never,
}

/// A value is as large as what is kept in place, with its length and kind.
const _: () = assert!(size_of::<Option<Value>>() == INLINE + 2);

impl Value {
    /// A 256-bit number: a balance in wei, or a word of EVM storage.
    pub fn word(word: U256) -> Self {
        Self::from(word.to_be_bytes::<32>().as_slice())
    }

    /// Reads a 256-bit number back. `None` when the value is not 32 bytes.
    pub fn as_word(&self) -> Option<U256> {
        let bytes: &[u8; 32] = self.as_ref().try_into().ok()?;
        Some(U256::from_be_bytes(*bytes))
    }

    /// Reads a hash back. `None` when the value is not 32 bytes.
    pub fn as_hash(&self) -> Option<B256> {
        B256::try_from(self.as_ref()).ok()
    }

    /// The value as shared bytes. Long values are not copied.
    pub fn to_bytes(&self) -> Bytes {
        match &self.0 {
            Repr::Inline(_) => Bytes::copy_from_slice(self),
            Repr::Shared(bytes) => bytes.clone(),
        }
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline(Inline { bytes, len, .. }) => &bytes[..usize::from(*len)],
            Repr::Shared(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Value {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Value {
    fn from(slice: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (u8::try_from(slice.len()), bytes.get_mut(..slice.len())) {
            (Ok(len), Some(start)) => {
                start.copy_from_slice(slice);
                let kind = Kind::Inline;
                Self(Repr::Inline(Inline { bytes, len, kind }))
            }
            _ => Self(Repr::Shared(Bytes::copy_from_slice(slice))),
        }
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        if bytes.len() <= INLINE {
            Self::from(bytes.as_ref())
        } else {
            Self(Repr::Shared(bytes))
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs): (&[u8], &[u8]) = (self, other);
        // Code that was read and not written is the same bytes at the same place.
        core::ptr::eq(ours, theirs) || ours == theirs
    }
}

impl Eq for Value {}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", alloy_primitives::hex::encode(&**self))
    }
}
