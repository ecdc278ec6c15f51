//! The naive model: a run of Solana programs, which is one call of another machine or one
//! transaction. Accounts are loaded, and checked when it is over.

use super::{
    ACCOUNTS, FIRST_SOLANA_ACTOR, Frame,
    model::{BURNT, Caller, ERROR, Failure, Model, OUT_OF_GAS, SOLANA_ERROR, SOLANA_FAILURE},
    solana::{holders, people, program_id},
    world::LAMPORT,
};
use crate::sbpf::RENT;
use alloy_primitives::U256;
use lumio_types::{AccountId, VmId};
use lumio_vm_svm::{GAS_PER_COMPUTE_UNIT, MAX_CALL_UNITS};
use std::collections::BTreeMap;

/// Instructions that may wait for each other.
const MOST_OPEN: usize = 5;
/// Instructions of one run.
const MOST_INSTRUCTIONS: u32 = 64;
/// Gas of a call by the EVM that is to get a little.
const LIMITED_GAS: u64 = 300_000;

/// How a run begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub caller: AccountId,
    /// The caller is of another machine, and no program speaks for it.
    pub is_outer: bool,
    pub is_static: bool,
    /// Whether accounts may be written.
    pub writes: bool,
}

/// What programs of Solana do, until all of them are done.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub entry: Entry,
    /// The lamports of accounts, and the actors' cells, before.
    before: BTreeMap<AccountId, u64>,
    cells: Vec<u64>,
    /// Lamports as the ledger has them.
    ledger: BTreeMap<AccountId, u64>,
    /// Whether lamports were written before the end.
    is_written: bool,
    /// Programs that are open, the last one innermost.
    pub open: Vec<u8>,
    instructions: u32,
    /// Changes before, and those that other machines have made since.
    changes: u64,
    pub crossed: u64,
}

impl Model {
    /// Lamports of an account.
    pub(super) fn lamports(&self, id: AccountId) -> u64 {
        let lamports = self.world.balance(id.evm_address()) / U256::from(LAMPORT);
        lamports.to()
    }

    fn all_cells(&self) -> Vec<u64> {
        let actors = FIRST_SOLANA_ACTOR..ACCOUNTS;
        let cells = actors.flat_map(|actor| (0..4).map(move |key| (actor, key)));
        cells
            .map(|(actor, key)| self.world.cell(actor, key))
            .collect()
    }

    fn all_lamports(&self, caller: AccountId) -> BTreeMap<AccountId, u64> {
        let holders = holders(caller).into_iter();
        holders.map(|id| (id, self.lamports(id))).collect()
    }

    /// A call of an actor of Solana by another machine.
    pub(super) fn call_svm(
        &mut self,
        frame: &Frame,
        caller: Caller,
        writes: bool,
        limited: bool,
    ) -> Result<U256, Failure> {
        self.world.flush();
        self.crossing(VmId::Svm, caller, program_id(frame.actor), |model| {
            if !caller.is_static {
                model.world.link(caller.id);
            }
            if model.run.is_some() {
                model.count("Solana: entered again while it waits");
                return Err(ERROR);
            }
            let entry = Entry {
                caller: caller.id,
                is_outer: true,
                is_static: caller.is_static,
                writes,
            };
            let ran = model.solana_run(frame, entry);
            ran.map_err(|failure| match failure {
                BURNT if limited && LIMITED_GAS < MAX_CALL_UNITS * GAS_PER_COMPUTE_UNIT => {
                    OUT_OF_GAS
                }
                BURNT => SOLANA_FAILURE,
                failure => failure,
            })
        })
    }

    /// A whole run.
    pub(super) fn solana_run(&mut self, frame: &Frame, entry: Entry) -> Result<U256, Failure> {
        let before = self.all_lamports(entry.caller);
        self.run = Some(Run {
            entry,
            ledger: before.clone(),
            before,
            cells: self.all_cells(),
            is_written: false,
            open: Vec::new(),
            instructions: 1,
            changes: self.world.changes,
            crossed: 0,
        });
        let seen = self.solana_frame(frame, entry.caller);
        let run = self.run.take().unwrap();
        let seen = seen?;
        self.finish(&run)?;
        Ok(seen)
    }

