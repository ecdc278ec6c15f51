//! The journal: every change of a transaction, in all VMs, on one undo log.
//!
//! ```text
//! read ──► cell (value before, value now) ──► write: push undo, change cell
//! checkpoint = (length of the undo log, number of logs)
//! revert     = pop undo entries down to the checkpoint, newest first
//! ```
//!
//! The wei ledger and the EVM's namespaces have typed cells, because the EVM
//! asks for them at every step; all other keys have cells of opaque bytes.
//! There is no second copy of anything: what one VM writes, the next one reads.
//!
//! Fees can be put aside ([`Journal::deferring_credits`]): many transactions pay one account, and
//! adding commutes, so that none of them need know what that account has.
//!
//! **Invariant:** a cell changes only together with a pushed undo entry, so
//! that a revert restores all of the state, warmth and transience included.

mod account;
mod finish;
mod ledger;
mod storage;
mod tables;
mod undo;

pub use account::{AccountFlags, AccountInfo, Created, LoadedAccount, SelfDestruct};
pub use finish::Finished;
pub use ledger::TransferError;
pub use storage::SlotChange;

use crate::{Fault, StateKey, StateView, Value};
use account::AccountCell;
use alloc::{format, vec::Vec};
use alloy_primitives::{
    Address, B256, Bytes, Log, U256,
    map::{AddressMap, B256Map, HashMap},
};
use core::fmt;
use hashbrown::hash_map::EntryRef;
use lumio_types::{Event, EventOrigin};
use tables::{Cells, Tables};
use undo::Undo;

/// A point in a transaction to which it can go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Length of the undo log.
    pub undo: usize,
    /// Number of logs.
    pub logs: usize,
}

/// The changes of one transaction over a view of the state before it.
pub struct Journal<'v> {
    view: &'v dyn StateView,
    accounts: AddressMap<AccountCell>,
    codes: B256Map<Bytes>,
    transient: HashMap<(Address, U256), U256>,
    cells: Cells,
    logs: Vec<Log>,
    origins: Vec<EventOrigin>,
    undo: Vec<Undo>,
    /// Wei that were put aside for accounts without a cell; none unless credits are deferred.
    credits: Vec<(Address, U256)>,
    /// Accounts for which they may be.
    deferred: &'v [Address],
    ripemd_touched: bool,
}

/// A value of opaque bytes.
#[derive(Clone, Debug)]
struct Cell {
    /// Before the transaction.
    original: Option<Value>,
    /// What was written last, if anything was.
    written: Option<Option<Value>>,
}

impl Cell {
    fn present(&self) -> &Option<Value> {
        self.written.as_ref().unwrap_or(&self.original)
    }
}

impl<'v> Journal<'v> {
    /// A journal without changes.
    pub fn new(view: &'v dyn StateView) -> Self {
        let Tables {
            accounts,
            cells,
            undo,
        } = Tables::take();
        Self {
            view,
            accounts,
            codes: B256Map::default(),
            transient: HashMap::default(),
            cells,
            logs: Vec::new(),
            origins: Vec::new(),
            undo,
            credits: Vec::new(),
            deferred: &[],
            ripemd_touched: false,
        }
    }

    /// The same, but what is [credited](Self::credit) to one of these accounts is told apart from
    /// what the transaction writes, unless it looks at that account otherwise. For rules that clear
    /// empty accounts, and accounts that are not there and empty: those would be cleared when they
    /// are touched.
    #[must_use]
    pub const fn deferring_credits(mut self, owners: &'v [Address]) -> Self {
        self.deferred = owners;
        self
    }

