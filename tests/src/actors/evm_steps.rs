//! The naive model: what actors of the EVM do, step by step.

use super::{
    Frame, Mode, OCTA, Step, UNIT, address, fold,
    model::{Caller, ERROR, Failure, GAVE, Model, NOTHING, OUT_OF_GAS, PANIC, SHORT},
    queued::{queued_by_evm, solana_queued_by_evm},
    world::{log, watched},
};
use alloy_primitives::{Address, LogData, U256};
use alloy_sol_types::{SolEvent, sol};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::QUEUE_ADDRESS;

sol! {
    event Entered(address caller, uint256 value);
    event Marked(uint8 number, uint256 digest);
    event Left(uint256 digest);
}

/// What a step leads to.
enum Next {
    Seen(U256),
    /// The frame is over, with success and without data.
    Over,
}

pub(super) fn number(value: u8) -> u64 {
    match value {
        255 => u64::MAX,
        _ => u64::from(value),
    }
}

pub(super) fn octas(amount: u8) -> U256 {
    U256::from(u64::from(amount) * OCTA)
}

pub(super) fn units(value: u8) -> U256 {
    U256::from(u64::from(value) * UNIT)
}

/// Where a frame runs.
#[derive(Clone, Copy)]
struct Here {
    actor: u8,
    me: Address,
    is_static: bool,
}

impl Here {
    /// The EVM ends a static frame that would change something.
    fn may_change(self, model: &mut Model) -> Result<(), Failure> {
        if self.is_static {
            model.count("the EVM ended a static frame");
            return Err(NOTHING);
        }
        Ok(())
    }

    fn calls(self, wei: U256, is_static: bool) -> Caller {
        Caller {
            id: AccountId::from_evm(self.me),
            wei,
            is_static: self.is_static || is_static,
        }
    }
}

impl Model {
    pub(super) fn evm_frame(&mut self, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        let here = Here {
            actor: frame.actor,
            me: address(frame.actor),
            is_static: caller.is_static,
        };
        let from = caller.id.evm_address();
        let mut digest = fold(U256::ZERO, U256::from_be_slice(from.as_slice()));
        digest = fold(digest, caller.wei);
        if !frame.quiet {
            let (caller, value) = (from, caller.wei);
            self.log(here, Entered { caller, value }.encode_log_data())?;
        }
        let mut seed = frame.seed;
        for step in &frame.steps {
            match self.evm_step(here, step, digest)? {
                Next::Over => return Ok(U256::ZERO),
                Next::Seen(seen) => digest = seen,
            }
            digest = fold(digest, U256::from(self.world.cell(frame.actor, seed % 4)));
            digest = fold(digest, self.world.balance(here.me));
            digest = fold(digest, self.world.balance(watched(seed)));
            seed = (seed + 1) % 120;
        }
        if !frame.quiet {
            self.log(here, Left { digest }.encode_log_data())?;
        }
        Ok(digest)
    }

    fn log(&mut self, here: Here, data: LogData) -> Result<(), Failure> {
        here.may_change(self)?;
        self.world.emit(log(here.me, data));
        Ok(())
    }

