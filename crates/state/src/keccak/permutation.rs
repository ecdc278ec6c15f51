//! Keccak-f\[1600\] on vectors: each lane of the 25 vectors is a state of its own.
//!
//! Written without loops over the state, so that all of it is kept in registers.

use core::ops::{BitAnd, BitOr, BitXor, Not, Shl, Shr};

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// A vector of words.
pub(super) trait Words:
    Copy
    + BitXor<Output = Self>
    + BitXor<u64, Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
}

impl<V> Words for V where
    V: Copy
        + BitXor<Output = V>
        + BitXor<u64, Output = V>
        + BitAnd<Output = V>
        + BitOr<Output = V>
        + Not<Output = V>
        + Shl<u32, Output = V>
        + Shr<u32, Output = V>
{
}

/// Permutes the states; word `x` of row `y` is at `x + 5 * y`.
#[inline(always)]
pub(super) fn permute<V: Words>(states: &mut [V; 25]) {
    let mut a = *states;
    for constant in ROUNDS {
        round(&mut a, constant);
    }
    *states = a;
}

#[inline(always)]
fn round<V: Words>(a: &mut [V; 25], constant: u64) {
    let (c0, c1, c2) = (column(a, 0), column(a, 1), column(a, 2));
    let (c3, c4) = (column(a, 3), column(a, 4));
    let (d0, d1, d2) = (c4 ^ rotate(c1, 1), c0 ^ rotate(c2, 1), c1 ^ rotate(c3, 1));
    let (d3, d4) = (c2 ^ rotate(c4, 1), c3 ^ rotate(c0, 1));
    let b = *a;
    let row = [
        b[0] ^ d0,
        rotate(b[6] ^ d1, 44),
        rotate(b[12] ^ d2, 43),
        rotate(b[18] ^ d3, 21),
        rotate(b[24] ^ d4, 14),
    ];
    chi(a, 0, row);
    let row = [
        rotate(b[3] ^ d3, 28),
        rotate(b[9] ^ d4, 20),
        rotate(b[10] ^ d0, 3),
        rotate(b[16] ^ d1, 45),
        rotate(b[22] ^ d2, 61),
    ];
    chi(a, 5, row);
    let row = [
        rotate(b[1] ^ d1, 1),
        rotate(b[7] ^ d2, 6),
        rotate(b[13] ^ d3, 25),
        rotate(b[19] ^ d4, 8),
        rotate(b[20] ^ d0, 18),
    ];
    chi(a, 10, row);
    let row = [
        rotate(b[4] ^ d4, 27),
        rotate(b[5] ^ d0, 36),
        rotate(b[11] ^ d1, 10),
        rotate(b[17] ^ d2, 15),
        rotate(b[23] ^ d3, 56),
    ];
    chi(a, 15, row);
    let row = [
        rotate(b[2] ^ d2, 62),
        rotate(b[8] ^ d3, 55),
        rotate(b[14] ^ d4, 39),
        rotate(b[15] ^ d0, 41),
        rotate(b[21] ^ d1, 2),
    ];
    chi(a, 20, row);
    a[0] = a[0] ^ constant;
}

/// The parity of a column.
#[inline(always)]
fn column<V: Words>(a: &[V; 25], x: usize) -> V {
    a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]
}

/// Sets the row that begins at `at`.
#[inline(always)]
fn chi<V: Words>(a: &mut [V; 25], at: usize, [p, q, r, s, t]: [V; 5]) {
    a[at] = p ^ (!q & r);
    a[at + 1] = q ^ (!r & s);
    a[at + 2] = r ^ (!s & t);
    a[at + 3] = s ^ (!t & p);
    a[at + 4] = t ^ (!p & q);
}

#[inline(always)]
fn rotate<V: Words>(word: V, by: u32) -> V {
    word << by | word >> (64 - by)
}
