//! The Solana VM: settings that are the same on every chain, and caches keyed by content.

use agave_feature_set::{FeatureSet, raise_cpi_nesting_limit_to_8};
use agave_reserved_account_keys::ReservedAccountKeys;
use alloy_primitives::B256;
use litesvm::LiteSVM;
use lumio_state::{Fault, Journal, WriteSet};
use lumio_vm_bus::BlockContext;
use parking_lot::Mutex;
use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_program_runtime::{
    execution_budget::SVMTransactionExecutionBudget,
    invoke_context::BuiltinFunctionRegisterer,
    loaded_programs::{ProgramCacheForTxBatch, ProgramRuntimeEnvironments},
    program_cache_entry::ProgramCacheEntry,
    solana_sbpf::program::BuiltinFunctionDefinition,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{
    bpf_loader, bpf_loader_deprecated, bpf_loader_upgradeable, compute_budget, native_loader,
    system_program,
};
use solana_svm::account_loader::PROGRAM_OWNERS;
use solana_svm_feature_set::SVMFeatureSet;
use std::{collections::HashSet, sync::Arc};

use crate::{
    account::RENT_EPOCH,
    crossing::{self, CROSS_VM},
    environment::environment,
    precompiles::PRECOMPILES,
    programs::Programs,
    replay,
    sysvars::{Facts, Sysvars},
};

/// The programs that are part of the runtime: their keys, names and code.
pub(crate) const BUILTINS: [(Pubkey, &str, BuiltinFunctionRegisterer); 6] = [
    (
        system_program::ID,
        "system_program",
        solana_system_program::system_processor::Entrypoint::register,
    ),
    (
        bpf_loader_deprecated::ID,
        "solana_bpf_loader_deprecated_program",
        solana_bpf_loader_program::Entrypoint::register,
    ),
    (
        bpf_loader::ID,
        "solana_bpf_loader_program",
        solana_bpf_loader_program::Entrypoint::register,
    ),
    (
        bpf_loader_upgradeable::ID,
        "solana_bpf_loader_upgradeable_program",
        solana_bpf_loader_program::Entrypoint::register,
    ),
    (
        compute_budget::ID,
        "compute_budget_program",
        solana_compute_budget_program::Entrypoint::register,
    ),
    (CROSS_VM, "cross_vm_program", crossing::Entrypoint::register),
];

/// The accounts of the runtime's programs, without lamports.
pub(crate) fn natives() -> impl Iterator<Item = (Pubkey, AccountSharedData)> {
    let builtins = BUILTINS.iter().map(|(key, name, _)| (*key, *name));
    let all = builtins.chain(PRECOMPILES);
    all.map(|(key, name)| {
        let mut account = AccountSharedData::new(0, 0, &native_loader::id());
        account.set_data_from_slice(name.as_bytes());
        account.set_executable(true);
        account.set_rent_epoch(RENT_EPOCH);
        (key, account)
    })
}

/// The Solana VM. Holds settings and caches keyed by content, no state; cheap to clone, and to
/// share between threads.
#[derive(Clone, Debug)]
pub struct SvmVm(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    programs: Programs,
    block: Mutex<Option<(Id, Arc<Block>)>>,
}

/// What never changes.
pub(crate) struct Settings {
    pub(crate) features: FeatureSet,
    pub(crate) runtime_features: SVMFeatureSet,
    pub(crate) environments: ProgramRuntimeEnvironments,
    /// Limits of a run whose compute units are not limited otherwise.
    pub(crate) budget: SVMTransactionExecutionBudget,
    /// Accounts that no transaction may write.
    pub(crate) reserved: HashSet<Pubkey>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// Which block it is. The parent's hash commits to the state that holds the recent blockhashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Id {
    number: u64,
    timestamp: u64,
    parent_hash: B256,
}

/// What all transactions of a block share.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) facts: Facts,
    pub(crate) sysvars: Sysvars,
    builtins: Vec<(Pubkey, Arc<ProgramCacheEntry>)>,
    /// The accounts of the runtime's programs. Only their lamports can change.
    natives: Vec<(Pubkey, AccountSharedData)>,
    /// First bytes of the addresses that only the runtime makes: most others have none of them.
    first_bytes: [bool; 256],
}

