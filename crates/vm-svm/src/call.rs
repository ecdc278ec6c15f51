//! Calls of Solana programs by other VMs: one instruction, without a fee payer.
//!
//! The call's target is the program; its input brings accounts and data. Its caller and addresses
//! that derive from it are the only accounts that may sign.

use alloy_primitives::Bytes;
use lumio_types::VmId;
use lumio_vm_bus::{Call, CallKind, Fault, Host, Outcome, Status, Vm, message::SolanaCall};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{system_program, sysvar};
use solana_transaction_context::instruction_accounts::InstructionAccount;
use std::sync::Arc;

use crate::{
    SvmVm,
    account::{account_id, public_key},
    aliases::named_twice,
    context::Ledger,
    crossing::{self, CROSS_VM_VAULT},
    erc20::{Gas, TokenError},
    host::{self, LoadError},
    instruction::{MAX_SEEDS, Named, Parsed},
    load::Accounts,
    machine::Block,
    mint_faces::{self, Movements},
    prices::{MAX_CALL_UNITS, Usage, passable},
    programs::programdata_of,
    run::{Ran, Top, Work},
    shown::Shown,
    status,
    tokens::token_of,
};

/// Bytes of accounts that one call may load.
const MAX_LOADED_BYTES: u64 = 64 << 20;

/// Gas of each derived address that signs: a hash, and the proof that it has no key.
const SIGNER_GAS: u64 = 2_000;

/// A call that did not come to its end.
enum Stop {
    /// Its outcome, nothing kept.
    Outcome(Outcome),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<LoadError> for Stop {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Fault(fault) => Self::Fault(fault),
            LoadError::Amount(key, error) => refuse(&host::unusable(&key, &error)),
        }
    }
}

fn refuse(reason: &str) -> Stop {
    Stop::Outcome(Outcome::refusal(reason))
}

/// What the programs of a call may take.
struct Limits {
    /// Compute units.
    units: u64,
    /// Bytes of accounts that they may pass on.
    passable: u64,
}

impl Vm for SvmVm {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        match self.call(call, host) {
            Ok(outcome) | Err(Stop::Outcome(outcome)) => Ok(outcome),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }
}

impl SvmVm {
    fn call<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Stop> {
        check(call, host)?;
        let input = read(call)?;
        let signing = SIGNER_GAS.saturating_mul(input.seeds.len() as u64);
        let Some(gas) = call.gas.checked_sub(signing) else {
            return Err(Stop::Outcome(out_of_gas(call)));
        };
        // What is left for the rest; what that uses comes on top of what signing has cost.
        let rest = Call {
            gas,
            ..call.clone()
        };
        let outcome = match self.call_signed(&rest, input, host) {
            Ok(outcome) | Err(Stop::Outcome(outcome)) => outcome,
            fault => return fault,
        };
        Ok(Outcome {
            gas_used: outcome.gas_used.saturating_add(signing),
            ..outcome
        })
    }

