//! Locals that share a slot: those of the same type that are never needed at the same time.

use std::collections::HashMap;

use super::{
    graph::{Locals, backward, live_blocks},
    roots::Roots,
};
use crate::{
    codegen::{Draft, Op, Step},
    types::Type,
};

/// How many locals a function can have, parameters included.
const SLOTS: usize = 255;

/// For each local the first one whose slot it can have.
///
/// Locals that are borrowed keep their own, unless there is not enough room: a reference that is
/// dead but still there would be in the way of what is stored next.
pub(super) fn share(draft: &Draft) -> Vec<u16> {
    let mut borrowed = vec![false; draft.slots.len()];
    for step in &draft.steps {
        if let Op::Borrow { local, .. } = step.op
            && let Some(entry) = borrowed.get_mut(usize::from(local))
        {
            *entry = true;
        }
    }
    let conflicts = conflicts(draft);
    let (homes, count) = homes(draft, &conflicts, &borrowed);
    if count <= SLOTS {
        return homes;
    }
    borrowed.fill(false);
    self::homes(draft, &conflicts, &borrowed).0
}

/// Removes moves between locals that have the same slot.
pub(super) fn remove_idle(draft: &mut Draft, homes: &[u16]) {
    let home = |local: u16| homes.get(usize::from(local)).copied().unwrap_or(local);
    let mut kept: Vec<Step> = Vec::with_capacity(draft.steps.len());
    for step in std::mem::take(&mut draft.steps) {
        if let (Some(Op::Move(from)), Op::Store(to)) = (kept.last().map(|s| &s.op), &step.op)
            && home(*from) == home(*to)
        {
            kept.pop();
            continue;
        }
        kept.push(step);
    }
    draft.steps = kept;
}

/// For each local those that are needed at the same time.
fn conflicts(draft: &Draft) -> Vec<Locals> {
    let mut found = vec![Locals::default(); draft.slots.len()];
    let mut add = |local: u16, others: &Locals| {
        if let Some(own) = found.get_mut(usize::from(local)) {
            own.join(others);
        }
        for other in others.iter() {
            if let Some(other) = found.get_mut(usize::from(other)) {
                other.add(local);
            }
        }
    };
    let blocks = live_blocks(draft);
    let mut roots = Roots::of(draft, &blocks);
    let mut parameters = Locals::default();
    for local in 0..draft.parameters {
        parameters.add(u16::try_from(local).unwrap_or(u16::MAX));
    }
    for local in parameters.iter() {
        add(local, &parameters);
    }
    for block in &blocks {
        let on_stack = roots.on_stack(draft, block);
        let mut live = block.live_out.clone();
        for n in block.steps.clone().rev() {
            let Some(step) = draft.steps.get(n) else {
                continue;
            };
            if let Op::Store(local) = step.op {
                let mut others = live.clone();
                for reference in live.iter() {
                    others.join(&roots.reached(reference));
                }
                let offset = n.saturating_sub(block.steps.start);
                if let Some(reached) = on_stack.get(offset) {
                    others.join(reached);
                }
                others.remove(local);
                add(local, &others);
            }
            backward(&step.op, &mut live);
        }
    }
    found
}

/// Gives slots to locals in the order in which they occur, and says how many there are.
fn homes(draft: &Draft, conflicts: &[Locals], borrowed: &[bool]) -> (Vec<u16>, usize) {
    struct Home {
        first: u16,
        residents: Locals,
    }
    let mut homes: HashMap<&Type, Vec<Home>> = HashMap::new();
    let mut of_local: Vec<Option<u16>> = vec![None; draft.slots.len()];
    let mut count = 0_usize;
    // A local that is moved into another one may as well stay where it is.
    let mut hints: HashMap<u16, u16> = HashMap::new();
    for pair in draft.steps.windows(2) {
        if let [first, second] = pair
            && let (Op::Move(from), Op::Store(to)) = (&first.op, &second.op)
        {
            hints.insert(*to, *from);
        }
    }
    let parameters = (0..draft.parameters).filter_map(|n| u16::try_from(n).ok());
    let mentioned = draft.steps.iter().filter_map(|step| step.op.local());
    for local in parameters.chain(mentioned) {
        let index = usize::from(local);
        let (Some(slot), Some(None)) = (draft.slots.get(index), of_local.get(index)) else {
            continue;
        };
        let own = conflicts.get(index);
        let wanted = hints
            .get(&local)
            .and_then(|from| of_local.get(usize::from(*from)));
        let wanted = wanted.copied().flatten();
        let known = homes.entry(&slot.ty).or_default();
        let alone = borrowed.get(index) == Some(&true) || index < draft.parameters;
        let fits = |home: &Home| {
            !alone
                && borrowed.get(usize::from(home.first)) == Some(&false)
                && own.is_some_and(|own| !own.meets(&home.residents))
        };
        let best = known
            .iter()
            .position(|h| Some(h.first) == wanted && fits(h));
        let best = best.or_else(|| known.iter().position(fits));
        let free = best.and_then(|n| known.get_mut(n));
        let home = match free {
            Some(home) => {
                home.residents.add(local);
                home.first
            }
            None => {
                let mut residents = Locals::default();
                residents.add(local);
                known.push(Home {
                    first: local,
                    residents,
                });
                count = count.saturating_add(1);
                local
            }
        };
        if let Some(entry) = of_local.get_mut(index) {
            *entry = Some(home);
        }
    }
    let homes = (0..).zip(of_local).map(|(n, home)| home.unwrap_or(n));
    (homes.collect(), count)
}
