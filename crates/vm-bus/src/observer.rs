//! Somebody who looks on while a transaction runs: a tracer.

use crate::{Call, Outcome};
use lumio_state::Journal;

/// Is told of every call between virtual machines. It can change nothing, so that a transaction
/// comes to the same whether it is looked at or not.
pub trait Observer {
    /// A call begins; the journal is as its caller has left it.
    fn begin(&self, call: &Call, journal: &Journal<'_>);

    /// It has ended, and what it did stands or is undone. Not told when a fault unwinds the
    /// transaction.
    fn end(&self, call: &Call, outcome: &Outcome, journal: &Journal<'_>);

    /// The outermost call has succeeded: those that follow were queued.
    fn begin_queue(&self);
}
