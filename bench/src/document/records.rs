//! Results as they were written, line by line.

use super::suites::{SUITES, Suite};
use crate::report::median;
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::{fs, path::Path};

/// One line.
pub(super) struct Record {
    pub(super) suite: &'static str,
    line: Value,
}

impl Record {
    /// A text; empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.line
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A number. Latencies may be in a distribution.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        let nested = match name {
            "p50_ms" => self.line.pointer("/confirmed/p50"),
            "p99_ms" => self.line.pointer("/confirmed/p99"),
            _ => None,
        };
        self.line.get(name).or(nested)?.as_f64()
    }

    /// Where the time goes, by name.
    pub(super) fn parts(&self) -> Vec<(&str, f64)> {
        let parts = self.line.get("parts").and_then(Value::as_object);
        let parts = parts.into_iter().flatten();
        parts
            .filter_map(|(part, micros)| Some((part.as_str(), micros.as_f64()?)))
            .collect()
    }

    pub(super) fn is_ratio(&self) -> bool {
        self.line.get("ratio").is_some()
    }

    pub(super) fn is_simulated(&self) -> bool {
        self.line.get("simulated").and_then(Value::as_bool) == Some(true)
    }
}

/// All lines, in the order of the suites.
#[derive(Default)]
pub(super) struct Results(Vec<Record>);

impl Results {
    /// Reads what there is in a folder.
    ///
    /// # Errors
    /// When a line is not JSON.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut results = Self::default();
        for suite in &SUITES {
            let file = folder.join(format!("{}.jsonl", suite.name));
            if let Ok(text) = fs::read_to_string(&file) {
                results
                    .add(suite, &text)
                    .with_context(|| file.display().to_string())?;
            }
        }
        Ok(results)
    }

    /// Adds a suite's lines.
    ///
    /// # Errors
    /// When one is not JSON.
    pub(super) fn add(&mut self, suite: &Suite, text: &str) -> Result<()> {
        for line in text.lines() {
            self.0.push(Record {
                suite: suite.name,
                line: serde_json::from_str(line)?,
            });
        }
        Ok(())
    }

    pub(super) fn of(&self, suite: &str) -> impl Iterator<Item = &Record> {
        self.0.iter().filter(move |it| it.suite == suite)
    }

    /// The lines that measure this, one for each pair.
    pub(super) fn cases(
        &self,
        suite: &str,
        case: &str,
        subject: &str,
    ) -> impl Iterator<Item = &Record> {
        self.of(suite).filter(move |it| {
            !it.is_ratio() && it.text("case") == case && it.text("subject") == subject
        })
    }

    /// The median over the pairs.
    pub(super) fn median(&self, suite: &str, case: &str, subject: &str, name: &str) -> Option<f64> {
        let values = self.cases(suite, case, subject);
        let median = median(values.filter_map(|it| it.number(name)));
        median.is_finite().then_some(median)
    }

    /// A ratio that was computed over the pairs.
    pub(super) fn ratio(&self, suite: &str, case: &str, ratio: &str, name: &str) -> Option<f64> {
        let mut ratios = self.of(suite);
        let found =
            ratios.find(|it| it.text("case") == case && it.text("ratio").starts_with(ratio));
        found?.number(name)
    }

    /// Cases and subjects of a suite, in the order in which they were measured.
    pub(super) fn subjects(&self, suite: &str) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for record in self.of(suite).filter(|it| !it.is_ratio()) {
            let subject = (record.text("case"), record.text("subject"));
            if !found.contains(&subject) {
                found.push(subject);
            }
        }
        found
    }

    /// Of what, and where, the suites were measured.
    pub(super) fn origins(&self) -> Vec<String> {
        let mut found = Vec::new();
        for record in &self.0 {
            let origin = format!(
                "{}, commit {}",
                record.text("machine"),
                record.text("commit")
            );
            if !found.contains(&origin) {
                found.push(origin);
            }
        }
        found
    }
}
