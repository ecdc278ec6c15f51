//! Small changes of inputs.

use crate::{
    layout::{Layout, push_uleb},
    rng::Rng,
};

/// Longer inputs than this are cut: modules are at most about as long.
const LENGTH_MAX: usize = 64 * 1024;
/// Numbers at which readers tend to go wrong.
const EDGES: [u64; 16] = [
    0,
    1,
    2,
    63,
    64,
    127,
    128,
    254,
    255,
    256,
    257,
    32_767,
    65_535,
    65_536,
    0xffff_ffff,
    u64::MAX,
];
/// The newest version, with room for unknown ones beyond it.
const VERSIONS: u64 = 12;

/// An input made of `input` by one to eight changes; `other` gives parts.
pub(crate) fn mutate(rng: &mut Rng, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=rng.below(3).saturating_mul(rng.below(3)).saturating_mul(2) {
        let layout = Layout::parse(&bytes);
        match layout {
            Some(mut layout) if rng.below(3) != 0 => {
                mutate_layout(rng, &mut layout, other);
                bytes = layout.bytes();
            }
            _ => mutate_bytes(rng, &mut bytes, other),
        }
    }
    bytes.truncate(LENGTH_MAX);
    bytes
}

/// Keeps the directory true to the tables.
fn mutate_layout(rng: &mut Rng, layout: &mut Layout, other: &[u8]) {
    let count = layout.tables.len();
    let at = rng.below(count);
    match rng.below(16) {
        0 => {
            layout.version = (rng.next() % VERSIONS).to_le_bytes()[..4]
                .try_into()
                .unwrap_or_default()
        }
        1 => layout.version[3] ^= 0x0a,
        2 if count > 0 => {
            layout.tables.remove(at);
        }
        3 if count > 0 => layout.tables.swap(at, rng.below(count)),
        4 => {
            if let Some(table) = layout.tables.get_mut(at) {
                table.0 = rng.byte() % 0x16;
            }
        }
        5 => {
            let donor = Layout::parse(other).unwrap_or_else(|| layout.clone());
            if let Some(table) = donor.tables.get(rng.below(donor.tables.len())) {
                match layout.tables.iter_mut().find(|(kind, _)| *kind == table.0) {
                    Some(mine) => mine.1.clone_from(&table.1),
                    None => layout.tables.push(table.clone()),
                }
            }
        }
        6 => mutate_bytes(rng, &mut layout.tail, other),
        _ => {
            if let Some((_, content)) = layout.tables.get_mut(at) {
                let parts = content.clone();
                let parts = if rng.below(2) == 0 { &parts } else { other };
                mutate_bytes(rng, content, parts);
            }
        }
    }
}

fn mutate_bytes(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = rng.below(bytes.len());
    match rng.below(10) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = rng.byte();
            }
        }
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                let step = rng.byte() % 9;
                *byte = byte.wrapping_add(step).wrapping_sub(4);
            }
        }
        3 => bytes.insert(at.min(bytes.len()), rng.byte()),
        4 => {
            let range = rng.range(bytes.len(), 16);
            bytes.drain(range);
        }
        5 => {
            let range = rng.range(bytes.len(), 64);
            let copy = bytes.get(range).unwrap_or_default().to_vec();
            let times = if rng.below(8) == 0 { rng.below(500) } else { 1 };
            if copy.len().saturating_mul(times).saturating_add(bytes.len()) <= LENGTH_MAX {
                bytes.splice(at..at, copy.repeat(times));
            }
        }
        6 => {
            let range = rng.range(bytes.len(), 2);
            bytes.splice(range, edge(rng));
        }
        7 => {
            let number = edge(rng);
            bytes.splice(at..at, number);
        }
        8 => {
            let from = rng.range(other.len(), 64);
            let part = other.get(from).unwrap_or_default().to_vec();
            let range = rng.range(bytes.len(), 64);
            bytes.splice(range, part);
        }
        _ => bytes.truncate(at),
    }
}

/// A number at an edge as ULEB128, now and then not in its shortest form.
fn edge(rng: &mut Rng) -> Vec<u8> {
    let mut out = Vec::new();
    let value = EDGES
        .get(rng.below(EDGES.len()))
        .copied()
        .unwrap_or_default();
    push_uleb(&mut out, value);
    if rng.below(8) == 0 {
        if let Some(last) = out.last_mut() {
            *last |= 0x80;
        }
        out.push(0);
    }
    out
}
