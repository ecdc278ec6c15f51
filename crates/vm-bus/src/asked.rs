//! What asks for a queued call: the events of the system's contracts and modules, by VM.
//!
//! | emitted by | asks for |
//! |---|---|
//! | `Call` of `0x42…FF` | a Move function, for a contract of the EVM |
//! | `CallSolana` of `0x42…FE` | a Solana program, for a contract of the EVM |
//! | `0x1::evm::CallEvent` | a contract of the EVM, for a Move account |
//! | `0x1::svm::CallEvent` | a Solana program, for a Move account |
//! | `Call` of the cross-VM program | a contract of the EVM or a Move function, for a Solana account |

use alloc::{
    format,
    string::{String, ToString},
};
use alloy_primitives::{Address, B256, Bytes, Log, LogData};
use alloy_sol_types::{SolEvent, SolValue};
use lumio_types::{AccountId, Event, EventOrigin, VmId};

use crate::{
    CROSS_VM_ADDRESS, CROSS_VM_PROGRAM, Call, QUEUE_ADDRESS,
    abi::Reader,
    bcs::Bcs,
    message::{MoveCall, SolanaCall, split_types},
};

/// The Move event that queues a call of an EVM contract.
const EVM_CALL_EVENT: &str = "0x1::evm::CallEvent";
/// The Move event that queues a call of a Solana program.
const SVM_CALL_EVENT: &str = "0x1::svm::CallEvent";

mod evm {
    alloy_sol_types::sol! {
        /// Asks for a call of a Move function on behalf of `sender`.
        event Call(
            address sender, bytes moduleAddress, bytes moduleId, bytes functionId, bytes callData,
            bytes generics
        );
        /// Asks for a call of a Solana program on behalf of `sender`.
        event CallSolana(
            address sender, bytes32 program, (bytes32, bool, bool)[] accounts, bytes data,
            bytes[][] seeds
        );
    }
}

mod svm {
    alloy_sol_types::sol! {
        /// Asks for a call on behalf of `sender`: `vm` is 0 for the EVM and 1 for Move.
        event Call(uint8 vm, bytes32 sender, bytes32 target, uint256 value, bytes input);
    }
}

/// How to read what an event asks for.
type Read = fn(&Log) -> Result<Call, String>;

/// None for the many events that ask for nothing.
fn reader(log: &Log, origin: &EventOrigin) -> Option<Read> {
    let topic = log.topics().first()?;
    match origin {
        EventOrigin::Evm => match log.address {
            QUEUE_ADDRESS if *topic == evm::Call::SIGNATURE_HASH => Some(move_by_evm),
            CROSS_VM_ADDRESS if *topic == evm::CallSolana::SIGNATURE_HASH => Some(solana_by_evm),
            _ => None,
        },
        EventOrigin::Move(event) => match &*event.type_tag {
            EVM_CALL_EVENT => Some(evm_by_move),
            SVM_CALL_EVENT => Some(solana_by_move),
            _ => None,
        },
        EventOrigin::Svm => {
            let is_ours = *topic == svm::Call::SIGNATURE_HASH
                && log.address == AccountId(CROSS_VM_PROGRAM).evm_address();
            is_ours.then_some(by_solana)
        }
    }
}

/// Whether an event asks for a call.
pub(crate) fn asks(log: &Log, origin: &EventOrigin) -> bool {
    reader(log, origin).is_some()
}

/// What an event asks for, or why that makes no sense. None if it asks for nothing. A caller on
/// the EVM is known by its address only.
pub(crate) fn of(log: &Log, origin: &EventOrigin) -> Option<Result<Call, String>> {
    Some(reader(log, origin)?(log))
}

/// The event by which a contract of the EVM queues a call of a Solana program.
pub fn queued_by_evm(sender: Address, program: AccountId, call: SolanaCall) -> Event {
    let data = (sender, program.0, call.accounts, call.data, call.seeds).abi_encode_params();
    Event {
        origin: EventOrigin::Evm,
        log: Log {
            address: CROSS_VM_ADDRESS,
            data: LogData::new_unchecked(alloc::vec![evm::CallSolana::SIGNATURE_HASH], data.into()),
        },
    }
}

