//! `lumio statetest …`: Ethereum's state tests through the chain's journal.

use std::{path::PathBuf, process::ExitCode};

/// Deeply nested calls need a large stack.
const STACK: usize = 256 << 20;

fn put(line: &str) {
    crate::put(format!("{line}\n").as_bytes());
}

pub(crate) fn run(paths: Vec<PathBuf>) -> anyhow::Result<ExitCode> {
    let tests = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || lumio_statetest::run(&paths, &mut |failure| put(&failure.to_string())))?;
    let summary = match tests.join() {
        Ok(summary) => summary,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    put(&format!(
        "{} passed, {} failed",
        summary.passed, summary.failed
    ));
    if summary.passed == 0 && summary.failed == 0 {
        anyhow::bail!("no state tests were found there");
    }
    Ok(match summary.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
