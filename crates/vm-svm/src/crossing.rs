//! The built-in program through which Solana programs call contracts of other VMs.
//!
//! The runtime gives its built-in programs no way to the chain but a few questions, and those
//! carry no bytes. So the program leaves its request in a mailbox of the thread and rings: it asks
//! whether a certain key is a precompile. The [`Context`](crate::context::Context) hears that,
//! takes the request, calls, and leaves the answer.
//!
//! Instruction: VM (0 EVM, 1 Move), flags (1 static, 2 go on after a failure, 4 queue), the target's
//! account id, lamports that go along (u64), most gas (u64), input. Accounts: the caller, which
//! signs; the vault, writable; and all that the call may pay, writable. The system program as well
//! where lamports of the caller go along, or the callee may spend some.
//!
//! A queued call runs when the transaction's own code is done, with all the gas that is left, and
//! takes its lamports then: it needs the caller alone.

use alloy_primitives::{B256, Bytes};
use alloy_sol_types::SolError;
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    Outcome, Status,
    message::{OutOfGas, reason_of},
};
use solana_account::AccountSharedData;
use solana_instruction::error::InstructionError;
use solana_program_runtime::{
    declare_process_instruction, invoke_context::InvokeContext, solana_sbpf::vm::ContextObject,
};
use solana_pubkey::Pubkey;
use solana_svm_log_collector::ic_msg;
use solana_transaction_context::{
    IndexOfAccount, instruction_accounts::InstructionAccount, transaction::TransactionContext,
};
use std::{borrow::Cow, cell::RefCell};

use crate::{
    genesis::TOKEN,
    prices::{gas_of_units, units_of_gas},
    run::first_positions,
    tokens::{Token, token_of, with_amount},
};

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

/// The error code of a transaction whose own code succeeded, and a call that it had queued did not.
/// It stands at the last instruction.
pub const QUEUED_CALL_FAILED: u32 = 4;

/// The error code of a transaction that has moved tokens which an ERC-20 contract keeps, where the
/// contract does not let it, or moves something else. It stands at the last instruction, or at the
/// first one if the contract does not even say how many there are.
pub const TOKENS_REFUSED: u32 = 5;

/// Compute units of a call besides what the callee uses.
const UNITS: u64 = 3_000;
/// Lamports in the vault before a transaction: enough for all that exist.
pub(crate) const VAULT_LAMPORTS: u64 = 1 << 62;
/// Bytes that a Solana program can return.
const MAX_RETURN: usize = 1_024;
/// Bytes before an instruction's input.
const HEAD: usize = 50;

/// The data of an instruction in whose name an amount is written. SPL Token itself takes no such
/// data.
pub(crate) const AMOUNT_TAKEN_UP: &[u8] = b"\xfflumio: the amount that the ERC-20 keeps";

const STATIC: u8 = 1;
pub(crate) const CATCH: u8 = 2;
const QUEUE: u8 = 4;
/// Compute units of each byte of a queued call, which is announced by a log.
const QUEUED_BYTE_UNITS: u64 = 32;