impl Block {
    /// A cache of programs for one run, with those of the runtime in it that can be asked for: all,
    /// if one of the accounts may be a loader's program, which can invoke what it likes; else those
    /// among the accounts. Threads count together who has each of them, so that it takes time to
    /// have more.
    pub(crate) fn programs(
        &self,
        accounts: &[(Pubkey, AccountSharedData)],
    ) -> ProgramCacheForTxBatch {
        let mut programs = ProgramCacheForTxBatch::new(self.sysvars.slot);
        let mut owners = accounts.iter().map(|(_, account)| account.owner());
        let has_code = owners.any(|owner| PROGRAM_OWNERS.contains(owner));
        let is_asked = |builtin| has_code || accounts.iter().any(|(key, _)| key == builtin);
        for (key, entry) in self.builtins.iter().filter(|(key, _)| is_asked(key)) {
            programs.replenish(*key, entry.clone());
        }
        programs
    }

    /// An account with so many lamports that only the runtime makes: a sysvar, or a program that is
    /// part of it. None if it is another one.
    pub(crate) fn account(&self, key: &Pubkey, lamports: u64) -> Option<AccountSharedData> {
        let first = key.as_ref().first().copied().unwrap_or_default();
        if !self
            .first_bytes
            .get(usize::from(first))
            .is_none_or(|is| *is)
        {
            return None;
        }
        let mut natives = self.natives.iter();
        let Some((_, account)) = natives.find(|(known, _)| known == key) else {
            return self.sysvars.account(key, lamports);
        };
        let mut account = account.clone();
        account.set_lamports(lamports);
        Some(account)
    }
}

impl Settings {
    fn new() -> Result<Self, Fault> {
        let features = LiteSVM::mainnet_feature_set();
        let runtime_features = features.runtime_features();
        let is_deep = features.is_active(&raise_cpi_nesting_limit_to_8::ID);
        let budget = SVMTransactionExecutionBudget::new_with_defaults(is_deep);
        let environment = environment(&runtime_features, &budget)?;
        let mut reserved = ReservedAccountKeys::default();
        reserved.update_active_set(&features);
        Ok(Self {
            environments: ProgramRuntimeEnvironments::new(environment.clone(), environment),
            runtime_features,
            budget,
            reserved: reserved.active,
            features,
        })
    }
}

impl SvmVm {
    /// The Solana VM, with the features that are active on Solana's main network.
    ///
    /// # Errors
    /// When the runtime's own parts do not fit each other: a bug.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self(Arc::new(Parts {
            settings: Settings::new()?,
            programs: Programs::default(),
            block: Mutex::default(),
        })))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn programs(&self) -> &Programs {
        &self.0.programs
    }

    /// What transactions of a block share; made anew only if it differs from the last one's.
    pub(crate) fn block(
        &self,
        journal: &mut Journal<'_>,
        context: &BlockContext,
    ) -> Result<Arc<Block>, Fault> {
        let id = Id {
            number: context.number,
            timestamp: context.timestamp,
            parent_hash: context.parent_hash,
        };
        if let Some((last, block)) = &*self.0.block.lock()
            && *last == id
        {
            return Ok(block.clone());
        }
        let facts = Facts::read(journal, context)?;
        let sysvars = Sysvars::new(&facts)?;
        let builtins = BUILTINS.map(|(key, name, register)| {
            let entry = ProgramCacheEntry::new_builtin(0, name.len(), register);
            (key, Arc::new(entry))
        });
        let mut first_bytes = [false; 256];
        let made = BUILTINS.iter().map(|(key, ..)| key);
        let made = made.chain(PRECOMPILES.iter().map(|(key, _)| key));
        for key in made.chain(sysvars.keys()) {
            let first = key.as_ref().first().copied().unwrap_or_default();
            if let Some(is) = first_bytes.get_mut(usize::from(first)) {
                *is = true;
            }
        }
        let block = Arc::new(Block {
            facts,
            sysvars,
            builtins: builtins.into(),
            natives: natives().collect(),
            first_bytes,
        });
        *self.0.block.lock() = Some((id, block.clone()));
        Ok(block)
    }

    /// Notes what Solana's programs are told of the block: the hash of its parent. To be called
    /// once, before the block's transactions.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn begin_block(
        &self,
        journal: &mut Journal<'_>,
        context: &BlockContext,
    ) -> Result<(), Fault> {
        Facts::read(journal, context)?.write(journal)
    }

    /// What the end of a block adds to everything that it has changed, its beginning included: the
    /// list of its transactions, by which they are forgotten when they cannot come again.
    pub fn end_block(number: u64, writes: &mut WriteSet) {
        replay::list(number, writes);
    }
}
