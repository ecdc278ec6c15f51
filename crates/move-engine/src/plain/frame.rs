//! Functions that have not returned yet, and the operand stack.

use alloc::{sync::Arc, vec::Vec};

use super::value::{Reference, Value, mismatch};
use crate::{
    Engine, StatusCode, VmResult,
    code::{
        Body, Instance, InstanceId, UnitId,
        reentrancy::{Active, Entries},
    },
};

/// A function that has not returned yet.
pub(super) struct Frame {
    pub(super) id: InstanceId,
    pub(super) instance: Arc<Instance>,
    pub(super) body: Arc<Body>,
    pub(super) pc: usize,
    pub(super) locals: Vec<Option<Value>>,
    /// Height of the operand stack below the function's own operands.
    pub(super) base: usize,
    pub(super) dispatched: bool,
    pub(super) locking: bool,
}

impl Frame {
    pub(super) fn active(&self) -> Active {
        Active {
            unit: self.instance.unit,
            dispatched: self.dispatched,
            locking: self.locking,
        }
    }
}

/// All of them, outermost first.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) frames: Vec<Frame>,
    pub(super) operands: Vec<Value>,
    /// What reference parameters of the call from outside point to.
    pub(super) arguments: Vec<Value>,
    pub(super) local_words: u64,
    pub(super) entries: Entries,
}

impl Stack {
    pub(super) fn top(&mut self) -> VmResult<&mut Frame> {
        self.frames
            .last_mut()
            .ok_or_else(|| mismatch("no function runs"))
    }

    /// The module of the topmost function.
    pub(super) fn caller(&self) -> Option<UnitId> {
        self.frames.last().map(|frame| frame.instance.unit)
    }

    pub(super) fn local(&mut self, frame: usize, local: u8) -> VmResult<&mut Option<Value>> {
        let frame = self.frames.get_mut(frame);
        let local = frame.and_then(|frame| frame.locals.get_mut(usize::from(local)));
        local.ok_or_else(|| mismatch("there is no such local"))
    }

    pub(super) fn push(&mut self, value: Value) {
        self.operands.push(value);
    }

    /// The function's topmost operand.
    pub(super) fn pop(&mut self) -> VmResult<Value> {
        let base = self.frames.last().map_or(0, |frame| frame.base);
        if self.operands.len() <= base {
            return Err(StatusCode::EmptyValueStack.into());
        }
        self.operands
            .pop()
            .ok_or_else(|| StatusCode::EmptyValueStack.into())
    }

    /// The topmost operands, lowest first.
    pub(super) fn pop_many(&mut self, count: usize) -> VmResult<Vec<Value>> {
        let base = self.frames.last().map_or(0, |frame| frame.base);
        let start = self
            .operands
            .len()
            .checked_sub(count)
            .filter(|start| *start >= base);
        Ok(self
            .operands
            .split_off(start.ok_or(StatusCode::EmptyValueStack)?))
    }

    pub(super) fn pop_bool(&mut self) -> VmResult<bool> {
        match self.pop()? {
            Value::Bool(value) => Ok(value),
            _ => Err(mismatch("a bool is needed")),
        }
    }

    pub(super) fn pop_u64(&mut self) -> VmResult<u64> {
        match self.pop()? {
            Value::Integer(crate::code::Integer::U64, bits) => {
                u64::try_from(bits).map_err(|_| mismatch("a u64 is too large"))
            }
            _ => Err(mismatch("a u64 is needed")),
        }
    }

    pub(super) fn pop_reference(&mut self, mutable: bool) -> VmResult<Reference> {
        match self.pop()? {
            Value::Reference(reference) if reference.mutable || !mutable => Ok(reference),
            _ => Err(mismatch("a reference is needed")),
        }
    }

    /// Starts a function whose arguments are already its locals. The rules of
    /// [`Limits`](crate::Limits) apply.
    pub(super) fn enter(&mut self, engine: &Engine, frame: Frame) -> VmResult<()> {
        let limits = &engine.limits;
        if self.frames.len() > limits.call_depth {
            return Err(StatusCode::CallStackOverflow.into());
        }
        let operands = (self.operands.len() as u64).saturating_add(u64::from(frame.body.max_stack));
        let words = self.local_words.saturating_add(frame.instance.local_words);
        if operands > limits.operand_stack || words > limits.local_words {
            return Err(StatusCode::ExecutionStackOverflow.into());
        }
        self.local_words = words;
        self.entries.enter(frame.active(), self.caller());
        self.frames.push(frame);
        Ok(())
    }

    /// Ends the topmost function.
    pub(super) fn leave(&mut self) -> VmResult<Frame> {
        let frame = self
            .frames
            .pop()
            .ok_or_else(|| mismatch("no function runs"))?;
        self.local_words = self.local_words.saturating_sub(frame.instance.local_words);
        self.entries.leave(frame.active(), self.caller());
        Ok(frame)
    }
}
