//! The RLP of nodes, read and written.

use super::{
    Nibbles,
    nibbles::{MAX_NIBBLES, hex_prefix_len, read_hex_prefix, write_hex_prefix},
    node::{Child, Extension, Link, Reference, nibbles_of},
};
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::B256;
use alloy_rlp::{EMPTY_STRING_CODE, Encodable, Header, length_of_length};

/// A leaf, read from its RLP.
pub(super) struct LeafView<'a> {
    /// The nibbles of the key after the leaf's own path.
    pub(super) rest: Nibbles,
    pub(super) value: &'a [u8],
}

impl<'a> LeafView<'a> {
    pub(super) fn read(mut rlp: &'a [u8]) -> Option<Self> {
        let mut list = Header::decode_bytes(&mut rlp, true).ok()?;
        let (rest, leaf) = read_hex_prefix(Header::decode_bytes(&mut list, false).ok()?)?;
        let value = Header::decode_bytes(&mut list, false).ok()?;
        (leaf && list.is_empty() && rlp.is_empty()).then_some(Self { rest, value })
    }
}

/// Appends the RLP of a leaf.
pub(super) fn encode_leaf(rest: &[u8], value: &[u8], out: &mut Vec<u8>) {
    let path = string_len(hex_prefix_len(rest.len()));
    Header {
        list: true,
        payload_length: path + value.length(),
    }
    .encode(out);
    write_path(rest, true, out);
    value.encode(out);
}

/// The length of a hash as an item of a node.
const HASH: usize = 33;

/// The length of what [`encode`] appends.
pub(super) fn encoded_len(link: &Link) -> usize {
    match link {
        Link::Unloaded => 0,
        Link::Leaf(rlp) => rlp.len(),
        Link::Extension(_) | Link::Branch(..) => {
            let payload_length = payload_len(link);
            payload_length + length_of_length(payload_length)
        }
    }
}

/// The length of the items of an extension or a branch.
fn payload_len(link: &Link) -> usize {
    match link {
        Link::Unloaded | Link::Leaf(_) => 0,
        Link::Extension(extension) => {
            string_len(hex_prefix_len(extension.run.len()))
                + reference_len(&extension.child.reference)
        }
        Link::Branch(_, children) => {
            let references = children.iter().map(|child| reference_len(&child.reference));
            17 - children.len() + references.sum::<usize>()
        }
    }
}

/// Appends the RLP of a node whose children's references are known.
pub(super) fn encode(link: &Link, out: &mut Vec<u8>) {
    let header = |out: &mut Vec<u8>| {
        Header {
            list: true,
            payload_length: payload_len(link),
        }
        .encode(out);
    };
    match link {
        Link::Unloaded => {}
        Link::Leaf(rlp) => out.extend_from_slice(rlp),
        Link::Extension(extension) => {
            header(out);
            write_path(extension.run.as_slice(), false, out);
            write_reference(&extension.child.reference, out);
        }
        Link::Branch(mask, children) => {
            header(out);
            // Empty items first, and then the others over them: a hash has its place without a
            // question of room.
            let start = out.len();
            out.resize(start + payload_len(link), EMPTY_STRING_CODE);
            let mut rest = out.get_mut(start..).unwrap_or_default();
            let mut next = 0;
            for (nibble, child) in nibbles_of(*mask).zip(children.iter()) {
                let at = rest.get_mut(usize::from(nibble - next)..);
                rest = place_reference(&child.reference, at.unwrap_or_default());
                next = nibble + 1;
            }
        }
    }
}

/// Writes a reference to the start of `out`, and returns what is after it.
fn place_reference<'o>(reference: &Reference, out: &'o mut [u8]) -> &'o mut [u8] {
    match reference {
        Reference::Unknown => out,
        Reference::Hash(hash) => {
            let Some((item, rest)) = out.split_first_chunk_mut::<HASH>() else {
                return Default::default();
            };
            item[0] = EMPTY_STRING_CODE + 32;
            item[1..].copy_from_slice(hash.as_slice());
            rest
        }
        Reference::Inline(rlp, len) => {
            let len = usize::from(*len);
            let (Some(rlp), Some((item, rest))) = (rlp.get(..len), out.split_at_mut_checked(len))
            else {
                return Default::default();
            };
            item.copy_from_slice(rlp);
            rest
        }
    }
}

