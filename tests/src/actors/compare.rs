//! One tree: for real with both Move interpreters, in the model, and what must be equal.

use super::{
    Model, OCTA, Root, Stage, UNIT, address,
    model::{Caller, Failure},
    run::{Ran, move_user, run, solana_user, user},
    solana_run::Entry,
    stage::fee_vault,
};
use alloy_primitives::{Address, U256};
use lumio_state::{StateKey, Value, WriteSet};
use lumio_types::{Event, EventOrigin, VmId};
use std::collections::BTreeMap;

/// Runs a tree for real and in the model, compares, and keeps what it has changed. `coverage`
/// counts what has happened. Returns the events.
pub fn check(
    stage: &mut Stage,
    root: &Root,
    coverage: &mut BTreeMap<&'static str, u32>,
) -> Vec<Event> {
    let fast = stage.executor.move_vm().unwrap();
    let mut ran = run(stage, root, fast);
    assert_eq!(run(stage, root, &stage.plain), ran, "the two interpreters");
    let before = stage.world.entries();
    let supply = stage.world.supply();
    let mut model = Model::new(core::mem::take(&mut stage.world));
    core::mem::swap(&mut model.coverage, coverage);
    let result = transact(&mut model, root, stage.block.beneficiary, ran.fee_wei);
    let reason = lumio_vm_bus::message::reason_of(&ran.output);
    let told = format!("{:#?} {result:?} {reason} {}", model.trail, ran.status);
    assert_eq!(ran.crossings, model.crossings, "calls: {told}");
    assert_eq!(ran.success, result.is_ok(), "{told}");
    match root {
        Root::Move(_) => {
            pay_fee(&mut model, &mut ran);
            stage.sequence_number += 1;
        }
        Root::Solana(_) => {
            stage.solana_transactions += 1;
            if let Ok(seen) = result {
                assert_eq!(ran.output[..], seen.to_be_bytes::<32>());
            }
        }
        Root::Evm(..) | Root::CrossVm(_) => {
            let failure = ran
                .output
                .first_chunk()
                .map(|bytes| u32::from_be_bytes(*bytes));
            let expected = result.err().or(failure);
            assert_eq!(expected.unwrap_or(0), failure.unwrap_or(0), "{told}");
        }
    }
    assert_eq!(ran.finished.events, model.world.events, "events, in order");
    model.world.settle();
    stage.memory.apply(&ran.finished.writes);
    let after = model.world.entries();
    let sequence_number =
        |key: &StateKey| matches!(key, StateKey::MoveResource(owner, _) if *owner == move_user());
    let mut writes = WriteSet::from(ran.finished.writes);
    writes.retain(|key, _| match key {
        StateKey::EvmCode(_) => false,
        // What keeps a Solana transaction from coming again.
        StateKey::SvmMessage(_) => false,
        key => !sequence_number(key),
    });
    assert_eq!(writes, changed(&before, &after), "what is written");
    // A child that destroys itself in its own favour, or is paid afterwards, takes wei with it.
    assert!(model.world.supply() <= supply);
    if model.world.supply() < supply {
        *model.coverage.entry("wei were burnt").or_default() += 1;
    }
    core::mem::swap(&mut model.coverage, coverage);
    stage.world = model.world;
    stage.world.changes = 0;
    ran.finished.events
}

fn changed(
    before: &BTreeMap<StateKey, Value>,
    after: &BTreeMap<StateKey, Value>,
) -> BTreeMap<StateKey, Option<Value>> {
    let keys = before.keys().chain(after.keys());
    let differs = keys.filter(|key| before.get(key) != after.get(key));
    differs
        .map(|key| (key.clone(), after.get(key).cloned()))
        .collect()
}

/// What the model says of a transaction.
fn transact(
    model: &mut Model,
    root: &Root,
    beneficiary: Address,
    solana_fee: U256,
) -> Result<U256, Failure> {
    let (id, wei) = match root {
        Root::Evm(_, value) => (user(), U256::from(u64::from(*value) * UNIT)),
        Root::CrossVm(_) => (user(), U256::ZERO),
        Root::Move(_) => (move_user(), U256::ZERO),
        Root::Solana(_) => (solana_user(), U256::ZERO),
    };
    model.machines = vec![match root {
        Root::Evm(..) | Root::CrossVm(_) => VmId::Evm,
        Root::Move(_) => VmId::Move,
        Root::Solana(_) => VmId::Svm,
    }];
    let caller = Caller {
        id,
        wei,
        is_static: false,
    };
    let nonces = &mut model.world.nonces;
    match root {
        Root::Evm(..) | Root::CrossVm(_) => *nonces.entry(id.evm_address()).or_default() += 1,
        Root::Move(_) => {}
        Root::Solana(_) => {
            model.world.link(id);
            assert!(model.world.pay(id.evm_address(), beneficiary, solana_fee));
        }
    }
    model.all_or_nothing(|model| {
        let seen = match root {
            Root::Evm(frame, _) => {
                model.world.pay(id.evm_address(), address(frame.actor), wei);
                model.evm_frame(frame, caller)
            }
            Root::CrossVm(frame) if frame.vm() == VmId::Svm => {
                model.call_svm(frame, caller, true, false)
            }
            Root::CrossVm(frame) => model.call_move(frame, caller),
            Root::Move(frame) => model.move_frame(frame, caller),
            Root::Solana(frame) => {
                let entry = Entry {
                    caller: id,
                    is_outer: false,
                    is_static: false,
                    writes: true,
                };
                model.solana_run(frame, entry)
            }
        }?;
        model.world.flush();
        model.run_queue()?;
        Ok(seen)
    })
}

/// The fee of a Move transaction, and its statement, which is the last event.
fn pay_fee(model: &mut Model, ran: &mut Ran) {
    let fee = U256::from(ran.gas_units) * U256::from(OCTA);
    let vault = fee_vault();
    assert!(model.world.pay(move_user().evm_address(), vault, fee));
    let statement = ran.finished.events.pop().unwrap();
    let EventOrigin::Move(event) = &statement.origin else {
        panic!("the last event is the fee statement")
    };
    assert_eq!(&*event.type_tag, "0x1::transaction_fee::FeeStatement");
    assert_eq!(statement.log.data.data[..8], ran.gas_units.to_le_bytes());
}
