//! `0x1::svm`: calls of Solana programs, Solana's accounts, and addresses that are derived of seeds.

use alloc::{format, vec::Vec};
use alloy_primitives::{B256, Bytes};
use lumio_move_engine::{Address, NativeOutcome, VmError, VmResult, bcs::Reader};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    Call, SolanaAccount,
    derived::{self, SeedsError},
    message::SolanaCall,
    originals::NO_ANSWER,
};

use super::{
    Done, Frame, Row,
    evm::{cross, cross_with, flushed, linked_address},
    read_bytes, read_vector,
};
use crate::call::call_failed;

pub(super) const ROWS: &[Row] = &[
    ("svm", "run", 4_000, 2, run),
    ("svm", "solana_account", 2_600, 1, account),
    ("svm", "create_program_address", DERIVE, 1, create_address),
    ("svm", "find_program_address", 300, 1, find_address),
];

/// Gas of hashing seeds, and of finding out whether there can be a key for the result.
const DERIVE: u64 = 2_000;

/// Abort codes of `0x1::svm`, with their categories.
const BAD_SEEDS: u64 = 0x1_0002;
const CALL_FAILED: u64 = 0x7_0001;
const PROGRAM_WAITS: u64 = 0x3_0003;

/// Takes the caller, the program, accounts, data, seeds, and whether a failure is returned. Returns
/// whether it succeeded, and what came back.
fn run(frame: &mut Frame<'_>) -> Done {
    let (caller, program) = (frame.call.address(0)?, frame.call.address(1)?);
    let accounts = frame.value(2)?;
    let data = frame.bytes(3)?;
    let seeds = frame.value(4)?;
    let tries = frame.call.bool(5)?;
    let accounts = read_vector(&mut Reader::new(&accounts), |reader| {
        let id = B256::from(reader.address()?.0);
        Ok((id, reader.bool()?, reader.bool()?))
    })?;
    let mut reader = Reader::new(&seeds);
    let seeds = read_vector(&mut reader, read_seeds)?;
    let input = SolanaCall {
        accounts,
        data: data.into(),
        seeds,
    };
    // In the ABI everything takes whole words.
    let input = input.to_input();
    frame.pay(input.len())?;
    linked_address(frame, caller)?;
    let caller = AccountId(B256::from(caller.0));
    let program = AccountId(B256::from(program.0));
    let outcome = cross(frame, Call::new(VmId::Svm, caller, program, input, 0))?;
    let is_success = outcome.is_success();
    if !is_success && !tries {
        return Err(call_failed("svm", &outcome));
    }
    frame.pay(outcome.output.len())?;
    frame.call.return_bool(is_success)?;
    frame.call.return_bytes(&outcome.output)?;
    Ok(NativeOutcome::Return)
}

fn read_seeds(reader: &mut Reader<'_>) -> VmResult<Vec<Bytes>> {
    read_vector(reader, |reader| read_bytes(reader).map(Bytes::from))
}

/// The owner of an account, whether it is a program, and its data.
fn account(frame: &mut Frame<'_>) -> Done {
    let id = frame.call.address(0)?;
    if frame.chain.is_waited_for_by(VmId::Svm) {
        let why = "a Solana program waits for this call: what it has changed cannot be seen yet";
        return Err(VmError::abort(PROGRAM_WAITS).with_message(why));
    }
    let mut account = frame.chain.solana_account(B256::from(id.0))?;
    if let Some(account) = &mut account {
        fill(frame, B256::from(id.0), account)?;
    }
    let (owner, is_executable, data) = match account {
        Some(account) => (
            Address(account.owner.0),
            account.is_executable,
            account.data,
        ),
        None => (Address([0; 32]), false, Bytes::new()),
    };
    frame.pay(data.len())?;
    frame.call.return_address(owner)?;
    frame.call.return_bool(is_executable)?;
    frame.call.return_bytes(&data)?;
    Ok(NativeOutcome::Return)
}

/// Writes into the record of a mint or a token account what the ERC-20 says that it shows.
fn fill(frame: &mut Frame<'_>, id: B256, account: &mut SolanaAccount) -> VmResult<()> {
    let Some(showing) = frame.chain.showing(id, account)? else {
        return Ok(());
    };
    frame.call.charge(DERIVE.saturating_mul(showing.tries))?;
    let changes = flushed(frame)?;
    let caller = AccountId(B256::from(Address::ONE.0));
    let call = showing.question(caller, frame.call.gas_left());
    let answer = cross_with(frame, call, changes)?;
    let filled = match answer.is_success() {
        true => showing.filled(&account.data, &answer.output),
        false => None,
    };
    let no_answer = || VmError::abort(CALL_FAILED).with_message(NO_ANSWER);
    account.data = filled.ok_or_else(no_answer)?;
    Ok(())
}

fn bad_seeds(error: SeedsError) -> VmError {
    VmError::abort(BAD_SEEDS).with_message(format!("{error}"))
}

/// Why no address was found.
enum NotFound {
    Seeds(SeedsError),
    Vm(VmError),
}

impl From<SeedsError> for NotFound {
    fn from(error: SeedsError) -> Self {
        Self::Seeds(error)
    }
}

/// The seeds of an address, and the program.
fn seeds(frame: &mut Frame<'_>) -> VmResult<(Vec<Bytes>, B256)> {
    let seeds = frame.value(0)?;
    let program = frame.call.address(1)?;
    Ok((read_seeds(&mut Reader::new(&seeds))?, B256::from(program.0)))
}

fn create_address(frame: &mut Frame<'_>) -> Done {
    let (seeds, program) = seeds(frame)?;
    let seeds = seeds.iter().map(AsRef::as_ref);
    let address = derived::create_program_address(seeds, program).map_err(bad_seeds)?;
    frame.call.return_address(Address(address.0))?;
    Ok(NativeOutcome::Return)
}

/// The address, and the bump as a byte.
fn find_address(frame: &mut Frame<'_>) -> Done {
    let (seeds, program) = seeds(frame)?;
    let pay = || frame.call.charge(DERIVE).map_err(NotFound::Vm);
    let found = derived::find_program_address(&seeds, program, pay);
    let (address, bump) = found.map_err(|error| match error {
        NotFound::Seeds(error) => bad_seeds(error),
        NotFound::Vm(error) => error,
    })?;
    frame.call.return_address(Address(address.0))?;
    let byte = frame.result_type(1)?;
    frame.call.return_bcs(byte, &[bump])?;
    Ok(NativeOutcome::Return)
}