    fn call_signed<'v>(
        &self,
        call: &Call,
        input: SolanaCall,
        host: &mut dyn Host<'v>,
    ) -> Result<Outcome, Stop> {
        let reserved = &self.settings().reserved;
        let owner = mint_faces::owner_signing(host.journal(), call, &input)?;
        let parsed = Parsed::of(call, input, owner, reserved).map_err(|why| refuse(&why))?;
        if let Some((key, address)) = named_twice(parsed.accounts.iter().map(|named| &named.key)) {
            let reason = format!("{key} and {address} are one account: name one of them");
            return Err(refuse(&reason));
        }
        let context = host.env().block.clone();
        let block = self.block(host.journal(), &context)?;
        let (mut accounts, usage) = load(call, host, &block, &parsed)?;

        let Some(units) = usage.units_of(call.gas) else {
            return Err(Stop::Outcome(out_of_gas(call)));
        };
        let units = units.min(MAX_CALL_UNITS);
        let mut gas = Gas::of_units(units);
        let shown = Shown::load(host, &mut accounts, &mut gas);
        let shown = shown.map_err(|error| token_stop(call, usage, &gas, error))?;
        let before = accounts.clone();
        let ledger = Ledger::of(&accounts, shown);
        let asked = gas.used_units();
        let limits = Limits {
            units: units.saturating_sub(asked),
            passable: passable(units),
        };
        let (mut ran, mut ledger) =
            self.run_one(host, &block, &parsed, (accounts, ledger), limits)?;
        ran.units = ran.units.saturating_add(asked);
        let moved = match ran.status {
            Ok(()) => {
                let pairs = before.iter().zip(&ran.accounts);
                let pairs = pairs.map(|((key, before), (_, after))| (key, before, after));
                mint_faces::movements(host.journal_ref(), pairs, Some(call.caller))?
            }
            Err(_) => Movements::default(),
        };
        let usage = Usage {
            units: ran.units,
            event_bytes: ran.event_bytes,
            passed: usage.passed.saturating_add(ran.passed_on),
            face_gas: moved.gas,
            ..usage.invoking(&ran.inner_instructions)
        };
        let gas_used = usage.gas();
        if gas_used > call.gas {
            return Err(Stop::Outcome(out_of_gas(call)));
        }

        let program = public_key(call.target);
        if let Err(error) = &ran.status {
            if ran.units >= units && units < MAX_CALL_UNITS {
                return Err(Stop::Outcome(out_of_gas(call)));
            }
            let reason = status::revert(&program, error, &ran.logs);
            return Err(Stop::Outcome(Outcome::revert(reason, gas_used)));
        }
        let mut gas = Gas::of_units(units.saturating_sub(ran.units));
        let tokens = ran.accounts.iter().map(|(key, it)| (*key, token_of(it)));
        let due = ledger.shown.due(host, tokens, &mut gas);
        keep(call, host, &before, &ran, &ledger).map_err(|stop| match stop {
            Stop::Outcome(outcome) => Stop::Outcome(Outcome {
                gas_used,
                ..outcome
            }),
            fault => fault,
        })?;
        moved.emit(host.journal())?;
        let paid = due.and_then(|due| ledger.shown.pay(host, due, &mut gas));
        paid.map_err(|error| token_stop(call, usage, &gas, error))?;
        let gas_used = gas_used.saturating_add(gas.used());
        if gas_used > call.gas {
            return Err(Stop::Outcome(out_of_gas(call)));
        }
        let returned = ran.return_data;
        let output = match returned.program_id == program {
            true => Bytes::from(returned.data),
            false => Bytes::new(),
        };
        Ok(Outcome {
            status: Status::Success,
            output,
            gas_used,
            gas_refund: 0,
        })
    }

    fn run_one<'v>(
        &self,
        host: &mut dyn Host<'v>,
        block: &Arc<Block>,
        parsed: &Parsed,
        (accounts, ledger): (Accounts, Ledger),
        limits: Limits,
    ) -> Result<(Ran, Ledger), Fault> {
        let settings = self.settings();
        let instruction = || {
            let named = parsed.positions.iter().filter_map(|place| {
                let named = parsed.accounts.get(usize::from(*place))?;
                let (is_signer, is_writable) = (named.is_signer, named.is_writable);
                Some(InstructionAccount::new(*place, is_signer, is_writable))
            });
            vec![Top {
                program: parsed.program,
                accounts: named.collect(),
                data: &parsed.data,
            }]
        };
        let mut budget = settings.budget;
        budget.compute_unit_limit = limits.units;
        let writable: Vec<bool> = parsed.accounts.iter().map(|n| n.is_writable).collect();
        let work = Work {
            accounts,
            writable: &writable,
            instructions: &instruction,
            budget,
            passable: limits.passable,
            blockhash: block.facts.blockhash(),
        };
        self.run_work(host, block, ledger, Some(parsed.caller), work)
    }
}

/// Refuses what is no call of an instruction.
fn check(call: &Call, host: &mut dyn Host<'_>) -> Result<(), Stop> {
    if call.kind != CallKind::Call {
        return Err(refuse(
            "the Solana VM makes no contracts: programs are deployed through its loader",
        ));
    }
    if !call.value_wei.is_zero() {
        return Err(refuse(
            "a Solana program cannot take value: name an account that it pays out of",
        ));
    }
    if host.waiting().iter().any(|waiting| waiting.vm == VmId::Svm) {
        return Err(refuse(
            "a Solana program waits for this call, and the Solana VM cannot be entered again",
        ));
    }
    Ok(())
}

