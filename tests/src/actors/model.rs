//! The naive model: calls, what they leave behind, and the queue. `evm_steps`, `move_steps` and
//! `solana_steps` have what actors do.

use super::{Frame, World, account, address, solana_run::Run, world::framework};
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolError, sol};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::message::{MoveAbort, MoveFailure, OutOfGas, SolanaFailure, SolanaProgramError};
use std::collections::BTreeMap;

sol! {
    error Gave(uint256 code);
    error Short();
    error Error(string reason);
    error Panic(uint256 code);
}

/// How a call failed: the selector of its error. Zero if it has none.
pub(super) type Failure = u32;

const fn selector(bytes: [u8; 4]) -> Failure {
    u32::from_be_bytes(bytes)
}

pub(super) const NOTHING: Failure = 0;
pub(super) const GAVE: Failure = selector(Gave::SELECTOR);
pub(super) const SHORT: Failure = selector(Short::SELECTOR);
pub(super) const ERROR: Failure = selector(Error::SELECTOR);
pub(super) const PANIC: Failure = selector(Panic::SELECTOR);
pub(super) const MOVE_ABORT: Failure = selector(MoveAbort::SELECTOR);
pub(super) const MOVE_FAILURE: Failure = selector(MoveFailure::SELECTOR);
pub(super) const OUT_OF_GAS: Failure = selector(OutOfGas::SELECTOR);
pub(super) const SOLANA_ERROR: Failure = selector(SolanaProgramError::SELECTOR);
pub(super) const SOLANA_FAILURE: Failure = selector(SolanaFailure::SELECTOR);
/// A Solana program has used all that it got: what that is to its caller depends on how much it was.
pub(super) const BURNT: Failure = Failure::MAX;

/// A call between machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub vm: VmId,
    pub caller: AccountId,
    pub target: AccountId,
    pub wei: U256,
    pub is_static: bool,
    pub success: bool,
}

/// What happens in a transaction.
#[derive(Debug, Default)]
pub struct Model {
    pub world: World,
    /// Calls between machines, in the order in which they began.
    pub crossings: Vec<Crossing>,
    /// How often each actor of Move was entered and not left.
    pub(super) open: BTreeMap<u8, u32>,
    /// The programs of Solana that run or wait.
    pub(super) run: Option<Run>,
    /// Machines that wait for each other.
    pub(super) machines: Vec<VmId>,
    /// Frames that are open.
    pub(super) depth: usize,
    /// What has happened, in order.
    pub trail: Vec<&'static str>,
    /// How often what has happened, by name.
    pub coverage: BTreeMap<&'static str, u32>,
}

/// Who calls, how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub id: AccountId,
    pub wei: U256,
    pub is_static: bool,
}

impl Model {
    pub fn new(world: World) -> Self {
        Self {
            world,
            ..Self::default()
        }
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.coverage.entry(what).or_default() += 1;
        self.trail.push(what);
    }

