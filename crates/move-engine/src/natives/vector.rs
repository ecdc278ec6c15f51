//! `0x1::vector`: the instructions as functions, for function values and old modules.

use super::charge;
use crate::{
    GasSchedule, NativeCall, NativeFunction, NativeOutcome, StatusCode, VmError, VmResult,
    code::TypeKind, vector_error,
};

pub(super) const FUNCTIONS: &[(&str, &str, NativeFunction)] = &[
    ("vector", "empty", empty),
    ("vector", "length", length),
    ("vector", "borrow", borrow),
    ("vector", "borrow_mut", borrow),
    ("vector", "push_back", push_back),
    ("vector", "pop_back", pop_back),
    ("vector", "destroy_empty", destroy_empty),
    ("vector", "swap", swap),
    ("vector", "move_range", move_range),
];

type Done = VmResult<NativeOutcome>;

fn empty(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    let element = call.type_argument(0)?;
    let ty = call.code().types.intern(TypeKind::Vector(element));
    call.return_bcs(ty, &[0])?;
    Ok(NativeOutcome::Return)
}

fn length(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    let length = call.vector_len(0)?;
    call.return_u64(length)?;
    Ok(NativeOutcome::Return)
}

fn borrow(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    let index = call.u64(1)?;
    call.return_element(0, index)?;
    Ok(NativeOutcome::Return)
}

fn push_back(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    call.push_back(0, 1)?;
    Ok(NativeOutcome::Return)
}

fn pop_back(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    call.return_popped(0)?;
    Ok(NativeOutcome::Return)
}

fn destroy_empty(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    if call.vector_len(0)? == 0 {
        return Ok(NativeOutcome::Return);
    }
    let error = VmError::new(StatusCode::VectorOperationError);
    Err(error.with_sub_status(vector_error::UNPACK_PARITY))
}

fn swap(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    let (left, right) = (call.u64(1)?, call.u64(2)?);
    call.swap_elements(0, left, right)?;
    Ok(NativeOutcome::Return)
}

fn move_range(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let (from, length, to) = (call.u64(1)?, call.u64(2)?, call.u64(4)?);
    // Everything behind both places is moved.
    let behind = |length: u64, place: u64| length.saturating_sub(place);
    let moved = behind(call.vector_len(0)?, from).saturating_add(behind(call.vector_len(3)?, to));
    charge(
        call,
        schedule.native,
        usize::try_from(moved).unwrap_or(usize::MAX),
    )?;
    call.move_range(0, from, length, 3, to)?;
    Ok(NativeOutcome::Return)
}
