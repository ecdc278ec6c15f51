//! Functions that have not returned yet: how they start and end.

use alloc::vec::Vec;

use super::{
    Fast, Lowered,
    lower::lower,
    lowered::Function,
    memory::{Region, invariant},
    native::Call,
    value::Walk,
};
use crate::{
    GlobalAccess, Location, Native, NativeOutcome, StatusCode, VmError, VmResult,
    code::{
        GlobalKey, Instance, InstanceId, Type, UnitId,
        reentrancy::{Active, Entries},
    },
    format::FunctionDefIndex,
    machine::{Limits, Runtime},
};

/// A function that has not returned yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) function: u32,
    /// Where its slots start.
    pub(super) base: usize,
    /// Where its caller goes on.
    pub(super) back: usize,
    /// Operands that wait in all of its callers.
    pub(super) operands: u64,
    /// Words of the locals of all functions up to this one.
    pub(super) local_words: u64,
    pub(super) unit: UnitId,
    pub(super) dispatched: bool,
    pub(super) locking: bool,
    /// Whether its module's entries count it.
    pub(super) counted: bool,
}

/// A call that is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entering {
    pub(super) function: u32,
    /// Where its arguments are.
    pub(super) base: usize,
    pub(super) back: usize,
    pub(super) operands: u16,
    pub(super) dispatched: bool,
    pub(super) locking: bool,
}

/// Where control goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) pc: usize,
    /// Where the frame starts.
    pub(super) base: usize,
    /// What is charged there.
    pub(super) charge: u64,
}

pub(super) fn located(
    error: VmError,
    instance: &Instance,
    definition: FunctionDefIndex,
    pc: u16,
) -> VmError {
    if error.details().location != Location::Undefined {
        return error;
    }
    let location = instance
        .module
        .clone()
        .map_or(Location::Script, Location::Module);
    error.at_code(definition, pc).in_location(location)
}

impl Fast {
    /// Starts a function: returns where its code and its frame start. A native one runs to its
    /// end, and what follows the call is returned.
    pub(super) fn enter(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        new: Entering,
    ) -> VmResult<Target> {
        let instance = rt.code.instance(InstanceId(new.function))?;
        let entering = Active {
            unit: instance.unit,
            dispatched: new.dispatched,
            locking: new.locking || instance.module_lock,
        };
        let caller = self.frames.last().map(|frame| frame.unit);
        self.entries.check_entry(entering, caller)?;
        if lowered.function(new.function).is_none() {
            lower(rt, lowered, InstanceId(new.function))?;
        }
        let function = lowered.function(new.function).cloned();
        let function = function.ok_or_else(|| invariant("a function has no code"))?;
        if function.is_native {
            return self.call_native(rt, lowered, new, &function.instance.clone());
        }
        self.start(&rt.engine.limits, &function, new)
    }

    /// Starts a function that is not native, by the rules of [`Limits`].
    #[inline]
    pub(super) fn start(
        &mut self,
        limits: &Limits,
        function: &Function,
        new: Entering,
    ) -> VmResult<Target> {
        if self.frames.len() > limits.call_depth {
            return Err(StatusCode::CallStackOverflow.into());
        }
        let (below, words) = self
            .frames
            .last()
            .map_or((0, 0), |f| (f.operands, f.local_words));
        let operands = below.saturating_add(u64::from(new.operands));
        let local_words = words.saturating_add(function.local_words);
        if operands.saturating_add(u64::from(function.max_stack)) > limits.operand_stack
            || local_words > limits.local_words
        {
            return Err(StatusCode::ExecutionStackOverflow.into());
        }
        let end = new.base.saturating_add(function.frame as usize);
        if self.memory.stack.len() < end {
            self.memory.stack.resize(end, 0);
        }
        let locking = new.locking || function.module_lock;
        let active = Active {
            unit: function.unit,
            dispatched: new.dispatched,
            locking,
        };
        let caller = self.frames.last().map(|frame| frame.unit);
        let counted = Entries::concerns(active, caller);
        if counted {
            self.entries.enter(active, caller);
        }
        self.frames.push(Frame {
            function: new.function,
            base: new.base,
            back: new.back,
            operands,
            local_words,
            unit: function.unit,
            dispatched: new.dispatched,
            locking,
            counted,
        });
        Ok(Target {
            pc: function.start as usize,
            base: new.base,
            charge: function.charge,
        })
    }

