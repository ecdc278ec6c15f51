//! The naive model's state, which is copied whole before each frame, and its events.

use super::{
    ACCOUNTS, CHILD_CODE, FIRST_MOVE_ACTOR, FIRST_SOLANA_ACTOR, Frame, LAST_MOVE_ACTOR, address,
    is_move, solana, stage,
};
use alloy_primitives::{Address, B256, Bytes, Log, LogData, U256, keccak256};
use alloy_sol_types::SolEvent;
use lumio_state::{AccountRecord, StateKey, Value};
use lumio_types::{AccountId, Event, EventOrigin, EvmForm, MoveEvent};
use lumio_vm_svm::account_key;
use std::collections::{BTreeMap, BTreeSet};

alloy_sol_types::sol! {
    event ProgramData(bytes32 indexed program, bytes[] data);
}

/// Wei for each lamport.
pub(super) const LAMPORT: u64 = 1_000_000_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// By actor and number.
    pub cells: BTreeMap<(u8, u8), u64>,
    /// The same when Move last wrote them: before a call of the EVM, or at a session's end.
    pub written: BTreeMap<(u8, u8), u64>,
    pub balances: BTreeMap<Address, U256>,
    pub nonces: BTreeMap<Address, u64>,
    /// Accounts whose EVM address is a hash, and was used.
    pub links: BTreeMap<Address, B256>,
    /// Contracts that actors have made.
    pub children: BTreeSet<Address>,
    /// Those of this transaction.
    pub created: BTreeSet<Address>,
    /// Those that will be gone after it.
    pub destroyed: BTreeSet<Address>,
    pub events: Vec<Event>,
    /// What is to be called at the end, and for whom.
    pub queue: Vec<(AccountId, Frame)>,
    /// How often anything was changed.
    pub changes: u64,
}

impl World {
    pub fn balance(&self, owner: Address) -> U256 {
        self.balances.get(&owner).copied().unwrap_or_default()
    }

    /// Whether it could be paid.
    pub fn pay(&mut self, from: Address, to: Address, wei: U256) -> bool {
        let Some(rest) = self.balance(from).checked_sub(wei) else {
            return false;
        };
        if from != to && !wei.is_zero() {
            self.changes += 1;
            self.balances.insert(from, rest);
            let sum = self.balance(to) + wei;
            self.balances.insert(to, sum);
        }
        true
    }

    pub fn cell(&self, actor: u8, key: u8) -> u64 {
        self.cells.get(&(actor, key)).copied().unwrap_or_default()
    }

    pub fn set(&mut self, actor: u8, key: u8, value: u64) {
        self.cells.insert((actor, key), value);
        if !is_move(actor) {
            self.changes += 1;
            self.written.insert((actor, key), value);
        }
    }

    /// A session writes what is another than it was.
    pub fn flush(&mut self) {
        if self.written != self.cells {
            self.changes += 1;
            self.written = self.cells.clone();
        }
    }

    pub fn link(&mut self, id: AccountId) {
        if let EvmForm::Alias(address) = id.evm_form()
            && self.links.insert(address, id.0).is_none()
        {
            self.changes += 1;
        }
    }

    pub fn emit(&mut self, event: Event) {
        self.changes += 1;
        self.events.push(event);
    }

    /// SELFDESTRUCT of a child.
    pub fn destroy(&mut self, child: Address, heir: Address) {
        self.changes += 1;
        let wei = self.balance(child);
        self.pay(child, heir, wei);
        if self.created.contains(&child) {
            self.destroyed.insert(child);
            // Its own heir loses what it has.
            self.balances.insert(child, U256::ZERO);
        }
    }

    /// The end of a transaction.
    pub fn settle(&mut self) {
        for child in core::mem::take(&mut self.destroyed) {
            self.balances.remove(&child);
            self.nonces.remove(&child);
            self.children.remove(&child);
        }
        self.created.clear();
        self.queue.clear();
        self.events.clear();
    }

    /// The state as it is kept.
    pub fn entries(&self) -> BTreeMap<StateKey, Value> {
        let mut entries = BTreeMap::new();
        for (owner, wei) in self.balances.iter().filter(|(_, wei)| !wei.is_zero()) {
            entries.insert(StateKey::Balance(*owner), Value::word(*wei));
        }
        for (owner, nonce) in self.nonces.iter().filter(|(_, nonce)| **nonce > 0) {
            let code_hash = self.code_hash(*owner);
            let nonce = *nonce;
            let record = AccountRecord { nonce, code_hash };
            entries.insert(StateKey::EvmAccount(*owner), record.encode());
        }
        for (address, id) in &self.links {
            let id = Value::from(id.as_slice());
            entries.insert(StateKey::Link(*address), id);
        }
        for actor in 0..FIRST_MOVE_ACTOR {
            entries.extend((0..4).filter_map(|key| {
                let value = U256::from(self.cell(actor, key));
                let key = StateKey::EvmStorage(address(actor), U256::from(key));
                (!value.is_zero()).then(|| (key, Value::word(value)))
            }));
        }
        for actor in FIRST_MOVE_ACTOR..=LAST_MOVE_ACTOR {
            entries.extend(stage::resource(self, actor));
        }
        for actor in FIRST_SOLANA_ACTOR..ACCOUNTS {
            let key = account_key(&solana::cells(actor));
            entries.insert(key, stage::cells(self, actor));
        }
        entries
    }

    fn code_hash(&self, owner: Address) -> B256 {
        if self.children.contains(&owner) {
            return keccak256(CHILD_CODE);
        }
        let is_actor = (0..FIRST_MOVE_ACTOR).any(|actor| address(actor) == owner);
        match is_actor {
            true => stage::actor_code_hash(),
            false => keccak256([]),
        }
    }

    /// All wei.
    pub fn supply(&self) -> U256 {
        let all = self.balances.values();
        all.fold(U256::ZERO, |sum, wei| sum + wei)
    }
}

/// An event of a contract.
pub(super) fn log(address: Address, data: LogData) -> Event {
    Event {
        origin: EventOrigin::Evm,
        log: Log { address, data },
    }
}

/// An event of a module, by the name of its type.
pub(super) fn move_event(owner: AccountId, name: &str, data: Vec<u8>) -> Event {
    let text = owner.0.to_string();
    let canonical = format!("{}::{name}", &text[2..]);
    let short = format!("0x{}", text[2..].trim_start_matches('0'));
    let (_, last) = owner.0.split_at(12);
    let topics = vec![keccak256(canonical)];
    Event {
        origin: EventOrigin::Move(MoveEvent {
            type_tag: format!("{short}::{name}").into(),
            handle: None,
        }),
        log: Log {
            address: Address::from_slice(last),
            data: LogData::new_unchecked(topics, Bytes::from(data)),
        },
    }
}

/// The event of a program that logs data.
pub(super) fn program_log(actor: u8, data: &[u8]) -> Event {
    let program = solana::program_id(actor);
    let event = ProgramData {
        program: program.0,
        data: vec![Bytes::copy_from_slice(data)],
    };
    Event {
        origin: EventOrigin::Svm,
        log: Log {
            address: program.evm_address(),
            data: event.encode_log_data(),
        },
    }
}

/// The balance that an actor looks at.
pub(super) fn watched(seed: u8) -> Address {
    address(seed % ACCOUNTS)
}

/// The number of an account, as an actor of Move has it.
pub(super) fn word_in_move(id: AccountId) -> U256 {
    U256::from_le_bytes(id.0.0)
}

/// The framework's account.
pub(super) fn framework() -> AccountId {
    AccountId(B256::with_last_byte(1))
}
