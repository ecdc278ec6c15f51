//! Why the machinery, and not the contract, could not go on.

use alloc::string::String;

/// A failure that is no outcome of a transaction.
///
/// It unwinds the whole transaction. It is never turned into a revert and
/// never becomes a receipt: another node would not have seen it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A speculative read met a value that is about to change: run again.
    #[error("a speculative read must be retried")]
    Retry,
    /// The state could not be read.
    #[error("cannot read the state: {0}")]
    Storage(String),
    /// An invariant of our own code does not hold.
    #[error("internal error, please report it: {0}")]
    Bug(String),
}
