//! Trees of calls over all VMs, run for real and in a naive model that copies
//! the world before each call.

use crate::{
    memory::Memory,
    program::{compile, gateway},
};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use lumio_executor::Rules;
use lumio_state::{Finished, Journal};
use lumio_types::{AccountId, Event, VmId};
use lumio_vm_bus::{
    Bus, Call, Env, Host, Vms,
    mock::{MockCall, MockVm, Step},
};
use lumio_vm_evm::{Evm, Gateway};
use std::collections::BTreeMap;

/// Gas that no tree uses up, not even with a few callees that burn theirs.
pub const GAS: u64 = 1 << 60;
/// Wei of each contract at the start.
pub const ENDOWMENT: u64 = 1_000;

/// A contract of a tree and what it does when it is called.
#[derive(Clone, Debug)]
pub struct Node {
    pub vm: VmId,
    pub steps: Vec<TreeStep>,
}

#[derive(Clone, Debug)]
pub enum TreeStep {
    Write(u8, u64),
    Emit(u64),
    Pay(u8, u64),
    Call {
        callee: Node,
        wei: u64,
        catch: bool,
        is_static: bool,
    },
    Revert,
    Exhaust,
}

/// A tree whose nodes have got their accounts.
pub struct Planted {
    pub root: Placed,
    programs: BTreeMap<AccountId, (VmId, Vec<Step>)>,
}

#[derive(Clone, Debug)]
pub struct Placed {
    pub vm: VmId,
    pub id: AccountId,
    steps: Vec<PlacedStep>,
}

#[derive(Clone, Debug)]
enum PlacedStep {
    Plain(Step),
    Call {
        callee: Placed,
        wei: u64,
        catch: bool,
        is_static: bool,
    },
}

pub fn payee(which: u8) -> AccountId {
    AccountId::from_evm(Address::repeat_byte(0xd0 + which))
}

pub fn caller() -> AccountId {
    AccountId::from_evm(Address::repeat_byte(0xee))
}

impl Planted {
    pub fn new(root: &Node) -> Self {
        let mut planted = Self {
            root: Placed {
                vm: root.vm,
                id: caller(),
                steps: vec![],
            },
            programs: BTreeMap::new(),
        };
        planted.root = planted.place(root);
        planted
    }

    fn place(&mut self, node: &Node) -> Placed {
        let number = self.programs.len() as u64;
        let id = match node.vm {
            VmId::Evm => AccountId::from_evm(Address::left_padding_from(
                &(0x0100_0000 + number).to_be_bytes(),
            )),
            VmId::Move | VmId::Svm => AccountId(keccak256(number.to_be_bytes())),
        };
        self.programs.insert(id, (node.vm, vec![]));
        let steps: Vec<PlacedStep> = node
            .steps
            .iter()
            .map(|step| self.place_step(node.vm, step))
            .collect();
        let program = steps.iter().map(PlacedStep::as_mock).collect();
        self.programs.insert(id, (node.vm, program));
        Placed {
            vm: node.vm,
            id,
            steps,
        }
    }

    fn place_step(&mut self, vm: VmId, step: &TreeStep) -> PlacedStep {
        PlacedStep::Plain(match step {
            TreeStep::Write(cell, value) => Step::Write(*cell, *value),
            TreeStep::Emit(number) => Step::Emit(*number),
            TreeStep::Pay(who, wei) => Step::Pay(payee(*who), U256::from(*wei)),
            TreeStep::Revert => Step::Revert,
            TreeStep::Exhaust => Step::Exhaust,
            TreeStep::Call {
                callee,
                wei,
                catch,
                is_static,
            } => {
                // The EVM's way to other VMs carries no value, a static call none at all.
                let crosses = vm == VmId::Evm && callee.vm != VmId::Evm;
                let wei = if crosses || *is_static { 0 } else { *wei };
                let callee = self.place(callee);
                return PlacedStep::Call {
                    callee,
                    wei,
                    catch: *catch,
                    is_static: *is_static,
                };
            }
        })
    }

    /// The state in which every contract is there with its endowment.
    pub fn state(&self) -> Memory {
        let mut memory = Memory::default();
        for (id, (vm, program)) in &self.programs {
            memory.fund(id.evm_address(), U256::from(ENDOWMENT));
            if *vm == VmId::Evm {
                memory.deploy(id.evm_address(), compile(program));
            }
        }
        memory.fund(caller().evm_address(), U256::from(ENDOWMENT));
        memory
    }

    /// Runs the tree; tells whether the root succeeded, and what changed.
    pub fn run(&self, memory: &Memory) -> (bool, Finished) {
        let machines = self.machines();
        let vms = Vms {
            evm: &machines.0,
            move_vm: &machines.1,
            svm: &machines.1,
        };
        let env = Env {
            chain_id: 1,
            ..Env::default()
        };
        let mut journal = Journal::new(memory);
        let mut bus = Bus::new(&mut journal, &env, vms, GAS);
        let outcome = bus
            .call(Call::new(
                self.root.vm,
                caller(),
                self.root.id,
                Bytes::new(),
                GAS,
            ))
            .unwrap();
        (outcome.is_success(), journal.finish(true).unwrap())
    }

