//! What was simulated, for people.

use super::row::Row;
use std::fmt::Write as _;

/// Parts of a block's time that no further thread makes shorter.
const SEQUENTIAL: [&str; 5] = ["plan", "setup", "wake", "in order", "finish"];

/// Shows where a case's time goes, with the most threads.
pub(super) fn row(row: &Row) {
    let Some(most) = row.simulated.last() else {
        return;
    };
    let whole: f64 = most.parts.values().sum();
    let mut parts = String::new();
    for (part, micros) in &most.parts {
        let share = micros * 100.0 / whole;
        let _ = write!(parts, " {part} {micros:.0} µs ({share:.0} %),");
    }
    let sequential = SEQUENTIAL.iter().filter_map(|part| most.parts.get(part));
    let sequential: f64 = sequential.sum();
    eprintln!(
        "{}, blocks of {}, simulated {} threads:{parts} sequential {:.0} %; {} runs, {} spoiled, {} waits, {} in order",
        row.setting.name(),
        row.setting.block,
        most.threads,
        sequential * 100.0 / whole,
        most.counts.runs,
        most.counts.spoiled,
        most.counts.waits,
        most.counts.in_order,
    );
    let costs = &row.costs;
    eprintln!(
        "  the machinery in ns: read {:+.0}, check {:.0}, put {:.0}, batch {:.0}, call {:.0} (shared {:.0}); \
         for a block in µs: setup {:.0}, wake {:.0}, collect {:.0}; {:.0} % run again meanwhile",
        costs.read,
        costs.check,
        costs.put,
        costs.batch,
        costs.call,
        costs.shared_call,
        costs.setup / 1e3,
        costs.wake / 1e3,
        costs.collect / 1e3,
        costs.respoiled * 100.0,
    );
}

/// Shows all speed-ups.
pub(super) fn table(rows: &[Row]) {
    eprintln!(
        "\nspeed-ups over the same blocks in order; all but \"2 real\" are simulated\n\
         slower: transactions on two threads; twice: two blocks at once, each in order;\n\
         of the most threads, with state: with applying writes and dropping results; as slow: with transactions as slow as on two"
    );
    let threads = rows.first().map(|row| &row.simulated);
    let threads = threads
        .into_iter()
        .flatten()
        .map(|it| format!("{:>7}", it.threads));
    eprintln!(
        "{:<30} {:>6} {:>7} {:>7} {:>7} {:>6} {:>6}{} {:>10} {:>8}",
        "case",
        "block",
        "2 real",
        "2 sim.",
        "error",
        "slower",
        "twice",
        threads.collect::<String>(),
        "with state",
        "as slow"
    );
    for row in rows {
        let simulated = row
            .simulated
            .iter()
            .map(|it| format!("{:>7.2}", it.speedup));
        eprintln!(
            "{:<30} {:>6} {:>7.2} {:>7.2} {:>6.1}% {:>6.2} {:>6.2}{} {:>10.2} {:>8.2}",
            row.setting.name(),
            row.setting.block,
            row.real,
            row.check.speedup,
            (row.check.speedup / row.real - 1.0) * 100.0,
            row.slowdown,
            row.at_once,
            simulated.collect::<String>(),
            row.simulated.last().map_or(f64::NAN, |it| it.with_state),
            row.slow,
        );
    }
}
