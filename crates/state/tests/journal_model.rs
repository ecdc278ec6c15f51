//! The journal against a naive model, which copies everything at each
//! checkpoint: random operations, random trees of checkpoints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, Log, LogData, U256, keccak256};
use lumio_state::{
    AccountRecord, Checkpoint, Created, Fault, Journal, StateKey, StateView, TransferError, Value,
};
use lumio_types::{AccountId, Event, EventOrigin};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type World = BTreeMap<StateKey, Value>;

#[derive(Clone, Debug)]
enum Op {
    SetBalance(u8, u64),
    Transfer(u8, u8, u64),
    SetNonce(u8, u64),
    SetCode(u8, u8),
    SetSlot(u8, u8, u64),
    AccessSlot(u8, u8),
    Access(u8),
    SetTransient(u8, u8, u64),
    Write(u8, Option<u8>),
    Emit(u8),
    Create(u8, u8, u64),
    SelfDestruct(u8, u8, bool),
    Checkpoint,
    Keep,
    Revert,
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..5_u8;
    let wei = prop_oneof![Just(0), 0..2_000_u64, Just(u64::MAX)];
    prop_oneof![
        (who.clone(), wei.clone()).prop_map(|(a, w)| Op::SetBalance(a, w)),
        (who.clone(), who.clone(), wei.clone()).prop_map(|(a, b, w)| Op::Transfer(a, b, w)),
        (who.clone(), 1..4_u64).prop_map(|(a, n)| Op::SetNonce(a, n)),
        (who.clone(), 0..3_u8).prop_map(|(a, c)| Op::SetCode(a, c)),
        (who.clone(), 0..3_u8, 0..3_u64).prop_map(|(a, s, v)| Op::SetSlot(a, s, v)),
        (who.clone(), 0..3_u8).prop_map(|(a, s)| Op::AccessSlot(a, s)),
        who.clone().prop_map(Op::Access),
        (who.clone(), 0..3_u8, 0..3_u64).prop_map(|(a, s, v)| Op::SetTransient(a, s, v)),
        (0..4_u8, proptest::option::of(0..4_u8)).prop_map(|(k, v)| Op::Write(k, v)),
        any::<u8>().prop_map(Op::Emit),
        (who.clone(), who.clone(), wei).prop_map(|(a, b, w)| Op::Create(a, b, w)),
        (who.clone(), who, any::<bool>()).prop_map(|(a, b, o)| Op::SelfDestruct(a, b, o)),
        Just(Op::Checkpoint),
        Just(Op::Checkpoint),
        Just(Op::Keep),
        Just(Op::Revert),
        Just(Op::Revert),
    ]
}

/// Everything that a transaction can see, copied whole.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    balances: BTreeMap<u8, U256>,
    nonces: BTreeMap<u8, u64>,
    codes: BTreeMap<u8, u8>,
    slots: BTreeMap<(u8, u8), u64>,
    transient: BTreeMap<(u8, u8), u64>,
    cells: BTreeMap<u8, u8>,
    warm: BTreeSet<u8>,
    warm_slots: BTreeSet<(u8, u8)>,
    created: BTreeSet<u8>,
    destroyed: BTreeSet<u8>,
    logs: Vec<u8>,
}

fn address(who: u8) -> Address {
    Address::with_last_byte(0x80 + who)
}

fn code(which: u8) -> Bytes {
    if which == 0 {
        Bytes::new()
    } else {
        Bytes::from(vec![which; 3])
    }
}

fn cell(which: u8) -> StateKey {
    let id = AccountId::from_evm(address(which));
    match which {
        0 => StateKey::MoveResource(id, Bytes::from_static(b"tag")),
        1 => StateKey::SvmAccount(id),
        2 => StateKey::MoveTableItem(id.0, Bytes::from_static(b"key")),
        _ => StateKey::System(Bytes::from_static(b"name")),
    }
}

fn log(which: u8) -> Event {
    let data = LogData::new_unchecked(vec![], Bytes::from(vec![which]));
    Event {
        origin: EventOrigin::Move(Default::default()),
        log: Log {
            address: address(0),
            data,
        },
    }
}

struct View(World);

impl StateView for View {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        let slots = self.0.keys().filter_map(|key| match key {
            StateKey::EvmStorage(account, slot) if *account == owner => Some(*slot),
            _ => None,
        });
        Ok(slots.collect())
    }
}

impl Model {
    fn balance(&self, who: u8) -> U256 {
        self.balances.get(&who).copied().unwrap_or_default()
    }

    fn nonce(&self, who: u8) -> u64 {
        self.nonces.get(&who).copied().unwrap_or_default()
    }

    fn code(&self, who: u8) -> u8 {
        self.codes.get(&who).copied().unwrap_or_default()
    }

    fn has_storage(&self, initial: &Model, who: u8) -> bool {
        initial
            .slots
            .iter()
            .any(|((owner, _), value)| *owner == who && *value != 0)
    }

