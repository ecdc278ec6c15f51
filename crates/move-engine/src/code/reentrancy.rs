//! What function values may not do: enter a module that waits for them, and touch its resources
//! (AIP-112).
//!
//! Modules cannot depend on each other in a circle, so a module that is entered while it runs was
//! entered through a function value or by dispatch. It may compute, but its resources may be half
//! changed: touching them is refused. Under a lock it may not be entered at all.

use alloc::vec::Vec;

use super::cache::UnitId;
use crate::{StatusCode, VmError, VmResult};

/// A function that has not returned yet, as far as these rules care.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Active {
    pub(crate) unit: UnitId,
    /// Whether it was called through a function value or by dispatch.
    pub(crate) dispatched: bool,
    /// Whether it locks: it has the attribute, or was called by dispatch of a native function.
    pub(crate) locking: bool,
}

/// How often modules were entered and not left: from another module, or by dispatch. What is asked
/// here takes the same time however many functions are active.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// By number of the unit.
    of: Vec<u32>,
    dispatched: usize,
    locking: usize,
}

#[cold]
fn refused(what: &str) -> VmError {
    VmError::new(StatusCode::RuntimeDispatchError).with_message(what)
}

impl Entries {
    /// Counts a module that waits outside of the session: for a call of another machine, further
    /// in which the session began.
    pub(crate) fn wait(&mut self, unit: UnitId, locking: bool) {
        let outside = Active {
            unit,
            dispatched: true,
            locking,
        };
        self.enter(outside, None);
    }

    /// Whether it matters at all that a function starts on top of the one that `caller` names.
    #[inline]
    pub(crate) fn concerns(new: Active, caller: Option<UnitId>) -> bool {
        new.dispatched || new.locking || caller != Some(new.unit)
    }

    /// Counts a function that starts.
    pub(crate) fn enter(&mut self, new: Active, caller: Option<UnitId>) {
        self.dispatched = self.dispatched.saturating_add(usize::from(new.dispatched));
        self.locking = self.locking.saturating_add(usize::from(new.locking));
        if new.dispatched || caller != Some(new.unit) {
            let place = new.unit.index();
            if self.of.len() <= place {
                self.of.resize(place.saturating_add(1), 0);
            }
            if let Some(count) = self.of.get_mut(place) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// Takes a function back that was counted, with the same caller.
    pub(crate) fn leave(&mut self, old: Active, caller: Option<UnitId>) {
        self.dispatched = self.dispatched.saturating_sub(usize::from(old.dispatched));
        self.locking = self.locking.saturating_sub(usize::from(old.locking));
        if (old.dispatched || caller != Some(old.unit))
            && let Some(count) = self.of.get_mut(old.unit.index())
        {
            *count = count.saturating_sub(1);
        }
    }

    fn count(&self, unit: UnitId) -> u32 {
        self.of.get(unit.index()).copied().unwrap_or(0)
    }

    /// Whether an active function locks.
    #[inline]
    pub(crate) fn is_locked(&self) -> bool {
        self.locking > 0
    }

    /// Whether an active function was dispatched. Resources may be touched if none was.
    #[inline]
    pub(crate) fn is_dispatched(&self) -> bool {
        self.dispatched > 0
    }

    /// Whether a function may start on top of the active ones.
    pub(crate) fn check_entry(&self, new: Active, caller: Option<UnitId>) -> VmResult<()> {
        let locked = new.locking || self.is_locked();
        if locked && self.count(new.unit) > 0 && caller != Some(new.unit) {
            return Err(refused("a locked module is entered again"));
        }
        Ok(())
    }

    /// Whether resources of a module may be touched.
    pub(crate) fn check_access(&self, module: UnitId) -> VmResult<()> {
        if self.is_dispatched() && self.count(module) > 1 {
            return Err(refused(
                "a resource is touched while its module waits for a function value",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The rules by a walk over all active functions, outermost first.
    fn walked(active: &[Active], new: Active, module: UnitId) -> (bool, bool) {
        let locked = new.locking || active.iter().any(|frame| frame.locking);
        let runs = active.iter().any(|frame| frame.unit == new.unit);
        let caller = active.last().map(|frame| frame.unit);
        let may_enter = !(locked && runs && caller != Some(new.unit));
        let (mut entries, mut caller) = (0_u32, None);
        for frame in active {
            let comes_in = caller != Some(module) || frame.dispatched;
            entries += u32::from(frame.unit == module && comes_in);
            caller = Some(frame.unit);
        }
        let dispatched = active.iter().any(|frame| frame.dispatched);
        (may_enter, !dispatched || entries <= 1)
    }

    #[test]
    fn counted_entries_decide_as_a_walk_over_all_functions_does() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        let (mut active, mut entries) = (Vec::<Active>::new(), Entries::default());
        let mut refusals = [0; 2];
        for _ in 0..100_000 {
            let caller = active.last().map(|frame| frame.unit);
            let new = Active {
                unit: UnitId::numbered(random(4) as u32),
                dispatched: random(8) == 0,
                locking: random(40) == 0,
            };
            let module = UnitId::numbered(random(4) as u32);
            let found = (
                entries.check_entry(new, caller).is_ok(),
                entries.check_access(module).is_ok(),
            );
            assert_eq!(found, walked(&active, new, module));
            refusals[0] += u32::from(!found.0);
            refusals[1] += u32::from(!found.1);
            if found.0 && random(20) < 10 && active.len() < 20 {
                entries.enter(new, caller);
                active.push(new);
            } else if let Some(old) = active.pop() {
                entries.leave(old, active.last().map(|frame| frame.unit));
            }
        }
        assert!(refusals.iter().all(|count| *count > 1_000), "{refusals:?}");
    }
}