    /// What is checked and written at the end.
    fn finish(&mut self, run: &Run) -> Result<(), Failure> {
        let now = self.all_lamports(run.entry.caller);
        for (id, before) in &run.before {
            if run.entry.writes && !keeps_rent(*before, now[id]) {
                self.count("Solana: an account without its rent");
                return Err(SOLANA_FAILURE);
            }
        }
        let cells = self.all_cells();
        let is_changed = now != run.before || cells != run.cells;
        if run.entry.is_static && (run.is_written || is_changed) {
            self.count("Solana wrote in a static call");
            return Err(ERROR);
        }
        // What has changed there and back has not.
        let own = u64::from(run.is_written || is_changed);
        self.world.changes = run.changes + run.crossed + own;
        for (id, lamports) in &run.ledger {
            if now[id] != *lamports {
                self.world.link(*id);
            }
        }
        Ok(())
    }

    /// Writes lamports to the ledger, where other machines see them.
    pub(super) fn flush_lamports(&mut self) {
        let mut run = self.run.take().unwrap();
        for (id, lamports) in &mut run.ledger {
            let now = self.lamports(*id);
            if now != *lamports {
                self.world.link(*id);
                *lamports = now;
                run.is_written = true;
            }
        }
        self.run = Some(run);
    }

    /// Takes up the lamports that other machines have left: the accounts have to be named as
    /// writable, and only the caller's can have become fewer.
    pub(super) fn take_up_lamports(
        &mut self,
        me: AccountId,
        before: &BTreeMap<AccountId, u64>,
    ) -> Result<(), Failure> {
        let entry = self.entry();
        let now = self.all_lamports(entry.caller);
        let spent = |id: &AccountId| now[id] < before[id];
        let is_changed = now != *before;
        let others = now.keys().any(|id| *id != me && spent(id));
        let has_spent = now.contains_key(&me) && spent(&me);
        if has_spent {
            self.count("Solana: spent by the callee");
            if !entry.writes {
                return Err(SOLANA_FAILURE);
            }
            self.invoke(None, 1)?;
        }
        // An actor that acts as itself does not name who called.
        let outer = entry.caller;
        let is_named = outer == me || people().any(|id| id == outer);
        let has_unnamed = !is_named && now[&outer] != before[&outer];
        self.run.as_mut().unwrap().ledger = now;
        if has_unnamed || (is_changed && !entry.writes) {
            self.count("Solana: an account that was not named as writable");
            return Err(SOLANA_ERROR);
        }
        if others {
            self.count("Solana: lamports of an account that is not the caller's");
            return Err(SOLANA_FAILURE);
        }
        Ok(())
    }

    /// Lamports of the accounts of the run.
    pub(super) fn run_lamports(&self) -> BTreeMap<AccountId, u64> {
        self.all_lamports(self.entry().caller)
    }

    pub(super) fn entry(&self) -> Entry {
        self.run.as_ref().unwrap().entry
    }

    /// Whether cells that may not be written are as they were. Who writes what was there has not.
    pub(super) fn keeps_cells(&mut self) -> Result<(), Failure> {
        if self.entry().writes || self.all_cells() == self.run.as_ref().unwrap().cells {
            return Ok(());
        }
        self.count("Solana: cells that may not be written");
        Err(SOLANA_FAILURE)
    }

    /// Begins an instruction, above so many of built-in programs besides those that are open.
    pub(super) fn invoke(&mut self, program: Option<u8>, above: usize) -> Result<(), Failure> {
        self.keeps_cells()?;
        let run = self.run.as_mut().unwrap();
        run.instructions += 1;
        let is_open = program.is_some_and(|program| run.open.contains(&program));
        let what = if run.open.len() + above + 1 > MOST_OPEN {
            "Solana: too deep"
        } else if run.instructions > MOST_INSTRUCTIONS {
            "Solana: too many instructions"
        } else if is_open && run.open.last() != program.as_ref() {
            "Solana: a program that waits further out"
        } else {
            return Ok(());
        };
        self.count(what);
        Err(SOLANA_FAILURE)
    }
}

/// Whether an account without data may go from so many lamports to so many.
fn keeps_rent(before: u64, after: u64) -> bool {
    match after {
        0 | RENT.. => true,
        _ => 0 < before && before < RENT && after <= before,
    }
}
