//! `0x1::event`: events are kept in order of emission, those of handles and of modules in one list.

use alloc::vec::Vec;
use lumio_move_engine::{NativeOutcome, VmResult, bcs::put_uleb};

use super::{Done, Frame, Row};
use crate::EmittedEvent;

pub(super) const ROWS: &[Row] = &[
    (
        "event",
        "write_to_event_store",
        1_500,
        3,
        write_to_event_store,
    ),
    (
        "event",
        "write_module_event_to_store",
        1_500,
        3,
        write_module_event_to_store,
    ),
    ("event", "emitted_events", 100, 1, emitted_events),
    (
        "event",
        "emitted_events_by_handle",
        100,
        1,
        emitted_events_by_handle,
    ),
];

fn keep(frame: &mut Frame<'_>, handle: Option<(Vec<u8>, u64)>, argument: usize) -> VmResult<()> {
    let ty = frame.call.type_argument(0)?;
    let tag = frame.call.code().tag(ty)?;
    let data = frame.value(argument)?;
    frame.chain.emit(EmittedEvent { handle, tag, data })
}

/// Takes the BCS of a GUID, the event's number and the event.
fn write_to_event_store(frame: &mut Frame<'_>) -> Done {
    let guid = frame.bytes(0)?;
    let number = frame.call.u64(1)?;
    keep(frame, Some((guid, number)), 2)?;
    Ok(NativeOutcome::Return)
}

fn write_module_event_to_store(frame: &mut Frame<'_>) -> Done {
    keep(frame, None, 0)?;
    Ok(NativeOutcome::Return)
}

fn give_events(frame: &mut Frame<'_>, is_meant: impl Fn(&EmittedEvent) -> bool) -> Done {
    let ty = frame.call.type_argument(0)?;
    let tag = frame.call.code().tag(ty)?;
    let events = frame.chain.emitted().iter();
    let found: Vec<&[u8]> = events
        .filter(|event| event.tag == tag && is_meant(event))
        .map(|event| event.data.as_slice())
        .collect();
    let mut bcs = Vec::new();
    put_uleb(&mut bcs, found.len() as u64);
    found.iter().for_each(|data| bcs.extend(*data));
    frame.give(&bcs)
}

fn emitted_events(frame: &mut Frame<'_>) -> Done {
    give_events(frame, |event| event.handle.is_none())
}

/// Takes a handle: its counter (8 bytes), then its GUID.
fn emitted_events_by_handle(frame: &mut Frame<'_>) -> Done {
    let handle = frame.value(0)?;
    let guid = handle.get(8..).unwrap_or(&[]).to_vec();
    give_events(frame, |event| {
        event.handle.as_ref().is_some_and(|(of, _)| *of == guid)
    })
}
