//! What the index asks of the node.

use super::super::backend::{Ledger, Result, States};
use lumio_move_engine::Address;

/// What the index is made from, all of it on the node:
///
/// ```text
/// Ledger    blocks, and transactions with what they changed and emitted; those
///           of version 0 with all that genesis wrote
/// States    layouts of types, of the newest state
/// octas     balances of ETH, which no transaction's changes tell
/// ```
///
/// Nobody has to feed the index: it follows [`Ledger::subscribe`], and when the
/// chain has another block at a height than it had, takes back what is gone.
pub trait IndexBackend: Ledger + States {
    /// What an account owns now in whole octas, as Move's
    /// `coin::balance<AptosCoin>` says it, of any account, known or not.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn octas(&self, account: Address) -> Result<u64>;
}
