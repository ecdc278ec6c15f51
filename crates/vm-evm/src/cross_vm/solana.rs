//! What of `ICrossVM` is about Solana: calls at once and queued, accounts, derived addresses.

use alloc::{format, vec::Vec};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    CROSS_VM_ADDRESS, Fault, Host, Outcome,
    abi::{AbiError, Reader},
    derived::{self, SeedsError},
    message::SolanaCall,
    originals::{NO_ANSWER, showing},
    queued_by_evm, solana_account,
};

use super::{Frame, ICrossVM, Request, WORD_GAS, answered, out_of_gas};

/// Gas of a log, and of each byte in it.
const LOG_GAS: u64 = 750;
const LOG_BYTE_GAS: u64 = 8;
/// Gas of an account that is read, besides its bytes.
const ACCOUNT_GAS: u64 = 2_600;
/// Gas of hashing seeds, and of finding out whether there can be a key for the result.
const DERIVE_GAS: u64 = 2_000;

/// What is asked besides calls that run at once.
pub(super) enum Asked {
    Queue(AccountId, SolanaCall),
    Account(AccountId),
    Create(Vec<Bytes>, B256),
    Find(Vec<Bytes>, B256),
}

/// Reads a call, if it is one of a function about Solana.
pub(super) fn read(selector: [u8; 4], data: &[u8]) -> Option<Result<Request, AbiError>> {
    let word = |number: usize| Reader::new(data).word(number.saturating_mul(32));
    let message = |has_seeds| Ok((AccountId(word(0)?), SolanaCall::read(data, 1, has_seeds)?));
    let call = |tries, has_seeds| {
        let (target, message) = message(has_seeds)?;
        Ok(Request::Call {
            vm: VmId::Svm,
            target,
            input: message.to_input(),
            tries,
            is_view: false,
        })
    };
    let queue = |has_seeds| {
        let (program, message) = message(has_seeds)?;
        Ok(Request::Solana(Asked::Queue(program, message)))
    };
    let seeds = || {
        let mut reader = Reader::new(data);
        let at = reader.follow(0, 0)?;
        Ok((reader.byte_strings(at)?, word(1)?))
    };
    Some(match selector {
        ICrossVM::callSolanaCall::SELECTOR => call(false, false),
        ICrossVM::tryCallSolanaCall::SELECTOR => call(true, false),
        ICrossVM::callSolanaSignedCall::SELECTOR => call(false, true),
        ICrossVM::tryCallSolanaSignedCall::SELECTOR => call(true, true),
        ICrossVM::queueSolanaCall::SELECTOR => queue(false),
        ICrossVM::queueSolanaSignedCall::SELECTOR => queue(true),
        ICrossVM::solanaAccountCall::SELECTOR => {
            word(0).map(|id| Request::Solana(Asked::Account(AccountId(id))))
        }
        ICrossVM::createProgramAddressCall::SELECTOR => {
            seeds().map(|(seeds, program)| Request::Solana(Asked::Create(seeds, program)))
        }
        ICrossVM::findProgramAddressCall::SELECTOR => {
            seeds().map(|(seeds, program)| Request::Solana(Asked::Find(seeds, program)))
        }
        _ => return None,
    })
}

/// Why there is no answer.
enum Stop {
    Refused(alloc::string::String),
    OutOfGas,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<SeedsError> for Stop {
    fn from(error: SeedsError) -> Self {
        Self::Refused(format!("{error}"))
    }
}

/// Answers what is asked.
pub(super) fn answer<'v>(
    asked: Asked,
    frame: &Frame,
    host: &mut (dyn Host<'v> + '_),
) -> Result<Outcome, Fault> {
    match try_answer(asked, frame, host) {
        Ok(output) => Ok(answered(host, output)),
        Err(Stop::Refused(reason)) => Ok(Outcome {
            gas_used: host.meter().used(),
            ..Outcome::refusal(&reason)
        }),
        Err(Stop::OutOfGas) => Ok(out_of_gas(frame)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

fn try_answer<'v>(
    asked: Asked,
    frame: &Frame,
    host: &mut (dyn Host<'v> + '_),
) -> Result<Vec<u8>, Stop> {
    match asked {
        Asked::Queue(program, call) => {
            if frame.is_static {
                return Err(Stop::Refused("a static call cannot queue a call".into()));
            }
            let event = queued_by_evm(frame.caller, program, call);
            let bytes = event.log.data.data.len() as u64;
            pay(
                host,
                LOG_GAS.saturating_add(LOG_BYTE_GAS.saturating_mul(bytes)),
            )?;
            host.journal().emit(event);
            Ok(Vec::new())
        }
        Asked::Account(id) => {
            pay(host, ACCOUNT_GAS)?;
            if host.waiting().iter().any(|waiting| waiting.vm == VmId::Svm) {
                let reason = "a Solana program waits for this call: what it has changed cannot be \
                              seen yet";
                return Err(Stop::Refused(reason.into()));
            }
            let account = solana_account(host.journal(), id)?;
            let Some(mut account) = account else {
                // The system program's, whose key is zero.
                return Ok((B256::ZERO, false, Bytes::new()).abi_encode_params());
            };
            let words = (account.data.len() as u64).div_ceil(32);
            pay(host, WORD_GAS.saturating_mul(words))?;
            if let Some(showing) = showing(host.journal_ref(), id.0, &account)? {
                pay(host, DERIVE_GAS.saturating_mul(showing.tries))?;
                let gas = host.meter().remaining();
                let caller = AccountId::from_evm(CROSS_VM_ADDRESS);
                let answer = host.call(showing.question(caller, gas))?;
                let filled = match answer.is_success() {
                    true => showing.filled(&account.data, &answer.output),
                    false => None,
                };
                account.data = filled.ok_or_else(|| Stop::Refused(NO_ANSWER.into()))?;
            }
            Ok((account.owner, account.is_executable, account.data).abi_encode_params())
        }
        Asked::Create(seeds, program) => {
            pay(host, DERIVE_GAS)?;
            let seeds = seeds.iter().map(AsRef::as_ref);
            let address = derived::create_program_address(seeds, program)?;
            Ok(address.abi_encode())
        }
        Asked::Find(seeds, program) => {
            let found = derived::find_program_address(&seeds, program, || pay(host, DERIVE_GAS))?;
            Ok((found.0, U256::from(found.1)).abi_encode_params())
        }
    }
}

fn pay<'v>(host: &mut (dyn Host<'v> + '_), gas: u64) -> Result<(), Stop> {
    host.meter().charge(gas).map_err(|_| Stop::OutOfGas)
}
