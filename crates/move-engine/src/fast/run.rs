//! The loop over instructions.

use super::{
    Fast, Lowered,
    calls::{Entering, Target, located},
    instr::{Instr, Slot},
    memory::{Region, invariant, reference},
    scalar::{failed, narrow},
};
use crate::{StatusCode, VmError, VmResult, code::InstanceId, machine::Runtime, vector_error};

#[cold]
pub(super) fn vector_failure(sub: u64) -> VmError {
    VmError::new(StatusCode::VectorOperationError).with_sub_status(sub)
}

#[cold]
fn no_slot() -> VmError {
    invariant("a slot is missing")
}

impl Fast {
    /// Runs a function whose arguments are at the start of the stack, to its end; its results are
    /// there then.
    pub(super) fn run(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        function: InstanceId,
    ) -> VmResult<()> {
        let instance = rt.code.instance(function)?.clone();
        let entering = Entering {
            function: function.0,
            base: 0,
            back: 0,
            operands: 0,
            dispatched: false,
            locking: false,
        };
        let target = self
            .enter(rt, lowered, entering)
            .map_err(|e| located(e, &instance, instance.definition, 0))?;
        if self.frames.is_empty() {
            return Ok(());
        }
        let mut pc = 0;
        self.execute(rt, lowered, target, &mut pc).map_err(|error| {
            let error = self.stale(error);
            let frame = self.frames.last();
            let function = frame.and_then(|frame| lowered.function(frame.function));
            let Some(function) = function else {
                return error;
            };
            let mut origin = lowered.origin.get(pc).copied().unwrap_or(0);
            let mut instr = lowered.code.get(pc).copied();
            if instr.as_mut().and_then(Instr::next_charge).is_some() {
                // It was the block behind the jump that could not be paid.
                origin = origin.saturating_add(1);
            }
            located(
                error,
                &function.instance,
                function.instance.definition,
                origin,
            )
        })
    }

    /// A reference that points to nothing points to what others have changed, if some have.
    fn stale(&self, error: VmError) -> VmError {
        let is_wild = error.status() == StatusCode::VerifierInvariantViolation;
        match is_wild && self.globals.has_forgotten() {
            true => StatusCode::GlobalReferenceError.into(),
            false => error,
        }
    }

    /// An error at the running function's first instruction.
    #[cold]
    fn at_start(&self, lowered: &Lowered, error: VmError) -> VmError {
        let frame = self.frames.last();
        match frame.and_then(|frame| lowered.function(frame.function)) {
            Some(function) => located(error, &function.instance, function.instance.definition, 0),
            None => error,
        }
    }

    #[inline]
    fn get(&self, base: usize, slot: Slot) -> VmResult<u64> {
        match self.memory.stack.get(base.wrapping_add(usize::from(slot))) {
            Some(word) => Ok(*word),
            None => Err(no_slot()),
        }
    }

    #[inline]
    fn set(&mut self, base: usize, slot: Slot, value: u64) -> VmResult<()> {
        match self
            .memory
            .stack
            .get_mut(base.wrapping_add(usize::from(slot)))
        {
            Some(word) => {
                *word = value;
                Ok(())
            }
            None => Err(no_slot()),
        }
    }

    /// Executes from a target on until the outermost function returns. After an error `at` is where
    /// it happened.
    fn execute(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        start: Target,
        at: &mut usize,
    ) -> VmResult<()> {
        // A variable of this function, and the steps inlined: so that it stays in a register.
        let mut pc = start.pc;
        let result = self.steps(rt, lowered, start, &mut pc);
        *at = pc;
        result
    }

