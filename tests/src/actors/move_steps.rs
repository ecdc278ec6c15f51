//! The naive model: what actors of Move do, step by step.

use super::{
    Frame, Mode, Step, account,
    evm_steps::{number, octas, units},
    fold,
    model::{Caller, Failure, MOVE_ABORT, MOVE_FAILURE, Model, OUT_OF_GAS, framework_event},
    queued::queued_by_move,
    world::{move_event, watched, word_in_move},
};
use alloy_primitives::U256;
use lumio_types::{AccountId, VmId};

/// Where a frame runs.
#[derive(Clone, Copy)]
struct Here {
    actor: u8,
    me: AccountId,
    is_static: bool,
}

impl Here {
    fn calls(self, wei: U256, is_static: bool) -> Caller {
        Caller {
            id: self.me,
            wei,
            is_static: self.is_static || is_static,
        }
    }
}

fn encoded(text: &[u8]) -> Vec<u8> {
    let mut bcs = Vec::new();
    lumio_move_engine::bcs::put_bytes(&mut bcs, text);
    bcs
}

impl Model {
    /// A frame of a session that runs already.
    pub(super) fn move_frame(&mut self, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        *self.open.entry(frame.actor).or_default() += 1;
        let seen = self.entered(frame, caller);
        *self.open.entry(frame.actor).or_default() -= 1;
        seen
    }

    fn entered(&mut self, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        let mut me = caller.id;
        if frame.is_itself {
            self.touch(frame.actor)?;
            me = account(frame.actor);
        }
        let here = Here {
            actor: frame.actor,
            me,
            is_static: caller.is_static,
        };
        let mut digest = fold(U256::ZERO, word_in_move(caller.id));
        if !frame.quiet {
            self.announce(here, "Entered", caller.id.0.to_vec());
        }
        let mut seed = frame.seed;
        for step in &frame.steps {
            digest = self.move_step(here, step, digest)?;
            if frame.keeps_state {
                self.touch(frame.actor)?;
                digest = fold(digest, U256::from(self.world.cell(frame.actor, seed % 4)));
            }
            digest = fold(digest, self.world.balance(me.evm_address()));
            digest = fold(digest, self.world.balance(watched(seed)));
            seed = (seed + 1) % 120;
        }
        if !frame.quiet {
            self.announce(here, "Left", digest.to_le_bytes::<32>().to_vec());
        }
        Ok(digest)
    }

    fn announce(&mut self, here: Here, what: &str, data: Vec<u8>) {
        let name = format!("actor::{what}");
        let event = move_event(account(here.actor), &name, data);
        self.world.emit(event);
    }

    fn move_step(&mut self, here: Here, step: &Step, digest: U256) -> Result<U256, Failure> {
        match step {
            Step::Write(key, value) => {
                self.touch(here.actor)?;
                self.count("Move: write");
                self.world.set(here.actor, *key, number(*value));
            }
            Step::Add(key, value) => {
                self.touch(here.actor)?;
                let sum = self
                    .world
                    .cell(here.actor, *key)
                    .checked_add(number(*value));
                if sum.is_none() {
                    self.count("Move: overflow");
                }
                self.world.set(here.actor, *key, sum.ok_or(MOVE_FAILURE)?);
            }
            Step::Mark(number) => {
                self.count("Move: mark");
                let mut data = vec![*number];
                data.extend(digest.to_le_bytes::<32>());
                self.announce(here, "Marked", data);
            }
            Step::Pay(to, amount) => self.move_pays(here, account(*to), *amount)?,
            Step::Give(to, amount) => self.move_pays(here, *to, *amount)?,
            Step::Call(mode, frame) => return self.move_calls(here, *mode, frame, digest),
            Step::Queue(frame) => {
                self.count("Move: queue");
                if !here.is_static {
                    self.world.link(here.me);
                }
                self.world.emit(queued_by_move(here.me, frame));
                self.world.queue.push((here.me, frame.clone()));
            }
            Step::Create(salt, value) => {
                self.count("Move: create");
                if !here.is_static {
                    self.world.link(here.me);
                }
                let caller = here.calls(units(*value), false);
                let child = self.call_create(caller, *salt).map_err(|_| MOVE_ABORT)?;
                return Ok(fold(digest, self.world.balance(child)));
            }
            Step::Poke(to) => {
                if !here.is_static {
                    self.world.link(here.me);
                }
                let caller = here.calls(U256::ZERO, false);
                let poked =
                    self.call_evm(*to, caller, |model| model.poke(to.evm_address(), caller));
                poked.map_err(|_| MOVE_ABORT)?;
            }
            Step::Fail(_) => {
                self.count("Move: abort");
                return Err(MOVE_ABORT);
            }
            Step::Burn => {
                self.count("Move: burn");
                return Err(OUT_OF_GAS);
            }
            Step::Destroy(_) | Step::Forge(_) | Step::Delegate(_) => return Err(MOVE_ABORT),
        }
        Ok(digest)
    }

    fn move_pays(&mut self, here: Here, to: AccountId, amount: u8) -> Result<(), Failure> {
        self.count("Move: pay");
        if amount > 0 {
            self.world.link(here.me);
            self.world.link(to);
        }
        let (payer, payee) = (here.me.evm_address(), to.evm_address());
        if !self.world.pay(payer, payee, octas(amount)) {
            self.count("Move: cannot pay");
            return Err(MOVE_ABORT);
        }
        for (name, owner) in [("coin::CoinWithdraw", here.me), ("coin::CoinDeposit", to)] {
            let mut data = encoded(b"0x1::native_coin::NativeCoin");
            data.extend(owner.0);
            data.extend(u64::from(amount).to_le_bytes());
            self.world.emit(framework_event(name, data));
        }
        Ok(())
    }

    fn move_calls(
        &mut self,
        here: Here,
        mode: Mode,
        frame: &Frame,
        digest: U256,
    ) -> Result<U256, Failure> {
        if frame.vm() == VmId::Move {
            // By a function value, in the same session: nobody can catch what fails there.
            self.count("Move: call of Move");
            self.depth += 1;
            let seen = self.move_frame(frame, here.calls(U256::ZERO, false));
            self.depth -= 1;
            return Ok(fold(fold(digest, U256::from(1)), seen?));
        }
        if mode.borrows {
            self.touch(here.actor)?;
            self.count("Move: call while a resource is borrowed");
            self.world.set(here.actor, 0, 7);
        }
        if !here.is_static {
            self.world.link(here.me);
        }
        let wei = if mode.is_static {
            U256::ZERO
        } else {
            units(mode.value)
        };
        let for_solana = frame.vm() == VmId::Svm;
        let caller = here.calls(wei, mode.is_static && !for_solana);
        if caller.is_static {
            self.count("Move: static call");
        }
        let result = if for_solana {
            self.count("Move: call of Solana");
            self.call_svm(frame, caller, !mode.narrow, false)
        } else {
            self.count("Move: call of the EVM");
            self.call_evm(account(frame.actor), caller, |model| {
                model.evm_frame(frame, caller)
            })
        };
        let (is_ok, seen) = match result {
            Ok(seen) => (true, seen),
            Err(failure) if mode.catches => {
                self.count("Move: caught");
                (false, U256::from(failure))
            }
            Err(_) => {
                self.count("Move: passed on a failure");
                return Err(MOVE_ABORT);
            }
        };
        if mode.borrows {
            self.world.set(here.actor, 1, 8);
        }
        Ok(fold(fold(digest, U256::from(is_ok)), seen))
    }
}
