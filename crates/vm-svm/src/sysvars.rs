//! Sysvars: what programs see of the block. They are accounts whose data no transaction writes;
//! here they are made from the block's context and the recent blockhashes that the chain keeps.

use lumio_state::{Fault, Journal, StateKey, Value};
use lumio_vm_bus::BlockContext;
use solana_account::{AccountSharedData, WritableAccount};
use solana_clock::Clock;
use solana_epoch_schedule::EpochSchedule;
use solana_hash::Hash;
use solana_program_runtime::sysvar_cache::SysvarCache;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::sysvar;
use solana_slot_hashes::SlotHashes;
#[allow(deprecated, reason = "programs with durable nonces still name it")]
use solana_sysvar::recent_blockhashes::{self, IterItem, RecentBlockhashes};

use crate::{account::RENT_EPOCH, prices::LAMPORTS_PER_SIGNATURE, replay};

/// Blocks after which a transaction that names a blockhash can no longer be included.
pub const MAX_BLOCKHASH_AGE: usize = 150;

/// The record of recent blockhashes.
const RECORD: &[u8] = b"svm/blockhashes";
/// A slot and the hash of its block.
const ENTRY: usize = 40;
/// `EpochRewards` where no rewards are paid.
const NO_EPOCH_REWARDS: [u8; 81] = [0; 81];
/// An empty `StakeHistory`, or slot 0 as the `LastRestartSlot`.
const ZERO: [u8; 8] = [0; 8];

/// The sysvars of a block.
#[derive(Debug)]
pub(crate) struct Sysvars {
    pub(crate) slot: u64,
    pub(crate) rent: Rent,
    pub(crate) slot_hashes: SlotHashes,
    pub(crate) cache: SysvarCache,
    accounts: Vec<(Pubkey, AccountSharedData)>,
}

/// All that sysvars depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    slot: u64,
    timestamp: i64,
    /// Hashes of the latest blocks, newest first.
    hashes: Value,
}

impl Facts {
    /// The facts of a block, whether the chain has noted its parent already or not.
    pub(crate) fn read(journal: &mut Journal<'_>, block: &BlockContext) -> Result<Self, Fault> {
        let known = journal.read(&StateKey::System(RECORD.into()))?;
        let known = known.unwrap_or_else(|| Value::from([].as_slice()));
        let parent = block.number.checked_sub(1);
        let newest = entries(&known).next().map(|(slot, _)| slot);
        let hashes = match parent {
            Some(parent) if newest.is_none_or(|newest| newest < parent) => {
                let mut bytes = Vec::with_capacity(known.len().saturating_add(ENTRY));
                bytes.extend(parent.to_be_bytes());
                bytes.extend_from_slice(block.parent_hash.as_slice());
                bytes.extend_from_slice(&known);
                bytes.truncate(MAX_BLOCKHASH_AGE.saturating_mul(ENTRY));
                Value::from(alloy_primitives::Bytes::from(bytes))
            }
            _ => known,
        };
        Ok(Self {
            slot: block.number,
            timestamp: i64::try_from(block.timestamp).unwrap_or(i64::MAX),
            hashes,
        })
    }

    /// Notes the parent's hash, once for each block, and forgets what the block of the oldest one
    /// had in it.
    pub(crate) fn write(self, journal: &mut Journal<'_>) -> Result<(), Fault> {
        let record = StateKey::System(RECORD.into());
        if let Some(known) = journal.read(&record)? {
            for (slot, hash) in entries(&known) {
                if !self.is_recent(&hash) {
                    replay::forget(journal, slot)?;
                }
            }
        }
        journal.write(record, Some(self.hashes))
    }

    /// The latest blockhash: of the parent.
    pub(crate) fn blockhash(&self) -> Hash {
        let newest = entries(&self.hashes).next();
        newest.map(|(_, hash)| hash).unwrap_or_default()
    }

