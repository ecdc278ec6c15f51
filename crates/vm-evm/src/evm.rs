//! The EVM and what it is made of.

use crate::{
    BlockHashes, Checks, CodeCache, Gateway, Rules, context::Surroundings,
    precompiles::Precompiles, workspace::Memory,
};
use alloc::{sync::Arc, vec::Vec};

/// The EVM. Holds its rules and a cache of analysed code, no state.
#[derive(Clone, Debug)]
pub struct Evm {
    rules: Rules,
    codes: Arc<CodeCache>,
    block_hashes: BlockHashes,
    checks: Checks,
    gateways: Vec<Gateway>,
}

impl Evm {
    /// An EVM for blocks, which makes all checks.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            codes: Arc::default(),
            block_hashes: BlockHashes::default(),
            checks: Checks::ALL,
            gateways: Vec::new(),
        }
    }

    /// The same with other checks, for simulations. Shares the code cache.
    #[must_use]
    pub fn with_checks(&self, checks: Checks) -> Self {
        Self {
            checks,
            ..self.clone()
        }
    }

    /// The same with another source of block hashes.
    #[must_use]
    pub fn with_block_hashes(self, block_hashes: BlockHashes) -> Self {
        Self {
            block_hashes,
            ..self
        }
    }

    /// The same with addresses that lead to other VMs.
    #[must_use]
    pub fn with_gateways(self, gateways: Vec<Gateway>) -> Self {
        Self { gateways, ..self }
    }

    /// The checks that it makes.
    pub const fn checks(&self) -> Checks {
        self.checks
    }

    /// The rules that it follows.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    pub(crate) fn surroundings(&self, memory: Memory) -> Surroundings<'_> {
        Surroundings {
            rules: self.rules,
            codes: &self.codes,
            block_hashes: self.block_hashes,
            checks: self.checks,
            memory,
        }
    }

    pub(crate) fn precompiles(&self) -> Precompiles<'_> {
        Precompiles::new(self.rules, &self.gateways)
    }
}
