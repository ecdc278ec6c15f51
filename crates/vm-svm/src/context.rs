//! What the runtime asks of the chain while it runs: signatures, and calls of other VMs.
//!
//! Accounts in a run are copies. Before another VM is called, their lamports are written to the
//! ledger, and read again afterwards; their data no other VM can see or change, for the Solana VM
//! is not entered again while one of its programs waits. What they hold of ERC-20s is an exception:
//! the contracts keep it, and move it before the call; it is read again after it.

use alloy_primitives::Bytes;
use lumio_state::{Fault, Journal};
use lumio_types::{VmId, wei_of_lamports};
use lumio_vm_bus::{Call, Host, Outcome, Status, Waiting, queued_by_solana};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_precompile_error::PrecompileError;
use solana_pubkey::Pubkey;
use solana_svm_callback::InvokeContextCallback;
use solana_transaction_context::IndexOfAccount;
use solana_transaction_error::TransactionError;
use std::cell::RefCell;

use crate::{
    account::account_id,
    crossing::{self, Answer, BELL, CROSS_VM, CROSS_VM_VAULT, Request, VAULT_LAMPORTS},
    erc20::{Gas, TokenError},
    events,
    host::{self, LoadError},
    precompiles,
    shown::Shown,
};

/// Why a program may not use the signature of the account that called it elsewhere.
const NOT_OUTER: &str = "no program can speak for the account that called it";

/// Answers the runtime's questions. Nobody has a stake on this chain.
pub(crate) struct Context<'h, 'v> {
    host: RefCell<&'h mut dyn Host<'v>>,
    /// The account that called in from another VM, for which no program may speak there.
    outer: Option<Pubkey>,
    ledger: RefCell<Ledger>,
    fault: RefCell<Option<Fault>>,
}

/// What of a run's accounts others keep: lamports as the journal has them, and tokens of ERC-20s.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    lamports: Vec<(Pubkey, u64)>,
    /// Lamports that have left the run's accounts for other VMs.
    left: i128,
    /// Amounts of token accounts as the contracts of ERC-20s have them.
    pub(crate) shown: Shown,
    /// Whether the journal was written to.
    pub(crate) is_written: bool,
}

impl Ledger {
    /// The lamports of accounts that the journal has as they are here, and what their tokens show.
    pub(crate) fn of(accounts: &[(Pubkey, AccountSharedData)], shown: Shown) -> Self {
        let lamports = accounts.iter().map(|(key, a)| (*key, a.lamports()));
        Self {
            lamports: lamports.collect(),
            shown,
            ..Self::default()
        }
    }

    /// The lamports that the journal has for an account.
    pub(crate) fn lamports(&self, key: &Pubkey) -> u64 {
        let found = self.lamports.iter().find(|(known, _)| known == key);
        found.map_or(0, |(_, lamports)| *lamports)
    }

    /// Checks that the vault holds what has left, and nothing that was merely paid to it.
    pub(crate) fn check(
        &self,
        accounts: &[(Pubkey, AccountSharedData)],
    ) -> Result<(), TransactionError> {
        let vault = accounts.iter().find(|(key, _)| *key == CROSS_VM_VAULT);
        let held = vault.map_or(VAULT_LAMPORTS, |(_, vault)| vault.lamports());
        match i128::from(held).checked_sub(i128::from(VAULT_LAMPORTS)) == Some(self.left) {
            true => Ok(()),
            false => Err(TransactionError::UnbalancedTransaction),
        }
    }

    /// Notes the lamports that the journal has for an account, and tells how many it had.
    pub(crate) fn note(&mut self, key: Pubkey, now: u64) -> u64 {
        match self.lamports.iter_mut().find(|(known, _)| *known == key) {
            Some((_, lamports)) => std::mem::replace(lamports, now),
            None => {
                self.lamports.push((key, now));
                0
            }
        }
    }

    /// Writes the lamports of an account to the journal.
    fn write(&mut self, journal: &mut Journal<'_>, key: Pubkey, now: u64) -> Result<(), Fault> {
        let before = self.note(key, now);
        self.is_written |= before != now;
        host::set_lamports(journal, &key, before, now)?;
        Ok(())
    }
}

impl<'h, 'v> Context<'h, 'v> {
    /// For a run over accounts whose lamports the journal has as in the ledger.
    pub(crate) fn new(host: &'h mut dyn Host<'v>, ledger: Ledger, outer: Option<Pubkey>) -> Self {
        Self {
            host: RefCell::new(host),
            outer,
            ledger: RefCell::new(ledger),
            fault: RefCell::default(),
        }
    }

    /// What the journal has after the run.
    pub(crate) fn finish(self) -> Result<Ledger, Fault> {
        if let Some(fault) = self.fault.into_inner() {
            return Err(fault);
        }
        let host = self.host.into_inner();
        let is_static = host.is_static();
        events::flush(host.journal(), is_static);
        Ok(self.ledger.into_inner())
    }