    #[inline(always)]
    fn steps(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        start: Target,
        pc: &mut usize,
    ) -> VmResult<()> {
        let mut base = start.base;
        if let Err(error) = rt.gas.charge(start.charge) {
            return Err(self.at_start(lowered, error));
        }
        loop {
            let Some(instr) = lowered.code.get(*pc) else {
                return Err(StatusCode::PcOverflow.into());
            };
            macro_rules! binary {
                ($to:ident, $left:ident, $right:ident, |$a:ident, $b:ident| $result:expr) => {{
                    let ($a, $b) = (self.get(base, $left)?, self.get(base, $right)?);
                    self.set(base, $to, $result)?;
                }};
            }
            macro_rules! constant {
                ($to:ident, $left:ident, |$a:ident| $result:expr) => {{
                    let $a = self.get(base, $left)?;
                    self.set(base, $to, $result)?;
                }};
            }
            macro_rules! jump_if {
                ($condition:expr, $target:ident, $charge:ident) => {{
                    if $condition {
                        *pc = $target as usize;
                        continue;
                    }
                    rt.gas.charge(u64::from($charge))?;
                }};
            }
            macro_rules! go {
                ($target:expr) => {{
                    let target: Target = $target;
                    (*pc, base) = (target.pc, target.base);
                    if let Err(error) = rt.gas.charge(target.charge) {
                        return Err(self.at_start(lowered, error));
                    }
                    continue;
                }};
            }
            // Its operands are read from where it is: it is not copied.
            match *instr {
                Instr::Charge(amount) => rt.gas.charge(amount)?,
                Instr::Const { to, value } => self.set(base, to, value)?,
                Instr::Move { to, from } => {
                    let value = self.get(base, from)?;
                    self.set(base, to, value)?;
                }
                Instr::Add { to, left, right } => {
                    binary!(to, left, right, |a, b| a
                        .checked_add(b)
                        .ok_or_else(failed)?);
                }
                Instr::Sub { to, left, right } => {
                    binary!(to, left, right, |a, b| a
                        .checked_sub(b)
                        .ok_or_else(failed)?);
                }
                Instr::Mul { to, left, right } => {
                    binary!(to, left, right, |a, b| a
                        .checked_mul(b)
                        .ok_or_else(failed)?);
                }
                Instr::Div { to, left, right } => {
                    binary!(to, left, right, |a, b| a
                        .checked_div(b)
                        .ok_or_else(failed)?);
                }
                Instr::Mod { to, left, right } => {
                    binary!(to, left, right, |a, b| a
                        .checked_rem(b)
                        .ok_or_else(failed)?);
                }
                Instr::BitAnd { to, left, right } => binary!(to, left, right, |a, b| a & b),
                Instr::BitOr { to, left, right } => binary!(to, left, right, |a, b| a | b),
                Instr::Xor { to, left, right } => binary!(to, left, right, |a, b| a ^ b),
                Instr::AddConst { to, left, right } => {
                    constant!(to, left, |a| a
                        .checked_add(u64::from(right))
                        .ok_or_else(failed)?);
                }
                Instr::SubConst { to, left, right } => {
                    constant!(to, left, |a| a
                        .checked_sub(u64::from(right))
                        .ok_or_else(failed)?);
                }
                Instr::MulConst { to, left, right } => {
                    constant!(to, left, |a| a
                        .checked_mul(u64::from(right))
                        .ok_or_else(failed)?);
                }
                Instr::AndConst { to, left, right } => {
                    constant!(to, left, |a| a & u64::from(right));
                }
                Instr::ShrConst { to, left, right } => {
                    constant!(to, left, |a| a.wrapping_shr(right));
                }
                Instr::XorConst { to, left, right } => {
                    constant!(to, left, |a| a ^ u64::from(right));
                }
                Instr::DivConst { to, left, right } => {
                    constant!(to, left, |a| a
                        .checked_div(u64::from(right))
                        .ok_or_else(failed)?);
                }
                Instr::ModConst { to, left, right } => {
                    constant!(to, left, |a| match u32::try_from(a) {
                        // Half as wide a division takes much less time.
                        Ok(a) => u64::from(a.checked_rem(right).ok_or_else(failed)?),
                        Err(_) => a.checked_rem(u64::from(right)).ok_or_else(failed)?,
                    });
                }
                Instr::EqualConst { to, left, right } => {
                    constant!(to, left, |a| u64::from(a == u64::from(right)));
                }
                Instr::NotEqualConst { to, left, right } => {
                    constant!(to, left, |a| u64::from(a != u64::from(right)));
                }
                Instr::Narrow {
                    op,
                    bits,
                    to,
                    left,
                    right,
                } => {
                    binary!(to, left, right, |a, b| narrow(op, bits, a, b)?);
                }
                Instr::Fit { to, from, bits } => {
                    let value = self.get(base, from)?;
                    if bits < 64 && value >> bits != 0 {
                        return Err(failed());
                    }
                    self.set(base, to, value)?;
                }
                Instr::Not { to, from } => constant!(to, from, |a| a ^ 1),
                Instr::Less { to, left, right } => {
                    binary!(to, left, right, |a, b| u64::from(a < b));
                }
                Instr::LessEq { to, left, right } => {
                    binary!(to, left, right, |a, b| u64::from(a <= b));
                }
                Instr::Equal { to, left, right } => {
                    binary!(to, left, right, |a, b| u64::from(a == b));
                }
                Instr::NotEqual { to, left, right } => {
                    binary!(to, left, right, |a, b| u64::from(a != b));
                }
                Instr::Jump { target, charge } => {
                    *pc = target as usize;
                    if let Err(error) = rt.gas.charge(u64::from(charge)) {
                        // The charge is right before the target.
                        *pc = pc.wrapping_sub(1);
                        return Err(error);
                    }
                    continue;
                }
                Instr::JumpTrue { on, target, charge } => {
                    jump_if!(self.get(base, on)? != 0, target, charge)
                }
                Instr::JumpFalse { on, target, charge } => {
                    jump_if!(self.get(base, on)? == 0, target, charge)
                }
                Instr::JumpLess {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(
                        self.get(base, left)? < self.get(base, right)?,
                        target,
                        charge
                    );
                }
                Instr::JumpLessEq {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(
                        self.get(base, left)? <= self.get(base, right)?,
                        target,
                        charge
                    );
                }
                Instr::JumpEqual {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(
                        self.get(base, left)? == self.get(base, right)?,
                        target,
                        charge
                    );
                }
                Instr::JumpNotEqual {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(
                        self.get(base, left)? != self.get(base, right)?,
                        target,
                        charge
                    );
                }
                Instr::JumpLessConst {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(self.get(base, left)? < u64::from(right), target, charge);
                }
                Instr::JumpNotLessConst {
                    left,
                    right,
                    target,
                    charge,
                } => {
                    jump_if!(self.get(base, left)? >= u64::from(right), target, charge);
                }
                Instr::RefSlot { to, slot } => {
                    let offset = base.wrapping_add(usize::from(slot)) as u64;
                    self.set(base, to, reference(0, offset))?;
                }
                Instr::RefAdd { to, from, offset } => {
                    constant!(to, from, |a| a.wrapping_add(u64::from(offset)));
                }
                Instr::RefInto { to, handle, offset } => {
                    constant!(to, handle, |a| reference(a, u64::from(offset)));
                }
                Instr::Load { to, from, offset } => {
                    let at = self.get(base, from)?.wrapping_add(u64::from(offset));
                    let value = self.memory.load(at)?;
                    self.set(base, to, value)?;
                }
                Instr::LoadByte { to, from } => {
                    let value = self.memory.load_byte(self.get(base, from)?)?;
                    self.set(base, to, value)?;
                }
                Instr::Store { at, offset, value } => {
                    let at = self.get(base, at)?.wrapping_add(u64::from(offset));
                    let value = self.get(base, value)?;
                    self.memory.store(at, value)?;
                }
                Instr::StoreByte { at, value } => {
                    let (at, value) = (self.get(base, at)?, self.get(base, value)?);
                    self.memory.store_byte(at, value)?;
                }
                Instr::VecLen { to, handle, words } => {
                    let length = self.vector_length(self.get(base, handle)?, words);
                    self.set(base, to, length)?;
                }
                Instr::VecBorrow {
                    to,
                    handle,
                    index,
                    words,
                } => {
                    let (vector, index) = (self.get(base, handle)?, self.get(base, index)?);
                    if index >= self.vector_length(vector, words) {
                        return Err(vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
                    }
                    let offset = index.wrapping_mul(u64::from(words.max(1)));
                    self.set(base, to, reference(vector, offset))?;
                }
                Instr::VecGet { to, handle, index } => {
                    let (vector, index) = (self.get(base, handle)?, self.get(base, index)?);
                    let value = match self.memory.heap.get(vector) {
                        Some(Region::Words(items)) => items.get(index as usize).copied(),
                        _ => None,
                    };
                    let Some(value) = value else {
                        return Err(vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
                    };
                    self.set(base, to, value)?;
                }
                Instr::VecGetByte { to, handle, index } => {
                    let (vector, index) = (self.get(base, handle)?, self.get(base, index)?);
                    let value = match self.memory.heap.get(vector) {
                        Some(Region::Bytes(items)) => items.get(index as usize).copied(),
                        _ => None,
                    };
                    let Some(value) = value else {
                        return Err(vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
                    };
                    self.set(base, to, u64::from(value))?;
                }
                Instr::VecPush { at, value, words } => {
                    rt.gas
                        .allocate(&rt.engine.limits, u64::from(words.max(1)))?;
                    let at = reference(0, base.wrapping_add(usize::from(at)) as u64);
                    self.vector_push(base, at, value, words)?;
                }
                Instr::VecPushRef { at, value, words } => {
                    rt.gas
                        .allocate(&rt.engine.limits, u64::from(words.max(1)))?;
                    let at = self.get(base, at)?;
                    self.vector_push(base, at, value, words)?;
                }
                Instr::Call {
                    function,
                    window,
                    operands,
                } => {
                    let entering = Entering {
                        function,
                        base: base.wrapping_add(usize::from(window)),
                        back: pc.wrapping_add(1),
                        operands,
                        dispatched: false,
                        locking: false,
                    };
                    go!(match lowered.function(function) {
                        Some(known) if known.is_simple && !self.entries.is_locked() => {
                            self.start(&rt.engine.limits, known, entering)?
                        }
                        _ => self.enter(rt, lowered, entering)?,
                    });
                }
                Instr::CallClosure {
                    window,
                    closure,
                    operands,
                } => {
                    let handle = self.get(base, closure)?;
                    let entering = Entering {
                        function: 0,
                        base: base.wrapping_add(usize::from(window)),
                        back: pc.wrapping_add(1),
                        operands,
                        dispatched: true,
                        locking: false,
                    };
                    go!(self.enter_closure(rt, lowered, handle, entering)?);
                }
                Instr::ReturnWord { from } => {
                    let value = self.get(base, from)?;
                    self.set(base, 0, value)?;
                    match self.leave()? {
                        Some(caller) => go!(caller),
                        None => return Ok(()),
                    }
                }
                Instr::Return => match self.leave()? {
                    Some(caller) => go!(caller),
                    None => return Ok(()),
                },
                Instr::Abort { code } => return Err(VmError::abort(self.get(base, code)?)),
                Instr::ConstWords { .. }
                | Instr::ConstBcs { .. }
                | Instr::Zero { .. }
                | Instr::MoveWords { .. }
                | Instr::Take { .. }
                | Instr::Copy { .. }
                | Instr::Drop { .. }
                | Instr::Any { .. }
                | Instr::Negate { .. }
                | Instr::Cast { .. }
                | Instr::Compare { .. }
                | Instr::SameValue { .. }
                | Instr::SameReferent { .. }
                | Instr::LoadWords { .. }
                | Instr::StoreWords { .. }
                | Instr::CopyRef { .. }
                | Instr::DropRef { .. }
                | Instr::Box { .. }
                | Instr::Unbox { .. }
                | Instr::CheckVariant { .. }
                | Instr::IsVariant { .. }
                | Instr::BorrowVariant { .. }
                | Instr::VecPack { .. }
                | Instr::VecUnpack { .. }
                | Instr::VecPop { .. }
                | Instr::VecSwap { .. }
                | Instr::Exists { .. }
                | Instr::BorrowGlobal { .. }
                | Instr::MoveFrom { .. }
                | Instr::MoveTo { .. }
                | Instr::PackClosure { .. }
                | Instr::AbortMessage { .. } => {
                    let instr = *instr;
                    self.slow(rt, lowered, base, instr)?;
                }
            }
            *pc = pc.wrapping_add(1);
        }
    }

    /// How many elements a vector has.
    #[inline]
    fn vector_length(&self, handle: u64, words: u16) -> u64 {
        match self.memory.heap.get(handle) {
            Some(Region::Bytes(items)) => items.len() as u64,
            Some(Region::Words(items)) if words <= 1 => items.len() as u64,
            Some(Region::Words(items)) => (items.len() / usize::from(words)) as u64,
            Some(Region::Free) | None => 0,
        }
    }

    /// Appends an element to the vector whose handle is at a reference.
    #[inline]
    fn vector_push(&mut self, base: usize, at: u64, value: Slot, words: u16) -> VmResult<()> {
        let mut handle = self.memory.load(at)?;
        if handle == 0 {
            let region = match words {
                0 => Region::Bytes(alloc::vec::Vec::new()),
                _ => Region::Words(alloc::vec::Vec::new()),
            };
            handle = self.memory.heap.allocate(region)?;
            self.memory.store(at, handle)?;
        }
        let start = base.wrapping_add(usize::from(value));
        let end = start.wrapping_add(usize::from(words.max(1)));
        let element = self.memory.stack.get(start..end).ok_or_else(no_slot)?;
        match (words, element) {
            (0, [byte, ..]) => self.memory.heap.bytes_mut(handle)?.push(*byte as u8),
            (1, [word, ..]) => self.memory.heap.words_mut(handle)?.push(*word),
            _ => self
                .memory
                .heap
                .words_mut(handle)?
                .extend_from_slice(element),
        }
        // Offsets of elements must fit into the lower half of a reference.
        if self.vector_length(handle, 1) > u64::from(u32::MAX) {
            return Err(StatusCode::MemoryLimitExceeded.into());
        }
        Ok(())
    }
}
