//! `ICrossVM`, the contract at `0x42…FE`: calls of other VMs that run at once, queued calls of Solana
//! programs, and what a contract has to know to make them.

mod solana;

use alloc::{format, string::String};
use alloy_primitives::{Address, Bytes, hex};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    Call, Fault, Host, Outcome, Status,
    abi::{AbiError, Reader},
    account_of,
    message::{MoveCall, OutOfGas},
};

use solana::Asked;

/// Gas of a call that is read and passed on, and of each word of its input.
const BASE_GAS: u64 = 700;
const WORD_GAS: u64 = 6;

sol! {
    interface ICrossVM {
        struct AccountMeta { bytes32 id; bool signer; bool writable; }
        function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args)
            external returns (bytes memory);
        function tryCallMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args)
            external returns (bool ok, bytes memory result);
        function viewMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args)
            external view returns (bytes memory);
        function callSolana(bytes32 program, AccountMeta[] accounts, bytes data)
            external returns (bytes memory);
        function tryCallSolana(bytes32 program, AccountMeta[] accounts, bytes data)
            external returns (bool ok, bytes memory result);
        function callSolanaSigned(
            bytes32 program, AccountMeta[] accounts, bytes data, bytes[][] seeds
        ) external returns (bytes memory);
        function tryCallSolanaSigned(
            bytes32 program, AccountMeta[] accounts, bytes data, bytes[][] seeds
        ) external returns (bool ok, bytes memory result);
        function queueSolana(bytes32 program, AccountMeta[] accounts, bytes data) external;
        function queueSolanaSigned(
            bytes32 program, AccountMeta[] accounts, bytes data, bytes[][] seeds
        ) external;
        function solanaAccount(bytes32 id)
            external view returns (bytes32 owner, bool executable, bytes memory data);
        function createProgramAddress(bytes[] seeds, bytes32 program)
            external view returns (bytes32);
        function findProgramAddress(bytes[] seeds, bytes32 program)
            external view returns (bytes32 id, uint8 bump);
        function idOf(address account) external view returns (bytes32);
        function addressOf(bytes32 id) external view returns (address);
    }
}

/// A call of the contract, as the EVM makes it.
pub(crate) struct Frame {
    pub(crate) caller: Address,
    pub(crate) input: Bytes,
    pub(crate) gas: u64,
    pub(crate) is_static: bool,
}

/// What is asked of it.
enum Request {
    IdOf(Address),
    AddressOf(AccountId),
    Call {
        vm: VmId,
        target: AccountId,
        input: Bytes,
        /// Whether the caller is told of a failure, and goes on.
        tries: bool,
        is_view: bool,
    },
    Solana(Asked),
}

/// Answers a call.
pub(crate) fn run<'v>(frame: &Frame, host: &mut (dyn Host<'v> + '_)) -> Result<Outcome, Fault> {
    let words = (frame.input.len() as u64).div_ceil(32);
    let base = BASE_GAS.saturating_add(WORD_GAS.saturating_mul(words));
    if host.meter().charge(base).is_err() {
        return Ok(out_of_gas(frame));
    }
    match read(&frame.input) {
        Err(reason) => Ok(Outcome {
            gas_used: host.meter().used(),
            ..Outcome::refusal(&reason)
        }),
        Ok(Request::IdOf(address)) => {
            let id = account_of(host.journal(), address)?;
            Ok(answered(host, id.0.abi_encode()))
        }
        Ok(Request::AddressOf(id)) => Ok(answered(host, id.evm_address().abi_encode())),
        Ok(Request::Solana(asked)) => solana::answer(asked, frame, host),
        Ok(Request::Call {
            vm,
            target,
            input,
            tries,
            is_view,
        }) => {
            let caller = account_of(host.journal(), frame.caller)?;
            let gas = host.meter().remaining();
            let outcome = host.call(Call {
                is_static: frame.is_static || is_view,
                ..Call::new(vm, caller, target, input, gas)
            })?;
            Ok(passed_on(host, outcome, tries))
        }
    }
}

/// Reads a call's input, or says what is wrong with it.
fn read(input: &[u8]) -> Result<Request, String> {
    let Some((selector, data)) = input.split_first_chunk::<4>() else {
        return Err(
            "a call of ICrossVM begins with the four bytes of a function's selector".into(),
        );
    };
    let bad = |error: AbiError| {
        format!("the arguments of the call of ICrossVM cannot be decoded: {error}")
    };
    if let Some(request) = solana::read(*selector, data) {
        return request.map_err(bad);
    }
    let first = Reader::new(data).word(0).map_err(bad);
    let of_move = |tries, is_view| {
        Ok(Request::Call {
            vm: VmId::Move,
            target: AccountId(first.clone()?),
            input: MoveCall::read(data, 1).map_err(bad)?.to_input(),
            tries,
            is_view,
        })
    };
    match *selector {
        ICrossVM::callMoveCall::SELECTOR => of_move(false, false),
        ICrossVM::tryCallMoveCall::SELECTOR => of_move(true, false),
        ICrossVM::viewMoveCall::SELECTOR => of_move(false, true),
        ICrossVM::idOfCall::SELECTOR => {
            let word = first?;
            match word.split_at(12) {
                (above, _) if above.iter().all(|byte| *byte == 0) => {
                    Ok(Request::IdOf(Address::from_word(word)))
                }
                _ => Err(format!("{word} is no address of 20 bytes")),
            }
        }
        ICrossVM::addressOfCall::SELECTOR => Ok(Request::AddressOf(AccountId(first?))),
        _ => Err(format!(
            "ICrossVM has no function with the selector {}",
            hex::encode_prefixed(selector)
        )),
    }
}

/// What a call of another VM came to, as this contract's caller sees it.
fn passed_on<'v>(host: &mut (dyn Host<'v> + '_), outcome: Outcome, tries: bool) -> Outcome {
    let is_success = outcome.is_success();
    let data = match outcome.status {
        Status::Success | Status::Revert => outcome.output,
        Status::OutOfGas => OutOfGas {}.abi_encode().into(),
        Status::Halt if outcome.output.is_empty() => {
            lumio_vm_bus::message::revert_reason("the call broke a rule of its virtual machine")
        }
        Status::Halt => outcome.output,
    };
    let output = match (tries, is_success) {
        (true, _) => (is_success, data).abi_encode_params().into(),
        (false, true) => data.abi_encode().into(),
        (false, false) => data,
    };
    Outcome {
        status: match tries || is_success {
            true => Status::Success,
            false => Status::Revert,
        },
        output,
        gas_used: host.meter().used(),
        gas_refund: outcome.gas_refund,
    }
}

fn answered<'v>(host: &mut (dyn Host<'v> + '_), output: alloc::vec::Vec<u8>) -> Outcome {
    Outcome {
        status: Status::Success,
        output: output.into(),
        gas_used: host.meter().used(),
        gas_refund: 0,
    }
}

fn out_of_gas(frame: &Frame) -> Outcome {
    Outcome {
        status: Status::OutOfGas,
        output: Bytes::new(),
        gas_used: frame.gas,
        gas_refund: 0,
    }
}