/// The event by which a Solana program queues a call.
pub fn queued_by_solana(call: &Call) -> Event {
    let event = svm::Call {
        vm: match call.vm {
            VmId::Evm => 0,
            VmId::Move => 1,
            VmId::Svm => 2,
        },
        sender: call.caller.0,
        target: call.target.0,
        value: call.value_wei,
        input: call.input.clone(),
    };
    Event {
        origin: EventOrigin::Svm,
        log: Log {
            address: AccountId(CROSS_VM_PROGRAM).evm_address(),
            data: event.encode_log_data(),
        },
    }
}

fn move_by_evm(log: &Log) -> Result<Call, String> {
    let event = evm::Call::decode_log_data(&log.data)
        .map_err(|_| "a queued call cannot be decoded".to_string())?;
    let text = |bytes: &[u8], what: &str| {
        let text = core::str::from_utf8(bytes);
        text.map(String::from)
            .map_err(|_| format!("{what} of a queued call is not UTF-8"))
    };
    let target = B256::try_from(event.moduleAddress.as_ref()).map_err(|_| {
        format!(
            "the module's address of a queued call has {} bytes, not 32",
            event.moduleAddress.len()
        )
    })?;
    let message = MoveCall {
        module: text(&event.moduleId, "the module")?,
        function: text(&event.functionId, "the function")?,
        typeArguments: split_types(&text(&event.generics, "the list of type arguments")?),
        arguments: event.callData,
    };
    let caller = AccountId::from_evm(event.sender);
    let target = AccountId(target);
    Ok(Call::new(VmId::Move, caller, target, message.to_input(), 0))
}

fn solana_by_evm(log: &Log) -> Result<Call, String> {
    let read = || {
        let mut reader = Reader::new(&log.data.data);
        let sender = Address::from_word(reader.word(0)?);
        let program = AccountId(reader.word(32)?);
        let call = SolanaCall::read(&log.data.data, 2, true)?;
        Ok((sender, program, call))
    };
    let (sender, program, call) = read().map_err(|error: crate::abi::AbiError| {
        format!("a queued call of a Solana program cannot be decoded: {error}")
    })?;
    let caller = AccountId::from_evm(sender);
    Ok(Call::new(VmId::Svm, caller, program, call.to_input(), 0))
}

/// The BCS of two byte vectors, contract and input, and of the caller.
fn evm_by_move(log: &Log) -> Result<Call, String> {
    let read = || {
        let mut bcs = Bcs(&log.data.data);
        let target = Address::try_from(bcs.bytes()?).ok()?;
        let input = Bytes::copy_from_slice(bcs.bytes()?);
        let caller = AccountId(bcs.address()?);
        let target = AccountId::from_evm(target);
        bcs.is_empty()
            .then(|| Call::new(VmId::Evm, caller, target, input, 0))
    };
    read().ok_or_else(|| "a queued call of an EVM contract cannot be decoded".to_string())
}

/// The BCS of the program, the accounts, the data, the seeds, and the caller.
fn solana_by_move(log: &Log) -> Result<Call, String> {
    let read = || {
        let mut bcs = Bcs(&log.data.data);
        let program = AccountId(bcs.address()?);
        let accounts = bcs.vector(|bcs| Some((bcs.address()?, bcs.bool()?, bcs.bool()?)))?;
        let data = Bytes::copy_from_slice(bcs.bytes()?);
        let seeds =
            bcs.vector(|bcs| bcs.vector(|bcs| Some(Bytes::copy_from_slice(bcs.bytes()?))))?;
        let caller = AccountId(bcs.address()?);
        let call = SolanaCall {
            accounts,
            data,
            seeds,
        };
        bcs.is_empty()
            .then(|| Call::new(VmId::Svm, caller, program, call.to_input(), 0))
    };
    read().ok_or_else(|| "a queued call of a Solana program cannot be decoded".to_string())
}

fn by_solana(log: &Log) -> Result<Call, String> {
    let event = svm::Call::decode_log_data(&log.data)
        .map_err(|_| "a call that a Solana program queued cannot be decoded".to_string())?;
    let vm = match event.vm {
        0 => VmId::Evm,
        1 => VmId::Move,
        _ => return Err("a Solana program queued a call of an unknown machine".into()),
    };
    let (caller, target) = (AccountId(event.sender), AccountId(event.target));
    Ok(Call {
        value_wei: event.value,
        ..Call::new(vm, caller, target, event.input, 0)
    })
}
