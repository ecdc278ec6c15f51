//! The built-in program through which Solana programs call contracts of other VMs.
//!
//! The runtime gives its built-in programs no way to the chain but a few questions, and those
//! carry no bytes. So the program leaves its request in a mailbox of the thread and rings: it asks
//! whether a certain key is a precompile. The [`Context`](crate::context::Context) hears that,
//! takes the request, calls, and leaves the answer.
//!
//! Instruction: VM (0 EVM, 1 Move), flags (1 static, 2 go on after a failure), the target's account
//! id, lamports that go along (u64), most gas (u64), input. Accounts: the caller, which signs; the
//! vault, writable; and all that the call may pay, writable. The system program as well where
//! lamports go along.

use alloy_primitives::{B256, Bytes};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{Outcome, message::reason_of};
use solana_account::AccountSharedData;
use solana_instruction::error::InstructionError;
use solana_program_runtime::{
    declare_process_instruction, invoke_context::InvokeContext, solana_sbpf::vm::ContextObject,
};
use solana_pubkey::Pubkey;
use solana_svm_log_collector::ic_msg;
use solana_transaction_context::IndexOfAccount;
use std::cell::RefCell;

use crate::prices::UNITS_PER_GAS;

/// The program.
pub const CROSS_VM: Pubkey = Pubkey::from_str_const("CrossVm111111111111111111111111111111111111");
/// Stands in Solana's sums for what is outside: lamports that leave go there, those that come in
/// come from there. It is no account of the state.
pub const CROSS_VM_VAULT: Pubkey =
    Pubkey::from_str_const("CrossVmVau1t1111111111111111111111111111111");
/// Asked whether it is a precompile, it rings.
pub(crate) const BELL: Pubkey =
    Pubkey::from_str_const("CrossVmBe11111111111111111111111111111111111");

/// The error code of a call that failed, where the caller does not go on.
pub const CALL_FAILED: u32 = 1;
/// The error code of a call that changed an account which the instruction does not name as
/// writable.
pub const ACCOUNT_NOT_NAMED: u32 = 2;
/// The error code of a call that returned more than Solana's programs can be given.
pub const RESULT_TOO_LONG: u32 = 3;

/// Compute units of a call besides what the callee uses.
const UNITS: u64 = 3_000;
/// Lamports in the vault before a transaction: enough for all that exist.
pub(crate) const VAULT_LAMPORTS: u64 = 1 << 62;
/// Bytes that a Solana program can return.
const MAX_RETURN: usize = 1_024;
/// Bytes before an instruction's input.
const HEAD: usize = 50;

const STATIC: u8 = 1;
const CATCH: u8 = 2;

/// A call that waits to be made.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) vm: VmId,
    pub(crate) target: AccountId,
    pub(crate) caller: Pubkey,
    pub(crate) lamports: u64,
    pub(crate) is_static: bool,
    pub(crate) gas: u64,
    pub(crate) input: Bytes,
    /// Every account of the transaction as it is now, the call's lamports taken.
    pub(crate) accounts: Vec<(Pubkey, u64)>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// Places and lamports of the accounts that are not as the request says.
    pub(crate) changed: Vec<(IndexOfAccount, u64)>,
}

#[derive(Debug, Default)]
enum Mail {
    #[default]
    Empty,
    Request(Request),
    Answer(Answer),
}

thread_local! {
    static MAIL: RefCell<Mail> = RefCell::default();
}

/// The request that somebody has left, if the bell was rung for one.
pub(crate) fn take_request() -> Option<Request> {
    match MAIL.take() {
        Mail::Request(request) => Some(request),
        Mail::Empty | Mail::Answer(_) => None,
    }
}

/// Leaves the answer.
pub(crate) fn answer(answer: Answer) {
    MAIL.set(Mail::Answer(answer));
}

fn ring(invoke: &InvokeContext<'_, '_>, request: Request) -> Result<Answer, InstructionError> {
    MAIL.set(Mail::Request(request));
    invoke.is_precompile(&BELL);
    match MAIL.take() {
        Mail::Answer(answer) => Ok(answer),
        // The machinery has failed, and says why itself.
        Mail::Empty | Mail::Request(_) => Err(InstructionError::GenericError),
    }
}

/// The vault as programs see it.
pub(crate) fn vault() -> AccountSharedData {
    AccountSharedData::new(VAULT_LAMPORTS, 0, &CROSS_VM)
}

declare_process_instruction!(Entrypoint, UNITS, |invoke| {
    let (request, catches) = request(invoke)?;
    if request.lamports > 0 {
        let (caller, lamports) = (&request.caller, request.lamports);
        let pay = solana_system_interface::instruction::transfer(caller, &CROSS_VM_VAULT, lamports);
        invoke.native_invoke_signed(pay, &[])?;
    }
    let request = Request {
        accounts: accounts(invoke)?,
        ..request
    };
    let answer = ring(invoke, request)?;
    let units = answer.outcome.gas_used.saturating_mul(UNITS_PER_GAS);
    invoke
        .compute_meter
        .consume_checked(units)
        .map_err(|_| InstructionError::ComputationalBudgetExceeded)?;
    take_up(invoke, &answer.changed)?;
    finish(invoke, &answer.outcome, catches)
});

