//! Programs that are verified and compiled, by the bytes that they were made of.
//!
//! **Invariant:** an entry is used for a program only if the account that holds its code has the
//! very bytes of which the entry was made. So neither a revert nor a reorganisation leaves a
//! program behind that the state does not have.

use alloy_primitives::map::HashMap;
use lumio_state::{Fault, Journal, Value};
use parking_lot::Mutex;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_program_runtime::{
    loaded_programs::{ProgramCacheForTxBatch, ProgramRuntimeEnvironment},
    program_cache_entry::{
        DELAY_VISIBILITY_SLOT_OFFSET, ProgramCacheEntry, ProgramCacheEntryOwner,
        ProgramCacheEntryType,
    },
    program_metrics::LoadProgramMetrics,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, bpf_loader_deprecated, bpf_loader_upgradeable};
use std::sync::Arc;

use crate::account::{Record, account_key};

/// Bytes of code that stay compiled, before compilation.
const MAX_BYTES: usize = 256 << 20;
/// Versions of one program that stay compiled: a reorganisation may bring the last one back.
const MAX_VERSIONS: usize = 4;

/// Compiled programs, shared between threads.
#[derive(Default)]
pub(crate) struct Programs(Mutex<Compiled>);

impl std::fmt::Debug for Programs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Programs").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Compiled {
    versions: HashMap<Pubkey, Vec<Version>>,
    bytes: usize,
}

struct Version {
    loader: Pubkey,
    code: Value,
    entry: Arc<ProgramCacheEntry>,
}

impl Version {
    fn is_of(&self, loader: &Pubkey, code: &Value) -> bool {
        self.loader == *loader && self.code == *code
    }
}

/// The code of a program.
struct Code {
    /// The record of the account that holds it.
    record: Value,
    /// Where it begins in that account's data.
    offset: usize,
    /// When it was deployed.
    slot: u64,
}

impl Programs {
    /// Puts the program of an account in a transaction's cache, if the account belongs to a
    /// loader.
    pub(crate) fn provide(
        &self,
        journal: &mut Journal<'_>,
        environment: &ProgramRuntimeEnvironment,
        batch: &mut ProgramCacheForTxBatch,
        key: &Pubkey,
        account: &AccountSharedData,
    ) -> Result<(), Fault> {
        let loader = *account.owner();
        let owner = match ProgramCacheEntryOwner::try_from(&loader) {
            Ok(ProgramCacheEntryOwner::NativeLoader) | Err(()) => return Ok(()),
            Ok(owner) => owner,
        };
        let slot = batch.slot();
        let entry = match code_of(journal, key, account)? {
            None => {
                let reason = ProgramCacheEntryType::Closed;
                Arc::new(ProgramCacheEntry::new_tombstone(slot, owner, reason))
            }
            Some(code) => {
                let made = Made {
                    environment,
                    loader,
                    owner,
                    deployed: code.slot,
                    record: &code.record,
                };
                self.version(key, &made, |record| {
                    let record = Record::decode(key, record)?;
                    Ok(record.data.get(code.offset..).unwrap_or_default())
                })?
            }
        };
        batch.replenish(*key, entry);
        Ok(())
    }

    fn version(
        &self,
        key: &Pubkey,
        made: &Made<'_>,
        elf: impl for<'r> Fn(&'r Value) -> Result<&'r [u8], Fault>,
    ) -> Result<Arc<ProgramCacheEntry>, Fault> {
        let found = {
            let compiled = self.0.lock();
            let versions = compiled.versions.get(key).map(Vec::as_slice);
            let mut versions = versions.unwrap_or_default().iter();
            let version = versions.find(|version| version.is_of(&made.loader, made.record));
            version.map(|version| version.entry.clone())
        };
        if let Some(entry) = found {
            return Ok(entry);
        }
        // Outside the lock: two threads may both compile, and one of the two results stays.
        let entry = Arc::new(made.compile(elf(made.record)?));
        self.0.lock().keep(*key, made, entry.clone());
        Ok(entry)
    }
}

