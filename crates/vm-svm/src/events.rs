//! What programs log, as events in the transaction's one list.
//!
//! The runtime's syscalls have no way to the chain. So what is logged waits in a list of the thread
//! until another VM is called, or the run ends. It is taken where it is logged and not read out of
//! the log's lines, which a program can make look like another's.

use alloy_primitives::{B256, Bytes, Log};
use alloy_sol_types::SolEvent;
use lumio_state::Journal;
use lumio_types::{Event, EventOrigin};
use solana_pubkey::Pubkey;
use std::cell::RefCell;

use crate::{account::form, prices::EVENT_BYTES};

/// Notes that something was logged, or returned, which is in no log.
pub(crate) fn miss() {
    WAITING.with_borrow_mut(|waiting| waiting.has_missed = true);
}

/// Whether the run's log is not all that there is.
pub(crate) fn has_missed() -> bool {
    WAITING.with_borrow(|waiting| waiting.has_missed)
}

/// Bytes of events that are kept of one run, each with [`EVENT_BYTES`] for itself.
pub(crate) const MAX_EVENT_BYTES: u64 = 65_536;

alloy_sol_types::sol! {
    /// A Solana program logged text.
    event ProgramLog(bytes32 indexed program, string message);
    /// A Solana program logged data.
    event ProgramData(bytes32 indexed program, bytes[] data);
}

/// Events that wait, and how many bytes the run has made so far.
#[derive(Default)]
struct Waiting {
    logs: Vec<Log>,
    bytes: u64,
    /// Whether a program logged something and there was no log.
    has_missed: bool,
}

thread_local! {
    static WAITING: RefCell<Waiting> = RefCell::default();
}

/// Begins a run: nothing is logged yet.
pub(crate) fn begin() {
    WAITING.set(Waiting::default());
}

/// Notes text that a program has logged.
pub(crate) fn note_text(program: &Pubkey, text: &str) {
    let event = ProgramLog {
        program: B256::from(program.to_bytes()),
        message: text.into(),
    };
    note(program, &event);
}

/// Notes data that a program has logged.
pub(crate) fn note_data<'d>(program: &Pubkey, data: impl Iterator<Item = &'d [u8]>) {
    let event = ProgramData {
        program: B256::from(program.to_bytes()),
        data: data.map(Bytes::copy_from_slice).collect(),
    };
    note(program, &event);
}

fn note(program: &Pubkey, event: &impl SolEvent) {
    let data = event.encode_log_data();
    WAITING.with_borrow_mut(|waiting| {
        let bytes = (data.data.len() as u64).saturating_add(EVENT_BYTES);
        let bytes = waiting.bytes.saturating_add(bytes);
        // As the log is, the list is cut off where it gets too long.
        if bytes <= MAX_EVENT_BYTES {
            waiting.bytes = bytes;
            waiting.logs.push(Log {
                address: form(program).address(),
                data,
            });
        }
    });
}

/// Puts what waits in the list of the transaction. A static call must not change it.
pub(crate) fn flush(journal: &mut Journal<'_>, is_static: bool) {
    let logs = WAITING.with_borrow_mut(|waiting| std::mem::take(&mut waiting.logs));
    if is_static {
        return;
    }
    for log in logs {
        let origin = EventOrigin::Svm;
        journal.emit(Event { origin, log });
    }
}

/// Bytes of events that the run has made.
pub(crate) fn bytes() -> u64 {
    WAITING.with_borrow(|waiting| waiting.bytes)
}
