//! Runs a tree on the real VMs, and watches the calls between them.

use super::{Crossing, Frame, Root, Stage, transaction};
use crate::{
    moving::{MOVE_CHAIN_ID, MoveUser},
    solana::SolanaUser,
};
use alloy_primitives::{Bytes, TxKind, U256};
use lumio_state::{Fault, Finished, Journal};
use lumio_types::{AccountId, Carried, MoveTransaction, wei_of_lamports};
use lumio_vm_bus::{Bus, Call, Env, Host, Outcome, Vm, Vms};
use lumio_vm_evm::{Checks, EvmTransaction};
use lumio_vm_move::MoveVm;
use lumio_vm_svm::account_id;
use std::cell::RefCell;

/// The number of the Solana user's key.
pub(super) const SOLANA_USER: u8 = 51;
/// The number of the Move user's key.
pub const MOVE_USER: u8 = 50;
/// Gas of a transaction of the EVM: so much that a few callees may burn all of theirs.
const GAS: u64 = 1 << 50;
/// Gas units of a Move transaction.
const UNITS: u64 = lumio_vm_move::MAX_GAS_UNITS;

/// What came of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub success: bool,
    pub output: Bytes,
    /// How a Move transaction ended.
    pub status: String,
    pub gas_used: u64,
    pub gas_units: u64,
    /// The fee of a Solana transaction.
    pub fee_wei: U256,
    pub finished: Finished,
    pub crossings: Vec<Crossing>,
}

/// Who sends Ethereum transactions.
pub(super) fn user() -> AccountId {
    AccountId::from_evm(alloy_primitives::Address::repeat_byte(0xa1))
}

/// Who sends Move transactions.
pub(super) fn move_user() -> AccountId {
    AccountId(MoveUser::new(MOVE_USER).address.0.into())
}

/// Who sends Solana transactions.
pub(super) fn solana_user() -> AccountId {
    account_id(&SolanaUser::new(SOLANA_USER).key())
}

/// What is seen of the calls between machines.
#[derive(Default)]
struct Log {
    crossings: Vec<Crossing>,
    /// Gas that open calls were given, and what their callees have used.
    open: Vec<(u64, u64)>,
}

/// A machine that is watched.
struct Watched<'a> {
    vm: &'a dyn Vm,
    log: &'a RefCell<Log>,
}

impl Vm for Watched<'_> {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        let number = self.begin(call, host);
        let outcome = self.vm.run(call, host)?;
        assert!(outcome.gas_used <= call.gas, "a call used more than it got");
        let mut log = self.log.borrow_mut();
        let (_, inner) = log.open.pop().unwrap();
        assert!(inner <= outcome.gas_used || !outcome.is_success());
        if let Some((_, used)) = log.open.last_mut() {
            *used += outcome.gas_used;
        }
        log.crossings[number].success = outcome.is_success();
        Ok(outcome)
    }
}

impl Watched<'_> {
    fn begin<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> usize {
        assert_eq!(host.meter().remaining(), call.gas);
        assert_eq!(host.is_static(), call.is_static);
        let mut log = self.log.borrow_mut();
        if let Some((given, used)) = log.open.last() {
            let left = given - used;
            assert!(call.gas <= left - left / 64, "more than 63/64 are given on");
        }
        log.open.push((call.gas, 0));
        log.crossings.push(Crossing {
            vm: call.vm,
            caller: call.caller,
            target: call.target,
            wei: call.value_wei,
            is_static: call.is_static,
            success: false,
        });
        log.crossings.len() - 1
    }
}

/// Runs a transaction with one of the two Move interpreters; the state stays as it is.
pub fn run(stage: &Stage, root: &Root, move_vm: &MoveVm) -> Ran {
    match root {
        Root::Evm(..) | Root::CrossVm(_) => {
            let (to, wei, input) = transaction::evm_call(root, user());
            run_evm(stage, to, wei, input, move_vm)
        }
        Root::Move(frame) => {
            let transaction = transaction::of_move(stage, frame, UNITS);
            let Some(Carried::Move(inner)) = transaction.carried() else {
                panic!("a Move transaction")
            };
            run_move(stage, inner, move_vm)
        }
        Root::Solana(frame) => run_solana(stage, frame, move_vm),
    }
}

