//! From resolved instructions to register code.
//!
//! The operand stack exists only while lowering: an entry says where a value is. Copies of locals,
//! constants and references to locals stay where they are until something needs them elsewhere;
//! before a local changes, entries that still read it are moved out of the way.

mod op;
mod reference;
mod scalar;
mod stack;
mod structs;
mod vector;

use alloc::{sync::Arc, vec::Vec};

use super::{
    instr::{Instr, Slot},
    lowered::{Function, Lowered},
    memory::invariant,
    shape::{Shape, ShapeId},
};
use crate::{
    StatusCode, VmResult,
    code::{Body, Instance, InstanceId, Op, Type},
    machine::Runtime,
};

/// Where the value of an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a temporary that it owns.
    Temp(Slot),
    /// In a local, or a field of one, which it only reads.
    Local(Slot),
    /// Nowhere yet.
    Const(u64),
    /// A reference to a local, or a field of one.
    LocalRef(Slot),
    /// The reference in a slot, moved on by so many words.
    Ref(Slot, u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) shape: ShapeId,
    pub(super) words: Slot,
}

pub(super) struct Lowering<'a, 'r> {
    pub(super) rt: &'a mut Runtime<'r>,
    pub(super) out: &'a mut Lowered,
    pub(super) instance: Arc<Instance>,
    pub(super) body: Arc<Body>,
    pub(super) stack: Vec<Entry>,
    /// First slot and shape of each local.
    pub(super) locals: Vec<(Slot, ShapeId)>,
    temporaries: Slot,
    frame: Slot,
    pub(super) pc: usize,
    /// The next instruction is lowered already.
    pub(super) skip: bool,
    /// The slot that the latest instruction has just defined, if it can still be renamed.
    fresh: Option<Slot>,
    labels: Vec<Option<u32>>,
    patches: Vec<(usize, u16)>,
    /// Where branches go that may be reached.
    targets: Vec<bool>,
}

