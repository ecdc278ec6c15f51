//! The loop over instructions, and calls.

use alloc::vec::Vec;

use super::{
    Plain,
    frame::Frame,
    native::Call,
    step::Next,
    value::{Closure, Reference, Root, Value, mismatch},
};
use crate::{
    GlobalAccess, Location, Native, NativeOutcome, StatusCode, VmError, VmResult,
    code::{GlobalKey, Instance, InstanceId, Type, reentrancy::Active},
    format::FunctionDefIndex,
    machine::Runtime,
};

/// How a function is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// By name.
    Name,
    /// Through a function value.
    Value,
    /// By a native function, in its place.
    Dispatch,
}

fn located(
    error: VmError,
    instance: &Instance,
    definition: FunctionDefIndex,
    pc: usize,
) -> VmError {
    let location = instance
        .module
        .clone()
        .map_or(Location::Script, Location::Module);
    if error.details().location == Location::Undefined {
        let pc = u16::try_from(pc).unwrap_or(u16::MAX);
        return error.at_code(definition, pc).in_location(location);
    }
    error
}

impl Plain {
    /// Runs a function whose arguments are the operands, to its end. Its results are the operands
    /// then.
    pub(super) fn run(&mut self, rt: &mut Runtime<'_>, function: InstanceId) -> VmResult<()> {
        let instance = rt.code.instance(function)?.clone();
        self.call_function(rt, function, By::Name)
            .map_err(|e| located(e, &instance, instance.definition, 0))?;
        while !self.stack.frames.is_empty() {
            if let Err(error) = self.step_once(rt) {
                let Some(frame) = self.stack.frames.last() else {
                    return Err(error);
                };
                return Err(located(
                    error,
                    &frame.instance,
                    frame.instance.definition,
                    frame.pc,
                ));
            }
        }
        Ok(())
    }

    fn step_once(&mut self, rt: &mut Runtime<'_>) -> VmResult<()> {
        let frame = self.stack.top()?;
        let body = frame.body.clone();
        let cost = body
            .block_cost
            .get(frame.pc)
            .copied()
            .ok_or(StatusCode::PcOverflow)?;
        let op = body.ops.get(frame.pc).ok_or(StatusCode::PcOverflow)?;
        rt.gas.charge(cost)?;
        match self.step(rt, op)? {
            Next::Continue => {
                let frame = self.stack.top()?;
                frame.pc = frame.pc.saturating_add(1);
            }
            Next::Jump(target) => self.stack.top()?.pc = usize::from(target),
            Next::Call(callee) => {
                self.call_function(rt, callee, By::Name)?;
            }
            Next::CallClosure(closure, arguments) => {
                self.call_closure(rt, *closure, arguments)?;
            }
            Next::Return => self.return_from(rt)?,
        }
        Ok(())
    }

    fn return_from(&mut self, rt: &mut Runtime<'_>) -> VmResult<()> {
        let frame = self.stack.top()?;
        let (base, returns) = (frame.base, frame.instance.returns.clone());
        let own = self.stack.operands.get(base..).unwrap_or_default();
        if own.len() != returns.len() {
            return Err(mismatch("a function returns another number of values"));
        }
        for (value, ty) in own.iter().zip(&returns) {
            value.check(rt.code, *ty)?;
        }
        let frame = self.stack.leave()?;
        for (value, ty) in frame.locals.iter().zip(&frame.instance.locals) {
            let droppable = rt.code.abilities(*ty)?.has(crate::format::Ability::Drop);
            if value.is_some() && !droppable {
                return Err(mismatch(
                    "a value that cannot be dropped is left in a local",
                ));
            }
        }
        Ok(())
    }

    /// Starts a function whose arguments are the topmost operands, or runs a native one.
    fn call_function(&mut self, rt: &mut Runtime<'_>, id: InstanceId, by: By) -> VmResult<()> {
        let instance = rt.code.instance(id)?.clone();
        let arguments = self.stack.pop_many(instance.parameters.len())?;
        for (value, ty) in arguments.iter().zip(&instance.parameters) {
            value.check(rt.code, *ty)?;
        }
        let new = Active {
            unit: instance.unit,
            dispatched: by != By::Name,
            locking: by == By::Dispatch || instance.module_lock,
        };
        self.stack.entries.check_entry(new, self.stack.caller())?;
        if instance.is_native {
            return self.call_native(rt, id, &instance, arguments);
        }
        let body = rt.code.body(rt.engine, id)?;
        let mut locals: Vec<_> = arguments.into_iter().map(Some).collect();
        locals.resize_with(instance.locals.len(), || None);
        let base = self.stack.operands.len();
        let (dispatched, locking) = (new.dispatched, new.locking);
        let frame = Frame {
            id,
            instance,
            body,
            pc: 0,
            locals,
            base,
            dispatched,
            locking,
        };
        self.stack.enter(rt.engine, frame)?;
        self.advance_caller();
        Ok(())
    }

    /// The caller of a function that has just started goes on behind the call.
    fn advance_caller(&mut self) {
        let caller = self.stack.frames.len().checked_sub(2);
        if let Some(frame) = caller.and_then(|n| self.stack.frames.get_mut(n)) {
            frame.pc = frame.pc.saturating_add(1);
        }
    }

