//! What function values may not do: enter a module that waits for them, and touch its resources
//! (AIP-112).
//!
//! Modules cannot depend on each other in a circle, so a module that is entered while it runs was
//! entered through a function value or by dispatch. It may compute, but its resources may be half
//! changed: touching them is refused. Under a lock it may not be entered at all.

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

#[cold]
fn refused(what: &str) -> VmError {
    VmError::new(StatusCode::RuntimeDispatchError).with_message(what)
}

/// Whether a function may start on top of the active ones, outermost first. Need not be asked
/// while none of them is locking and the new one is not.
pub(crate) fn check_entry(active: impl Iterator<Item = Active>, new: Active) -> VmResult<()> {
    let (mut locked, mut running, mut caller) = (new.locking, false, None);
    for frame in active {
        locked |= frame.locking;
        running |= frame.unit == new.unit;
        caller = Some(frame.unit);
    }
    if locked && running && caller != Some(new.unit) {
        return Err(refused("a locked module is entered again"));
    }
    Ok(())
}

/// Whether resources of a module may be touched. Need not be asked while no active function was
/// dispatched.
pub(crate) fn check_access(active: impl Iterator<Item = Active>, module: UnitId) -> VmResult<()> {
    let (mut entries, mut caller) = (0_u32, None);
    for frame in active {
        if frame.unit == module && (caller != Some(module) || frame.dispatched) {
            entries = entries.saturating_add(1);
        }
        caller = Some(frame.unit);
    }
    if entries > 1 {
        return Err(refused(
            "a resource is touched while its module waits for a function value",
        ));
    }
    Ok(())
}