/// A call that waits to be made.
#[derive(Debug)]
pub(crate) struct Request {
    /// Whether it is to run when the transaction's own code is done.
    pub(crate) is_queued: bool,
    pub(crate) vm: VmId,
    pub(crate) target: AccountId,
    pub(crate) caller: Pubkey,
    pub(crate) lamports: u64,
    pub(crate) is_static: bool,
    pub(crate) gas: u64,
    pub(crate) input: Bytes,
    /// Every account of the transaction as it is now, the call's lamports taken.
    pub(crate) accounts: Vec<(Pubkey, u64)>,
    /// What those of them are that belong to SPL Token.
    pub(crate) tokens: Vec<(Pubkey, Option<Token>)>,
    /// All gas that is left, for what the tokens of ERC-20s take.
    pub(crate) left: u64,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// Places and lamports of the accounts that are not as the request says.
    pub(crate) changed: Vec<(IndexOfAccount, u64)>,
    /// Token accounts that hold another amount than the request says, and which.
    pub(crate) amounts: Vec<(Pubkey, u64)>,
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
    if request.is_queued {
        let units = QUEUED_BYTE_UNITS.saturating_mul(request.input.len() as u64);
        consume(invoke, units)?;
        let answer = ring(invoke, request)?;
        return finish(invoke, &answer.outcome, catches);
    }
    let caller = request.caller;
    if request.lamports > 0 {
        if catches && lamports_of(invoke)? < request.lamports {
            let reason = "the caller has fewer lamports than the call brings along";
            return finish(invoke, &Outcome::refusal(reason), catches);
        }
        pay_vault(invoke, &caller, request.lamports)?;
    }
    let request = Request {
        accounts: accounts(invoke)?,
        tokens: tokens(invoke)?,
        left: gas_of_units(invoke.get_remaining()),
        ..request
    };
    let answer = ring(invoke, request)?;
    let units = units_of_gas(answer.outcome.gas_used);
    consume(invoke, units)?;
    take_up(invoke, &caller, &answer.changed)?;
    for (key, amount) in &answer.amounts {
        take_up_amount(invoke, key, *amount)?;
    }
    finish(invoke, &answer.outcome, catches)
});

fn consume(invoke: &InvokeContext<'_, '_>, units: u64) -> Result<(), InstructionError> {
    let meter = &invoke.compute_meter;
    let consumed = meter.consume_checked(units);
    consumed.map_err(|_| InstructionError::ComputationalBudgetExceeded)
}

/// Lamports of the caller, which is the first account.
fn lamports_of(invoke: &InvokeContext<'_, '_>) -> Result<u64, InstructionError> {
    let context = &invoke.transaction_context;
    let instruction = context.get_current_instruction_context()?;
    let caller = instruction.try_borrow_instruction_account(0)?;
    Ok(caller.get_lamports())
}

/// Takes lamports of an account that signs. The system program sees to it that no other program
/// owns the account.
fn pay_vault(
    invoke: &mut InvokeContext<'_, '_>,
    payer: &Pubkey,
    lamports: u64,
) -> Result<(), InstructionError> {
    let pay = solana_system_interface::instruction::transfer(payer, &CROSS_VM_VAULT, lamports);
    invoke.native_invoke_signed(pay, &[])
}

