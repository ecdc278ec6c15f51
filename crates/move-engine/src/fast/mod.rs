//! The fast interpreter: register code over flat memory.
//!
//! [`lower`](lower::lower) turns the resolved body of an instance into instructions over the words
//! of a frame; [`run`] executes them. Results, errors and gas are those of the plain interpreter,
//! always: tests and fuzzing run both.

mod calls;
mod encoding;
mod globals;
mod instr;
mod lower;
mod lowered;
mod memory;
mod native;
mod run;
mod scalar;
mod shape;
mod slow;
mod value;

use alloc::vec::Vec;

use self::{
    calls::Frame,
    encoding::decode,
    globals::Globals,
    memory::{Memory, Region, reference},
    value::Walk,
};
use crate::{
    Change, Returned, StatusCode, VmError, VmResult,
    code::{InstanceId, reentrancy::Entries},
    function_value::Serializable,
    machine::{Machine, Runtime},
};

pub(crate) use lowered::Lowered;

/// The interpreter with its memory.
#[derive(Default)]
pub(crate) struct Fast {
    memory: Memory,
    globals: Globals,
    frames: Vec<Frame>,
    entries: Entries,
    /// What the entries begin with.
    waiting: Entries,
}

impl Machine for Fast {
    fn call(
        &mut self,
        rt: &mut Runtime<'_>,
        function: InstanceId,
        arguments: &[Vec<u8>],
    ) -> VmResult<Returned> {
        let mut lowered = take_lowered(rt);
        let result = self.call_with(rt, &mut lowered, function, arguments);
        rt.code.lowered = lowered;
        result
    }

    fn set_waiting(&mut self, waiting: Entries) {
        self.waiting = waiting;
    }

    fn changes(&mut self, rt: &mut Runtime<'_>) -> VmResult<Vec<Change>> {
        let lowered = take_lowered(rt);
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let result = self
            .globals
            .changes(&walk, &mut self.memory, Serializable::stored(rt.engine));
        rt.code.lowered = lowered;
        result
    }
}

/// Takes the register code out of the cache; code of another generation is dropped.
fn take_lowered(rt: &mut Runtime<'_>) -> Lowered {
    let mut lowered = core::mem::take(&mut rt.code.lowered);
    let generation = rt.code.generation();
    if lowered.generation != generation {
        lowered = Lowered {
            generation,
            ..Lowered::default()
        };
    }
    lowered
}

impl Fast {
    fn call_with(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        function: InstanceId,
        arguments: &[Vec<u8>],
    ) -> VmResult<Returned> {
        self.frames.clear();
        self.memory.stack.clear();
        self.entries = self.waiting.clone();
        let instance = rt.code.instance(function)?.clone();
        let mut references = Vec::new();
        for (number, (ty, bcs)) in instance.parameters.iter().zip(arguments).enumerate() {
            let referent = rt.code.types.referent(*ty);
            let inner = referent.map_or(*ty, |(inner, _)| inner);
            let heap = &mut self.memory.heap;
            let words = decode(rt, lowered, heap, inner, bcs).map_err(|e| {
                if e.status() == StatusCode::MemoryLimitExceeded {
                    return e;
                }
                let message = alloc::format!("argument {number}: {e}");
                VmError::new(StatusCode::FailedToDeserializeArgument).with_message(message)
            })?;
            if let Some((inner, mutable)) = referent {
                let region = heap.allocate(Region::Words(words))?;
                let number = u16::try_from(number).unwrap_or(u16::MAX);
                references.push((number, region, inner, mutable));
                self.memory.stack.push(reference(region, 0));
            } else {
                self.memory.stack.extend(words);
            }
        }
        self.run(rt, lowered, function)?;
        let mut returned = Returned::default();
        let mut offset = 0_usize;
        for ty in &instance.returns {
            let referent = rt.code.types.referent(*ty).map(|(inner, _)| inner);
            let own = lowered.shapes.of(rt.code, rt.engine, *ty)?;
            let words = lowered.shapes.get(own)?.words;
            let at = reference(0, offset as u64);
            let id = lowered
                .shapes
                .of(rt.code, rt.engine, referent.unwrap_or(*ty))?;
            let at = if referent.is_some() {
                self.memory.load(at)?
            } else {
                at
            };
            returned.values.push(self.encode_at(rt, lowered, at, id)?);
            returned.types.push(referent.unwrap_or(*ty));
            offset = offset.saturating_add(words);
        }
        for (number, region, inner, mutable) in references {
            let id = lowered.shapes.of(rt.code, rt.engine, inner)?;
            if mutable {
                let bcs = self.encode_at(rt, lowered, reference(region, 0), id)?;
                returned.mutated.push((number, bcs));
            }
        }
        Ok(returned)
    }

    /// The BCS of the value at a reference.
    fn encode_at(
        &self,
        rt: &Runtime<'_>,
        lowered: &Lowered,
        at: u64,
        id: shape::ShapeId,
    ) -> VmResult<Vec<u8>> {
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let shown = Serializable::shown(rt.engine);
        let mut bcs = Vec::new();
        let shape = walk.shape(id)?;
        if shape.is_byte() {
            walk.encode(
                &self.memory.heap,
                shown,
                &[self.memory.load_byte(at)?],
                id,
                &mut bcs,
            )?;
        } else {
            walk.encode(
                &self.memory.heap,
                shown,
                self.memory.at(at, shape.words)?,
                id,
                &mut bcs,
            )?;
        }
        Ok(bcs)
    }
}
