//! The naive model: what actors of Solana do, step by step. Nothing that fails in a run is caught in
//! it, but a call of another machine.

use super::{
    ACCOUNTS, Frame, Mode, Step, account,
    evm_steps::number,
    fold,
    model::{BURNT, Caller, ERROR, Failure, Model, OUT_OF_GAS, SOLANA_ERROR, SOLANA_FAILURE},
    programs_announce,
    queued::queued_by_solana,
    solana::{OCTA_LAMPORTS, lamports, stand_in, wei},
    world::program_log,
};
use alloy_primitives::U256;
use lumio_types::{AccountId, VmId};

/// Where a frame runs.
#[derive(Clone, Copy)]
struct Here {
    actor: u8,
    me: AccountId,
}

impl Model {
    /// A frame of a run that has begun.
    pub(super) fn solana_frame(
        &mut self,
        frame: &Frame,
        caller: AccountId,
    ) -> Result<U256, Failure> {
        self.run.as_mut().unwrap().open.push(frame.actor);
        let me = match frame.is_itself {
            true => account(frame.actor),
            false => caller,
        };
        let here = Here {
            actor: frame.actor,
            me,
        };
        let caller_word = U256::from_le_bytes(caller.0.0);
        let mut digest = fold(U256::ZERO, caller_word);
        if !frame.quiet {
            self.program_logs(here, b'E', caller.0.as_slice());
        }
        let mut seed = frame.seed;
        for step in &frame.steps {
            digest = self.solana_step(here, step, digest)?;
            digest = fold(digest, U256::from(self.world.cell(frame.actor, seed % 4)));
            digest = fold(digest, U256::from(self.lamports(me)));
            let watched = account(stand_in(seed % ACCOUNTS));
            digest = fold(digest, U256::from(self.lamports(watched)));
            seed = (seed + 1) % 120;
        }
        if !frame.quiet {
            self.program_logs(here, b'L', &digest.to_be_bytes::<32>());
        }
        self.keeps_cells()?;
        self.run.as_mut().unwrap().open.pop();
        Ok(digest)
    }

    fn program_logs(&mut self, here: Here, what: u8, data: &[u8]) {
        // What programs log in a static call is no event.
        if !programs_announce() || self.entry().is_static {
            return;
        }
        let event = program_log(here.actor, &[&[what], data].concat());
        self.world.emit(event);
        self.run.as_mut().unwrap().crossed += 1;
    }

    fn solana_step(&mut self, here: Here, step: &Step, digest: U256) -> Result<U256, Failure> {
        match step {
            Step::Write(key, value) => {
                self.count("Solana: write");
                self.world.set(here.actor, *key, number(*value));
            }
            Step::Add(key, value) => {
                let sum = self
                    .world
                    .cell(here.actor, *key)
                    .checked_add(number(*value));
                if sum.is_none() {
                    self.count("Solana: overflow");
                }
                self.world.set(here.actor, *key, sum.ok_or(SOLANA_ERROR)?);
            }
            Step::Mark(number) => {
                self.count("Solana: mark");
                let data = [&[*number][..], &digest.to_be_bytes::<32>()].concat();
                self.program_logs(here, b'M', &data);
            }
            Step::Pay(to, octas) => {
                self.solana_writes()?;
                self.invoke(None, 0)?;
                self.count("Solana: pay");
                let lamports = u64::from(*octas) * OCTA_LAMPORTS;
                self.solana_pays(here.me, account(stand_in(*to)), lamports)?;
            }
            Step::Call(mode, frame) => return self.solana_calls(here, *mode, frame, digest),
            Step::Poke(to) => {
                self.count("Solana: poke");
                self.invoke(None, 0)?;
                let caller = self.solana_caller(here, Mode::default());
                let poked = self.solana_crosses(here, caller, |model| {
                    let poked =
                        model.call_evm(*to, caller, |model| model.poke(to.evm_address(), caller));
                    poked.map(|()| U256::ZERO)
                })?;
                poked.map_err(|_| SOLANA_ERROR)?;
            }
            Step::Queue(frame) => {
                self.invoke(None, 0)?;
                self.count("Solana: queue");
                if self.entry().is_static || self.is_outer(here) {
                    self.count("Solana: may not queue");
                    return Err(SOLANA_ERROR);
                }
                self.world.emit(queued_by_solana(here.me, frame));
                self.run.as_mut().unwrap().crossed += 1;
                self.world.queue.push((here.me, frame.clone()));
            }
            Step::Fail(_) => {
                self.count("Solana: error");
                return Err(SOLANA_ERROR);
            }
            Step::Burn => {
                self.count("Solana: burn");
                return Err(BURNT);
            }
            Step::Give(..)
            | Step::Create(..)
            | Step::Destroy(_)
            | Step::Forge(_)
            | Step::Delegate(_) => return Err(SOLANA_ERROR),
        }
        Ok(digest)
    }

