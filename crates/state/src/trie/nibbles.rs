//! A path in the trie: up to 64 half-bytes, kept inline, with the hex-prefix
//! form that leaf and extension nodes store.

use alloc::vec::Vec;
use alloy_primitives::B256;
use core::{cmp::Ordering, fmt};

/// The longest path: a 32-byte key.
pub(super) const MAX_NIBBLES: usize = 64;

/// A sequence of at most 64 nibbles, ordered like a string.
///
/// Bytes after the end are always zero, so that equal paths are equal bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nibbles {
    len: u8,
    nibbles: [u8; MAX_NIBBLES],
}

impl Nibbles {
    /// The empty path, which is the root's.
    pub const EMPTY: Self = Self {
        len: 0,
        nibbles: [0; MAX_NIBBLES],
    };

    /// The path of a 32-byte key.
    pub fn from_key(key: &B256) -> Self {
        let mut nibbles = [0; MAX_NIBBLES];
        for (pair, byte) in nibbles.chunks_exact_mut(2).zip(key.iter()) {
            pair[0] = byte >> 4;
            pair[1] = byte & 0x0f;
        }
        Self {
            len: MAX_NIBBLES as u8,
            nibbles,
        }
    }

    /// The path of a byte string, or nothing if it is longer than 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut path = Self::EMPTY;
        for byte in bytes {
            path = path.joined(&[byte >> 4, byte & 0x0f])?;
        }
        Some(path)
    }

    /// A path of these nibbles, or nothing if there are more than 64 or one is above 15.
    pub fn from_nibbles(nibbles: &[u8]) -> Option<Self> {
        if nibbles.iter().any(|nibble| *nibble > 0x0f) {
            return None;
        }
        Self::EMPTY.joined(nibbles)
    }

    /// The 32-byte key of which this is the path, if it is a whole one.
    pub fn to_key(&self) -> Option<B256> {
        let mut key = B256::ZERO;
        for (byte, pair) in key.iter_mut().zip(self.nibbles.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        (self.len() == MAX_NIBBLES).then_some(key)
    }

    /// The nibbles, one per byte: also a fit database key, for it keeps the order of paths.
    pub fn as_slice(&self) -> &[u8] {
        self.nibbles.get(..self.len()).unwrap_or_default()
    }

    /// How many nibbles there are.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether this is the root's path.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The nibble at `index`.
    pub(super) fn at(&self, index: usize) -> Option<u8> {
        self.as_slice().get(index).copied()
    }

    /// The nibbles from `start` on.
    pub(super) fn from(&self, start: usize) -> &[u8] {
        self.as_slice().get(start..).unwrap_or_default()
    }

    /// The first `len` nibbles, or all of them if there are fewer.
    pub(super) fn prefix(&self, len: usize) -> Self {
        let len = len.min(self.len());
        let mut nibbles = self.nibbles;
        nibbles[len..].fill(0);
        Self {
            len: len as u8,
            nibbles,
        }
    }

    /// This path followed by `more`, or nothing if that is longer than 64.
    pub(super) fn joined(&self, more: &[u8]) -> Option<Self> {
        let end = self.len().checked_add(more.len())?;
        let mut path = *self;
        path.nibbles.get_mut(self.len()..end)?.copy_from_slice(more);
        path.len = end as u8;
        Some(path)
    }

    /// How many nibbles `run` shares with this path from `start` on.
    pub(super) fn common(&self, start: usize, run: &[u8]) -> usize {
        self.from(start)
            .iter()
            .zip(run)
            .take_while(|(a, b)| a == b)
            .count()
    }
}

impl Ord for Nibbles {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl PartialOrd for Nibbles {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Nibbles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/")?;
        self.as_slice()
            .iter()
            .try_for_each(|nibble| write!(f, "{nibble:x}"))
    }
}

impl fmt::Debug for Nibbles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nibbles({self})")
    }
}

/// How many bytes the hex-prefix form of `count` nibbles takes.
pub(super) const fn hex_prefix_len(count: usize) -> usize {
    count / 2 + 1
}

/// Appends the hex-prefix form: a flag nibble (2 for a leaf, 1 for odd), then the nibbles in pairs.
pub(super) fn write_hex_prefix(nibbles: &[u8], leaf: bool, out: &mut Vec<u8>) {
    let flag = if leaf { 0x20 } else { 0 };
    let pairs = match nibbles.split_first() {
        Some((first, rest)) if nibbles.len() % 2 == 1 => {
            out.push(flag | 0x10 | first);
            rest
        }
        _ => {
            out.push(flag);
            nibbles
        }
    };
    out.extend(pairs.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
}

/// Reads the hex-prefix form: the nibbles, and whether it is a leaf's. Only the canonical form is taken.
pub(super) fn read_hex_prefix(bytes: &[u8]) -> Option<(Nibbles, bool)> {
    let (first, pairs) = bytes.split_first()?;
    if pairs.len() > MAX_NIBBLES / 2 {
        return None;
    }
    let mut path = Nibbles::EMPTY;
    let odd = first & 0x10 != 0;
    if first & 0xc0 != 0 || (!odd && first & 0x0f != 0) {
        return None;
    }
    let mut len = 0;
    if odd {
        path.nibbles[0] = first & 0x0f;
        len = 1;
    }
    for byte in pairs {
        *path.nibbles.get_mut(len)? = byte >> 4;
        *path.nibbles.get_mut(len + 1)? = byte & 0x0f;
        len += 2;
    }
    path.len = len as u8;
    Some((path, first & 0x20 != 0))
}
