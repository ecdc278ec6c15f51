//! `0x1::evm` and `0x1::vms`: calls of EVM contracts, at once or queued; Solidity's ABI; addresses.

use alloc::{string::String, vec::Vec};
use alloy_primitives::{B256, Bytes};
use lumio_move_engine::{
    Address, Change, Layout, ModuleId, NativeOutcome, StatusCode, StructTag, TypeTag, VmError,
    VmResult, bcs::put_bytes,
};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{Call, CallKind, Outcome, Waiting};

use super::{Done, Frame, Row};
use crate::{
    Crossing, EmittedEvent,
    abi::{Form, ReadError, Signature, encoded_size, parse_types, read_values, write_values},
    call::{call_failed, waiting_name},
    prices,
};

pub(super) const ROWS: &[Row] = &[
    ("evm", "evm", 4_000, 4, queue),
    ("evm", "run", 4_000, 2, run),
    ("evm", "encode_call", 2_500, 4, encode_call),
    ("evm", "encode", 800, 4, encode),
    ("evm", "decode", 800, 4, decode),
    ("evm", "decode_as", 2_500, 4, decode_as),
    ("evm", "selector", 800, 4, selector),
    ("vms", "evm_address", 300, 0, evm_address),
    ("vms", "account_of", 2_100, 0, account_of),
];

/// Gas of each entry of the state, and of each byte in it, that is loaded when another VM is called.
const LOADED_ENTRY: u64 = 50;
const LOADED_BYTE: u64 = 1;
/// Gas of each module that waits for another VM, here and further out.
const WAITING: u64 = 50;
/// Gas of a call that brings value.
const VALUE: u64 = 9_000;

/// Abort codes of `0x1::evm`, with their categories.
const NOT_ENCODED: u64 = 0x1_0002;
const NOT_DECODED: u64 = 0x1_0003;
const BAD_SIGNATURE: u64 = 0x1_0004;
const BAD_LENGTH: u64 = 0x1_0005;

/// What is asked of the EVM, by the number that Move code gives.
const CREATE: u64 = 1;
const STATIC_CALL: u64 = 2;

#[cold]
fn refused<T>(code: u64, why: impl Into<String>) -> VmResult<T> {
    Err(VmError::abort(code).with_message(why))
}

/// A Solidity signature.
fn signature(frame: &mut Frame<'_>, argument: usize) -> VmResult<Signature> {
    let bytes = frame.bytes(argument)?;
    let Ok(text) = core::str::from_utf8(&bytes) else {
        return refused(BAD_SIGNATURE, "a signature is not UTF-8");
    };
    Signature::parse(text).or_else(|why| refused(BAD_SIGNATURE, why))
}

/// The EVM address of an account, from which the account can be found afterwards.
pub(super) fn linked_address(
    frame: &mut Frame<'_>,
    account: Address,
) -> VmResult<alloy_primitives::Address> {
    let id = B256::from(account.0);
    if !frame.chain.is_static() && frame.chain.link(id)? {
        frame.call.charge(prices::NEW_ENTRY)?;
    }
    Ok(AccountId(id).evm_address())
}

/// The layout of a type argument, paid for.
fn layout(frame: &mut Frame<'_>, number: usize) -> VmResult<Layout> {
    let ty = frame.call.type_argument(number)?;
    let nodes = frame.call.layout_nodes(ty)?;
    frame.call.charge(nodes.saturating_mul(20))?;
    frame.call.layout(ty)
}

/// The input of a call: selector and arguments.
fn input(frame: &mut Frame<'_>, signature_at: usize, value_at: usize) -> VmResult<Vec<u8>> {
    let signature = signature(frame, signature_at)?;
    let layout = layout(frame, 0)?;
    let form = Form::of_layout(&layout).or_else(|why| refused(NOT_ENCODED, why))?;
    let bcs = frame.value(value_at)?;
    pay_encoded(frame, &form, &bcs)?;
    let value = layout.decode(&bcs, &mut |_| {
        Err(StatusCode::ValueDeserializationError.into())
    });
    let value =
        value.or_else(|_| refused(NOT_ENCODED, "Solidity has no form of a function value"))?;
    let mut named = Vec::new();
    let input = signature.input(&value, &mut |account| {
        named.push(account);
        AccountId(B256::from(account.0)).evm_address()
    });
    let input = input.or_else(|why| refused(NOT_ENCODED, why))?;
    for account in named {
        linked_address(frame, account)?;
    }
    Ok(input)
}

/// Pays for a value in the ABI before it is made: a few bytes of BCS may be many there.
fn pay_encoded(frame: &mut Frame<'_>, form: &Form, bcs: &[u8]) -> VmResult<()> {
    let bytes = encoded_size(form, bcs)?;
    frame.pay(usize::try_from(bytes).unwrap_or(usize::MAX))
}

