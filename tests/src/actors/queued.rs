//! The naive model: the events by which actors queue calls.

use super::{
    Frame, account, address,
    model::framework_event,
    solana::{named, program_id, queueing},
    world::log,
};
use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::{SolCall, SolEvent, SolValue, sol};
use lumio_move_engine::bcs::put_bytes;
use lumio_types::{AccountId, Event, EventOrigin, VmId};
use lumio_vm_bus::{CROSS_VM_ADDRESS, CROSS_VM_PROGRAM};
use lumio_vm_svm::account_id;

sol! {
    function run(bytes script) external payable returns (uint256 digest);
}

mod by_evm {
    alloy_sol_types::sol! {
        event Call(address sender, bytes owner, bytes name, bytes fn, bytes args, bytes types);
        event CallSolana(
            address sender, bytes32 program, (bytes32, bool, bool)[] accounts, bytes data,
            bytes[][] seeds
        );
    }
}

mod by_solana {
    alloy_sol_types::sol! {
        event Call(uint8 vm, bytes32 sender, bytes32 target, uint256 value, bytes input);
    }
}

/// The event by which a contract asks for a call of Move, wherever it is emitted.
pub(super) fn queued_by_evm(sender: Address, frame: &Frame, emitter: Address) -> Event {
    let call = by_evm::Call {
        sender,
        owner: account(frame.actor).0.abi_encode().into(),
        name: Bytes::from_static(b"actor"),
        r#fn: Bytes::from_static(b"run"),
        args: Bytes::from(frame.encode()).abi_encode().into(),
        types: Bytes::new(),
    };
    log(emitter, call.encode_log_data())
}

/// The event by which it asks for a call of Solana.
pub(super) fn solana_queued_by_evm(sender: Address, frame: &Frame) -> Event {
    let accounts = named(AccountId::from_evm(sender));
    let accounts = accounts.iter().map(|account| {
        let id = account_id(&account.pubkey).0;
        (id, account.is_signer, account.is_writable)
    });
    let call = by_evm::CallSolana {
        sender,
        program: program_id(frame.actor).0,
        accounts: accounts.collect(),
        data: frame.encode().into(),
        seeds: vec![],
    };
    log(CROSS_VM_ADDRESS, call.encode_log_data())
}

/// The event by which a Move account asks for a call.
pub(super) fn queued_by_move(sender: AccountId, frame: &Frame) -> Event {
    let mut data = Vec::new();
    if frame.vm() == VmId::Svm {
        let accounts = named(sender);
        data.extend(program_id(frame.actor).0);
        data.push(u8::try_from(accounts.len()).unwrap());
        for account in accounts {
            data.extend(account.pubkey.to_bytes());
            data.extend([account.is_signer, account.is_writable].map(u8::from));
        }
        put_bytes(&mut data, &frame.encode());
        data.push(0);
        data.extend(sender.0);
        return framework_event("svm::CallEvent", data);
    }
    let script = Bytes::from(frame.encode());
    put_bytes(&mut data, address(frame.actor).as_slice());
    put_bytes(&mut data, &runCall { script }.abi_encode());
    data.extend(sender.0);
    framework_event("evm::CallEvent", data)
}

/// The event by which a Solana account asks for one: that of the instruction.
pub(super) fn queued_by_solana(sender: AccountId, frame: &Frame) -> Event {
    let instruction = queueing(frame);
    let call = by_solana::Call {
        vm: instruction[0],
        sender: sender.0,
        target: account(frame.actor).0,
        value: U256::ZERO,
        input: Bytes::copy_from_slice(&instruction[50..]),
    };
    Event {
        origin: EventOrigin::Svm,
        log: Log {
            address: AccountId(CROSS_VM_PROGRAM).evm_address(),
            data: call.encode_log_data(),
        },
    }
}
