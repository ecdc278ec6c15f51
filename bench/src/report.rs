//! Results: a line of JSON for each case, and a table for people at the end.

use anyhow::Result;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// One measured case.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Case {
    /// The workload, and how it was run where there are several ways.
    pub(crate) case: String,
    /// `executor`, `block`, `rpc` or `state`.
    pub(crate) layer: &'static str,
    /// What was measured: `lumio`, or the peer's name.
    pub(crate) subject: String,
    /// Which of the interleaved pairs it belongs to, from 1.
    pub(crate) pair: usize,
    /// Transactions in the case.
    pub(crate) transactions: usize,
    /// Threads that execute, where the layer decides that; 0 when the server
    /// decides.
    pub(crate) threads: usize,
    /// Transactions in a second, by the clock.
    pub(crate) tx_per_s: f64,
    /// CPU time of the measured process for each transaction, in µs.
    pub(crate) cpu_us_per_tx: f64,
    /// Median of the time from sending to confirmation, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p50_ms: Option<f64>,
    /// 99th percentile of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p99_ms: Option<f64>,
    /// Resident memory of the measured process at the end, in MiB.
    pub(crate) rss_mib: f64,
    /// From starting the process to its first answer, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) startup_ms: Option<f64>,
    /// CPU time of the load generator for each transaction, in µs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generator_us_per_tx: Option<f64>,
    /// Blocks that hold the transactions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blocks: Option<usize>,
    /// How it was run: sealing, data folder, requests in flight.
    pub(crate) setting: String,
    /// Not measured: what a simulation says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) simulated: bool,
    /// How much faster than the same in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speedup: Option<f64>,
    /// Where the time goes, each part in µs for each block.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) parts: BTreeMap<&'static str, f64>,
}

/// The ratio of two subjects over all pairs of a case.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ratio {
    /// The workload.
    pub(crate) case: String,
    /// The layer.
    pub(crate) layer: &'static str,
    /// `A/B`.
    pub(crate) ratio: String,
    /// Pairs that were run, interleaved.
    pub(crate) pairs: usize,
    /// Median over the pairs of A's transactions in a second by B's.
    pub(crate) tx_per_s: f64,
    /// Median over the pairs of A's CPU time by B's.
    pub(crate) cpu: f64,
}

/// Where and of what the results are.
#[derive(Debug, Clone, Serialize)]
struct Origin {
    commit: String,
    machine: String,
}

/// Prints and keeps results.
#[derive(Debug)]
pub(crate) struct Report {
    origin: Origin,
    out: Option<PathBuf>,
    cases: Vec<Case>,
    ratios: Vec<Ratio>,
}

#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(flatten)]
    body: &'a T,
    #[serde(flatten)]
    origin: &'a Origin,
}

impl Report {
    /// A report of this checkout on this machine. `machine` overrides how the
    /// machine is called.
    pub(crate) fn new(machine: Option<String>, out: Option<PathBuf>) -> Self {
        let origin = Origin {
            commit: commit(),
            machine: machine.unwrap_or_else(machine_label),
        };
        Self {
            origin,
            out,
            cases: Vec::new(),
            ratios: Vec::new(),
        }
    }

    /// Prints a case and keeps it for the table.
    ///
    /// # Errors
    /// When the output file cannot be written.
    pub(crate) fn add(&mut self, case: Case) -> Result<()> {
        self.print(&case)?;
        self.cases.push(case);
        Ok(())
    }

    /// Compares `a` with `b` over the pairs of a case in which both ran.
    ///
    /// # Errors
    /// When the output file cannot be written.
    pub(crate) fn compare(&mut self, case: &str, a: &str, b: &str) -> Result<()> {
        let of = |subject: &str, pair: usize| {
            self.cases
                .iter()
                .find(|it| it.case == case && it.subject == subject && it.pair == pair)
        };
        let pairs: Vec<(&Case, &Case)> = self
            .cases
            .iter()
            .filter(|it| it.case == case && it.subject == a)
            .filter_map(|it| Some((it, of(b, it.pair)?)))
            .collect();
        let Some((first, _)) = pairs.first() else {
            return Ok(());
        };
        let ratio = Ratio {
            case: case.to_owned(),
            layer: first.layer,
            ratio: format!("{a}/{b}"),
            pairs: pairs.len(),
            tx_per_s: median(pairs.iter().map(|(a, b)| a.tx_per_s / b.tx_per_s)),
            cpu: median(pairs.iter().map(|(a, b)| a.cpu_us_per_tx / b.cpu_us_per_tx)),
        };
        self.print(&ratio)?;
        self.ratios.push(ratio);
        Ok(())
    }

    /// Compares a case with the sum of others, over the pairs in which all ran.
    ///
    /// # Errors
    /// When the output file cannot be written.
    pub(crate) fn compare_with_sum(&mut self, case: &str, parts: &[&str]) -> Result<()> {
        let whole: Vec<&Case> = self.cases.iter().filter(|it| it.case == case).collect();
        let Some(first) = whole.first() else {
            return Ok(());
        };
        let sum = |pair: usize, field: fn(&Case) -> f64| -> f64 {
            let of = |it: &&Case| it.pair == pair && parts.contains(&it.case.as_str());
            self.cases.iter().filter(of).map(field).sum()
        };
        let ratio = Ratio {
            case: case.to_owned(),
            layer: first.layer,
            ratio: format!("whole/({})", parts.join(" + ")),
            pairs: whole.len(),
            tx_per_s: median(
                whole
                    .iter()
                    .map(|it| it.tx_per_s * sum(it.pair, |part| 1.0 / part.tx_per_s)),
            ),
            cpu: median(
                whole
                    .iter()
                    .map(|it| it.cpu_us_per_tx / sum(it.pair, |part| part.cpu_us_per_tx)),
            ),
        };
        self.print(&ratio)?;
        self.ratios.push(ratio);
        Ok(())
    }