    fn cross(&self, request: Request) -> Result<Answer, Fault> {
        // What no caller goes on after.
        let broken = |reason: &str| Answer {
            outcome: Outcome::refusal(reason),
            changed: vec![(IndexOfAccount::MAX, 0)],
            amounts: Vec::new(),
        };
        if request.is_queued {
            let outcome = self.queue(&request);
            return Ok(Answer {
                outcome,
                changed: Vec::new(),
                amounts: Vec::new(),
            });
        }
        let (mut host, mut ledger) = (self.host.borrow_mut(), self.ledger.borrow_mut());
        let is_static = host.is_static();
        events::flush(host.journal(), is_static);
        let mut before = 0_i128;
        for (key, lamports) in &request.accounts {
            if *key == CROSS_VM_VAULT {
                continue;
            }
            // The callee is given the lamports that go along by the bus.
            let carried = if *key == request.caller {
                request.lamports
            } else {
                0
            };
            let now = lamports.saturating_add(carried);
            before = before.saturating_add(i128::from(now));
            ledger.write(host.journal(), *key, now)?;
        }
        let mut gas = Gas::new(request.left);
        let paid = pay(&mut **host, &mut ledger.shown, &request, &mut gas)?;
        let outcome = match paid {
            Err(failed) => failed,
            Ok(()) if self.outer == Some(request.caller) => Outcome::refusal(NOT_OUTER),
            Ok(()) => host.call(Call {
                value_wei: wei_of_lamports(request.lamports),
                is_static: request.is_static,
                waiting: vec![Waiting {
                    vm: VmId::Svm,
                    name: Bytes::copy_from_slice(CROSS_VM.as_ref()),
                    is_locked: true,
                }],
                ..Call::new(
                    request.vm,
                    account_id(&request.caller),
                    request.target,
                    request.input.clone(),
                    request.gas.min(gas.left() - gas.left() / 64),
                )
            })?,
        };
        let _ = gas.spend(outcome.gas_used);
        let mut amounts = Vec::new();
        if outcome.is_success() && !request.is_static {
            match ledger.shown.refresh(&mut **host, &mut gas) {
                Ok(changed) => amounts = changed,
                Err(TokenError::Fault(fault)) => return Err(fault),
                Err(TokenError::OutOfGas) => return Ok(broken("it ran out of gas")),
                Err(TokenError::Refused(reason)) => return Ok(broken(&reason)),
            }
        }
        let outcome = Outcome {
            gas_used: gas.used(),
            ..outcome
        };
        let (mut changed, mut after) = (Vec::new(), 0_i128);
        for (index, (key, lamports)) in (0..).zip(&request.accounts) {
            if *key == CROSS_VM_VAULT {
                continue;
            }
            let now = match host::lamports(host.journal(), key) {
                Ok(now) => now,
                Err(LoadError::Fault(fault)) => return Err(fault),
                Err(LoadError::Amount(key, error)) => {
                    let reason = format!("{key} has got more than Solana can count: {error}");
                    return Ok(broken(&reason));
                }
            };
            after = after.saturating_add(i128::from(now));
            ledger.note(*key, now);
            if now != *lamports {
                changed.push((index, now));
            }
        }
        ledger.left = ledger.left.saturating_add(before).saturating_sub(after);
        Ok(Answer {
            outcome,
            changed,
            amounts,
        })
    }
}

/// Has the contracts of ERC-20s move what programs have moved of their tokens so far. The inner error
/// is how the call ends that was to be made then: nothing has moved.
fn pay(
    host: &mut dyn Host<'_>,
    shown: &mut Shown,
    request: &Request,
    gas: &mut Gas,
) -> Result<Result<(), Outcome>, Fault> {
    let checkpoint = host.journal().checkpoint();
    let mut after = shown.clone();
    let due = after.due(host, request.tokens.iter().copied(), gas);
    let failed = match due.and_then(|due| after.pay(host, due, gas)) {
        Ok(()) => {
            *shown = after;
            return Ok(Ok(()));
        }
        Err(TokenError::Fault(fault)) => return Err(fault),
        Err(TokenError::OutOfGas) => Outcome {
            status: Status::OutOfGas,
            output: Bytes::new(),
            gas_used: 0,
            gas_refund: 0,
        },
        Err(TokenError::Refused(reason)) => Outcome::refusal(&reason),
    };
    host.journal().revert(checkpoint);
    Ok(Err(failed))
}

impl Context<'_, '_> {
    /// Announces a call, which the queue finds when the transaction's own code is done.
    fn queue(&self, request: &Request) -> Outcome {
        let mut host = self.host.borrow_mut();
        if host.is_static() {
            return Outcome::refusal("a static call cannot queue a call");
        }
        if self.outer == Some(request.caller) {
            return Outcome::refusal(NOT_OUTER);
        }
        let caller = account_id(&request.caller);
        let event = queued_by_solana(&Call {
            value_wei: wei_of_lamports(request.lamports),
            ..Call::new(request.vm, caller, request.target, request.input.clone(), 0)
        });
        events::flush(host.journal(), false);
        host.journal().emit(event);
        Outcome {
            status: Status::Success,
            output: Bytes::new(),
            gas_used: 0,
            gas_refund: 0,
        }
    }
}

impl InvokeContextCallback for Context<'_, '_> {
    fn is_precompile(&self, program: &Pubkey) -> bool {
        if *program != BELL {
            return precompiles::is_precompile(program);
        }
        let Some(request) = crossing::take_request() else {
            return false;
        };
        match self.cross(request) {
            Ok(answer) => crossing::answer(answer),
            Err(fault) => *self.fault.borrow_mut() = Some(fault),
        }
        true
    }

    fn process_precompile(
        &self,
        program: &Pubkey,
        data: &[u8],
        instructions: Vec<&[u8]>,
    ) -> Result<(), PrecompileError> {
        precompiles::check(program, data, &instructions)
    }
}