    /// Whether a transaction may name a blockhash.
    pub(crate) fn is_recent(&self, blockhash: &Hash) -> bool {
        entries(&self.hashes).any(|(_, hash)| hash == *blockhash)
    }
}

/// Slots and their blocks' hashes.
fn entries(hashes: &[u8]) -> impl Iterator<Item = (u64, Hash)> {
    hashes.chunks_exact(ENTRY).filter_map(|entry| {
        let (slot, hash) = entry.split_first_chunk::<8>()?;
        let hash: [u8; 32] = hash.try_into().ok()?;
        Some((u64::from_be_bytes(*slot), Hash::new_from_array(hash)))
    })
}

impl Sysvars {
    /// # Errors
    /// When a sysvar cannot be serialised: a bug.
    pub(crate) fn new(facts: &Facts) -> Result<Self, Fault> {
        let schedule = EpochSchedule::without_warmup();
        let epoch = schedule.get_epoch(facts.slot);
        let clock = Clock {
            slot: facts.slot,
            epoch_start_timestamp: facts.timestamp,
            epoch,
            leader_schedule_epoch: schedule.get_leader_schedule_epoch(facts.slot),
            unix_timestamp: facts.timestamp,
        };
        let rent = Rent::default();
        let hashes: Vec<_> = entries(&facts.hashes).collect();
        let slot_hashes = SlotHashes::new(&hashes);
        #[allow(deprecated, reason = "programs with durable nonces still name it")]
        let recent: RecentBlockhashes = hashes
            .iter()
            .map(|(slot, hash)| IterItem(*slot, hash, LAMPORTS_PER_SIGNATURE))
            .collect();

        let mut accounts = Vec::new();
        let mut add = |key: Pubkey, mut data: Vec<u8>, size: usize| {
            data.resize(data.len().max(size), 0);
            let mut account = AccountSharedData::new(0, 0, &sysvar::id());
            account.set_data_from_slice(&data);
            account.set_rent_epoch(RENT_EPOCH);
            accounts.push((key, account));
        };
        add(sysvar::clock::id(), encode(&clock)?, 0);
        add(sysvar::rent::id(), encode(&rent)?, 0);
        add(sysvar::epoch_schedule::id(), encode(&schedule)?, 0);
        let size = solana_slot_hashes::SIZE;
        add(sysvar::slot_hashes::id(), encode(&slot_hashes)?, size);
        #[allow(deprecated, reason = "programs with durable nonces still name it")]
        let size = recent_blockhashes::SIZE;
        add(sysvar::recent_blockhashes::id(), encode(&recent)?, size);
        add(sysvar::epoch_rewards::id(), NO_EPOCH_REWARDS.to_vec(), 0);
        add(sysvar::stake_history::id(), ZERO.to_vec(), 0);
        add(sysvar::last_restart_slot::id(), ZERO.to_vec(), 0);

        let mut cache = SysvarCache::default();
        cache.fill_missing_entries(|key, set| {
            if let Some((_, account)) = accounts.iter().find(|(known, _)| known == key) {
                set(solana_account::ReadableAccount::data(account));
            }
        });
        Ok(Self {
            slot: facts.slot,
            rent,
            slot_hashes,
            cache,
            accounts,
        })
    }

    /// A sysvar as an account with so many lamports. None if the key is no sysvar's.
    pub(crate) fn account(&self, key: &Pubkey, lamports: u64) -> Option<AccountSharedData> {
        let (_, account) = self.accounts.iter().find(|(known, _)| known == key)?;
        let mut account = account.clone();
        account.set_lamports(lamports);
        Some(account)
    }

    /// The keys of all sysvars that are accounts.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Pubkey> {
        self.accounts.iter().map(|(key, _)| key)
    }
}

fn encode(sysvar: &impl serde::Serialize) -> Result<Vec<u8>, Fault> {
    bincode::serialize(sysvar).map_err(|error| Fault::Bug(format!("a sysvar: {error}")))
}