/// Reads the instruction. The accounts are still missing.
fn request(invoke: &InvokeContext<'_, '_>) -> Result<(Request, bool), InstructionError> {
    let instruction = invoke
        .transaction_context
        .get_current_instruction_context()?;
    instruction.check_number_of_instruction_accounts(1)?;
    if !instruction.is_instruction_account_signer(0)? {
        ic_msg!(invoke, "The first account is the caller and must sign");
        return Err(InstructionError::MissingRequiredSignature);
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
    if flags & !(STATIC | CATCH) != 0 && flags != QUEUE {
        ic_msg!(
            invoke,
            "The flags are {}, {}, their sum, or {} alone",
            STATIC,
            CATCH,
            QUEUE
        );
        return Err(InstructionError::InvalidInstructionData);
    }
    let is_queued = flags == QUEUE;
    if !is_queued {
        instruction.check_number_of_instruction_accounts(2)?;
        let is_vault = *instruction.get_key_of_instruction_account(1)? == CROSS_VM_VAULT;
        if !is_vault || !instruction.is_instruction_account_writable(1)? {
            ic_msg!(
                invoke,
                "The second account must be {}, writable",
                CROSS_VM_VAULT
            );
            return Err(InstructionError::InvalidArgument);
        }
    }
    let left = gas_of_units(invoke.get_remaining());
    let request = Request {
        is_queued,
        vm,
        target: AccountId(B256::from_slice(head.get(2..34).unwrap_or_default())),
        caller: *instruction.get_key_of_instruction_account(0)?,
        lamports: long(34),
        is_static: flags & STATIC != 0,
        gas: long(42).min(left - left / 64),
        input: Bytes::copy_from_slice(input),
        accounts: Vec::new(),
        tokens: Vec::new(),
        left: 0,
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

/// What all accounts of the transaction are to SPL Token.
fn tokens(
    invoke: &InvokeContext<'_, '_>,
) -> Result<Vec<(Pubkey, Option<Token>)>, InstructionError> {
    let context = &invoke.transaction_context;
    (0..context.get_number_of_accounts())
        .map(|index| {
            let key = *context.get_key_of_account_at_index(index)?;
            let account = context.accounts().try_borrow(index)?;
            Ok((key, token_of(&*account)))
        })
        .collect()
}

/// Gives a token account the amount that its contract says, as SPL Token, which alone may write
/// there: by an instruction of that program which it does not get to see, and clients are not told.
fn take_up_amount(
    invoke: &mut InvokeContext<'_, '_>,
    key: &Pubkey,
    amount: u64,
) -> Result<(), InstructionError> {
    let context = &mut invoke.transaction_context;
    let instruction = context.get_current_instruction_context()?;
    let caller = u16::try_from(context.get_current_instruction_index()?);
    let index = context.find_index_of_account(key);
    let named = (0..instruction.get_number_of_instruction_accounts()).find(|place| {
        let found = instruction.get_index_of_instruction_account_in_transaction(*place);
        found.ok() == index && instruction.is_instruction_account_writable(*place) == Ok(true)
    });
    let (Some(index), Some(_)) = (index, named) else {
        ic_msg!(
            invoke,
            "The call changed what the token account {} holds, which the instruction must name as \
             writable",
            key
        );
        return Err(InstructionError::Custom(ACCOUNT_NOT_NAMED));
    };
    let Some(program) = context.find_index_of_account(&TOKEN) else {
        ic_msg!(
            invoke,
            "The call changed what the token account {} holds, so the transaction must name {}",
            key,
            TOKEN
        );
        return Err(InstructionError::Custom(ACCOUNT_NOT_NAMED));
    };
    context.configure_instruction_at_index(
        context.get_instruction_trace_length(),
        program,
        vec![InstructionAccount::new(index, false, true)],
        first_positions(&[InstructionAccount::new(index, false, true)]),
        Cow::Borrowed(AMOUNT_TAKEN_UP),
        caller.ok(),
    )?;
    context.push()?;
    let written = write_amount(context, amount);
    context.pop()?;
    written
}

fn write_amount(context: &TransactionContext<'_>, amount: u64) -> Result<(), InstructionError> {
    let instruction = context.get_current_instruction_context()?;
    let mut account = instruction.try_borrow_instruction_account(0)?;
    let data = with_amount(account.get_data(), amount);
    account.set_data_from_slice(&data)
}

/// Gives accounts what they have got outside, and takes from the caller what it has spent there.
/// The vault pays and is paid, so that Solana's sums hold.
fn take_up(
    invoke: &mut InvokeContext<'_, '_>,
    caller: &Pubkey,
    changed: &[(IndexOfAccount, u64)],
) -> Result<(), InstructionError> {
    for (index, lamports) in changed {
        let context = &invoke.transaction_context;
        if *index == IndexOfAccount::MAX || context.get_key_of_account_at_index(*index)? != caller {
            continue;
        }
        let account = context.accounts().try_borrow(*index)?;
        let before = solana_account::ReadableAccount::lamports(&*account);
        drop(account);
        if let Some(spent) = before.checked_sub(*lamports).filter(|spent| *spent > 0) {
            pay_vault(invoke, caller, spent)?;
        }
    }
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
        let Some(got) = lamports.checked_sub(account.get_lamports()) else {
            ic_msg!(
                invoke,
                "The call spent lamports of {}, but only the caller's can be spent",
                account.get_key()
            );
            return Err(InstructionError::ExternalAccountLamportSpend);
        };
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
    let output = match outcome.status {
        Status::OutOfGas => OutOfGas {}.abi_encode().into(),
        Status::Success | Status::Revert | Status::Halt => outcome.output.clone(),
    };
    if !is_success && !catches {
        ic_msg!(invoke, "The call failed: {}", reason_of(&output));
        return Err(InstructionError::Custom(CALL_FAILED));
    }
    let mut data = Vec::with_capacity(output.len().saturating_add(1));
    if catches {
        data.push(u8::from(is_success));
    }
    data.extend_from_slice(&output);
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