    /// The state before the transaction.
    pub const fn view(&self) -> &'v dyn StateView {
        self.view
    }

    /// Where the transaction is now.
    pub const fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            undo: self.undo.len(),
            logs: self.logs.len(),
        }
    }

    /// Undoes everything since a checkpoint, in every VM. A checkpoint that is
    /// not behind the present changes nothing.
    pub fn revert(&mut self, to: Checkpoint) {
        self.logs.truncate(to.logs);
        self.origins.truncate(to.logs);
        while self.undo.len() > to.undo {
            if let Some(entry) = self.undo.pop() {
                self.take_back(entry);
            }
        }
    }

    /// Whether state or events have changed since a checkpoint, warmth aside.
    pub fn changed_since(&self, checkpoint: Checkpoint) -> bool {
        let undo = self.undo.get(checkpoint.undo..).unwrap_or_default();
        self.logs.len() > checkpoint.logs || undo.iter().any(|entry| entry.changes_state(self))
    }

    /// The value of a key now.
    ///
    /// # Errors
    /// When the view fails.
    pub fn read(&mut self, key: &StateKey) -> Result<Option<Value>, Fault> {
        match key {
            StateKey::Balance(owner) => Ok(nonzero(self.balance(*owner)?)),
            StateKey::EvmStorage(owner, slot) => Ok(nonzero(self.slot(*owner, *slot)?)),
            StateKey::EvmAccount(owner) => Ok(self.load(*owner)?.record().map(|r| r.encode())),
            StateKey::EvmCode(hash) => {
                let code = self.code(*hash)?;
                Ok((!code.is_empty()).then(|| Value::from(code)))
            }
            StateKey::Link(_)
            | StateKey::MoveResource(..)
            | StateKey::MoveModule(..)
            | StateKey::MoveTableItem(..)
            | StateKey::SvmAccount(_)
            | StateKey::SvmMessage(_)
            | StateKey::System(_) => Ok(self.cell(key)?.present().clone()),
        }
    }

    /// The same of a key of opaque bytes, without another hold on them.
    ///
    /// # Errors
    /// When the view fails, or when the key is one of the EVM's.
    pub fn read_bytes(&mut self, key: &StateKey) -> Result<Option<&Value>, Fault> {
        match key {
            StateKey::Balance(_)
            | StateKey::EvmStorage(..)
            | StateKey::EvmAccount(_)
            | StateKey::EvmCode(_) => Err(Fault::Bug(format!("{key:?} is no key of bytes"))),
            StateKey::Link(_)
            | StateKey::MoveResource(..)
            | StateKey::MoveModule(..)
            | StateKey::MoveTableItem(..)
            | StateKey::SvmAccount(_)
            | StateKey::SvmMessage(_)
            | StateKey::System(_) => Ok(self.cell(key)?.present().as_ref()),
        }
    }

    /// Sets or deletes the value of a key.
    ///
    /// # Errors
    /// When the view fails, or when an account record or code is written past
    /// the functions that keep both together.
    pub fn write(&mut self, key: StateKey, value: Option<Value>) -> Result<(), Fault> {
        match key {
            StateKey::Balance(owner) => self.set_balance(owner, word(value)?),
            StateKey::EvmStorage(owner, slot) => {
                self.set_slot(owner, slot, word(value)?).map(|_| ())
            }
            StateKey::EvmAccount(_) | StateKey::EvmCode(_) => Err(Fault::Bug(
                "an EVM account must be changed by set_nonce and set_code".into(),
            )),
            StateKey::Link(_)
            | StateKey::MoveResource(..)
            | StateKey::MoveModule(..)
            | StateKey::MoveTableItem(..)
            | StateKey::SvmAccount(_)
            | StateKey::SvmMessage(_)
            | StateKey::System(_) => {
                let cell = self.cell(&key)?;
                let old = cell.written.replace(value);
                self.undo.push(Undo::Cell(key, old));
                Ok(())
            }
        }
    }

    /// Appends an event to the one list of the transaction.
    pub fn emit(&mut self, event: Event) {
        self.logs.push(event.log);
        self.origins.push(event.origin);
    }

    /// The logs of all VMs so far.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// An event by its number, with where it comes from.
    pub fn event(&self, number: usize) -> Option<(&Log, &EventOrigin)> {
        Some((self.logs.get(number)?, self.origins.get(number)?))
    }

    /// The keys of opaque bytes that were written since a checkpoint; some more than once.
    pub fn keys_written_since(&self, checkpoint: Checkpoint) -> impl Iterator<Item = &StateKey> {
        let undo = self.undo.get(checkpoint.undo..).unwrap_or_default();
        undo.iter().filter_map(Undo::cell)
    }

    /// Bytecode by its hash; empty if there is none.
    ///
    /// # Errors
    /// When the view fails.
    pub fn code(&self, hash: B256) -> Result<Bytes, Fault> {
        if hash == crate::EMPTY_CODE_HASH || hash.is_zero() {
            return Ok(Bytes::new());
        }
        if let Some(code) = self.codes.get(&hash) {
            return Ok(code.clone());
        }
        let code = self.view.get(&StateKey::EvmCode(hash))?;
        Ok(code.map(|value| value.to_bytes()).unwrap_or_default())
    }

    /// A word of transient storage (EIP-1153). Zero at the start.
    pub fn transient(&self, owner: Address, slot: U256) -> U256 {
        self.transient
            .get(&(owner, slot))
            .copied()
            .unwrap_or_default()
    }

    /// Sets a word of transient storage.
    pub fn set_transient(&mut self, owner: Address, slot: U256, value: U256) {
        let old = self
            .transient
            .insert((owner, slot), value)
            .unwrap_or_default();
        if old != value {
            self.undo.push(Undo::Transient(owner, slot, old));
        }
    }

    fn cell(&mut self, key: &StateKey) -> Result<&mut Cell, Fault> {
        match self.cells.entry_ref(key) {
            EntryRef::Occupied(entry) => Ok(entry.into_mut()),
            EntryRef::Vacant(entry) => Ok(entry.insert(Cell {
                original: self.view.get(key)?,
                written: None,
            })),
        }
    }
}

impl fmt::Debug for Journal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("accounts", &self.accounts.len())
            .field("cells", &self.cells.len())
            .field("logs", &self.logs.len())
            .field("undo", &self.undo.len())
            .finish_non_exhaustive()
    }
}

/// Zero is the absence of a word.
fn nonzero(word: U256) -> Option<Value> {
    (!word.is_zero()).then(|| Value::word(word))
}

fn word(value: Option<Value>) -> Result<U256, Fault> {
    match value {
        None => Ok(U256::ZERO),
        Some(value) => value
            .as_word()
            .ok_or_else(|| Fault::Bug(format!("not a 256-bit word: {value:?}"))),
    }
}