    /// Whether the accounts of the run may be written.
    fn solana_writes(&mut self) -> Result<(), Failure> {
        if self.entry().writes {
            return Ok(());
        }
        self.count("Solana: an account that may not be written");
        Err(SOLANA_FAILURE)
    }

    fn solana_pays(
        &mut self,
        from: AccountId,
        to: AccountId,
        lamports: u64,
    ) -> Result<(), Failure> {
        if self.lamports(from) < lamports {
            self.count("Solana: cannot pay");
            return Err(SOLANA_ERROR);
        }
        let (from, to) = (from.evm_address(), to.evm_address());
        assert!(self.world.pay(from, to, wei(lamports)));
        Ok(())
    }

    /// Whether an actor acts as the account of another machine that has called.
    fn is_outer(&self, here: Here) -> bool {
        let entry = self.entry();
        entry.is_outer && entry.caller == here.me
    }

    fn solana_caller(&self, here: Here, mode: Mode) -> Caller {
        Caller {
            id: here.me,
            wei: wei(lamports(mode.value)),
            is_static: self.entry().is_static || mode.is_static,
        }
    }

    /// Looks whether what goes along can be paid. If not, that can be caught.
    fn solana_brings(&mut self, caller: Caller, catches: bool) -> Result<bool, Failure> {
        if caller.wei.is_zero() {
            return Ok(true);
        }
        let is_there = self.lamports(caller.id) >= (caller.wei / wei(1)).to::<u64>();
        if catches && !is_there {
            self.count("Solana: caught that there is too little for a call");
            return Ok(false);
        }
        self.solana_writes()?;
        self.invoke(None, 1)?;
        if !is_there {
            self.count("Solana: too little for a call");
            return Err(SOLANA_ERROR);
        }
        Ok(true)
    }

    /// A call of another machine, whose failure is the inner one.
    fn solana_crosses(
        &mut self,
        here: Here,
        caller: Caller,
        call: impl FnOnce(&mut Self) -> Result<U256, Failure>,
    ) -> Result<Result<U256, Failure>, Failure> {
        self.flush_lamports();
        let mut before = self.run_lamports();
        let result = if self.is_outer(here) {
            self.count("Solana: nobody speaks for the caller of another machine");
            Err(ERROR)
        } else {
            let changes = self.world.changes;
            let result = call(self);
            let crossed = self.world.changes - changes;
            self.run.as_mut().unwrap().crossed += crossed;
            result
        };
        if let Some(mine) = before.get_mut(&here.me) {
            *mine -= (caller.wei / wei(1)).to::<u64>();
        }
        self.take_up_lamports(here.me, &before)?;
        Ok(result)
    }

    fn solana_calls(
        &mut self,
        here: Here,
        mode: Mode,
        frame: &Frame,
        digest: U256,
    ) -> Result<U256, Failure> {
        if frame.vm() == VmId::Svm {
            self.invoke(Some(frame.actor), 0)?;
            self.count("Solana: call of Solana");
            self.depth += 1;
            let seen = self.solana_frame(frame, here.me);
            self.depth -= 1;
            return Ok(fold(fold(digest, U256::from(1)), seen?));
        }
        self.invoke(None, 0)?;
        let caller = self.solana_caller(here, mode);
        if caller.is_static {
            self.count("Solana: static call");
        }
        let result = match self.solana_brings(caller, mode.catches)? {
            true => self.solana_crosses(here, caller, |model| model.leaves(mode, frame, caller))?,
            false => Err(ERROR),
        };
        let (is_ok, seen) = match result {
            Ok(seen) => (true, seen),
            Err(failure) if mode.catches => {
                self.count(match mode.raw {
                    true => "Solana: caught by the syscall",
                    false => "Solana: caught",
                });
                (false, U256::from(failure))
            }
            Err(_) => {
                self.count("Solana: passed on a failure");
                return Err(SOLANA_ERROR);
            }
        };
        Ok(fold(fold(digest, U256::from(is_ok)), seen))
    }

    /// What the bus and the other machine make of a call.
    fn leaves(&mut self, mode: Mode, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        if caller.is_static && !caller.wei.is_zero() {
            self.count("Solana: value in a static call");
            return Err(ERROR);
        }
        if frame.vm() == VmId::Move {
            self.count("Solana: call of Move");
            return self.call_move_with(frame, caller, mode.starved);
        }
        self.count("Solana: call of the EVM");
        self.call_evm(account(frame.actor), caller, |model| match mode.starved {
            true => Err(OUT_OF_GAS),
            false => model.evm_frame(frame, caller),
        })
    }
}
