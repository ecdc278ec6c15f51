//! Why the pool refuses a transaction, in geth's words, which wallets look for.

use alloy_primitives::U256;

/// Why the pool refuses a transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are the numbers of the messages")]
pub enum PoolError {
    /// It is in the pool already.
    #[error("already known")]
    AlreadyKnown,
    /// A type that the chain does not have.
    #[error("transaction type not supported")]
    TypeNotSupported,
    /// Signed for another chain.
    #[error("invalid sender: invalid chain id for signer: have {have} want {want}")]
    ChainId { have: u64, want: u64 },
    /// Too many bytes to be passed on.
    #[error("oversized data: transaction size {size}, limit {limit}")]
    Oversized { size: usize, limit: usize },
    /// EIP-3860.
    #[error("max initcode size exceeded: code size {size}, limit {limit}")]
    InitCode { size: usize, limit: usize },
    /// More gas than a block has.
    #[error("exceeds block gas limit")]
    BlockGasLimit,
    /// EIP-7825.
    #[error("transaction gas limit too high (cap: {cap}, tx: {gas})")]
    GasCap { cap: u64, gas: u64 },
    /// The tip is larger than the fee that it is part of.
    #[error(
        "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}"
    )]
    TipAboveFeeCap { tip: u128, cap: u128 },
    /// Less gas than the transaction costs before it runs.
    #[error("intrinsic gas too low: gas {gas}, minimum needed {needed}")]
    IntrinsicGas { gas: u64, needed: u64 },
    /// EIP-7623.
    #[error("insufficient gas for floor data gas cost: gas {gas}, minimum needed {needed}")]
    FloorGas { gas: u64, needed: u64 },
    /// EIP-7702.
    #[error("set code tx must have at least one authorization tuple")]
    EmptyAuthorizationList,
    /// EIP-2681.
    #[error("nonce has max value")]
    NonceMax,
    /// The nonce was used.
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow { next: u64, nonce: u64 },
    /// The sender cannot pay for this transaction.
    #[error(
        "insufficient funds for gas * price + value: balance {balance}, tx cost {cost}, overshot {}",
        cost.saturating_sub(*balance)
    )]
    InsufficientFunds { balance: U256, cost: U256 },
    /// The sender cannot pay for this transaction after those before it.
    #[error(
        "insufficient funds for gas * price + value: balance {balance}, queued cost {queued}, tx cost {cost}, overshot {}",
        queued.saturating_add(*cost).saturating_sub(*balance)
    )]
    InsufficientFundsQueued {
        balance: U256,
        queued: U256,
        cost: U256,
    },
    /// A replacement must pay a tenth more.
    #[error("replacement transaction underpriced")]
    ReplacementUnderpriced,
    /// The pool is full of better ones, or the price is below the node's minimum.
    #[error("transaction underpriced")]
    Underpriced,
    /// Pays less than the node's minimum.
    #[error("transaction gas price below minimum: gas tip cap {tip}, minimum needed {needed}")]
    BelowMinimum { tip: u128, needed: u128 },
    /// The pool is full, and a transaction behind a gap drives nothing out.
    #[error("txpool is full")]
    Full,
    /// The sender has as many in the pool as it may.
    #[error("account limit exceeded")]
    AccountLimit,
    /// What brings another VM's transaction brings nothing else.
    #[error("the carrier of another VM's transaction cannot bring value")]
    CarrierValue,
    /// Nobody would pay for it.
    #[error("the carrier of another VM's transaction cannot bring an access list")]
    CarrierAccessList,
    /// Who wraps a transaction must not be able to make it run out of gas.
    #[error("the carrier's gas limit is {gas}, and the transaction in it may use {needed}")]
    CarrierGas { gas: u64, needed: u64 },
    /// Its compute budget is not valid.
    #[error("the carried Solana transaction: {0}")]
    Solana(String),
    /// The node's database failed.
    #[error("the sender's account could not be read: {0}")]
    State(String),
    /// The node's disk failed.
    #[error("the transaction could not be written to the pool's journal: {0}")]
    Journal(String),
}

impl PoolError {
    /// Whether the node is to blame and not the transaction.
    pub const fn is_internal(&self) -> bool {
        matches!(self, Self::State(_) | Self::Journal(_))
    }
}
