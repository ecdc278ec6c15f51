//! Pseudo-random numbers: xorshift64*.

pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `n`, or 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 16)
            .unwrap_or_default()
            .checked_rem(n)
            .unwrap_or_default()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    /// A range of at most `longest` within `0..length`; empty only where it must be.
    pub(crate) fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        let most = length.saturating_sub(start).min(longest);
        let end = start
            .saturating_add(self.below(most).saturating_add(1))
            .min(length);
        start..end
    }
}