    /// Prints something else than a case.
    ///
    /// # Errors
    /// When the output file cannot be written.
    pub(crate) fn line(&self, body: &impl Serialize) -> Result<()> {
        self.print(body)
    }

    fn print(&self, body: &impl Serialize) -> Result<()> {
        let origin = &self.origin;
        let line = serde_json::to_string(&Line { body, origin })?;
        println!("{line}");
        if let Some(path) = &self.out {
            append(path, &line)?;
        }
        Ok(())
    }

    /// Shows medians and ratios on standard error.
    pub(crate) fn table(&self) {
        eprintln!(
            "\n{} on {}; medians over pairs",
            self.origin.commit, self.origin.machine
        );
        eprintln!(
            "{:<28} {:<14} {:>5} {:>10} {:>10} {:>9} {:>9} {:>8}",
            "case", "subject", "pairs", "tx/s", "CPU µs/tx", "p50 ms", "p99 ms", "RSS MiB"
        );
        let mut shown: Vec<(&str, &str)> = Vec::new();
        for case in &self.cases {
            let key = (case.case.as_str(), case.subject.as_str());
            if shown.contains(&key) {
                continue;
            }
            shown.push(key);
            let group: Vec<&Case> = self
                .cases
                .iter()
                .filter(|it| (it.case.as_str(), it.subject.as_str()) == key)
                .collect();
            let of = |field: fn(&Case) -> f64| median(group.iter().map(|it| field(it)));
            eprintln!(
                "{:<28} {:<14} {:>5} {:>10.0} {:>10.2} {:>9} {:>9} {:>8.0}",
                case.case,
                case.subject,
                group.len(),
                of(|it| it.tx_per_s),
                of(|it| it.cpu_us_per_tx),
                optional(median(group.iter().filter_map(|it| it.p50_ms))),
                optional(median(group.iter().filter_map(|it| it.p99_ms))),
                of(|it| it.rss_mib),
            );
        }
        for ratio in &self.ratios {
            eprintln!(
                "{:<28} {}: {:.2}× tx/s, {:.2}× CPU (median of {} interleaved pairs)",
                ratio.case, ratio.ratio, ratio.tx_per_s, ratio.cpu, ratio.pairs
            );
        }
    }
}

/// The median; not a number when there are no values.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(&mut values.collect::<Vec<_>>(), 0.5)
}

/// The value below which a fraction of the values lies; between two values
/// for the median of an even number. Sorts them.
pub(crate) fn percentile(values: &mut [f64], fraction: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let position = last as f64 * fraction;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and the last index"
    )]
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    match (values.get(low), values.get(high)) {
        (Some(low), Some(high)) => low + (high - low) * position.fract(),
        _ => f64::NAN,
    }
}

/// Milliseconds, as reports show them.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Microseconds of `total` for each of `count`.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn micros_each(total: Duration, count: usize) -> f64 {
    total.as_secs_f64() * 1e6 / count as f64
}

/// How many of `count` fit in a second when all take `total`.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn per_second(count: usize, total: Duration) -> f64 {
    count as f64 / total.as_secs_f64()
}

fn optional(value: f64) -> String {
    if value.is_nan() {
        "-".to_owned()
    } else {
        format!("{value:.1}")
    }
}

fn append(path: &Path, line: &str) -> Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{line}")?;
    Ok(())
}

/// The commit of the checkout, marked when files differ from it.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        Command::new("git")
            .args(arguments)
            .current_dir(crate::server::checkout())
            .output()
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(hash) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if changes.is_empty() => hash,
        _ => format!("{hash}-dirty"),
    }
}

/// The processor's name and the number of its cores that we may use.
fn machine_label() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    format!("{cores} x {model}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn percentiles_interpolate() {
        assert!(percentile(&mut [], 0.5).is_nan());
        assert_eq!(percentile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(percentile(&mut [4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!(percentile(&mut [5.0, 1.0], 1.0), 5.0);
    }

    #[test]
    fn ratios_pair_runs_of_the_same_round() {
        let case = |subject: &str, pair, tx_per_s| Case {
            case: "c".to_owned(),
            subject: subject.to_owned(),
            pair,
            tx_per_s,
            cpu_us_per_tx: 1.0,
            ..Case::default()
        };
        let mut report = Report::new(Some("test".to_owned()), None);
        for (pair, a, b) in [(1, 4.0, 1.0), (2, 2.0, 1.0), (3, 9.0, 3.0)] {
            report.add(case("a", pair, a)).unwrap();
            report.add(case("b", pair, b)).unwrap();
        }
        report.compare("c", "a", "b").unwrap();
        assert_eq!(report.ratios[0].tx_per_s, 3.0);
        assert_eq!(report.ratios[0].pairs, 3);
    }
}
