//! The loop: mutate, run, keep what is new, save what is wrong.

use std::{
    collections::HashSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{corpus::to_hex, mutate::mutate, rng::Rng, target::Target, targets::Entry};

/// Inputs that take longer are reported.
const SLOW: Duration = Duration::from_secs(1);
const REPORT_EVERY: Duration = Duration::from_secs(10);
/// After so many findings there is nothing more to learn.
const FINDINGS_MAX: usize = 20;

pub(crate) struct Campaign {
    target: Box<dyn Target>,
    rng: Rng,
    kept: Vec<Vec<u8>>,
    paths: HashSet<u64>,
    /// Where each panic came from; one finding for each place.
    places: HashSet<String>,
    last_panic: Arc<Mutex<String>>,
    folder: PathBuf,
    runs: u64,
    slowest: Duration,
    pub(crate) findings: usize,
}

impl Campaign {
    pub(crate) fn new(entry: &Entry, seed: u64, folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        let last_panic = Arc::new(Mutex::new(String::new()));
        let place = Arc::clone(&last_panic);
        std::panic::set_hook(Box::new(move |info| {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
        }));
        Ok(Self {
            target: (entry.make)(),
            rng: Rng::new(seed),
            kept: Vec::new(),
            paths: HashSet::new(),
            places: HashSet::new(),
            last_panic,
            folder,
            runs: 0,
            slowest: Duration::ZERO,
            findings: 0,
        })
    }

    /// Runs the corpus and then mutations of it until the time is up.
    pub(crate) fn run(&mut self, corpus: Vec<Vec<u8>>, time: Duration) -> Result<()> {
        let start = Instant::now();
        for input in corpus.into_iter().chain(self.target.seeds()) {
            self.try_input(&input)?;
        }
        if self.kept.is_empty() {
            self.kept.push(Vec::new());
        }
        println!("{} inputs to start from", self.kept.len());
        let mut reported = start;
        while start.elapsed() < time && self.findings < FINDINGS_MAX {
            let input = self.mutation();
            self.try_input(&input)?;
            if reported.elapsed() >= REPORT_EVERY {
                reported = Instant::now();
                self.report(start.elapsed());
            }
        }
        self.report(start.elapsed());
        Ok(())
    }

    fn mutation(&mut self) -> Vec<u8> {
        let length = self.kept.len();
        // Half of the time one of the newest, which were the hardest to find.
        let newest = length.min(32);
        let back = if self.rng.below(2) == 0 {
            newest
        } else {
            length
        };
        let at = length.saturating_sub(self.rng.below(back).saturating_add(1));
        let other = self.rng.below(length);
        let input = self.kept.get(at).map_or(&[][..], Vec::as_slice);
        let other = self.kept.get(other).map_or(&[][..], Vec::as_slice);
        mutate(&mut self.rng, input, other)
    }

    fn try_input(&mut self, input: &[u8]) -> Result<()> {
        self.runs = self.runs.saturating_add(1);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.target.run(input)));
        let took = start.elapsed();
        self.slowest = self.slowest.max(took);
        if took > SLOW {
            self.save("slow", input, &format!("{} ms", took.as_millis()))?;
        }
        match outcome {
            Ok(path) if self.paths.insert(path) => self.kept.push(input.to_vec()),
            Ok(_) => {}
            Err(_) => {
                let message = self
                    .last_panic
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                let place = message.lines().next().unwrap_or_default().to_string();
                if self.places.insert(place) {
                    self.save("panic", input, &message)?;
                }
            }
        }
        Ok(())
    }

    fn save(&mut self, kind: &str, input: &[u8], what: &str) -> Result<()> {
        self.findings = self.findings.saturating_add(1);
        let path = self.folder.join(format!("{kind}-{}.hex", self.runs));
        fs::write(&path, to_hex(input))?;
        println!(
            "{kind}: {what}\n  {} bytes saved in {}",
            input.len(),
            path.display()
        );
        Ok(())
    }

    fn report(&self, elapsed: Duration) {
        let rate = u128::from(self.runs)
            .saturating_mul(1000)
            .checked_div(elapsed.as_millis())
            .unwrap_or_default();
        println!(
            "{} s: {} runs ({rate}/s), {} paths, {} findings, slowest {} ms",
            elapsed.as_secs(),
            self.runs,
            self.paths.len(),
            self.findings,
            self.slowest.as_millis(),
        );
    }
}
