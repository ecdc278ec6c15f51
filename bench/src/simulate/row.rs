//! A case as it was simulated.

use super::costs::Costs;
use crate::{
    everyone::Load, layer_a_parallel::ParallelWorkload, report::Case, server::own_rss_mib,
};
use anyhow::Result;
use lumio_parallel::Counts;
use std::collections::BTreeMap;

/// A case: which load, in which blocks.
pub(super) struct Setting {
    pub(super) workload: ParallelWorkload,
    pub(super) accounts: usize,
    pub(super) block: usize,
    /// Nothing is learnt from one block for the next.
    pub(super) forgetful: bool,
}

impl Setting {
    pub(super) fn name(&self) -> String {
        let workload = self.workload.name();
        let workload = workload.trim_end_matches("-among");
        let forgetful = if self.forgetful { "-forgetful" } else { "" };
        format!("{workload}{forgetful}-{}-accounts", self.accounts)
    }

    pub(super) fn case(&self, load: &Load) -> Result<Case> {
        Ok(Case {
            case: format!("{}-blocks-of-{}", self.name(), self.block),
            layer: "executor",
            pair: 1,
            transactions: load.transactions.len(),
            cpu_us_per_tx: f64::NAN,
            rss_mib: own_rss_mib()?,
            ..Case::default()
        })
    }
}

/// A load as simulated.
pub(super) struct Simulated {
    pub(super) threads: usize,
    pub(super) speedup: f64,
    /// The same with applying what the block wrote, and dropping the results.
    pub(super) with_state: f64,
    /// All blocks, in ns.
    pub(super) nanos: f64,
    /// µs for each block.
    pub(super) parts: BTreeMap<&'static str, f64>,
    pub(super) counts: Counts,
}

impl Simulated {
    pub(super) fn case(&self, setting: &Setting, load: &Load, cores: &str) -> Result<Case> {
        let Counts {
            spoiled,
            waits,
            in_order,
            ..
        } = self.counts;
        let case = setting.case(load)?;
        Ok(Case {
            subject: format!("simulated-{}", self.threads),
            threads: self.threads,
            tx_per_s: load.transactions.len() as f64 * 1e9 / self.nanos,
            setting: format!(
                "blocks of {}; {cores}; {spoiled} spoiled, {waits} waits, {in_order} in order; \
                 {:.2} times as fast with what follows in the benchmark: applying the writes, \
                 and dropping the results",
                setting.block, self.with_state
            ),
            simulated: true,
            speedup: Some(self.speedup),
            parts: self.parts.clone(),
            ..case
        })
    }
}

/// One case, for people.
pub(super) struct Row {
    pub(super) setting: Setting,
    pub(super) real: f64,
    /// How much longer transactions take on two threads than in order.
    pub(super) slowdown: f64,
    /// The same for two blocks, each in order on a thread of its own.
    pub(super) at_once: f64,
    /// The most threads, if transactions were as much slower there as on two.
    pub(super) slow: f64,
    /// Two threads of this machine.
    pub(super) check: Simulated,
    pub(super) simulated: Vec<Simulated>,
    pub(super) costs: Costs,
}