    /// Ends the running function: returns where its caller goes on and its caller's frame.
    #[inline]
    pub(super) fn leave(&mut self) -> VmResult<Option<Target>> {
        let frame = self
            .frames
            .pop()
            .ok_or_else(|| invariant("no function runs"))?;
        if frame.counted {
            let active = Active {
                unit: frame.unit,
                dispatched: frame.dispatched,
                locking: frame.locking,
            };
            let caller = self.frames.last().map(|frame| frame.unit);
            self.entries.leave(active, caller);
        }
        Ok(self.frames.last().map(|caller| Target {
            pc: frame.back,
            base: caller.base,
            charge: 0,
        }))
    }

    /// Fails if the module of a resource waits for a function value.
    pub(super) fn check_access(&self, rt: &Runtime<'_>, of: Type) -> VmResult<()> {
        if !self.entries.is_dispatched() {
            return Ok(());
        }
        match rt.code.home(of)? {
            Some(unit) => self.entries.check_access(unit),
            None => Ok(()),
        }
    }

    /// Calls a function value with the free arguments at `base`.
    pub(super) fn enter_closure(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        handle: u64,
        mut new: Entering,
    ) -> VmResult<Target> {
        let Region::Words(words) = self.memory.heap.take(handle) else {
            return Err(invariant("a function value is needed"));
        };
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let (function, mask, _, mut captured) = walk.closure(&words)?;
        let parameters = rt.code.instance(function)?.parameters.clone();
        let mut arguments = Vec::new();
        let mut free = new.base;
        for (number, ty) in parameters.iter().enumerate() {
            let id = lowered.shapes.of(rt.code, rt.engine, *ty)?;
            let size = lowered.shapes.get(id)?.words;
            if mask.captures(number) {
                let split = captured.split_at_checked(size);
                let (value, rest) = split.ok_or_else(|| invariant("an argument is missing"))?;
                arguments.extend(value);
                captured = rest;
            } else {
                let end = free.saturating_add(size);
                let value = self.memory.stack.get(free..end);
                arguments.extend(value.ok_or_else(|| invariant("an argument is missing"))?);
                free = end;
            }
        }
        self.place(new.base, &arguments)?;
        new.function = function.0;
        new.dispatched = true;
        self.enter(rt, lowered, new)
    }

    /// Writes words to the stack, which grows if need be.
    pub(super) fn place(&mut self, at: usize, words: &[u64]) -> VmResult<()> {
        let end = at.saturating_add(words.len());
        if self.memory.stack.len() < end {
            self.memory.stack.resize(end, 0);
        }
        let place = self.memory.stack.get_mut(at..end);
        place
            .ok_or_else(|| invariant("a slot is missing"))?
            .copy_from_slice(words);
        Ok(())
    }