    fn machines(&self) -> (Evm, MockVm) {
        let gateways = self
            .programs
            .iter()
            .filter(|(_, (vm, _))| *vm != VmId::Evm)
            .map(|(id, (vm, _))| Gateway {
                address: gateway(*id),
                vm: *vm,
                target: *id,
            });
        let evm = Evm::new(Rules::NEWEST).with_gateways(gateways.collect());
        let programs = self
            .programs
            .iter()
            .map(|(id, (_, program))| (*id, program.clone()));
        (evm, MockVm::new(programs.collect()))
    }

    /// What the naive model says of it.
    pub fn model(&self) -> (bool, World) {
        let mut world = World::default();
        for id in self.programs.keys().chain([&caller()]) {
            world.balances.insert(id.evm_address(), ENDOWMENT);
        }
        let success = world.run(&self.root, caller(), 0, false);
        (success, world)
    }
}

impl PlacedStep {
    fn as_mock(&self) -> Step {
        match self {
            Self::Plain(step) => step.clone(),
            Self::Call {
                callee,
                wei,
                catch,
                is_static,
            } => Step::Call(MockCall {
                vm: callee.vm,
                target: callee.id,
                value_wei: U256::from(*wei),
                input: Bytes::new(),
                catch: *catch,
                is_static: *is_static,
            }),
        }
    }
}

/// The naive model's whole state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    pub cells: BTreeMap<(VmId, B256, u8), u64>,
    pub balances: BTreeMap<Address, u64>,
    pub events: Vec<Event>,
}

impl World {
    fn run(&mut self, node: &Placed, payer: AccountId, wei: u64, is_static: bool) -> bool {
        let before = self.clone();
        let done = self.pay(payer, node.id, wei) && self.steps(node, is_static);
        if !done {
            *self = before;
        }
        done
    }

    fn steps(&mut self, node: &Placed, is_static: bool) -> bool {
        node.steps.iter().all(|step| match step {
            PlacedStep::Plain(Step::Write(cell, value)) => {
                self.cells.insert((node.vm, node.id.0, *cell), *value);
                !is_static
            }
            PlacedStep::Plain(Step::Emit(number)) => {
                self.events.push(MockVm::event(node.vm, node.id, *number));
                !is_static
            }
            PlacedStep::Plain(Step::Pay(to, wei)) => {
                !is_static && self.pay(node.id, *to, wei.to::<u64>())
            }
            PlacedStep::Plain(_) => false,
            PlacedStep::Call {
                callee,
                wei,
                catch,
                is_static: callee_static,
            } => {
                // The EVM ends a static frame that tries to send value.
                if is_static && *wei > 0 {
                    return node.vm != VmId::Evm && *catch;
                }
                let inner_static = is_static || *callee_static;
                self.run(callee, node.id, *wei, inner_static) || *catch
            }
        })
    }

    fn pay(&mut self, from: AccountId, to: AccountId, wei: u64) -> bool {
        let (from, to) = (from.evm_address(), to.evm_address());
        let Some(rest) = self
            .balances
            .get(&from)
            .copied()
            .unwrap_or_default()
            .checked_sub(wei)
        else {
            return false;
        };
        self.balances.insert(from, rest);
        *self.balances.entry(to).or_default() += wei;
        true
    }

    /// Compares the model with what really happened.
    pub fn assert_equals(&self, before: &Memory, finished: &Finished) {
        let mut after = before.clone();
        after.apply(&finished.writes);
        assert_eq!(after.supply(), before.supply(), "wei are conserved");
        assert_eq!(
            finished.events, self.events,
            "events, in the order of emission"
        );
        for (address, wei) in &self.balances {
            let key = lumio_state::StateKey::Balance(*address);
            let got = after
                .0
                .get(&key)
                .and_then(lumio_state::Value::as_word)
                .unwrap_or_default();
            assert_eq!(got, U256::from(*wei), "balance of {address}");
        }
        for ((vm, id, cell), value) in &self.cells {
            let key = MockVm::cell(*vm, AccountId(*id), *cell);
            let got = after
                .0
                .get(&key)
                .and_then(lumio_state::Value::as_word)
                .unwrap_or_default();
            assert_eq!(got, U256::from(*value), "cell {cell} of {id} on the {vm}");
        }
        let written = after
            .0
            .keys()
            .filter(|key| !before.0.contains_key(key))
            .count();
        let links = after
            .0
            .keys()
            .filter(|k| matches!(k, lumio_state::StateKey::Link(_)))
            .count();
        let cells = self.cells.values().filter(|value| **value != 0).count();
        let payees = (0..3)
            .filter(|who| {
                self.balances
                    .get(&payee(*who).evm_address())
                    .is_some_and(|w| *w > 0)
            })
            .count();
        assert_eq!(written, links + cells + payees, "nothing else was written");
    }
}
