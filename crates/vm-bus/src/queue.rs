//! Queued calls: events of the system's contracts ask for them, and they run once the outermost call
//! has succeeded, in the order of the events.
//!
//! The queue is the transaction's list of events itself, so that what a reverted frame has queued
//! is gone with the frame's other events.

use alloc::format;
use alloy_primitives::{Address, B256, address};
use lumio_state::{Fault, Journal, StateKey};
use lumio_types::{AccountId, EventOrigin};

use crate::{Bus, Host, Outcome, asked};

/// The contract of the EVM that queues calls of Move functions.
pub const QUEUE_ADDRESS: Address = address!("42000000000000000000000000000000000000FF");

/// The contract of the EVM that calls other VMs, and that queues calls of Solana programs.
pub const CROSS_VM_ADDRESS: Address = address!("42000000000000000000000000000000000000FE");

/// Calls that one transaction may queue.
pub const MAX_QUEUED: usize = 256;

/// Runs what is in the queue.
pub(crate) fn run(bus: &mut Bus<'_, '_>, first_log: usize) -> Result<Option<Outcome>, Fault> {
    let (mut next, mut queued) = (first_log, 0_usize);
    while let Some((log, origin)) = bus.journal_ref().event(next) {
        next = next.saturating_add(1);
        let is_evm = matches!(origin, EventOrigin::Evm);
        let Some(asked) = asked::of(log, origin) else {
            continue;
        };
        queued = queued.saturating_add(1);
        let failed = match asked {
            _ if queued > MAX_QUEUED => Some(Outcome::refusal(&format!(
                "a transaction may queue {MAX_QUEUED} calls, and this one queued more"
            ))),
            Err(reason) => Some(Outcome::refusal(&reason)),
            Ok(mut call) => {
                if is_evm {
                    call.caller = account_of(bus.journal(), call.caller.evm_address())?;
                }
                call.gas = bus.meter().remaining();
                let outcome = bus.run(&call)?;
                (!outcome.is_success()).then_some(outcome)
            }
        };
        if failed.is_some() {
            return Ok(failed);
        }
    }
    Ok(None)
}

/// Whether any of a transaction's logs, since it had so many, asks for a call.
pub fn has_queued(journal: &Journal<'_>, first_log: usize) -> bool {
    let events = (first_log..).map_while(|at| journal.event(at));
    let mut events = events.filter(|(log, origin)| asked::asks(log, origin));
    events.next().is_some()
}

/// The account behind an EVM address: of a hashed one, the account that is linked to it.
///
/// # Errors
/// When the state cannot be read.
pub fn account_of(journal: &mut Journal<'_>, address: Address) -> Result<AccountId, Fault> {
    let linked = journal.read(&StateKey::Link(address))?;
    let linked = linked.and_then(|value| B256::try_from(&*value).ok());
    Ok(linked.map_or_else(|| AccountId::from_evm(address), AccountId))
}
