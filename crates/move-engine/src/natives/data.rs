//! BCS, hashes, signers, type names, swapping and comparing.

use alloc::{format, string::ToString, vec::Vec};
use sha2::{Digest, Sha256};
use sha3::Sha3_256;

use super::{charge, charge_bytes, charge_value};
use crate::{
    GasSchedule, Layout, NativeCall, NativeFunction, NativeOutcome, StatusCode, VmError, VmResult,
    bcs::{put_bytes, put_uleb},
};

pub(super) const FUNCTIONS: &[(&str, &str, NativeFunction)] = &[
    ("bcs", "to_bytes", to_bytes),
    ("bcs", "serialized_size", serialized_size),
    ("bcs", "constant_serialized_size", constant_serialized_size),
    ("hash", "sha2_256", sha2_256),
    ("hash", "sha3_256", sha3_256),
    ("signer", "borrow_address", borrow_address),
    ("mem", "swap", swap),
    ("cmp", "compare", compare),
    ("type_name", "get", type_name),
    ("unit_test", "create_signers_for_testing", create_signers),
    ("unit_test", "poison", poison),
    ("debug", "print", print),
    ("debug", "print_stack_trace", print_stack_trace),
    ("debug", "native_print", print),
    ("debug", "native_stack_trace", stack_trace),
];

type Done = VmResult<NativeOutcome>;

/// The abort code of `std::bcs` for a value that cannot be serialised.
const NOT_SERIALIZABLE: u64 = 0x1_c5;

/// A failure to serialise, as `std::bcs` tells of it.
fn refusal(error: VmError) -> VmError {
    if error.status() == StatusCode::ValueSerializationError {
        return VmError::abort(NOT_SERIALIZABLE);
    }
    error
}

fn to_bytes(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_value(call, schedule.serialize, 0)?;
    let bytes = call.bcs(0).map_err(refusal)?;
    call.return_bytes(&bytes)?;
    Ok(NativeOutcome::Return)
}

fn serialized_size(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_value(call, schedule.serialize, 0)?;
    let bytes = call.bcs(0).map_err(refusal)?;
    call.return_u64(bytes.len() as u64)?;
    Ok(NativeOutcome::Return)
}

/// The bytes of every value of a layout, if all have as many.
fn constant_size(layout: &Layout) -> Option<u64> {
    match layout {
        Layout::Bool => Some(1),
        Layout::Integer(integer) => Some(u64::from(integer.bits() / 8)),
        Layout::Address | Layout::Signer => Some(32),
        Layout::Vector(_) | Layout::Enum { .. } | Layout::Function => None,
        Layout::Struct { fields, .. } => fields.iter().try_fold(0_u64, |sum, (_, field)| {
            Some(sum.saturating_add(constant_size(field)?))
        }),
    }
}

/// Returns `0x1::option::Option<u64>`, which is a vector of at most one element.
fn constant_serialized_size(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let ty = call.type_argument(0)?;
    let bytes = call.layout_nodes(ty)?.saturating_mul(8);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    charge(call, schedule.type_facts, bytes)?;
    let size = constant_size(&call.layout(ty)?);
    let function = call.function();
    let ty = call.code().instance(function)?.returns.first().copied();
    let mut bcs = Vec::new();
    put_uleb(&mut bcs, u64::from(size.is_some()));
    bcs.extend(size.iter().flat_map(|size| size.to_le_bytes()));
    call.return_bcs(ty.ok_or(StatusCode::InternalTypeError)?, &bcs)?;
    Ok(NativeOutcome::Return)
}

fn sha2_256(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_bytes(call, schedule.sha2_256, 0)?;
    let data = call.bytes(0)?;
    call.return_bytes(&Sha256::digest(data))?;
    Ok(NativeOutcome::Return)
}

fn sha3_256(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_bytes(call, schedule.sha3_256, 0)?;
    let data = call.bytes(0)?;
    call.return_bytes(&Sha3_256::digest(data))?;
    Ok(NativeOutcome::Return)
}

fn borrow_address(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    call.return_signer_address(0)?;
    Ok(NativeOutcome::Return)
}

fn swap(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    call.swap(0, 1)?;
    Ok(NativeOutcome::Return)
}

/// Returns `0x1::cmp::Ordering`, an enum of less, equal and greater.
fn compare(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_value(call, schedule.compare, 0)?;
    let variant = match call.compare(0, 1)? {
        core::cmp::Ordering::Less => 0,
        core::cmp::Ordering::Equal => 1,
        core::cmp::Ordering::Greater => 2,
    };
    let function = call.function();
    let ty = call.code().instance(function)?.returns.first().copied();
    call.return_bcs(ty.ok_or(StatusCode::InternalTypeError)?, &[variant])?;
    Ok(NativeOutcome::Return)
}

/// Returns a struct that holds a string, which is a struct that holds bytes.
fn type_name(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let ty = call.type_argument(0)?;
    // This function has never put spaces between type arguments.
    let name = call
        .code()
        .tag(ty)?
        .to_canonical_string()
        .replace(", ", ",");
    charge(call, schedule.type_facts, name.len())?;
    let function = call.function();
    let ty = call.code().instance(function)?.returns.first().copied();
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, name.as_bytes());
    call.return_bcs(ty.ok_or(StatusCode::InternalTypeError)?, &bcs)?;
    Ok(NativeOutcome::Return)
}

/// Signers whose addresses are their numbers, eight bytes at the end.
fn create_signers(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let count = call.u64(0)?;
    let bytes = usize::try_from(count.saturating_mul(32)).unwrap_or(usize::MAX);
    charge(call, schedule.native, bytes)?;
    let mut bcs = Vec::new();
    put_uleb(&mut bcs, count);
    for number in 0..count {
        bcs.extend([0; 24]);
        bcs.extend(number.to_be_bytes());
    }
    let function = call.function();
    let ty = call.code().instance(function)?.returns.first().copied();
    call.return_bcs(ty.ok_or(StatusCode::InternalTypeError)?, &bcs)?;
    Ok(NativeOutcome::Return)
}

/// Does nothing: a module that names it is for unit tests only.
fn poison(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    Ok(NativeOutcome::Return)
}

/// Prints nothing: the engine has no output. The value is read, so that gas does not depend on
/// whether somebody looks.
fn print(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge_value(call, schedule.serialize, 0)?;
    Ok(NativeOutcome::Return)
}

fn print_stack_trace(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    charge(call, schedule.native, 0)?;
    Ok(NativeOutcome::Return)
}

/// Returns the name of the calling function.
fn stack_trace(call: &mut dyn NativeCall, schedule: &GasSchedule) -> Done {
    let mut text = alloc::string::String::new();
    if let Some(caller) = call.caller() {
        let caller = call.code().instance(caller)?;
        let module = caller
            .module
            .as_ref()
            .map_or("script".to_string(), ToString::to_string);
        text = format!("{module}::{}", caller.name);
    }
    charge(call, schedule.native, text.len())?;
    let function = call.function();
    let ty = call.code().instance(function)?.returns.first().copied();
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, text.as_bytes());
    call.return_bcs(ty.ok_or(StatusCode::InternalTypeError)?, &bcs)?;
    Ok(NativeOutcome::Return)
}
