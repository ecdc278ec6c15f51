//! The result: a whole distribution, as a line of JSON and for people.

use super::drive::{Landed, Outcome};
use super::kinds::SHARES;
use crate::report::{millis, percentile};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// Upper ends of the histogram's buckets, in ms.
const BUCKETS: [f64; 19] = [
    2.0,
    4.0,
    6.0,
    8.0,
    10.0,
    15.0,
    20.0,
    25.0,
    30.0,
    40.0,
    50.0,
    60.0,
    80.0,
    100.0,
    150.0,
    200.0,
    500.0,
    1_000.0,
    f64::INFINITY,
];

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Mixed {
    pub(super) case: &'static str,
    pub(super) layer: &'static str,
    pub(super) subject: &'static str,
    pub(super) setting: String,
    pub(super) transactions: usize,
    /// In a second, from the first moment to the last confirmation.
    pub(super) tx_per_s: f64,
    pub(super) lost: usize,
    pub(super) failed: usize,
    /// From a transaction's moment until a block was seen that has it.
    pub(super) confirmed: Distribution,
    /// From a transaction's moment until its request was written: the generator's own share.
    pub(super) sent: Distribution,
    /// From there until the node's answer.
    pub(super) answered: Distribution,
    pub(super) kinds: Vec<OfKind>,
    /// 99th percentile of the confirmation of those whose moment was in each second, in ms.
    pub(super) p99_by_second: Vec<f64>,
    pub(super) blocks: u64,
    /// CPU time of the node, and of the generator, for each transaction.
    pub(super) cpu_us_per_tx: f64,
    pub(super) generator_us_per_tx: f64,
    /// Resident memory of the node in MiB, second by second.
    pub(super) rss_mib: Vec<f64>,
}

/// How long something took, in ms.
#[derive(Debug, Serialize)]
pub(super) struct Distribution {
    p50: f64,
    p90: f64,
    pub(super) p99: f64,
    p999: f64,
    max: f64,
    /// How many took no longer than the first number, and longer than that of the bucket before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    histogram: Vec<Bucket>,
}

#[derive(Debug, Serialize)]
struct Bucket {
    /// Absent in the last one, which has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_ms: Option<f64>,
    count: usize,
}

/// Those of one kind.
#[derive(Debug, Serialize)]
pub(super) struct OfKind {
    kind: &'static str,
    transactions: usize,
    p50: f64,
    p99: f64,
    max: f64,
}

impl Distribution {
    fn of(mut values: Vec<f64>) -> Self {
        let mut at = |fraction| percentile(&mut values, fraction);
        Self {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: at(1.0),
            histogram: Vec::new(),
        }
    }

    fn with_histogram(values: Vec<f64>) -> Self {
        let mut from = f64::NEG_INFINITY;
        let mut histogram = Vec::new();
        for to in BUCKETS {
            let count = values.iter().filter(|it| **it > from && **it <= to).count();
            let to_ms = to.is_finite().then_some(to);
            histogram.push(Bucket { to_ms, count });
            from = to;
        }
        Self {
            histogram,
            ..Self::of(values)
        }
    }
}

impl Landed {
    fn confirmed(&self) -> f64 {
        millis(self.seen.saturating_sub(self.due))
    }
}

/// How long each of the three steps took.
pub(super) fn distributions(outcome: &Outcome) -> [Distribution; 3] {
    let of = |step: fn(&Landed) -> f64| outcome.transactions.iter().map(step).collect();
    [
        Distribution::with_histogram(of(Landed::confirmed)),
        Distribution::of(of(|it| millis(it.sent.saturating_sub(it.due)))),
        Distribution::of(of(|it| millis(it.answered.saturating_sub(it.sent)))),
    ]
}

/// The same by kinds.
pub(super) fn kinds(outcome: &Outcome) -> Vec<OfKind> {
    let of = |kind| {
        let all = outcome.transactions.iter();
        let all = all.filter(move |it| it.kind == kind);
        let mut all: Vec<f64> = all.map(Landed::confirmed).collect();
        OfKind {
            kind: kind.name(),
            transactions: all.len(),
            p50: percentile(&mut all, 0.5),
            p99: percentile(&mut all, 0.99),
            max: percentile(&mut all, 1.0),
        }
    };
    SHARES.map(|(kind, _)| of(kind)).into()
}

/// The 99th percentile of those of each second.
pub(super) fn p99_by_second(outcome: &Outcome) -> Vec<f64> {
    let mut seconds: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for it in &outcome.transactions {
        let second = seconds.entry(it.due.as_secs()).or_default();
        second.push(it.confirmed());
    }
    let seconds = seconds.into_values();
    seconds
        .map(|mut all| percentile(&mut all, 0.99).round())
        .collect()
}

/// From the first moment to the last confirmation.
pub(super) fn wall(outcome: &Outcome) -> Duration {
    let seen = outcome.transactions.iter().map(|it| it.seen);
    seen.max().unwrap_or_default()
}

impl Mixed {
    /// For people, on standard error.
    pub(super) fn show(&self) {
        eprintln!("\n{}", self.setting);
        eprintln!(
            "{} transactions in {} blocks, {:.0}/s; {} lost, {} failed",
            self.transactions, self.blocks, self.tx_per_s, self.lost, self.failed
        );
        eprintln!(
            "CPU for each: node {:.0} µs, generator {:.0} µs",
            self.cpu_us_per_tx, self.generator_us_per_tx
        );
        eprintln!(
            "{:<14} {:>8} {:>8} {:>8} {:>8} {:>8}   ms",
            "", "p50", "p90", "p99", "p99.9", "max"
        );
        for (name, it) in [
            ("confirmed", &self.confirmed),
            ("sent late", &self.sent),
            ("answered", &self.answered),
        ] {
            eprintln!(
                "{name:<14} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1}",
                it.p50, it.p90, it.p99, it.p999, it.max
            );
        }
        for it in &self.kinds {
            eprintln!(
                "{:<14} {:>8.1} {:>17.1} {:>17.1}   of {}",
                it.kind, it.p50, it.p99, it.max, it.transactions
            );
        }
        eprintln!("p99 of each second: {:?}", self.p99_by_second);
        let mut sum = 0_usize;
        for bucket in &self.confirmed.histogram {
            sum = sum.saturating_add(bucket.count);
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            let share = |count: usize| count as f64 * 100.0 / self.transactions as f64;
            let to = bucket.to_ms.unwrap_or(f64::INFINITY);
            let bar = share(bucket.count).ceil();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between zero and a hundred"
            )]
            let bar = "#".repeat(bar as usize);
            eprintln!(
                "≤ {to:>5} ms {:>8} {:>7.3} % {bar}",
                bucket.count,
                share(sum)
            );
        }
    }
}
