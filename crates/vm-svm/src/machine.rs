//! The Solana VM: settings that are the same on every chain, and caches keyed by content.

use agave_feature_set::{FeatureSet, raise_cpi_nesting_limit_to_8};
use agave_reserved_account_keys::ReservedAccountKeys;
use litesvm::LiteSVM;
use lumio_state::{Fault, Journal};
use lumio_vm_bus::BlockContext;
use parking_lot::Mutex;
use solana_program_runtime::{
    execution_budget::SVMTransactionExecutionBudget,
    invoke_context::BuiltinFunctionRegisterer,
    loaded_programs::{ProgramCacheForTxBatch, ProgramRuntimeEnvironments},
    program_cache_entry::ProgramCacheEntry,
    solana_sbpf::program::BuiltinFunctionDefinition,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{
    bpf_loader, bpf_loader_deprecated, bpf_loader_upgradeable, compute_budget, system_program,
};
use solana_svm_feature_set::SVMFeatureSet;
use std::{collections::HashSet, sync::Arc};

use crate::{
    crossing::{self, CROSS_VM},
    programs::Programs,
    syscall,
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

/// The Solana VM. Holds settings and caches keyed by content, no state; cheap to clone, and to
/// share between threads.
#[derive(Clone, Debug)]
pub struct SvmVm(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    programs: Programs,
    block: Mutex<Option<Arc<Block>>>,
}

/// What never changes.
pub(crate) struct Settings {
    pub(crate) features: FeatureSet,
    pub(crate) runtime_features: SVMFeatureSet,
    pub(crate) environments: ProgramRuntimeEnvironments,
    /// Accounts that no transaction may write.
    pub(crate) reserved: HashSet<Pubkey>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// What all transactions of a block share.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) facts: Facts,
    pub(crate) sysvars: Sysvars,
    builtins: ProgramCacheForTxBatch,
}

impl Block {
    /// A cache of programs for one run, with those of the runtime in it.
    pub(crate) fn programs(&self) -> ProgramCacheForTxBatch {
        self.builtins.clone()
    }
}

impl Settings {
    fn new() -> Result<Self, Fault> {
        let features = LiteSVM::mainnet_feature_set();
        let runtime_features = features.runtime_features();
        let budget = budget(&features);
        let environment = solana_syscalls::create_program_runtime_environment(
            &runtime_features,
            &budget,
            false,
            false,
        )
        .map_err(|error| Fault::Bug(format!("Solana's syscalls: {error}")))?;
        let environment = syscall::with_ours(&environment)
            .map_err(|error| Fault::Bug(format!("the cross-VM syscall: {error}")))?;
        let mut reserved = ReservedAccountKeys::default();
        reserved.update_active_set(&features);
        Ok(Self {
            environments: ProgramRuntimeEnvironments::new(environment.clone(), environment),
            runtime_features,
            reserved: reserved.active,
            features,
        })
    }

    /// Limits of a run, but for its compute units.
    pub(crate) fn budget(&self) -> SVMTransactionExecutionBudget {
        budget(&self.features)
    }
}

fn budget(features: &FeatureSet) -> SVMTransactionExecutionBudget {
    let is_deep = features.is_active(&raise_cpi_nesting_limit_to_8::ID);
    SVMTransactionExecutionBudget::new_with_defaults(is_deep)
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
        let facts = Facts::read(journal, context)?;
        let last = self.0.block.lock().clone();
        if let Some(block) = last
            && block.facts == facts
        {
            return Ok(block);
        }
        let sysvars = Sysvars::new(&facts)?;
        let mut builtins = ProgramCacheForTxBatch::new(sysvars.slot);
        for (key, name, register) in BUILTINS {
            let entry = ProgramCacheEntry::new_builtin(0, name.len(), register);
            builtins.replenish(key, Arc::new(entry));
        }
        let block = Arc::new(Block {
            facts,
            sysvars,
            builtins,
        });
        *self.0.block.lock() = Some(block.clone());
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
}