/// Reads the instruction. The accounts are still missing.
fn request(invoke: &InvokeContext<'_, '_>) -> Result<(Request, bool), InstructionError> {
    let instruction = invoke
        .transaction_context
        .get_current_instruction_context()?;
    instruction.check_number_of_instruction_accounts(2)?;
    if !instruction.is_instruction_account_signer(0)? {
        ic_msg!(invoke, "The first account is the caller and must sign");
        return Err(InstructionError::MissingRequiredSignature);
    }
    let is_vault = *instruction.get_key_of_instruction_account(1)? == CROSS_VM_VAULT;
    if !is_vault || !instruction.is_instruction_account_writable(1)? {
        ic_msg!(
            invoke,
            "The second account must be {}, writable",
            CROSS_VM_VAULT
        );
        return Err(InstructionError::InvalidArgument);
    }
    let data = instruction.get_instruction_data();
    let (head, input) = data
        .split_first_chunk::<HEAD>()
        .ok_or(InstructionError::InvalidInstructionData)?;
    let long = |at: usize| {
        let bytes = head.get(at..).and_then(|rest| rest.first_chunk::<8>());
        bytes
            .map(|bytes| u64::from_le_bytes(*bytes))
            .unwrap_or_default()
    };
    let vm = match head.first() {
        Some(0) => VmId::Evm,
        Some(1) => VmId::Move,
        _ => {
            ic_msg!(
                invoke,
                "The first byte names the VM: 0 is the EVM, 1 is Move"
            );
            return Err(InstructionError::InvalidInstructionData);
        }
    };
    let flags = head.get(1).copied().unwrap_or_default();
    if flags & !(STATIC | CATCH) != 0 {
        ic_msg!(invoke, "Only the flags {} and {} are known", STATIC, CATCH);
        return Err(InstructionError::InvalidInstructionData);
    }
    let left = invoke.get_remaining() / UNITS_PER_GAS;
    let request = Request {
        vm,
        target: AccountId(B256::from_slice(head.get(2..34).unwrap_or_default())),
        caller: *instruction.get_key_of_instruction_account(0)?,
        lamports: long(34),
        is_static: flags & STATIC != 0,
        gas: long(42).min(left - left / 64),
        input: Bytes::copy_from_slice(input),
        accounts: Vec::new(),
    };
    Ok((request, flags & CATCH != 0))
}

/// All accounts of the transaction, but for the vault's own.
fn accounts(invoke: &InvokeContext<'_, '_>) -> Result<Vec<(Pubkey, u64)>, InstructionError> {
    let context = &invoke.transaction_context;
    (0..context.get_number_of_accounts())
        .map(|index| {
            let key = *context.get_key_of_account_at_index(index)?;
            let account = context.accounts().try_borrow(index)?;
            Ok((key, solana_account::ReadableAccount::lamports(&*account)))
        })
        .collect()
}

/// Gives accounts what they have got outside. The vault pays, so that Solana's sums hold.
fn take_up(
    invoke: &InvokeContext<'_, '_>,
    changed: &[(IndexOfAccount, u64)],
) -> Result<(), InstructionError> {
    let instruction = invoke
        .transaction_context
        .get_current_instruction_context()?;
    for (index, lamports) in changed {
        let named = (0..instruction.get_number_of_instruction_accounts()).find(|place| {
            let found = instruction.get_index_of_instruction_account_in_transaction(*place);
            found.as_ref() == Ok(index)
                && instruction.is_instruction_account_writable(*place) == Ok(true)
        });
        let Some(place) = named else {
            let key = invoke
                .transaction_context
                .get_key_of_account_at_index(*index)?;
            ic_msg!(
                invoke,
                "The call paid {}, which the instruction must name as writable",
                key
            );
            return Err(InstructionError::Custom(ACCOUNT_NOT_NAMED));
        };
        let mut account = instruction.try_borrow_instruction_account(place)?;
        let got = lamports
            .checked_sub(account.get_lamports())
            .ok_or(InstructionError::ExternalAccountLamportSpend)?;
        account.set_lamports(*lamports)?;
        drop(account);
        instruction
            .try_borrow_instruction_account(1)?
            .checked_sub_lamports(got)?;
    }
    Ok(())
}

/// Returns what the callee returned, or fails as it did.
fn finish(
    invoke: &mut InvokeContext<'_, '_>,
    outcome: &Outcome,
    catches: bool,
) -> Result<(), InstructionError> {
    let is_success = outcome.is_success();
    if !is_success && !catches {
        ic_msg!(invoke, "The call failed: {}", reason_of(&outcome.output));
        return Err(InstructionError::Custom(CALL_FAILED));
    }
    let mut data = Vec::with_capacity(outcome.output.len().saturating_add(1));
    if catches {
        data.push(u8::from(is_success));
    }
    data.extend_from_slice(&outcome.output);
    if data.len() > MAX_RETURN {
        if is_success {
            ic_msg!(
                invoke,
                "The call returned {} bytes, at most {} fit",
                data.len(),
                MAX_RETURN
            );
            return Err(InstructionError::Custom(RESULT_TOO_LONG));
        }
        // A reason may be cut short.
        data.truncate(MAX_RETURN);
    }
    invoke.transaction_context.set_return_data(CROSS_VM, data)
}
