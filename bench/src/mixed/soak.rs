//! The node's memory over a run: it must stay below a ceiling, and come to rest.

use crate::server::Server;
use anyhow::{Error, Result, ensure};
use std::{cell::RefCell, time::Duration};

/// What the last third may have above the middle one: caches fill up, and the allocator keeps
/// some of what was freed.
const GROWTH: f64 = 1.15;
/// Shorter runs tell nothing of growth, in seconds.
const SHORTEST: usize = 60;

/// Notes the resident memory each second; ends only by an error.
pub(super) async fn sample(server: &Server, memory: &RefCell<Vec<f64>>) -> Error {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        match server.rss_mib() {
            Ok(mib) => memory.borrow_mut().push(mib),
            Err(error) => return error,
        }
    }
}

/// Whether memory stayed below the ceiling, and the last third of the run needed hardly more than
/// the one before.
///
/// # Errors
/// When it did not.
pub(super) fn judge(mib: &[f64], ceiling: f64) -> Result<()> {
    let most = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    let peak = most(mib);
    ensure!(
        peak <= ceiling,
        "the node took {peak:.0} MiB, more than {ceiling:.0}"
    );
    if mib.len() < SHORTEST {
        return Ok(());
    }
    let third = mib.len() / 3;
    let (before, last) = mib.split_at(third.saturating_mul(2));
    let (_, middle) = before.split_at(third);
    let (middle, last) = (most(middle), most(last));
    ensure!(
        last <= middle * GROWTH,
        "the node's memory still grows: {middle:.0} MiB in the middle third, {last:.0} in the last"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn growth_without_an_end_and_a_broken_ceiling_are_found() {
        let flat = vec![400.0; 90];
        judge(&flat, 500.0).unwrap();
        assert!(judge(&flat, 300.0).is_err());
        let growing: Vec<f64> = (0..90)
            .map(|second| 100.0 + f64::from(second) * 5.0)
            .collect();
        assert!(judge(&growing, 1_000.0).is_err());
        judge(&growing[..50], 1_000.0).unwrap();
    }
}
