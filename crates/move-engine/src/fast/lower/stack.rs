//! The operand stack while lowering: where each operand is, and how it gets elsewhere.

use alloc::vec::Vec;

use super::{Entry, Lowering, Place, more, size};
use crate::{
    VmResult,
    fast::{
        instr::{Instr, Slot},
        memory::invariant,
        shape::ShapeId,
    },
};

impl Lowering<'_, '_> {
    pub(super) fn push(&mut self, place: Place, shape: ShapeId) -> VmResult<()> {
        let words = size(&*self.shape(shape)?)?;
        if let Place::Temp(slot) = place {
            self.frame = self.frame.max(more(slot, usize::from(words))?);
        }
        self.stack.push(Entry {
            place,
            shape,
            words,
        });
        Ok(())
    }

    pub(super) fn pop(&mut self) -> VmResult<Entry> {
        self.stack
            .pop()
            .ok_or_else(|| invariant("the operand stack is empty"))
    }

    pub(super) fn pop_many(&mut self, count: usize) -> VmResult<()> {
        let left = self.stack.len().checked_sub(count);
        self.stack
            .truncate(left.ok_or_else(|| invariant("the operand stack is empty"))?);
        Ok(())
    }

    /// The entry so far below the top.
    pub(super) fn peek(&self, below: usize) -> VmResult<Entry> {
        let index = self.stack.len().checked_sub(below.saturating_add(1));
        let entry = index.and_then(|index| self.stack.get(index));
        entry
            .copied()
            .ok_or_else(|| invariant("the operand stack is empty"))
    }

    /// The first slot that no operand uses.
    pub(super) fn top(&self) -> VmResult<Slot> {
        let mut top = self.temporaries;
        for entry in &self.stack {
            let end = match entry.place {
                Place::Temp(slot) => more(slot, usize::from(entry.words))?,
                Place::Ref(slot, _) => more(slot, 1)?,
                Place::Local(_) | Place::Const(_) | Place::LocalRef(_) => continue,
            };
            top = top.max(end);
        }
        Ok(top)
    }

    /// Room for a temporary above all operands.
    pub(super) fn room(&mut self, words: Slot) -> VmResult<Slot> {
        let slot = self.top()?;
        self.frame = self.frame.max(more(slot, usize::from(words))?);
        Ok(slot)
    }

    /// Puts an operand's value into a slot.
    pub(super) fn put(&mut self, entry: Entry, to: Slot) -> VmResult<()> {
        match entry.place {
            Place::Temp(from) | Place::Local(from) if from == to => {}
            Place::Temp(from) | Place::Local(from) if entry.words == 1 => {
                self.emit(Instr::Move { to, from });
            }
            Place::Temp(from) | Place::Local(from) => {
                self.emit(Instr::MoveWords {
                    to,
                    from,
                    words: entry.words,
                });
            }
            Place::Const(value) => self.emit(Instr::Const { to, value }),
            Place::LocalRef(slot) => self.emit(Instr::RefSlot { to, slot }),
            Place::Ref(from, 0) if from == to => {}
            Place::Ref(from, 0) => self.emit(Instr::Move { to, from }),
            Place::Ref(from, offset) => self.emit(Instr::RefAdd { to, from, offset }),
        }
        self.frame = self.frame.max(more(to, usize::from(entry.words))?);
        Ok(())
    }

    /// Whether a slot has just been defined and can still be renamed.
    pub(super) fn is_fresh(&self, slot: Slot) -> bool {
        self.fresh == Some(slot)
    }

    /// From now on no slot can be renamed.
    pub(super) fn forget_fresh(&mut self) {
        self.fresh = None;
    }

    /// Puts the result that is on top into a local's slot, by renaming if that is still possible.
    pub(super) fn put_fresh(&mut self, entry: Entry, to: Slot) -> VmResult<()> {
        if let (Some(fresh), Place::Temp(slot)) = (self.fresh, entry.place)
            && fresh == slot
            && let Some(instr) = self.out.code.last_mut()
            && instr.rename(fresh, to)
        {
            self.fresh = None;
            return Ok(());
        }
        self.put(entry, to)
    }

    /// The slot of the operand so far below the top, which is put into one if it is in none.
    pub(super) fn slot(&mut self, below: usize) -> VmResult<Slot> {
        let entry = self.peek(below)?;
        match entry.place {
            Place::Temp(slot) | Place::Local(slot) | Place::Ref(slot, 0) => Ok(slot),
            Place::Const(_) | Place::LocalRef(_) | Place::Ref(..) => {
                let to = self.room(entry.words)?;
                self.put(entry, to)?;
                self.set_place(below, Place::Temp(to));
                Ok(to)
            }
        }
    }

    pub(super) fn set_place(&mut self, below: usize, place: Place) {
        let index = self.stack.len().checked_sub(below.saturating_add(1));
        if let Some(entry) = index.and_then(|index| self.stack.get_mut(index)) {
            entry.place = place;
        }
    }

