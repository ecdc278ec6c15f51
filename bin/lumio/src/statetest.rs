//! `lumio statetest …`: Ethereum's state tests through the chain's journal.

use std::{path::PathBuf, process::ExitCode};

/// Deeply nested calls need a large stack.
const STACK: usize = 256 << 20;

pub(crate) fn run(paths: Vec<PathBuf>) -> anyhow::Result<ExitCode> {
    let tests = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || lumio_statetest::run(&paths, &mut |failure| println!("{failure}")))?;
    let summary = match tests.join() {
        Ok(summary) => summary?,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    println!("{} passed, {} failed", summary.passed, summary.failed);
    Ok(match summary.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