/// Reads a node at `depth`; nothing if it is no node, or reaches beyond the longest path.
pub(super) fn decode(mut rlp: &[u8], depth: usize) -> Option<Link> {
    let whole = rlp;
    let mut list = Header::decode_bytes(&mut rlp, true).ok()?;
    if !rlp.is_empty() {
        return None;
    }
    let first = Item::read(&mut list)?;
    let second = Item::read(&mut list)?;
    if list.is_empty() {
        return decode_short(whole, first, second, depth);
    }
    if depth >= MAX_NIBBLES {
        return None;
    }
    let mut mask = 0;
    let mut children = Vec::with_capacity(16);
    let mut items = [first, second].into_iter();
    for nibble in 0..16 {
        let item = match items.next() {
            Some(item) => item,
            None => Item::read(&mut list)?,
        };
        if !item.is_empty() {
            mask |= 1u16 << nibble;
            children.push(Child::unloaded(item.reference()?));
        }
    }
    let value = Item::read(&mut list)?;
    (value.is_empty() && list.is_empty() && children.len() > 1)
        .then(|| Link::Branch(mask, children.into()))
}

fn decode_short(whole: &[u8], path: Item<'_>, content: Item<'_>, depth: usize) -> Option<Link> {
    let (run, leaf) = read_hex_prefix(path.string()?)?;
    if depth + run.len() > MAX_NIBBLES {
        return None;
    }
    if leaf {
        return content.string().map(|_| Link::Leaf(whole.into()));
    }
    if run.is_empty() || content.is_empty() {
        return None;
    }
    let child = Child::unloaded(content.reference()?);
    Some(Link::Extension(Arc::new(Extension { run, child })))
}

/// One item of a node's list.
struct Item<'a> {
    list: bool,
    payload: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Item<'a> {
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let start = *rest;
        let Header {
            list,
            payload_length,
        } = Header::decode(rest).ok()?;
        let payload = rest.get(..payload_length)?;
        *rest = rest.get(payload_length..)?;
        let whole = start.get(..start.len() - rest.len())?;
        Some(Self {
            list,
            payload,
            whole,
        })
    }

    fn is_empty(&self) -> bool {
        !self.list && self.payload.is_empty()
    }

    fn string(&self) -> Option<&'a [u8]> {
        (!self.list).then_some(self.payload)
    }

    fn reference(&self) -> Option<Reference> {
        if self.list {
            return Reference::inline(self.whole);
        }
        B256::try_from(self.payload).ok().map(Reference::Hash)
    }
}

/// The length of the RLP of a string of `len` bytes that is not a single byte above 0x7f, `len` under 56.
const fn string_len(len: usize) -> usize {
    if len == 1 { 1 } else { len + 1 }
}

fn write_path(nibbles: &[u8], leaf: bool, out: &mut Vec<u8>) {
    let len = hex_prefix_len(nibbles.len());
    if len > 1 {
        out.push(EMPTY_STRING_CODE + len as u8);
    }
    write_hex_prefix(nibbles, leaf, out);
}

const fn reference_len(reference: &Reference) -> usize {
    match reference {
        Reference::Unknown => 0,
        Reference::Hash(_) => HASH,
        Reference::Inline(_, len) => *len as usize,
    }
}

fn write_reference(reference: &Reference, out: &mut Vec<u8>) {
    match reference {
        Reference::Unknown => {}
        Reference::Hash(hash) => {
            let mut item = [EMPTY_STRING_CODE + 32; HASH];
            item[1..].copy_from_slice(hash.as_slice());
            out.extend_from_slice(&item);
        }
        Reference::Inline(rlp, len) => {
            out.extend_from_slice(rlp.get(..usize::from(*len)).unwrap_or_default());
        }
    }
}