    fn evm_step(&mut self, here: Here, step: &Step, digest: U256) -> Result<Next, Failure> {
        match step {
            Step::Write(key, value) => {
                here.may_change(self)?;
                self.count("EVM: write");
                self.world.set(here.actor, *key, number(*value));
            }
            Step::Add(key, value) => {
                let sum = self
                    .world
                    .cell(here.actor, *key)
                    .checked_add(number(*value));
                if sum.is_none() {
                    self.count("EVM: overflow");
                }
                let sum = sum.ok_or(PANIC)?;
                here.may_change(self)?;
                self.world.set(here.actor, *key, sum);
            }
            Step::Mark(number) => {
                self.count("EVM: mark");
                let number = *number;
                self.log(here, Marked { number, digest }.encode_log_data())?;
            }
            Step::Pay(to, amount) => self.evm_pays(here, address(*to), *amount)?,
            Step::Give(to, amount) => self.evm_pays(here, to.evm_address(), *amount)?,
            Step::Call(mode, frame) => return self.evm_calls(here, *mode, frame, digest),
            Step::Queue(frame) => {
                let for_solana = frame.vm() == VmId::Svm;
                if for_solana && here.is_static {
                    return Err(ERROR);
                }
                here.may_change(self)?;
                self.count("EVM: queue");
                self.world.emit(match for_solana {
                    true => solana_queued_by_evm(here.me, frame),
                    false => queued_by_evm(here.me, frame, QUEUE_ADDRESS),
                });
                let caller = AccountId::from_evm(here.me);
                self.world.queue.push((caller, frame.clone()));
            }
            Step::Create(salt, value) => {
                here.may_change(self)?;
                self.count("EVM: create");
                let child = self.create(here.me, *salt, units(*value))?;
                return Ok(Next::Seen(fold(digest, self.world.balance(child))));
            }
            Step::Poke(to) => {
                let caller = here.calls(U256::ZERO, false);
                self.poke(to.evm_address(), caller).map_err(|_| SHORT)?;
            }
            Step::Fail(_) => {
                self.count("EVM: revert");
                return Err(GAVE);
            }
            Step::Burn => {
                self.count("EVM: burn");
                return Err(NOTHING);
            }
            Step::Destroy(heir) => {
                here.may_change(self)?;
                self.count("EVM: selfdestruct");
                let wei = self.world.balance(here.me);
                self.world.pay(here.me, address(*heir), wei);
                return Ok(Next::Over);
            }
            Step::Forge(frame) => {
                here.may_change(self)?;
                self.count("EVM: forge");
                self.world.emit(queued_by_evm(here.me, frame, here.me));
            }
            Step::Delegate(_) => {
                self.count("EVM: delegate");
                let seen = fold(fold(digest, U256::ZERO), U256::from(ERROR));
                return Ok(Next::Seen(seen));
            }
        }
        Ok(Next::Seen(digest))
    }

    fn evm_pays(&mut self, here: Here, to: Address, amount: u8) -> Result<(), Failure> {
        if amount > 0 {
            here.may_change(self)?;
        }
        self.count("EVM: pay");
        if !self.world.pay(here.me, to, octas(amount)) {
            self.count("EVM: cannot pay");
            return Err(SHORT);
        }
        // A child gives it back.
        let caller = here.calls(U256::ZERO, false);
        self.poke(to, caller).map_err(|_| SHORT)
    }

    fn evm_calls(
        &mut self,
        here: Here,
        mode: Mode,
        frame: &Frame,
        digest: U256,
    ) -> Result<Next, Failure> {
        let by_opcode = mode.is_static && (frame.vm() != VmId::Move || mode.raw);
        let wei = if by_opcode {
            U256::ZERO
        } else {
            units(mode.value)
        };
        if !wei.is_zero() {
            here.may_change(self)?;
        }
        let caller = here.calls(wei, mode.is_static);
        if caller.is_static {
            self.count("EVM: static call");
        }
        let result = if mode.starved {
            self.count("EVM: starved call");
            Err(NOTHING)
        } else if frame.vm() == VmId::Evm {
            self.count("EVM: call of the EVM");
            self.evm(frame, caller)
        } else if self.world.balance(here.me) < wei {
            Err(NOTHING)
        } else if !wei.is_zero() {
            self.count("EVM: value for another machine");
            Err(ERROR)
        } else if frame.vm() == VmId::Svm {
            self.count("EVM: call of Solana");
            self.call_svm(frame, caller, !mode.narrow, mode.limited)
        } else {
            self.count("EVM: call of Move");
            self.call_move(frame, caller)
        };
        let (is_ok, seen) = match result {
            Ok(seen) => (true, seen),
            Err(failure) if mode.catches => {
                self.count(match failure {
                    OUT_OF_GAS => "EVM: caught out of gas",
                    _ => "EVM: caught",
                });
                (false, U256::from(failure))
            }
            Err(failure) => {
                self.count("EVM: passed on a failure");
                return Err(failure);
            }
        };
        let digest = fold(digest, U256::from(is_ok));
        Ok(Next::Seen(fold(digest, seen)))
    }
}