    /// Moves operands that still read some slots of locals out of the way.
    pub(super) fn settle(&mut self, from: Slot, words: usize) -> VmResult<()> {
        let range = usize::from(from)..usize::from(from).saturating_add(words);
        for below in 0..self.stack.len() {
            let entry = self.peek(below)?;
            let reads = match entry.place {
                Place::Local(slot) => {
                    let end = usize::from(slot).saturating_add(usize::from(entry.words));
                    usize::from(slot) < range.end && range.start < end
                }
                Place::Ref(slot, _) => range.contains(&usize::from(slot)),
                Place::Temp(_) | Place::Const(_) | Place::LocalRef(_) => false,
            };
            if reads {
                let to = self.room(entry.words)?;
                self.put(entry, to)?;
                self.set_place(below, Place::Temp(to));
            }
        }
        Ok(())
    }

    /// Puts the topmost operands one behind the other, `skip` words behind the start of a window,
    /// takes them off the stack, and returns the window. `extra` words more are reserved.
    pub(super) fn gather(&mut self, count: usize, skip: Slot, extra: usize) -> VmResult<Slot> {
        let below = self.stack.len().checked_sub(count);
        let below = below.ok_or_else(|| invariant("the operand stack is empty"))?;
        let entries = self.stack.split_off(below);
        let low = self.top()?;
        if let Some(moves) = plan(&entries, low, skip)? {
            return self.gather_into(low, moves, skip, extra);
        }
        // Some of them are in each other's way: use room above all of them.
        self.stack.extend(&entries);
        let high = self.top()?;
        self.stack.truncate(below);
        let mut to = more(high, usize::from(skip))?;
        let mut moves = Vec::new();
        for entry in &entries {
            moves.push((*entry, to));
            to = more(to, usize::from(entry.words))?;
        }
        self.gather_into(high, moves, skip, extra)
    }

    pub(super) fn gather_into(
        &mut self,
        window: Slot,
        moves: Vec<(Entry, Slot)>,
        skip: Slot,
        extra: usize,
    ) -> VmResult<Slot> {
        let mut end = more(window, usize::from(skip))?;
        for (entry, to) in moves {
            self.put(entry, to)?;
            end = end.max(more(to, usize::from(entry.words))?);
        }
        self.frame = self.frame.max(end).max(more(window, extra)?);
        Ok(window)
    }

    /// Pushes results that are one behind the other.
    pub(super) fn push_results(&mut self, window: Slot, shapes: &[ShapeId]) -> VmResult<()> {
        let mut slot = window;
        for shape in shapes {
            self.push(Place::Temp(slot), *shape)?;
            slot = more(slot, self.shape(*shape)?.words)?;
        }
        Ok(())
    }
}

/// The order in which operands can be moved behind each other from `low` on without one
/// overwriting another that is still to be moved; `None` if there is no such order.
fn plan(entries: &[Entry], low: Slot, skip: Slot) -> VmResult<Option<Vec<(Entry, Slot)>>> {
    let mut to = more(low, usize::from(skip))?;
    let mut moves = Vec::new();
    for entry in entries {
        moves.push((*entry, to));
        to = more(to, usize::from(entry.words))?;
    }
    // What operands own does not overlap, nor do the places where they go.
    let mut sources = Vec::new();
    for (number, (entry, _)) in moves.iter().enumerate() {
        let (Place::Temp(slot) | Place::Ref(slot, _)) = entry.place else {
            continue;
        };
        let words = match entry.place {
            Place::Temp(_) => entry.words,
            _ => 1,
        };
        let start = usize::from(slot);
        sources.push((start, start.saturating_add(usize::from(words)), number));
    }
    sources.sort_unstable();
    // How many others are still in the way of each, and whose way each is in.
    let mut waiting = alloc::vec![0_usize; moves.len()];
    let mut in_way_of = alloc::vec![Vec::new(); moves.len()];
    for (number, ((entry, to), waiting)) in moves.iter().zip(&mut waiting).enumerate() {
        let start = usize::from(*to);
        let end = start.saturating_add(usize::from(entry.words));
        let first = sources.partition_point(|(_, source_end, _)| *source_end <= start);
        let others = sources.iter().skip(first);
        for (_, _, other) in others.take_while(|(from, _, _)| *from < end) {
            if let (true, Some(list)) = (*other != number, in_way_of.get_mut(*other)) {
                list.push(number);
                *waiting = waiting.saturating_add(1);
            }
        }
    }
    let mut free: Vec<usize> = Vec::new();
    free.extend((0..moves.len()).filter(|n| waiting.get(*n) == Some(&0)));
    let mut ordered = Vec::new();
    while let Some(number) = free.pop() {
        ordered.extend(moves.get(number));
        for next in in_way_of.get(number).into_iter().flatten() {
            if let Some(waiting) = waiting.get_mut(*next) {
                *waiting = waiting.saturating_sub(1);
                if *waiting == 0 {
                    free.push(*next);
                }
            }
        }
    }
    Ok((ordered.len() == moves.len()).then_some(ordered))
}
