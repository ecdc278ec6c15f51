//! Queued calls: events of two system contracts ask for them, and they run once the outermost call
//! has succeeded, in the order of the events.
//!
//! The queue is the transaction's list of events itself, so that what a reverted frame has queued
//! is gone with the frame's other events.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
};
use alloy_primitives::{Address, B256, Log, address};
use alloy_sol_types::SolEvent;
use lumio_state::{Fault, Journal, StateKey};
use lumio_types::{AccountId, EventOrigin, VmId};

use crate::{
    Bus, Call, Host, Outcome,
    message::{MoveCall, split_types},
};

/// The contract of the EVM that queues calls of Move functions.
pub const QUEUE_ADDRESS: Address = address!("42000000000000000000000000000000000000FF");

/// The Move event that queues a call of an EVM contract.
const CALL_EVENT: &str = "0x1::evm::CallEvent";

/// Calls that one transaction may queue.
pub const MAX_QUEUED: usize = 256;

mod solidity {
    alloy_sol_types::sol! {
        /// Asks for a call of a Move function on behalf of `sender`.
        event Call(
            address sender, bytes moduleAddress, bytes moduleId, bytes functionId, bytes callData,
            bytes generics
        );
    }
}

/// Runs what is in the queue.
pub(crate) fn run(bus: &mut Bus<'_, '_>, first_log: usize) -> Result<Option<Outcome>, Fault> {
    let (mut next, mut queued) = (first_log, 0_usize);
    while let Some((log, origin)) = bus.journal_ref().event(next) {
        let asked = match origin {
            EventOrigin::Evm if log.address == QUEUE_ADDRESS => Some(of_evm(log)),
            EventOrigin::Move(event) if event.type_tag == CALL_EVENT => Some(of_move(log)),
            EventOrigin::Evm | EventOrigin::Move(_) | EventOrigin::Svm => None,
        };
        next = next.saturating_add(1);
        let Some(asked) = asked else {
            continue;
        };
        queued = queued.saturating_add(1);
        let failed = match asked {
            _ if queued > MAX_QUEUED => Some(Outcome::refusal(&format!(
                "a transaction may queue {MAX_QUEUED} calls, and this one queued more"
            ))),
            Err(reason) => Some(Outcome::refusal(&reason)),
            Ok(Asked::Nothing) => None,
            Ok(Asked::Call(mut call)) => {
                call.caller = match call.vm {
                    VmId::Move => account_of(bus.journal(), call.caller.evm_address())?,
                    VmId::Evm | VmId::Svm => call.caller,
                };
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

/// What an event of a system contract asks for.
enum Asked {
    Call(Box<Call>),
    /// It is another event.
    Nothing,
}

/// A call of a Move function.
fn of_evm(log: &Log) -> Result<Asked, String> {
    if log.topics().first() != Some(&solidity::Call::SIGNATURE_HASH) {
        return Ok(Asked::Nothing);
    }
    let event = solidity::Call::decode_log_data(&log.data)
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
    let call = Call::new(VmId::Move, caller, AccountId(target), message.to_input(), 0);
    Ok(Asked::Call(Box::new(call)))
}

/// A call of an EVM contract: the BCS of two byte vectors and an address.
fn of_move(log: &Log) -> Result<Asked, String> {
    let read = || {
        let mut rest = log.data.data.as_ref();
        let target = byte_vector(&mut rest)?;
        let input = byte_vector(&mut rest)?;
        Some((
            Address::try_from(target).ok()?,
            input.to_vec(),
            B256::try_from(rest).ok()?,
        ))
    };
    let (target, input, caller) =
        read().ok_or_else(|| "a queued call of an EVM contract cannot be decoded".to_string())?;
    let call = Call::new(
        VmId::Evm,
        AccountId(caller),
        AccountId::from_evm(target),
        input.into(),
        0,
    );
    Ok(Asked::Call(Box::new(call)))
}

/// A `vector<u8>` at the front of some BCS.
fn byte_vector<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let mut length = 0_usize;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let (bytes, after) = rest.split_at_checked(length)?;
            *rest = after;
            return Some(bytes);
        }
    }
    None
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
