//! Which checks a transaction must pass.

/// Which of the checks on a transaction are made. A block makes all of them;
/// a simulation leaves some out, as geth does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The nonce is the sender's next.
    pub nonce: bool,
    /// The sender can pay for gas and value.
    pub balance: bool,
    /// Gas limits of block and transaction.
    pub gas_limit: bool,
    /// The sender is no contract (EIP-3607).
    pub sender_without_code: bool,
    /// The fee cap covers the base fee.
    pub base_fee: bool,
    /// Fees are taken from the sender and given to their recipients.
    pub fees: bool,
}

impl Checks {
    /// As in a block.
    pub const ALL: Self = Self {
        nonce: true,
        balance: true,
        gas_limit: true,
        sender_without_code: true,
        base_fee: true,
        fees: true,
    };
}