/// Takes the account, the contract, a signature and arguments; asks for a call by an event.
fn queue(frame: &mut Frame<'_>) -> Done {
    let (account, to) = (frame.call.address(0)?, frame.call.address(1)?);
    let input = input(frame, 2, 3)?;
    let to = linked_address(frame, to)?;
    linked_address(frame, account)?;
    let mut data = Vec::new();
    put_bytes(&mut data, to.as_slice());
    put_bytes(&mut data, &input);
    data.extend(account.0);
    let tag = TypeTag::Struct(
        StructTag {
            module: ModuleId::new(Address::ONE, "evm"),
            name: "CallEvent".into(),
            type_arguments: Vec::new(),
        }
        .into(),
    );
    frame.chain.emit(EmittedEvent {
        handle: None,
        tag,
        data,
    })?;
    Ok(NativeOutcome::Return)
}

/// Takes the caller, the contract (of a creation the salt), wei, the input, what is asked, and
/// whether a failure is returned. Returns whether it succeeded, and what came back.
fn run(frame: &mut Frame<'_>) -> Done {
    let (caller, to) = (frame.call.address(0)?, frame.call.address(1)?);
    let value_wei = frame.call.integer(2)?;
    let input = frame.bytes(3)?;
    let asked = frame.call.u64(4)?;
    let tries = frame.call.bool(5)?;
    if !value_wei.is_zero() {
        frame.call.charge(VALUE)?;
        if asked != CREATE && frame.chain.balance(to)?.is_zero() {
            frame.call.charge(prices::NEW_ENTRY)?;
        }
    }
    linked_address(frame, caller)?;
    let to = B256::from(to.0);
    let caller = AccountId(B256::from(caller.0));
    let mut call = Call::new(VmId::Evm, caller, AccountId(to), Bytes::from(input), 0);
    call.value_wei = value_wei;
    call.is_static = asked == STATIC_CALL;
    if asked == CREATE {
        call.kind = CallKind::Create { salt: to };
    }
    let outcome = cross(frame, call)?;
    let is_success = outcome.is_success();
    if !is_success && !tries {
        return Err(call_failed("evm", &outcome));
    }
    frame.pay(outcome.output.len())?;
    frame.call.return_bool(is_success)?;
    frame.call.return_bytes(&outcome.output)?;
    Ok(NativeOutcome::Return)
}

/// Calls another VM with what is left of the gas.
pub(super) fn cross(frame: &mut Frame<'_>, call: Call) -> VmResult<Outcome> {
    let changes = flushed(frame)?;
    cross_with(frame, call, changes)
}

/// What the session has changed, paid for: whoever calls another VM first shows it.
pub(super) fn flushed(frame: &mut Frame<'_>) -> VmResult<Vec<Change>> {
    let (entries, bytes) = frame.call.loaded();
    let entries = LOADED_ENTRY.saturating_mul(entries);
    let bytes = LOADED_BYTE.saturating_mul(bytes);
    frame.call.charge(entries.saturating_add(bytes))?;
    let changes = frame.call.flush()?;
    prices::charge_state(&changes, &mut |gas| frame.call.charge(gas))?;
    Ok(changes)
}

/// Calls another VM, which sees what the session has changed.
pub(super) fn cross_with(
    frame: &mut Frame<'_>,
    mut call: Call,
    changes: Vec<Change>,
) -> VmResult<Outcome> {
    let is_locked = frame.call.is_locked();
    let modules = frame.call.active_modules();
    let waiting = frame.chain.waiting().saturating_add(modules.len() as u64);
    frame.call.charge(waiting.saturating_mul(WAITING))?;
    call.waiting = modules
        .iter()
        .map(|module| Waiting {
            vm: VmId::Move,
            name: waiting_name(module),
            is_locked,
        })
        .collect();
    call.gas = frame.call.gas_left();
    let crossing = Crossing { call, changes };
    let (outcome, changed) = frame.chain.call(crossing, frame.context, frame.call)?;
    frame.call.charge(outcome.gas_used)?;
    if outcome.is_success() {
        frame.context.add_refund(outcome.gas_refund);
    }
    frame.call.forget(&changed)?;
    Ok(outcome)
}

fn encode_call(frame: &mut Frame<'_>) -> Done {
    let input = input(frame, 0, 1)?;
    frame.call.return_bytes(&input)?;
    Ok(NativeOutcome::Return)
}

