//! `BENCHMARKS.md` with its plots: rendered from results that are checked in.

mod goals;
mod plots;
mod records;
mod show;
mod suites;
#[cfg(test)]
mod tests;

pub(crate) use suites::{AllArgs, measure_all};

use anyhow::{Context as _, Result};
use plots::PLOTS;
use records::Results;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};
use suites::SUITES;

const INTRO: &str = include_str!("intro.md");
/// The document, and the folder of its plots, in the checkout.
const DOCUMENT: &str = "BENCHMARKS.md";
const PLOT_FOLDER: &str = "docs/benchmarks";

/// Renders what there are results of.
///
/// # Errors
/// When results cannot be read, or files not be written.
pub(crate) fn write() -> Result<()> {
    let root = crate::server::checkout();
    let results = Results::read(&suites::results())?;
    let folder = root.join(PLOT_FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (path, text) in render(&results)? {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        eprintln!("{}", path.display());
    }
    Ok(())
}

/// The files, by their paths in the checkout.
fn render(results: &Results) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    let mut text = INTRO.to_owned();
    text.push_str("\n## Machine\n\n");
    match results.origins().as_slice() {
        [] => text.push_str("Nothing was measured yet.\n"),
        origins => origins.iter().for_each(|origin| {
            let _ = writeln!(text, "- {origin}");
        }),
    }
    text.push_str("\n## Goals\n\n");
    text.push_str(&goals::table(results));
    for suite in &SUITES {
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n```sh\n{}\n```\n\n",
            suite.heading,
            suite.text,
            suite.command()
        );
        if results.of(suite.name).next().is_none() {
            text.push_str("Not measured yet.\n");
            continue;
        }
        text.push_str(&match suite.name {
            "simulate" => show::speedups(results, suite.name),
            _ => show::cases(results, suite.name),
        });
        for plot in PLOTS.iter().filter(|plot| plot.suite == suite.name) {
            if let Some(svg) = plot.draw(results)? {
                let path = format!("{PLOT_FOLDER}/{}.svg", plot.name);
                let _ = write!(text, "\n![{}]({path})\n", plot.title);
                files.insert(PathBuf::from(path), svg);
            }
        }
    }
    files.insert(PathBuf::from(DOCUMENT), text);
    Ok(files)
}