    fn call_native(
        &mut self,
        rt: &mut Runtime<'_>,
        id: InstanceId,
        instance: &Instance,
        arguments: Vec<Value>,
    ) -> VmResult<()> {
        let error = |e| located(e, instance, instance.definition, 0);
        let Some(native) = instance.native else {
            return rt.code.body(rt.engine, id).map(|_| ()).map_err(error);
        };
        let mut call = Call::new(self, rt, id, arguments);
        let outcome = call.run(native).map_err(error)?;
        let (mut arguments, results) = call.into_parts();
        match outcome {
            NativeOutcome::Return => {
                if results.len() != instance.returns.len() {
                    return Err(error(mismatch(
                        "a native function returned too much or little",
                    )));
                }
                for (value, ty) in results.iter().zip(&instance.returns) {
                    value.check(rt.code, *ty).map_err(error)?;
                }
                self.stack.operands.extend(results);
                self.advance_top();
                Ok(())
            }
            NativeOutcome::Call {
                function,
                arguments: numbers,
            } => self
                .dispatch(rt, instance, function, arguments, &numbers)
                .map_err(error),
            NativeOutcome::CallNamed {
                module,
                name,
                type_arguments,
                arguments: numbers,
            } => {
                let named = rt
                    .code
                    .function(rt.engine, rt.host, &module, &name, &type_arguments);
                let function = named.map_err(error)?;
                self.dispatch(rt, instance, function, arguments, &numbers)
                    .map_err(error)
            }
            NativeOutcome::Global {
                key,
                ty,
                access,
                otherwise,
            } => {
                let argument = match access {
                    GlobalAccess::MoveTo(n) => {
                        arguments.get_mut(usize::from(n)).and_then(Option::take)
                    }
                    GlobalAccess::Exists | GlobalAccess::Borrow { .. } | GlobalAccess::MoveFrom => {
                        None
                    }
                };
                let result = self
                    .access_global(rt, &key, ty, access, argument)
                    .map_err(|e| error(GlobalAccess::refusal(e, otherwise)))?;
                self.stack.operands.extend(result);
                self.advance_top();
                Ok(())
            }
        }
    }

    /// Runs a function in place of a native one.
    fn dispatch(
        &mut self,
        rt: &mut Runtime<'_>,
        native: &Instance,
        function: InstanceId,
        mut arguments: Vec<Option<Value>>,
        numbers: &[u16],
    ) -> VmResult<()> {
        if rt.code.instance(function)?.returns != native.returns {
            return Err(StatusCode::RuntimeDispatchError.into());
        }
        for number in numbers {
            let value = arguments
                .get_mut(usize::from(*number))
                .and_then(Option::take);
            self.stack
                .push(value.ok_or_else(|| mismatch("an argument is gone"))?);
        }
        self.call_function(rt, function, By::Dispatch)
    }

    fn access_global(
        &mut self,
        rt: &mut Runtime<'_>,
        key: &GlobalKey,
        ty: Type,
        access: GlobalAccess,
        argument: Option<Value>,
    ) -> VmResult<Option<Value>> {
        let missing = || VmError::new(StatusCode::MissingData);
        let number = self.globals.find(rt, key, ty)?;
        let place = self.globals.value(number)?;
        Ok(Some(match access {
            GlobalAccess::Exists => Value::Bool(place.is_some()),
            GlobalAccess::Borrow { mutable } => {
                place.as_ref().ok_or_else(missing)?;
                let root = Root::Global(number);
                Value::Reference(Reference {
                    root,
                    path: Vec::new(),
                    mutable,
                    to: ty,
                })
            }
            GlobalAccess::MoveFrom => place.take().ok_or_else(missing)?,
            GlobalAccess::MoveTo(_) => {
                let value = argument.ok_or_else(|| mismatch("an argument is gone"))?;
                value.check(rt.code, ty)?;
                if place.is_some() {
                    return Err(StatusCode::ResourceAlreadyExists.into());
                }
                *place = Some(value);
                return Ok(None);
            }
        }))
    }

    /// The topmost function goes on behind what it has just done.
    fn advance_top(&mut self) {
        if let Some(frame) = self.stack.frames.last_mut() {
            frame.pc = frame.pc.saturating_add(1);
        }
    }

    fn call_closure(
        &mut self,
        rt: &mut Runtime<'_>,
        closure: Closure,
        arguments: Vec<Value>,
    ) -> VmResult<()> {
        let instance = rt.code.instance(closure.function)?.clone();
        let mut captured = closure.captured.into_iter();
        let mut free = arguments.into_iter();
        for number in 0..instance.parameters.len() {
            let next = match closure.mask.captures(number) {
                true => captured.next().map(|(_, value)| value),
                false => free.next(),
            };
            self.stack
                .push(next.ok_or_else(|| mismatch("an argument is missing"))?);
        }
        if captured.next().is_some() || free.next().is_some() {
            return Err(mismatch("an argument is too much"));
        }
        self.call_function(rt, closure.function, By::Value)
    }
}

impl Native {
    /// Runs it.
    fn invoke(self, call: &mut Call<'_, '_>) -> VmResult<NativeOutcome> {
        match self {
            Self::Engine(function) => {
                let engine = call.rt.engine;
                function(call, &engine.gas)
            }
            Self::Host(number) => call.with_host(|host, call| host.native(number, call)),
        }
    }
}

impl Call<'_, '_> {
    fn run(&mut self, native: Native) -> VmResult<NativeOutcome> {
        native.invoke(self)
    }
}