/// `abi.encode` of a value by its own type; of a struct, of its fields.
fn encode(frame: &mut Frame<'_>) -> Done {
    let layout = layout(frame, 0)?;
    let form = Form::of_layout(&layout).or_else(|why| refused(NOT_ENCODED, why))?;
    let bcs = frame.value(0)?;
    pay_encoded(frame, &form, &bcs)?;
    let value = layout.decode(&bcs, &mut |_| {
        Err(StatusCode::ValueDeserializationError.into())
    })?;
    let values: Vec<_> = match (form, value) {
        (Form::Tuple(forms), lumio_move_engine::MoveValue::Struct(fields)) => {
            forms.into_iter().zip(fields).collect()
        }
        whole => alloc::vec![whole],
    };
    let data = write_values(&values).or_else(|why| refused(NOT_ENCODED, why))?;
    frame.call.return_bytes(&data)?;
    Ok(NativeOutcome::Return)
}

/// The reverse, of a value that the calling module could make itself.
fn decode(frame: &mut Frame<'_>) -> Done {
    let form = decodable(frame)?;
    read(frame, &form.into_list(), 0)
}

/// The same, of values of the Solidity types that the first argument names.
fn decode_as(frame: &mut Frame<'_>) -> Done {
    let types = frame.bytes(0)?;
    let Ok(types) = core::str::from_utf8(&types) else {
        return refused(BAD_SIGNATURE, "a list of types is not UTF-8");
    };
    let types = parse_types(types).or_else(|why| refused(BAD_SIGNATURE, why))?;
    let form = decodable(frame)?;
    let forms = form.into_types(&types);
    read(frame, &forms.or_else(|why| refused(NOT_DECODED, why))?, 1)
}

/// The form of the type argument, which must be a type that the calling module could make values of.
fn decodable(frame: &mut Frame<'_>) -> VmResult<Form> {
    let layout = layout(frame, 0)?;
    let caller = frame.call.caller();
    let module = match caller {
        Some(caller) => frame.call.code().instance(caller)?.module.clone(),
        None => None,
    };
    if let Some(tag) = foreign(&layout, module.as_ref()) {
        let why = alloc::format!("only its own module may decode a {tag}");
        return refused(NOT_DECODED, why);
    }
    Form::of_layout(&layout).or_else(|why| refused(NOT_DECODED, why))
}

/// Returns what values in an argument are in Move, one after the other.
fn read(frame: &mut Frame<'_>, forms: &[Form], argument: usize) -> Done {
    let data = frame.bytes(argument)?;
    let chain = &mut *frame.chain;
    let read = read_values(forms, &data, &mut |word| chain.linked(word));
    let values = match read {
        Ok(values) => values,
        Err(ReadError::Vm(error)) => return Err(error),
        Err(ReadError::Bad(why)) => return refused(NOT_DECODED, why),
    };
    frame.give(&values.concat())
}

/// A struct in a layout that a module may not make.
fn foreign<'l>(layout: &'l Layout, module: Option<&ModuleId>) -> Option<&'l StructTag> {
    let is_free = |tag: &StructTag| {
        let name = (tag.module.name.as_str(), tag.name.as_str());
        tag.module.address == Address::ONE
            && (name == ("string", "String") || name == ("option", "Option"))
    };
    let is_own = |tag: &StructTag| is_free(tag) || Some(&tag.module) == module;
    match layout {
        Layout::Vector(element) => foreign(element, module),
        Layout::Struct { tag, .. } | Layout::Enum { tag, .. } if !is_own(tag) => Some(tag),
        // A string is made of bytes, which anybody may make.
        Layout::Struct { fields, .. } => {
            fields.iter().find_map(|(_, field)| foreign(field, module))
        }
        Layout::Enum { variants, .. } => variants
            .iter()
            .flat_map(|(_, fields)| fields)
            .find_map(|(_, field)| foreign(field, module)),
        Layout::Bool | Layout::Integer(_) | Layout::Address | Layout::Signer | Layout::Function => {
            None
        }
    }
}

fn selector(frame: &mut Frame<'_>) -> Done {
    let signature = signature(frame, 0)?;
    frame.give_bytes(&signature.selector())
}

/// The 20 bytes by which the EVM knows an account.
fn evm_address(frame: &mut Frame<'_>) -> Done {
    let account = frame.call.address(0)?;
    let address = AccountId(B256::from(account.0)).evm_address();
    frame.give_bytes(address.as_slice())
}

/// The account behind 20 bytes.
fn account_of(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.bytes(0)?;
    let Ok(address) = alloy_primitives::Address::try_from(bytes.as_slice()) else {
        return refused(BAD_LENGTH, "an EVM address has 20 bytes");
    };
    let account = frame.chain.linked(address.into_word())?;
    frame.call.return_address(Address(account.0))?;
    Ok(NativeOutcome::Return)
}