    fn call_native(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        new: Entering,
        instance: &Instance,
    ) -> VmResult<Target> {
        let error = |e| located(e, instance, instance.definition, 0);
        let id = InstanceId(new.function);
        let Some(native) = instance.native else {
            return match rt.code.body(rt.engine, id) {
                Ok(_) => Err(invariant("a native function has a body")),
                Err(e) => Err(error(e)),
            };
        };
        let mut call = Call::new(self, rt, lowered, id, new.base).map_err(error)?;
        let outcome = match native {
            Native::Engine(function) => call.run(function),
            Native::Host(number) => call.with_host(|host, call| host.native(number, call)),
        };
        let outcome = outcome.map_err(error)?;
        let (results, types) = call.results();
        let back = Target {
            pc: new.back,
            base: self.frames.last().map_or(0, |frame| frame.base),
            charge: 0,
        };
        match outcome {
            NativeOutcome::Return => {
                if *types != *instance.returns {
                    return Err(error(invariant(
                        "a native function returned something else",
                    )));
                }
                self.place(new.base, &results).map_err(error)?;
                Ok(back)
            }
            NativeOutcome::Call {
                function,
                arguments,
            } => self
                .dispatch(rt, lowered, new, instance, (function, &arguments))
                .map_err(error),
            NativeOutcome::CallNamed {
                module,
                name,
                type_arguments,
                arguments,
            } => {
                let named = rt
                    .code
                    .function(rt.engine, rt.host, &module, &name, &type_arguments);
                let function = named.map_err(error)?;
                self.dispatch(rt, lowered, new, instance, (function, &arguments))
                    .map_err(error)
            }
            NativeOutcome::Global {
                key,
                ty,
                access,
                otherwise,
            } => {
                self.access_global(rt, lowered, new, instance, (key, ty, access))
                    .map_err(|e| error(GlobalAccess::refusal(e, otherwise)))?;
                Ok(back)
            }
        }
    }

    /// The words of a native function's argument, which are still where they were.
    fn argument(
        &self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        new: Entering,
        native: &Instance,
        wanted: u16,
    ) -> VmResult<Vec<u64>> {
        let mut at = new.base;
        for (number, ty) in native.parameters.iter().enumerate() {
            let id = lowered.shapes.of(rt.code, rt.engine, *ty)?;
            let end = at.saturating_add(lowered.shapes.get(id)?.words);
            if number == usize::from(wanted) {
                let words = self.memory.stack.get(at..end);
                return words
                    .map(Vec::from)
                    .ok_or_else(|| invariant("an argument is gone"));
            }
            at = end;
        }
        Err(invariant("an argument is gone"))
    }

    fn dispatch(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        new: Entering,
        native: &Instance,
        (function, numbers): (InstanceId, &[u16]),
    ) -> VmResult<Target> {
        let callee = rt.code.instance(function)?.clone();
        if callee.returns != native.returns {
            return Err(StatusCode::RuntimeDispatchError.into());
        }
        let mut words = Vec::new();
        for (number, ty) in numbers.iter().zip(&callee.parameters) {
            if native.parameters.get(usize::from(*number)) != Some(ty) {
                return Err(StatusCode::RuntimeDispatchError.into());
            }
            words.extend(self.argument(rt, lowered, new, native, *number)?);
        }
        if numbers.len() != callee.parameters.len() {
            return Err(StatusCode::RuntimeDispatchError.into());
        }
        self.place(new.base, &words)?;
        let (dispatched, locking) = (true, true);
        self.enter(
            rt,
            lowered,
            Entering {
                function: function.0,
                dispatched,
                locking,
                ..new
            },
        )
    }

    fn access_global(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        new: Entering,
        native: &Instance,
        (key, ty, access): (GlobalKey, Type, GlobalAccess),
    ) -> VmResult<()> {
        let moved = match access {
            GlobalAccess::MoveTo(number) => Some(self.argument(rt, lowered, new, native, number)?),
            GlobalAccess::Exists | GlobalAccess::Borrow { .. } | GlobalAccess::MoveFrom => None,
        };
        let number = self.globals.find(rt, lowered, &mut self.memory, key, ty)?;
        let words = match (access, moved) {
            (GlobalAccess::MoveTo(_), Some(words)) => {
                return self.globals.put(&mut self.memory, number, words);
            }
            (GlobalAccess::Exists, _) => {
                alloc::vec![u64::from(self.globals.exists(number)?)]
            }
            (GlobalAccess::Borrow { mutable }, _) => {
                alloc::vec![self.globals.borrow(number, mutable)?]
            }
            (GlobalAccess::MoveFrom, _) => self.globals.take(&mut self.memory, number)?,
            (GlobalAccess::MoveTo(_), None) => return Err(invariant("an argument is gone")),
        };
        self.place(new.base, &words)
    }
}