fn run_evm(
    stage: &Stage,
    to: alloy_primitives::Address,
    wei: U256,
    input: Bytes,
    move_vm: &MoveVm,
) -> Ran {
    let checks = Checks {
        gas_limit: false,
        ..Checks::ALL
    };
    let evm = stage.executor.evm().with_checks(checks);
    let caller = user().evm_address();
    let mut transaction = EvmTransaction::default();
    transaction.base.caller = caller;
    transaction.base.gas_limit = GAS;
    transaction.base.gas_price = 0;
    transaction.base.kind = TxKind::Call(to);
    transaction.base.value = wei;
    transaction.base.data = input;
    transaction.base.nonce = stage.world.nonces.get(&caller).copied().unwrap_or(0);
    transaction.base.chain_id = Some(stage.executor.spec().chain_id);
    transaction.enveloped_tx = Some(Bytes::new());
    let env = stage.executor.env(&stage.block, &transaction);
    let mut ran = on_bus(stage, &env, &evm, move_vm, |bus| {
        let done = evm.transact(transaction, bus).unwrap();
        (
            done.status == lumio_vm_bus::Status::Success,
            done.output,
            done.gas_used,
        )
    });
    ran.status.clear();
    ran
}

fn run_move(stage: &Stage, inner: &MoveTransaction, move_vm: &MoveVm) -> Ran {
    assert_eq!(move_vm.chain_id(), MOVE_CHAIN_ID);
    let env = Env {
        chain_id: stage.executor.spec().chain_id,
        block: stage.block.clone(),
        origin: move_user().evm_address(),
        gas_price: 0,
        transaction_hash: inner.hash,
    };
    let mut settled = None;
    let mut ran = on_bus(stage, &env, stage.executor.evm(), move_vm, |bus| {
        let done = move_vm.transact(inner, bus, false).unwrap();
        let answer = (done.success, Bytes::new(), done.gas_used);
        settled = Some(done);
        answer
    });
    let done = settled.unwrap();
    (ran.status, ran.gas_units) = (done.status, done.gas_units);
    ran
}

fn run_solana(stage: &Stage, frame: &Frame, move_vm: &MoveVm) -> Ran {
    // More than fits into a packet, and so into a carrier.
    let transaction = transaction::of_solana(stage, frame);
    let env = Env {
        chain_id: stage.executor.spec().chain_id,
        block: stage.block.clone(),
        origin: solana_user().evm_address(),
        ..Env::default()
    };
    let mut fee = 0;
    let mut status = String::new();
    let mut ran = on_bus(stage, &env, stage.executor.evm(), move_vm, |bus| {
        let done = stage.svm().transact(&transaction, bus).unwrap();
        fee = done.fee;
        status = format!("{:?} {:#?}", done.status, done.logs);
        let output = Bytes::from(done.return_data.data);
        (done.status.is_ok(), output, done.gas_used)
    });
    (ran.status, ran.fee_wei) = (status, wei_of_lamports(fee));
    ran
}

fn on_bus(
    stage: &Stage,
    env: &Env,
    evm: &dyn Vm,
    move_vm: &MoveVm,
    go: impl FnOnce(&mut dyn Host<'_>) -> (bool, Bytes, u64),
) -> Ran {
    let log = RefCell::new(Log::default());
    let watched = |vm| Watched { vm, log: &log };
    let (evm, move_vm, svm) = (watched(evm), watched(move_vm), watched(stage.svm()));
    let vms = Vms {
        evm: &evm,
        move_vm: &move_vm,
        svm: &svm,
    };
    let mut journal = Journal::new(&stage.memory);
    let mut bus = Bus::new(&mut journal, env, vms, GAS);
    let (success, output, gas_used) = go(&mut bus);
    let finished = journal.finish(true).unwrap();
    assert!(gas_used <= GAS);
    Ran {
        success,
        output,
        status: String::new(),
        gas_used,
        gas_units: 0,
        fee_wei: U256::ZERO,
        finished,
        crossings: log.into_inner().crossings,
    }
}
