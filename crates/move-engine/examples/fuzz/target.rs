//! What a target is.

/// Something that is given inputs.
pub(crate) trait Target {
    /// Runs one input. What it returns stands for the path that the engine took: an input with a
    /// new value is kept and mutated further, so there should be thousands of values at most. It
    /// panics if the engine does something that it must never do.
    fn run(&mut self, input: &[u8]) -> u64;

    /// Inputs to start from besides the compiled modules.
    fn seeds(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// A hash for [`Target::run`]: FNV-1a of whatever tells paths apart.
#[derive(Clone, Copy)]
pub(crate) struct Path(u64);

impl Path {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn add(&mut self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref() {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // A separator, so that "ab" and "c" are not "a" and "bc".
        self.0 = (self.0 ^ 0x100).wrapping_mul(0x0100_0000_01b3);
    }

    /// A text without its digits, so that messages with different numbers count as one.
    pub(crate) fn add_words(&mut self, text: &str) {
        let words: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_digit()).collect();
        self.add(words);
    }

    /// A count, of which only the order of magnitude matters.
    pub(crate) fn add_magnitude(&mut self, count: usize) {
        self.add([usize::BITS.saturating_sub(count.leading_zeros()) as u8]);
    }

    pub(crate) fn value(self) -> u64 {
        self.0
    }
}
