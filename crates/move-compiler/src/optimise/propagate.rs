//! Locals that only stand for another local or a constant: those are used directly.

use lumio_move_engine::format::Bytecode as B;

use super::graph::blocks;
use crate::codegen::{Draft, Op};

/// What a local stands for.
#[derive(Clone, Debug)]
enum Source {
    Local(u16),
    Constant(B),
}

/// How locals are used.
struct Uses {
    /// Assignments; that of a parameter by the caller is one.
    stores: Vec<u32>,
    reads: Vec<u32>,
    borrows: Vec<u32>,
    mutable_borrows: Vec<u32>,
}

fn count(of: &[u32], local: u16) -> u32 {
    of.get(usize::from(local)).copied().unwrap_or(u32::MAX)
}

fn increase(of: &mut [u32], local: u16) {
    if let Some(n) = of.get_mut(usize::from(local)) {
        *n = n.saturating_add(1);
    }
}

impl Uses {
    fn of(draft: &Draft) -> Self {
        let none = vec![0; draft.slots.len()];
        let mut uses = Self {
            stores: none.clone(),
            reads: none.clone(),
            borrows: none.clone(),
            mutable_borrows: none,
        };
        for n in uses.stores.iter_mut().take(draft.parameters) {
            *n = 1;
        }
        for step in &draft.steps {
            match step.op {
                Op::Store(local) => increase(&mut uses.stores, local),
                Op::Use(local) | Op::Copy(local) | Op::Move(local) => {
                    increase(&mut uses.reads, local);
                }
                Op::Borrow { local, mutable } => {
                    increase(&mut uses.borrows, local);
                    if mutable {
                        increase(&mut uses.mutable_borrows, local);
                    }
                }
                _ => {}
            }
        }
        uses
    }
}

/// Simplifies; whether anything changed.
///
/// Every use of a local comes behind an assignment, which was checked before. So a local that is
/// assigned once is always what it was assigned, as long as that is assigned once, too, and neither
/// is changed through a reference.
pub(super) fn simplify(draft: &mut Draft) -> bool {
    let uses = Uses::of(draft);
    let mut sources: Vec<Option<Source>> = vec![None; draft.slots.len()];
    let mut removed = vec![false; draft.steps.len()];
    let mut changed = false;
    for block in blocks(draft) {
        let is_entry = block.steps.start == 0
            && !matches!(draft.steps.first().map(|s| &s.op), Some(Op::Label(_)));
        // Locals that this block has assigned on the way to a place in it.
        let mut assigned: Vec<u16> = Vec::new();
        for n in block.steps.clone() {
            let after = n.saturating_add(1);
            if let Some(Op::Store(local)) = draft.steps.get(n).map(|s| &s.op) {
                assigned.push(*local);
            }
            let (Some(first), Some(second)) = (draft.steps.get(n), draft.steps.get(after)) else {
                continue;
            };
            let Op::Store(local) = second.op else {
                continue;
            };
            if after >= block.steps.end
                || count(&uses.stores, local) != 1
                || usize::from(local) < draft.parameters
            {
                continue;
            }
            let source = match &first.op {
                Op::Use(from) | Op::Copy(from) | Op::Move(from) => {
                    let is_here = assigned.contains(from)
                        || is_entry && usize::from(*from) < draft.parameters;
                    alias(draft, &uses, *from, local, is_here).then_some(Source::Local(*from))
                }
                Op::Code(code) if count(&uses.borrows, local) == 0 => {
                    let reads = count(&uses.reads, local);
                    worth(code)
                        .is_some_and(|most| reads <= most)
                        .then(|| Source::Constant(code.clone()))
                }
                _ => None,
            };
            // One at a time, so that nothing is replaced by what is replaced itself.
            let free = match &source {
                Some(Source::Local(from)) => {
                    !matches!(sources.get(usize::from(*from)), Some(Some(_)))
                }
                _ => true,
            };
            if let (Some(source), true) = (source, free)
                && let Some(entry) = sources.get_mut(usize::from(local))
            {
                *entry = Some(source);
                for at in [n, after] {
                    if let Some(entry) = removed.get_mut(at) {
                        *entry = true;
                    }
                }
                changed = true;
            }
        }
    }
    if !changed {
        return false;
    }
    replace(draft, &sources);
    let mut removed = removed.into_iter();
    draft.steps.retain(|_| removed.next() != Some(true));
    true
}

/// How often it pays to load a constant instead of a local.
fn worth(code: &B) -> Option<u32> {
    Some(match code {
        B::LdTrue | B::LdFalse | B::LdU8(_) | B::LdI8(_) | B::LdU16(_) | B::LdI16(_) => u32::MAX,
        B::LdU32(_) | B::LdI32(_) => 4,
        B::LdU64(_) | B::LdI64(_) => 2,
        B::LdU128(_) | B::LdU256(_) | B::LdI128(_) | B::LdI256(_) | B::LdConst(_) => 1,
        _ => return None,
    })
}

/// Whether a local that is assigned another one can be that one.
fn alias(draft: &Draft, uses: &Uses, from: u16, local: u16, is_here: bool) -> bool {
    let ty = |local: u16| draft.slots.get(usize::from(local)).map(|s| &s.ty);
    if from == local || ty(from) != ty(local) || count(&uses.stores, from) != 1 {
        return false;
    }
    let changes = count(&uses.mutable_borrows, from) > 0 || count(&uses.mutable_borrows, local) > 0;
    // If one is changed, the other must have gone before, in each round of a loop anew.
    let is_last = count(&uses.reads, from) == 1 && count(&uses.borrows, from) == 0 && is_here;
    !changes || is_last
}

fn replace(draft: &mut Draft, sources: &[Option<Source>]) {
    let mut shared = vec![false; sources.len()];
    for source in sources.iter().flatten() {
        if let Source::Local(from) = source
            && let Some(entry) = shared.get_mut(usize::from(*from))
        {
            *entry = true;
        }
    }
    // What was moved may now stand for what is needed later.
    for step in &mut draft.steps {
        if let Op::Move(local) = step.op
            && shared.get(usize::from(local)) == Some(&true)
        {
            step.op = Op::Use(local);
        }
    }
    // What a local stands for may stand for something that was found later.
    let end = |local: u16| {
        let mut found = None;
        let mut next = local;
        for _ in 0..sources.len() {
            match sources.get(usize::from(next)) {
                Some(Some(Source::Local(from))) => {
                    next = *from;
                    found = Some(Source::Local(next));
                }
                Some(Some(constant)) => return Some(constant.clone()),
                _ => break,
            }
        }
        found
    };
    for step in &mut draft.steps {
        let Some(source) = step.op.read().and_then(end) else {
            continue;
        };
        match (source, &mut step.op) {
            (Source::Local(from), Op::Use(_) | Op::Copy(_) | Op::Move(_)) => {
                step.op = Op::Use(from);
            }
            (Source::Local(from), Op::Borrow { local, .. }) => *local = from,
            (Source::Constant(code), op) => *op = Op::Code(code),
            _ => {}
        }
    }
}
