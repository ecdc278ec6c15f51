//! `0x1::string`: what needs UTF-8.

use alloc::vec::Vec;

use super::charge_bytes;
use crate::{GasSchedule, NativeCall, NativeFunction, NativeOutcome, VmError, VmResult};

pub(super) const FUNCTIONS: &[(&str, &str, NativeFunction)] = &[
    ("string", "internal_check_utf8", check_utf8),
    ("string", "internal_is_char_boundary", is_char_boundary),
    ("string", "internal_sub_string", sub_string),
    ("string", "internal_index_of", index_of),
];

type Done = VmResult<NativeOutcome>;

/// The abort code for a range that is none.
const BAD_RANGE: u64 = 1;

fn text(call: &mut dyn NativeCall, schedule: &GasSchedule) -> VmResult<Vec<u8>> {
    charge_bytes(call, schedule.native, 0)?;
    call.bytes(0)
}

/// Whether a position is the end, or the start of a character.
fn boundary(text: &[u8], position: u64) -> bool {
    let Ok(position) = usize::try_from(position) else {
        return false;
    };
    match text.get(position) {
        None => position == text.len(),
        Some(byte) => position == 0 || byte & 0xc0 != 0x80,
    }
}

fn check_utf8(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let text = text(call, schedule)?;
    call.return_bool(core::str::from_utf8(&text).is_ok())?;
    Ok(NativeOutcome::Return)
}

fn is_char_boundary(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let text = text(call, schedule)?;
    let position = call.u64(1)?;
    call.return_bool(boundary(&text, position))?;
    Ok(NativeOutcome::Return)
}

fn sub_string(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let text = text(call, schedule)?;
    let (from, to) = (call.u64(1)?, call.u64(2)?);
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let part = range.and_then(|(from, to)| text.get(from..to));
    let Some(part) = part.filter(|_| boundary(&text, from) && boundary(&text, to)) else {
        return Err(VmError::abort(BAD_RANGE));
    };
    call.return_bytes(part)?;
    Ok(NativeOutcome::Return)
}

/// Where a text first occurs in another, or the other's length.
fn index_of(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let text = text(call, schedule)?;
    charge_bytes(call, schedule.native, 1)?;
    let wanted = call.bytes(1)?;
    let found = match (core::str::from_utf8(&text), core::str::from_utf8(&wanted)) {
        (Ok(text), Ok(wanted)) => text.find(wanted).unwrap_or(text.len()),
        _ => text.len(),
    };
    call.return_u64(found as u64)?;
    Ok(NativeOutcome::Return)
}