    fn transfer(&mut self, payer: u8, payee: u8, wei: U256) -> Result<(), TransferError> {
        let rest = self
            .balance(payer)
            .checked_sub(wei)
            .ok_or(TransferError::OutOfFunds)?;
        if payer != payee {
            let sum = self
                .balance(payee)
                .checked_add(wei)
                .ok_or(TransferError::Overflow)?;
            self.balances.insert(payer, rest);
            self.balances.insert(payee, sum);
        }
        Ok(())
    }

    /// Does what an operation says; the journal must answer the same.
    fn apply(&mut self, initial: &Model, op: &Op, journal: &mut Journal<'_>) {
        match *op {
            Op::SetBalance(who, wei) => {
                journal.set_balance(address(who), U256::from(wei)).unwrap();
                self.balances.insert(who, U256::from(wei));
            }
            Op::Transfer(payer, payee, wei) => {
                let wei = U256::from(wei);
                let got = journal
                    .transfer(address(payer), address(payee), wei)
                    .unwrap();
                assert_eq!(got, self.transfer(payer, payee, wei));
            }
            Op::SetNonce(who, nonce) => {
                journal.set_nonce(address(who), nonce).unwrap();
                self.nonces.insert(who, nonce);
            }
            Op::SetCode(who, which) => {
                let code = code(which);
                journal
                    .set_code(address(who), keccak256(&code), code)
                    .unwrap();
                self.codes.insert(who, which);
            }
            // Only a contract has storage, and a contract has a nonce (EIP-161).
            Op::SetSlot(who, ..) if self.nonce(who) == 0 => {}
            Op::SetSlot(who, slot, value) => {
                let change = journal
                    .set_slot(address(who), U256::from(slot), U256::from(value))
                    .unwrap();
                let before = self.slots.insert((who, slot), value).unwrap_or_default();
                assert_eq!(change.present, U256::from(before));
            }
            Op::AccessSlot(who, slot) => {
                let (value, warm) = journal.access_slot(address(who), U256::from(slot)).unwrap();
                let expected = self.slots.get(&(who, slot)).copied().unwrap_or_default();
                assert_eq!(value, U256::from(expected));
                assert_eq!(warm, !self.warm_slots.insert((who, slot)));
            }
            Op::Access(who) => {
                let before = journal.access(address(who)).unwrap();
                assert_eq!(before.flags.warm, !self.warm.insert(who));
            }
            Op::SetTransient(who, slot, value) => {
                journal.set_transient(address(who), U256::from(slot), U256::from(value));
                self.transient.insert((who, slot), value);
            }
            Op::Write(which, value) => {
                let bytes = value.map(|value| Value::from([value].as_slice()));
                journal.write(cell(which), bytes).unwrap();
                match value {
                    Some(value) => self.cells.insert(which, value),
                    None => self.cells.remove(&which),
                };
            }
            Op::Emit(which) => {
                journal.emit(log(which));
                self.logs.push(which);
            }
            Op::Create(creator, who, wei) => self.create(initial, journal, creator, who, wei),
            Op::SelfDestruct(who, heir, only_if_created) => {
                if self.balance(heir).checked_add(self.balance(who)).is_none() {
                    return;
                }
                let found = journal
                    .self_destruct(address(who), address(heir), only_if_created)
                    .unwrap();
                assert_eq!(found.had_value, !self.balance(who).is_zero());
                assert_eq!(found.again, self.destroyed.contains(&who));
                let destroy = self.created.contains(&who) || !only_if_created;
                if who != heir {
                    let sum = self.balance(heir) + self.balance(who);
                    self.balances.insert(heir, sum);
                }
                if destroy {
                    self.destroyed.insert(who);
                }
                if destroy || who != heir {
                    self.balances.insert(who, U256::ZERO);
                }
            }
            Op::Checkpoint | Op::Keep | Op::Revert => {}
        }
    }

    fn create(
        &mut self,
        initial: &Model,
        journal: &mut Journal<'_>,
        creator: u8,
        who: u8,
        wei: u64,
    ) {
        let wei = U256::from(wei);
        // A creation with slots already looked at cannot happen in the EVM:
        // nothing runs at an address without code.
        let touched = self
            .slots
            .keys()
            .chain(&self.warm_slots)
            .any(|(owner, _)| *owner == who);
        if touched || creator == who || self.balance(creator) < wei {
            return;
        }
        let checkpoint = journal.checkpoint();
        let created = journal
            .create_account(address(creator), address(who), wei, 1)
            .unwrap();
        let expected =
            if self.code(who) != 0 || self.nonce(who) != 0 || self.has_storage(initial, who) {
                Created::Collision
            } else if self.balance(who).checked_add(wei).is_none() {
                Created::Overflow
            } else {
                Created::Yes
            };
        assert_eq!(created, expected);
        if created == Created::Yes {
            self.transfer(creator, who, wei).unwrap();
            self.nonces.insert(who, 1);
            self.created.insert(who);
        } else {
            journal.revert(checkpoint);
        }
    }

