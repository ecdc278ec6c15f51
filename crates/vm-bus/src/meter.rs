//! Gas: one budget for the whole transaction, counted in EVM gas.

/// A budget that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfGas;

/// The gas of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    limit: u64,
    remaining: u64,
}

impl Meter {
    /// A budget of so much EVM gas.
    pub const fn new(limit: u64) -> Self {
        Self {
            limit,
            remaining: limit,
        }
    }

    /// Gas left.
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Gas used.
    pub const fn used(&self) -> u64 {
        // `remaining` never exceeds `limit`.
        self.limit.saturating_sub(self.remaining)
    }

    /// Takes gas away.
    ///
    /// # Errors
    /// When less is left; then nothing is.
    pub fn charge(&mut self, gas: u64) -> Result<(), OutOfGas> {
        match self.remaining.checked_sub(gas) {
            Some(rest) => {
                self.remaining = rest;
                Ok(())
            }
            None => {
                self.remaining = 0;
                Err(OutOfGas)
            }
        }
    }

    /// The most that may be passed on: all but one 64th (EIP-150).
    pub const fn most_to_pass_on(&self) -> u64 {
        self.remaining - self.remaining / 64
    }
}