/// What a version is made of.
struct Made<'a> {
    environment: &'a ProgramRuntimeEnvironment,
    loader: Pubkey,
    owner: ProgramCacheEntryOwner,
    deployed: u64,
    record: &'a Value,
}

impl Made<'_> {
    fn compile(&self, elf: &[u8]) -> ProgramCacheEntry {
        ProgramCacheEntry::new(
            &self.loader,
            self.environment.clone(),
            self.deployed,
            self.deployed.saturating_add(DELAY_VISIBILITY_SLOT_OFFSET),
            elf,
            self.record.len(),
            &mut LoadProgramMetrics::default(),
        )
        .unwrap_or_else(|_| {
            let reason = ProgramCacheEntryType::FailedVerification(self.environment.clone());
            ProgramCacheEntry::new_tombstone(self.deployed, self.owner, reason)
        })
    }
}

impl Compiled {
    fn keep(&mut self, key: Pubkey, made: &Made<'_>, entry: Arc<ProgramCacheEntry>) {
        let size = made.record.len();
        if self.bytes.saturating_add(size) > MAX_BYTES {
            self.versions.clear();
            self.bytes = 0;
        }
        let versions = self.versions.entry(key).or_default();
        let present = |version: &Version| version.is_of(&made.loader, made.record);
        if versions.iter().any(present) {
            return;
        }
        if versions.len() >= MAX_VERSIONS {
            let oldest = versions.remove(0);
            self.bytes = self.bytes.saturating_sub(oldest.code.len());
        }
        self.bytes = self.bytes.saturating_add(size);
        versions.push(Version {
            loader: made.loader,
            code: made.record.clone(),
            entry,
        });
    }
}

/// The account that holds the code of an upgradeable program.
pub(crate) fn programdata_of(account: &AccountSharedData) -> Option<Pubkey> {
    if !bpf_loader_upgradeable::check_id(account.owner()) {
        return None;
    }
    match state(account.data()) {
        Some(State::Program { holder }) => Some(holder),
        _ => None,
    }
}

/// Finds a program's code: in its own account, or in the one that it points to. None if the account
/// is a loader's, but no program.
fn code_of(
    journal: &mut Journal<'_>,
    key: &Pubkey,
    account: &AccountSharedData,
) -> Result<Option<Code>, Fault> {
    let owner = account.owner();
    if bpf_loader::check_id(owner) || bpf_loader_deprecated::check_id(owner) {
        let record = journal.read(&account_key(key))?;
        return Ok(record.map(|record| Code {
            record,
            offset: 0,
            slot: 0,
        }));
    }
    // Of loader v4, which Solana has given up, the runtime has nothing that would run a program.
    let Some(holder) = programdata_of(account) else {
        return Ok(None);
    };
    let Some(record) = journal.read(&account_key(&holder))? else {
        return Ok(None);
    };
    let decoded = Record::decode(&holder, &record)?;
    if !bpf_loader_upgradeable::check_id(&decoded.owner) {
        return Ok(None);
    }
    Ok(match state(decoded.data) {
        Some(State::Programdata { slot }) => Some(Code {
            record,
            offset: UpgradeableLoaderState::size_of_programdata_metadata(),
            slot,
        }),
        _ => None,
    })
}

/// The state of an account of the upgradeable loader, as far as it concerns programs: a tag of four
/// bytes, then an address or a slot.
enum State {
    Program { holder: Pubkey },
    Programdata { slot: u64 },
}

fn state(data: &[u8]) -> Option<State> {
    let (tag, rest) = data.split_first_chunk::<4>()?;
    match u32::from_le_bytes(*tag) {
        2 => Some(State::Program {
            holder: Pubkey::new_from_array(*rest.first_chunk::<32>()?),
        }),
        3 => {
            let (slot, rest) = rest.split_first_chunk::<8>()?;
            let slot = u64::from_le_bytes(*slot);
            // Then the authority, if there is one.
            let is_whole = match rest.first()? {
                0 => true,
                1 => rest.len() > 32,
                _ => false,
            };
            is_whole.then_some(State::Programdata { slot })
        }
        _ => None,
    }
}
