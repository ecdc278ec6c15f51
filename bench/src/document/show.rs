//! Numbers and tables, for people.

use super::records::Results;
use std::fmt::Write as _;

/// A number with about three digits, and thousands apart.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        value if !value.is_finite() => return "–".to_owned(),
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction.trim_end_matches('0')),
        None => (text.as_str(), ""),
    };
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        "" => grouped,
        _ => format!("{grouped}.{fraction}"),
    }
}

/// The cases of a suite, medians over their pairs, and its ratios.
pub(super) fn cases(results: &Results, suite: &str) -> String {
    let columns = [
        ("tx/s", "tx_per_s"),
        ("CPU µs each", "cpu_us_per_tx"),
        ("p50 ms", "p50_ms"),
        ("p99 ms", "p99_ms"),
        ("start ms", "startup_ms"),
        ("RSS MiB", "rss_mib"),
    ];
    let subjects = results.subjects(suite);
    let median = |(case, subject): (&str, &str), name: &str| {
        let median = results.median(suite, case, subject, name)?;
        (median != 0.0).then_some(median)
    };
    let is_used = |name: &str| subjects.iter().any(|it| median(*it, name).is_some());
    let columns: Vec<_> = columns.into_iter().filter(|it| is_used(it.1)).collect();
    let mut text = String::from("| case | subject | runs |");
    for (heading, _) in &columns {
        let _ = write!(text, " {heading} |");
    }
    text.push_str("\n|---|---|--:|");
    text.push_str(&"--:|".repeat(columns.len()));
    text.push('\n');
    for (case, subject) in &subjects {
        let runs = results.cases(suite, case, subject).count();
        let _ = write!(text, "| {case} | {subject} | {runs} |");
        for (_, name) in &columns {
            let value = median((case, subject), name);
            let _ = write!(text, " {} |", value.map(number).unwrap_or_default());
        }
        text.push('\n');
    }
    text + &ratios(results, suite)
}

fn ratios(results: &Results, suite: &str) -> String {
    let mut text = String::new();
    for ratio in results.of(suite).filter(|it| it.is_ratio()) {
        if text.is_empty() {
            text.push_str("\n| case | ratio | pairs | tx/s | CPU time |\n|---|---|--:|--:|--:|\n");
        }
        let of = |name| ratio.number(name).map(number).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {}× | {}× |",
            ratio.text("case"),
            ratio.text("ratio"),
            of("pairs"),
            of("tx_per_s"),
            of("cpu"),
        );
    }
    text
}

/// Speed-ups of the simulation, with what two threads really gave.
pub(super) fn speedups(results: &Results, suite: &str) -> String {
    let subjects = results.subjects(suite);
    let mut cases: Vec<&str> = subjects.iter().map(|(case, _)| *case).collect();
    cases.dedup();
    let mut threads: Vec<&str> = Vec::new();
    for (_, subject) in &subjects {
        if subject.starts_with("simulated-") && !threads.contains(subject) {
            threads.push(subject);
        }
    }
    let mut text = String::from("| case | 2, real |");
    for subject in &threads {
        let count = subject.trim_start_matches("simulated-");
        let _ = write!(text, " {count}, simulated |");
    }
    text.push_str("\n|---|--:|");
    text.push_str(&"--:|".repeat(threads.len()));
    text.push('\n');
    for case in cases {
        let of = |subject: &str| {
            let speedup = results.median(suite, case, subject, "speedup");
            speedup
                .map(|it| format!("{}×", number(it)))
                .unwrap_or_default()
        };
        let _ = write!(text, "| {case} | {} |", of("parallel-2"));
        for subject in &threads {
            let _ = write!(text, " {} |", of(subject));
        }
        text.push('\n');
    }
    text + &parts(results, suite)
}

/// Where the time of a block goes, with the most threads.
fn parts(results: &Results, suite: &str) -> String {
    let most = results.of(suite).filter(|it| it.is_simulated());
    let most = most
        .filter_map(|it| it.number("threads"))
        .fold(0.0, f64::max);
    let mut text = String::new();
    for record in results.of(suite) {
        let parts = record.parts();
        if !record.is_simulated() || record.number("threads") != Some(most) || parts.is_empty() {
            continue;
        }
        if text.is_empty() {
            let _ = write!(
                text,
                "\nWhere the time of a block goes on {most} simulated threads, in µs:\n\n| case |"
            );
            for (part, _) in &parts {
                let _ = write!(text, " {part} |");
            }
            text.push_str("\n|---|");
            text.push_str(&"--:|".repeat(parts.len()));
            text.push('\n');
        }
        let _ = write!(text, "| {} |", record.text("case"));
        for (_, micros) in &parts {
            let _ = write!(text, " {} |", number(*micros));
        }
        text.push('\n');
    }
    text
}
