//! Files and folders of state tests.

use crate::case;
use revm_statetest_types::TestSuite;
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// A case that did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub file: PathBuf,
    /// The test, its fork, and its indexes of data, gas and value.
    pub case: String,
    /// What differs.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file.display(), self.case, self.reason)
    }
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that did not.
    pub failed: usize,
}

/// Runs all JSON files at the paths, folders with everything below them, and
/// reports each failure as it comes. A path that cannot be read, and a file that
/// is no state test, are failures, too.
pub fn run(paths: &[PathBuf], report: &mut dyn FnMut(Failure)) -> Summary {
    let mut files = Vec::new();
    let mut summary = Summary::default();
    for path in paths {
        if let Err(error) = collect(path, &mut files) {
            summary.failed += 1;
            report(Failure {
                file: path.clone(),
                case: "the path".into(),
                reason: error.to_string(),
            });
        }
    }
    files.sort();
    for file in &files {
        run_file(file, &mut summary, report);
    }
    summary
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        fs::metadata(path)?;
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir()
            || path
                .extension()
                .is_some_and(|extension| extension == "json")
        {
            collect(&path, files)?;
        }
    }
    Ok(())
}

fn run_file(file: &Path, summary: &mut Summary, report: &mut dyn FnMut(Failure)) {
    let mut fail = |summary: &mut Summary, case: String, reason: String| {
        summary.failed += 1;
        report(Failure {
            file: file.to_path_buf(),
            case,
            reason,
        });
    };
    let suite = fs::read_to_string(file)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str::<TestSuite>(&text).map_err(|e| e.to_string()));
    let suite = match suite {
        Ok(suite) => suite,
        Err(reason) => return fail(summary, "the file".into(), reason),
    };
    for (name, unit) in &suite.0 {
        for (fork_name, tests) in &unit.post {
            let Some(fork) = case::fork(fork_name) else {
                continue;
            };
            for test in tests {
                match case::run(unit, fork, test) {
                    Ok(()) => summary.passed += 1,
                    Err(reason) => {
                        let at = &test.indexes;
                        let case = format!(
                            "{name} {fork_name:?} d{} g{} v{}",
                            at.data, at.gas, at.value
                        );
                        fail(summary, case, reason);
                    }
                }
            }
        }
    }
}