    /// Runs something that leaves nothing behind if it fails.
    pub(super) fn all_or_nothing<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let before = self.world.clone();
        self.depth += 1;
        let result = run(self);
        if result.is_err() {
            self.world = before;
        }
        self.count(match self.depth {
            0..=2 => "depth 1 and 2",
            3..=4 => "depth 3 and 4",
            _ => "depth 5 and more",
        });
        self.depth -= 1;
        result
    }

    /// A call of an account of the EVM by another one of it.
    pub(super) fn evm(&mut self, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        let me = address(frame.actor);
        self.all_or_nothing(|model| {
            if !model.world.pay(caller.id.evm_address(), me, caller.wei) {
                return Err(NOTHING);
            }
            model.evm_frame(frame, caller)
        })
    }

    pub(super) fn crossing<T>(
        &mut self,
        vm: VmId,
        caller: Caller,
        target: AccountId,
        run: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let number = self.crossings.len();
        self.crossings.push(Crossing {
            vm,
            caller: caller.id,
            target,
            wei: caller.wei,
            is_static: caller.is_static,
            success: false,
        });
        self.machines.push(vm);
        if let Some(what) = chain_of(&self.machines) {
            self.count(what);
        }
        let result = self.all_or_nothing(run);
        self.machines.pop();
        self.crossings[number].success = result.is_ok();
        result
    }

    /// A call of an actor of Move by another machine.
    pub(super) fn call_move(&mut self, frame: &Frame, caller: Caller) -> Result<U256, Failure> {
        self.call_move_with(frame, caller, false)
    }

    /// The same, which may bring value or too little gas.
    pub(super) fn call_move_with(
        &mut self,
        frame: &Frame,
        caller: Caller,
        is_starved: bool,
    ) -> Result<U256, Failure> {
        let changes = self.world.changes;
        self.crossing(VmId::Move, caller, account(frame.actor), |model| {
            if !caller.is_static {
                model.world.link(caller.id);
            }
            if !caller.wei.is_zero() {
                model.count("Solana: value for Move");
                return Err(ERROR);
            }
            if is_starved {
                return Err(OUT_OF_GAS);
            }
            let seen = model.move_frame(frame, caller)?;
            model.world.flush();
            if caller.is_static && model.world.changes != changes {
                model.count("Move wrote in a static call");
                return Err(ERROR);
            }
            Ok(seen)
        })
    }

    /// A call of the EVM by another machine, which brings value and may run some code.
    pub(super) fn call_evm<T>(
        &mut self,
        target: AccountId,
        caller: Caller,
        run: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.world.flush();
        let (payer, payee) = (caller.id.evm_address(), target.evm_address());
        if caller.is_static && !caller.wei.is_zero() {
            self.count("value in a static call of the EVM");
            return Err(ERROR);
        }
        if self.world.balance(payer) < caller.wei {
            self.count("too little for a call of the EVM");
            return Err(ERROR);
        }
        self.crossing(VmId::Evm, caller, target, |model| {
            if !caller.is_static {
                model.world.link(caller.id);
            }
            model.world.pay(payer, payee, caller.wei);
            run(model)
        })
    }

    /// A creation by another machine, whose target is the salt.
    pub(super) fn call_create(&mut self, caller: Caller, salt: B256) -> Result<Address, Failure> {
        self.world.flush();
        if caller.is_static {
            return Err(ERROR);
        }
        self.crossing(VmId::Evm, caller, AccountId(salt), |model| {
            model.world.link(caller.id);
            model.create(caller.id.evm_address(), salt, caller.wei)
        })
    }

    pub(super) fn create(
        &mut self,
        creator: Address,
        salt: B256,
        wei: U256,
    ) -> Result<Address, Failure> {
        let child = creator.create2(salt, keccak256(super::CHILD));
        if self.world.balance(creator) < wei {
            return Err(SHORT);
        }
        assert!(!self.world.children.contains(&child), "salts are unique");
        self.world.changes += 1;
        *self.world.nonces.entry(creator).or_default() += 1;
        self.world.nonces.insert(child, 1);
        self.world.children.insert(child);
        self.world.created.insert(child);
        self.world.pay(creator, child, wei);
        Ok(child)
    }

    /// A call of an account that may be a child: that one destroys itself.
    pub(super) fn poke(&mut self, target: Address, caller: Caller) -> Result<(), Failure> {
        if self.world.children.contains(&target) {
            if caller.is_static {
                return Err(NOTHING);
            }
            self.count("a child destroyed itself");
            self.world.destroy(target, caller.id.evm_address());
        }
        Ok(())
    }

    /// Whether an actor of Move may touch its resources: not while it waits further out.
    pub(super) fn touch(&mut self, actor: u8) -> Result<(), Failure> {
        let entered = self.open.get(&actor).copied().unwrap_or_default();
        if entered > 1 {
            self.count("a resource of a module that waits");
            return Err(MOVE_FAILURE);
        }
        Ok(())
    }

    /// Runs what was queued, first in, first out.
    pub fn run_queue(&mut self) -> Result<(), Failure> {
        let mut next = 0;
        while let Some((id, frame)) = self.world.queue.get(next).cloned() {
            next += 1;
            self.count("a queued call ran");
            let caller = Caller {
                id,
                wei: U256::ZERO,
                is_static: false,
            };
            let ran = match frame.vm() {
                VmId::Move => self.call_move(&frame, caller),
                VmId::Evm => self.call_evm(account(frame.actor), caller, |model| {
                    model.evm_frame(&frame, caller)
                }),
                VmId::Svm => self.call_svm(&frame, caller, true, false),
            };
            if ran.is_err() {
                self.count("a queued call failed");
            }
            ran?;
        }
        Ok(())
    }
}

/// The name of the innermost three machines that wait for each other, where Solana is among them.
fn chain_of(machines: &[VmId]) -> Option<&'static str> {
    let [.., first, second, third] = machines else {
        return None;
    };
    Some(match (first, second, third) {
        (VmId::Evm, VmId::Svm, VmId::Evm) => "EVM → Solana → EVM",
        (VmId::Evm, VmId::Svm, VmId::Move) => "EVM → Solana → Move",
        (VmId::Move, VmId::Svm, VmId::Evm) => "Move → Solana → EVM",
        (VmId::Move, VmId::Svm, VmId::Move) => "Move → Solana → Move",
        (VmId::Svm, VmId::Evm, VmId::Move) => "Solana → EVM → Move",
        (VmId::Svm, VmId::Move, VmId::Evm) => "Solana → Move → EVM",
        (VmId::Move, VmId::Evm, VmId::Svm) => "Move → EVM → Solana",
        (VmId::Evm, VmId::Move, VmId::Svm) => "EVM → Move → Solana",
        _ => return None,
    })
}

/// An event of the framework.
pub(super) fn framework_event(name: &str, data: Vec<u8>) -> lumio_types::Event {
    super::world::move_event(framework(), name, data)
}
