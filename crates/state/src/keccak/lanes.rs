//! The sponge of keccak-256 over as many inputs as a vector of the processor has words.

use super::permutation::permute;
use alloc::vec::Vec;
use alloy_primitives::{B256, keccak256};
use core::cmp::Reverse;
use fearless_simd::{Level, Simd, SimdBase, dispatch};

/// Bytes that one permutation takes in.
const RATE: usize = 136;
/// The same in words.
const RATE_WORDS: usize = RATE / 8;
/// Words in the widest vector there is.
const MAX_LANES: usize = 8;
/// Of narrower vectors, hashing one input after another is as fast.
const MIN_LANES: usize = 4;

/// The hash of each input, or nothing if vectors do not help here.
pub(super) fn hash<T: AsRef<[u8]>>(inputs: &[T]) -> Option<Vec<B256>> {
    if inputs.len() < 2 {
        return None;
    }
    dispatch!(Level::new(), simd => hash_on(simd, inputs))
}

#[inline(always)]
fn hash_on<S: Simd, T: AsRef<[u8]>>(simd: S, inputs: &[T]) -> Option<Vec<B256>> {
    let lanes = S::u64s::LEN;
    if !(MIN_LANES..=MAX_LANES).contains(&lanes) {
        return None;
    }
    // Inputs of as many blocks side by side, so that few lanes end before the others.
    let mut order: Vec<(usize, &[u8])> = inputs.iter().map(AsRef::as_ref).enumerate().collect();
    order.sort_unstable_by_key(|(_, input)| Reverse(blocks(input)));
    let mut hashes = alloc::vec![B256::ZERO; inputs.len()];
    for group in order.chunks(lanes) {
        if let [(index, input)] = group {
            hashes[*index] = keccak256(input);
        } else {
            hash_group(simd, group, &mut hashes);
        }
    }
    Some(hashes)
}

/// Hashes at most as many inputs as there are lanes.
#[inline(always)]
fn hash_group<S: Simd>(simd: S, group: &[(usize, &[u8])], hashes: &mut [B256]) {
    let lanes = S::u64s::LEN;
    let mut states = [S::u64s::splat(simd, 0); 25];
    let most = group.iter().map(|(_, input)| blocks(input)).max();
    for block in 0..most.unwrap_or_default() {
        let mut words = [[0; MAX_LANES]; RATE_WORDS];
        for (lane, (_, input)) in group.iter().enumerate() {
            lay(input, block, lane, &mut words);
        }
        for (state, words) in states.iter_mut().zip(&words) {
            *state ^= S::u64s::from_slice(simd, &words[..lanes]);
        }
        permute(&mut states);
        for (lane, (index, input)) in group.iter().enumerate() {
            if blocks(input) == block + 1 {
                let hash = &mut hashes[*index];
                for (bytes, state) in hash.as_chunks_mut::<8>().0.iter_mut().zip(&states) {
                    *bytes = state[lane].to_le_bytes();
                }
            }
        }
    }
}

/// How many permutations an input takes: the padding is at least a byte.
fn blocks(input: &[u8]) -> usize {
    input.len() / RATE + 1
}

/// Lays a block of an input, padded if it is the last, into a lane; nothing after the last.
#[inline(always)]
fn lay(input: &[u8], block: usize, lane: usize, words: &mut [[u64; MAX_LANES]; RATE_WORDS]) {
    let rest = input.get(block * RATE..).unwrap_or_default();
    let mut padded = [0; RATE];
    let bytes = match rest.first_chunk::<RATE>() {
        Some(bytes) => bytes,
        None if block < blocks(input) => {
            padded[..rest.len()].copy_from_slice(rest);
            padded[rest.len()] = 1;
            padded[RATE - 1] |= 0x80;
            &padded
        }
        None => return,
    };
    for (words, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        words[lane] = u64::from_le_bytes(*bytes);
    }
}