/// Lowers an instance and everything that is needed to call it.
pub(in crate::fast) fn lower(
    rt: &mut Runtime<'_>,
    out: &mut Lowered,
    id: InstanceId,
) -> VmResult<()> {
    let before = out.sizes();
    let result = lower_all(rt, out, id);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

fn lower_all(rt: &mut Runtime<'_>, out: &mut Lowered, id: InstanceId) -> VmResult<()> {
    let instance = rt.code.instance(id)?.clone();
    let mut shapes = |types: &[Type]| -> VmResult<Vec<ShapeId>> {
        types
            .iter()
            .map(|ty| out.shapes.of(rt.code, rt.engine, *ty))
            .collect()
    };
    let (parameters, returns) = (shapes(&instance.parameters)?, shapes(&instance.returns)?);
    let mut function = Function {
        start: 0,
        charge: 0,
        frame: 0,
        max_stack: 0,
        local_words: instance.local_words,
        unit: instance.unit,
        module_lock: instance.module_lock,
        is_native: instance.is_native,
        is_simple: !instance.is_native && !instance.module_lock,
        parameters,
        returns,
        instance: instance.clone(),
    };
    if !instance.is_native {
        let local_shapes = shapes(&instance.locals)?;
        let body = rt.code.body(rt.engine, id)?;
        function.max_stack = body.max_stack;
        function.start = u32::try_from(out.code.len()).map_err(|_| invariant("too much code"))?;
        let mut slot: Slot = 0;
        let mut locals = Vec::new();
        for shape in local_shapes {
            locals.push((slot, shape));
            slot = more(slot, out.shapes.get(shape)?.words)?;
        }
        let length = body.ops.len();
        let targets = targets(&body.ops);
        let mut lowering = Lowering {
            rt,
            out,
            instance,
            body,
            stack: Vec::new(),
            locals,
            temporaries: slot,
            frame: slot,
            pc: 0,
            skip: false,
            fresh: None,
            labels: alloc::vec![None; length],
            patches: Vec::new(),
            targets,
        };
        function.charge = lowering.all()?;
        function.frame = u32::from(lowering.frame);
    } else {
        let mut words: Slot = 0;
        for shape in &function.parameters {
            words = more(words, out.shapes.get(*shape)?.words)?;
        }
        let mut results: Slot = 0;
        for shape in &function.returns {
            results = more(results, out.shapes.get(*shape)?.words)?;
        }
        function.frame = u32::from(words.max(results));
    }
    out.insert(id.0, function);
    Ok(())
}

/// A slot so many words further.
pub(super) fn more(slot: Slot, words: usize) -> VmResult<Slot> {
    let next = usize::from(slot).saturating_add(words);
    Slot::try_from(next).map_err(|_| StatusCode::MemoryLimitExceeded.into())
}

fn targets(ops: &[Op]) -> Vec<bool> {
    let mut targets = alloc::vec![false; ops.len()];
    for op in ops {
        if let Op::Branch(to) | Op::BrTrue(to) | Op::BrFalse(to) = op
            && let Some(target) = targets.get_mut(usize::from(*to))
        {
            *target = true;
        }
    }
    targets
}

impl Lowering<'_, '_> {
    /// Lowers all code. Returns what is charged when the function is entered.
    fn all(&mut self) -> VmResult<u64> {
        let mut entry = 0;
        self.clear_locals()?;
        let body = self.body.clone();
        for (pc, op) in body.ops.iter().enumerate() {
            self.pc = pc;
            if self.body.leaders.get(pc).copied().unwrap_or(false) {
                self.fresh = None;
                let here = u32::try_from(self.out.code.len()).unwrap_or(u32::MAX);
                if let Some(label) = self.labels.get_mut(pc) {
                    *label = Some(here);
                }
                let cost = body.block_cost.get(pc).copied().unwrap_or(0);
                if pc == 0 && !self.targets.first().copied().unwrap_or(true) {
                    entry = cost;
                } else if cost > 0 && !self.charge_before(pc, cost) {
                    self.emit(Instr::Charge(cost));
                }
            }
            if core::mem::take(&mut self.skip) {
                continue;
            }
            self.op(op)?;
        }
        for (at, target) in core::mem::take(&mut self.patches) {
            let label = self.labels.get(usize::from(target)).copied().flatten();
            let mut label = label.ok_or_else(|| invariant("a branch goes nowhere"))?;
            let first = self.out.code.get(label as usize).copied();
            let Some(instr) = self.out.code.get_mut(at) else {
                continue;
            };
            if let (Instr::Jump { charge, .. }, Some(Instr::Charge(cost))) = (&mut *instr, first)
                && let Ok(cost) = u32::try_from(cost)
            {
                *charge = cost;
                label = label.saturating_add(1);
            }
            instr.set_target(label);
        }
        Ok(entry)
    }

    /// Lets the conditional jump before a block charge for it, if it is entered from there only.
    fn charge_before(&mut self, pc: usize, cost: u64) -> bool {
        let before = pc.checked_sub(1).and_then(|n| self.body.ops.get(n));
        let falls = matches!(before, Some(Op::BrTrue(_) | Op::BrFalse(_)));
        let only = falls && self.targets.get(pc) == Some(&false);
        let last = self.out.code.last_mut().filter(|_| only);
        let (Some(charge), Ok(cost)) = (last.and_then(Instr::next_charge), u32::try_from(cost))
        else {
            return false;
        };
        *charge = cost;
        true
    }

    /// Locals that own something start empty.
    fn clear_locals(&mut self) -> VmResult<()> {
        let parameters = self.instance.parameters.len();
        for (slot, shape) in self.locals.clone().into_iter().skip(parameters) {
            let shape = self.shape(shape)?;
            if shape.heap {
                self.emit(Instr::Zero {
                    at: slot,
                    words: size(&shape)?,
                });
            }
        }
        Ok(())
    }

    pub(super) fn shape(&self, id: ShapeId) -> VmResult<Arc<Shape>> {
        self.out.shapes.get(id).cloned()
    }

    pub(super) fn shape_of(&mut self, ty: Type) -> VmResult<ShapeId> {
        self.out.shapes.of(self.rt.code, self.rt.engine, ty)
    }

    pub(super) fn emit(&mut self, instr: Instr) {
        self.fresh = None;
        self.out.code.push(instr);
        self.out
            .origin
            .push(u16::try_from(self.pc).unwrap_or(u16::MAX));
    }

    /// Emits a jump whose target is known later. Its origin is the branch, even where the
    /// comparison before is part of it.
    pub(super) fn emit_jump(&mut self, instr: Instr, target: u16) {
        self.patches.push((self.out.code.len(), target));
        self.emit(instr);
        if let (true, Some(origin)) = (self.skip, self.out.origin.last_mut()) {
            *origin = origin.saturating_add(1);
        }
    }

    /// Emits an instruction that defines a new temporary, and makes that an operand.
    pub(super) fn define(&mut self, to: Slot, shape: ShapeId, instr: Instr) -> VmResult<()> {
        self.emit(instr);
        self.push(Place::Temp(to), shape)?;
        self.fresh = Some(to);
        Ok(())
    }

    /// The op after this one, if control only comes from here.
    pub(super) fn next_op(&self) -> Option<Op> {
        let next = self.pc.saturating_add(1);
        if self.body.leaders.get(next).copied().unwrap_or(true) {
            return None;
        }
        self.body.ops.get(next).cloned()
    }
}

/// The words of a shape as a number of slots.
pub(super) fn size(shape: &Shape) -> VmResult<Slot> {
    more(0, shape.words)
}