fn read(call: &Call) -> Result<SolanaCall, Stop> {
    let input = SolanaCall::from_input(&call.input).map_err(|why| refuse(&why))?;
    if input.seeds.len() > MAX_SEEDS {
        let reason = format!("a call can sign for at most {MAX_SEEDS} derived addresses");
        return Err(refuse(&reason));
    }
    Ok(input)
}

fn out_of_gas(call: &Call) -> Outcome {
    Outcome {
        status: Status::OutOfGas,
        output: Bytes::new(),
        gas_used: call.gas,
        gas_refund: 0,
    }
}

/// How a call ends whose tokens could not be read or moved, besides what it has used so far.
fn token_stop(call: &Call, usage: Usage, gas: &Gas, error: TokenError) -> Stop {
    match error {
        TokenError::Fault(fault) => Stop::Fault(fault),
        TokenError::OutOfGas => Stop::Outcome(out_of_gas(call)),
        TokenError::Refused(reason) => Stop::Outcome(Outcome {
            gas_used: usage.gas().saturating_add(gas.used()).min(call.gas),
            ..Outcome::refusal(&reason)
        }),
    }
}

/// The accounts, and what they take. Each is paid for before it is copied.
fn load(
    call: &Call,
    host: &mut dyn Host<'_>,
    block: &Block,
    parsed: &Parsed,
) -> Result<(Accounts, Usage), Stop> {
    let (mut accounts, mut usage) = (Vec::with_capacity(parsed.accounts.len()), parsed.usage());
    let mut pay = |more: usize, is_passed: bool| {
        usage.bytes = usage.bytes.saturating_add(more as u64);
        if is_passed {
            usage.passed = usage.passed.saturating_add(more as u64);
        }
        if usage.bytes > MAX_LOADED_BYTES {
            return Err(refuse("the accounts of the call are larger than 64 MiB"));
        }
        match usage.units_of(call.gas) {
            Some(_) => Ok(()),
            None => Err(Stop::Outcome(out_of_gas(call))),
        }
    };
    for Named { key, .. } in &parsed.accounts {
        if sysvar::instructions::check_id(key) {
            return Err(refuse("a call has no sysvar of instructions"));
        }
        if *key == CROSS_VM_VAULT {
            accounts.push((*key, crossing::vault()));
            continue;
        }
        let journal = host.journal();
        let lamports = host::lamports(journal, key)?;
        let account = match lamports {
            0 => None,
            lamports => block.account(key, lamports),
        };
        let account = match account {
            Some(account) => {
                pay(account.data().len(), true)?;
                account
            }
            None => {
                pay(host::data_bytes(journal, key)?.unwrap_or_default(), true)?;
                host::load_with(journal, key, lamports)?.unwrap_or_else(|| host::empty(0))
            }
        };
        if let Some(holder) = programdata_of(&account) {
            pay(
                host::data_bytes(journal, &holder)?.unwrap_or_default(),
                false,
            )?;
        }
        accounts.push((*key, account));
    }
    Ok((accounts, usage))
}

/// Writes what changed.
fn keep(
    call: &Call,
    host: &mut dyn Host<'_>,
    before: &[(Pubkey, AccountSharedData)],
    ran: &Ran,
    ledger: &Ledger,
) -> Result<(), Stop> {
    if call.is_static && ledger.is_written {
        return Err(refuse(
            "a static call cannot move lamports, there and back included",
        ));
    }
    let accounts = ran.accounts.iter().zip(before).zip(&ran.touched);
    for (((key, account), (_, before)), touched) in accounts {
        if !touched || *key == CROSS_VM_VAULT {
            continue;
        }
        if account == before && ledger.lamports(key) == before.lamports() {
            continue;
        }
        if call.is_static {
            let reason = format!("a static call cannot change the Solana account {key}");
            return Err(refuse(&reason));
        }
        // Its wei can be spent without any Solana program, so none may rely on owning it.
        let is_plain = system_program::check_id(account.owner()) && account.data().is_empty();
        if account_id(key) == call.caller && !is_plain {
            return Err(refuse(&format!(
                "the caller's account {key} belongs to another virtual machine and cannot be \
                 given to a Solana program"
            )));
        }
        let stored = ledger.shown.stored(key, account);
        host::store(host.journal(), key, ledger.lamports(key), &stored)?;
    }
    Ok(())
}