    fn check(&self, journal: &mut Journal<'_>) {
        for who in 0..5 {
            let info = journal.account(address(who)).unwrap();
            assert_eq!(info.balance, self.balance(who));
            assert_eq!(info.nonce, self.nonce(who));
            assert_eq!(info.code_hash, keccak256(code(self.code(who))));
            assert_eq!(info.flags.warm, self.warm.contains(&who));
            assert_eq!(info.flags.created, self.created.contains(&who));
            assert_eq!(info.flags.destroyed, self.destroyed.contains(&who));
            for slot in 0..3 {
                let transient = self
                    .transient
                    .get(&(who, slot))
                    .copied()
                    .unwrap_or_default();
                let got = journal.transient(address(who), U256::from(slot));
                assert_eq!(got, U256::from(transient));
                let warm = journal.is_slot_warm(address(who), U256::from(slot));
                assert_eq!(warm, self.warm_slots.contains(&(who, slot)));
            }
        }
        for ((who, slot), value) in &self.slots {
            let got = journal.slot(address(*who), U256::from(*slot)).unwrap();
            assert_eq!(got, U256::from(*value));
        }
        for which in 0..4 {
            let expected = self
                .cells
                .get(&which)
                .map(|value| Value::from([*value].as_slice()));
            assert_eq!(journal.read(&cell(which)).unwrap(), expected);
        }
        let logs: Vec<_> = self.logs.iter().map(|which| log(*which).log).collect();
        assert_eq!(journal.logs(), logs);
    }

    /// The state as it would be written, with empty accounts cleared.
    fn world(&self) -> World {
        let mut world = World::new();
        for who in (0..5).filter(|who| !self.destroyed.contains(who)) {
            if !self.balance(who).is_zero() {
                world.insert(
                    StateKey::Balance(address(who)),
                    Value::word(self.balance(who)),
                );
            }
            let code_hash = keccak256(code(self.code(who)));
            let record = AccountRecord {
                nonce: self.nonce(who),
                code_hash,
            };
            if record != AccountRecord::default() {
                world.insert(StateKey::EvmAccount(address(who)), record.encode());
            }
        }
        for ((who, slot), value) in &self.slots {
            if *value != 0 && !self.destroyed.contains(who) {
                let key = StateKey::EvmStorage(address(*who), U256::from(*slot));
                world.insert(key, Value::word(U256::from(*value)));
            }
        }
        for (which, value) in &self.cells {
            world.insert(cell(*which), Value::from([*value].as_slice()));
        }
        world
    }
}

/// A model whose facts of one transaction are empty again.
fn settled(model: &Model) -> Model {
    let mut next = Model {
        balances: model.balances.clone(),
        nonces: model.nonces.clone(),
        codes: model.codes.clone(),
        slots: model.slots.clone(),
        cells: model.cells.clone(),
        ..Model::default()
    };
    for who in &model.destroyed {
        next.balances.remove(who);
        next.nonces.remove(who);
        next.codes.remove(who);
        next.slots.retain(|(owner, _), _| owner != who);
    }
    next
}

fn run_transaction(initial: &Model, ops: &[Op]) -> Model {
    let view = View(initial.world());
    let mut journal = Journal::new(&view);
    let mut model = initial.clone();
    let mut open: Vec<(Checkpoint, Model)> = Vec::new();
    for op in ops {
        match op {
            Op::Checkpoint => open.push((journal.checkpoint(), model.clone())),
            Op::Keep => {
                open.pop();
            }
            Op::Revert => {
                if let Some((checkpoint, before)) = open.pop() {
                    journal.revert(checkpoint);
                    model = before;
                }
            }
            op => model.apply(initial, op, &mut journal),
        }
        model.check(&mut journal);
    }
    let finished = journal.finish(true).unwrap();
    assert_eq!(
        finished.events,
        model
            .logs
            .iter()
            .map(|which| log(*which))
            .collect::<Vec<_>>()
    );
    let mut world = view.0;
    for (key, value) in finished.writes {
        if let StateKey::EvmCode(_) = key {
            continue;
        }
        assert_ne!(
            world.get(&key),
            value.as_ref(),
            "a write that changes nothing: {key:?}"
        );
        match value {
            Some(value) => world.insert(key, value),
            None => world.remove(&key),
        };
    }
    assert_eq!(world, model.world());
    settled(&model)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn journal_equals_naive_model(
        transactions in proptest::collection::vec(proptest::collection::vec(op(), 0..60), 1..4)
    ) {
        let mut model = Model::default();
        for ops in &transactions {
            model = run_transaction(&model, ops);
        }
    }
}
