//! A native function's view of its call.

use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Ordering;

use super::{
    Plain,
    encoding::{decode, encode},
    value::{Reference, Value, heap_size, mismatch},
};
use crate::{
    Address, Change, Host, Layout, ModuleId, NativeCall, StateKey, StatusCode, U256, VmError,
    VmResult,
    busy::Busy,
    code::{Code, InstanceId, Type},
    function_value::Serializable,
    machine::Runtime,
    vector_error,
};

/// One call of a native function.
pub(super) struct Call<'a, 'r> {
    machine: &'a mut Plain,
    pub(super) rt: &'a mut Runtime<'r>,
    function: InstanceId,
    arguments: Vec<Option<Value>>,
    results: Vec<Value>,
}

#[cold]
fn out_of_bounds() -> VmError {
    VmError::new(StatusCode::VectorOperationError)
        .with_sub_status(vector_error::INDEX_OUT_OF_BOUNDS)
}

impl<'a, 'r> Call<'a, 'r> {
    pub(super) fn new(
        machine: &'a mut Plain,
        rt: &'a mut Runtime<'r>,
        function: InstanceId,
        arguments: Vec<Value>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Some).collect();
        Self {
            machine,
            rt,
            function,
            arguments,
            results: Vec::new(),
        }
    }

    pub(super) fn into_parts(self) -> (Vec<Option<Value>>, Vec<Value>) {
        (self.arguments, self.results)
    }

    fn argument(&mut self, number: usize) -> VmResult<&mut Value> {
        let argument = self.arguments.get_mut(number).and_then(Option::as_mut);
        argument.ok_or_else(|| mismatch("a native function has no such argument"))
    }

    fn take(&mut self, number: usize) -> VmResult<Value> {
        let argument = self.arguments.get_mut(number).and_then(Option::take);
        argument.ok_or_else(|| mismatch("a native function has no such argument"))
    }

    /// The argument, or what it points to.
    fn place(&mut self, number: usize) -> VmResult<&mut Value> {
        let argument = self.arguments.get_mut(number).and_then(Option::as_mut);
        match argument.ok_or_else(|| mismatch("a native function has no such argument"))? {
            Value::Reference(reference) => self.machine.at(reference),
            value => Ok(value),
        }
    }

    fn mutable(&mut self, number: usize) -> VmResult<Reference> {
        match self.argument(number)? {
            Value::Reference(reference) if reference.mutable => Ok(reference.clone()),
            _ => Err(mismatch("a mutable reference is needed")),
        }
    }

    fn vector(&mut self, number: usize) -> VmResult<&mut Vec<Value>> {
        match self.place(number)? {
            Value::Vector(_, items) => Ok(items),
            _ => Err(mismatch("a vector is needed")),
        }
    }

    fn encoded(&mut self, allowed: Serializable, argument: usize) -> VmResult<Vec<u8>> {
        let value = self.place(argument)?.clone();
        let mut bcs = Vec::new();
        encode(self.rt.code, allowed, &value, &mut bcs)?;
        Ok(bcs)
    }

    /// Runs something of the host with this call as its argument.
    pub(super) fn with_host<T>(
        &mut self,
        run: impl FnOnce(&mut dyn Host, &mut dyn NativeCall) -> VmResult<T>,
    ) -> VmResult<T> {
        // The host cannot be borrowed twice: what it does through the call while it runs goes to a
        // host that has only what is loaded already.
        let mut busy = Busy;
        let Runtime {
            engine,
            code,
            host,
            gas,
        } = &mut *self.rt;
        let mut rt = Runtime {
            engine,
            code,
            host: &mut busy,
            gas,
        };
        let mut call = Call {
            machine: self.machine,
            rt: &mut rt,
            function: self.function,
            arguments: core::mem::take(&mut self.arguments),
            results: core::mem::take(&mut self.results),
        };
        let result = run(*host, &mut call);
        let (arguments, results) = call.into_parts();
        (self.arguments, self.results) = (arguments, results);
        result
    }
}

impl NativeCall for Call<'_, '_> {
    fn code(&mut self) -> &mut Code {
        self.rt.code
    }

    fn take_code(&mut self) -> Code {
        self.rt.code.take()
    }

    fn put_code(&mut self, code: Code) {
        *self.rt.code = code;
    }

    fn layout(&mut self, ty: Type) -> VmResult<Layout> {
        self.rt.code.layout(self.rt.engine, ty)
    }

    fn layout_nodes(&mut self, ty: Type) -> VmResult<u64> {
        self.rt.code.nodes(self.rt.engine, ty)
    }

    fn type_argument(&self, number: usize) -> VmResult<Type> {
        let instance = self.rt.code.instance(self.function)?;
        let argument = instance.type_arguments.get(number).copied();
        argument.ok_or_else(|| mismatch("a native function has no such type argument"))
    }

    fn function(&self) -> InstanceId {
        self.function
    }

    fn caller(&self) -> Option<InstanceId> {
        self.machine.stack.frames.last().map(|frame| frame.id)
    }

    fn active_modules(&self) -> Vec<ModuleId> {
        let mut modules = Vec::new();
        for frame in &self.machine.stack.frames {
            let instance = self.rt.code.instance(frame.id);
            let module = instance.ok().and_then(|instance| instance.module.as_ref());
            if let Some(module) = module
                && !modules.contains(module)
            {
                modules.push(module.clone());
            }
        }
        modules
    }

    fn is_locked(&self) -> bool {
        self.machine.stack.entries.is_locked()
    }

    fn charge(&mut self, amount: u64) -> VmResult<()> {
        self.rt.gas.charge(amount)
    }

    fn gas_left(&self) -> u64 {
        self.rt.gas.left()
    }

    fn integer(&mut self, argument: usize) -> VmResult<U256> {
        match self.place(argument)? {
            Value::Integer(_, bits) => Ok(*bits),
            Value::Bool(value) => Ok(U256::from(u8::from(*value))),
            _ => Err(mismatch("an integer is needed")),
        }
    }

    fn address(&mut self, argument: usize) -> VmResult<Address> {
        let mut value = self.place(argument)?;
        if let Value::Signer(address) = value {
            value = &mut **address;
        }
        match value {
            Value::Address(address) => Ok(*address),
            _ => Err(mismatch("an address is needed")),
        }
    }

    fn bytes(&mut self, argument: usize) -> VmResult<Vec<u8>> {
        let byte = |value: &Value| match value {
            Value::Integer(crate::code::Integer::U8, bits) => Ok(bits.byte(0)),
            _ => Err(mismatch("bytes are needed")),
        };
        self.vector(argument)?.iter().map(byte).collect()
    }

    fn bcs(&mut self, argument: usize) -> VmResult<Vec<u8>> {
        let allowed = Serializable::stored(self.rt.engine);
        self.encoded(allowed, argument)
    }

    fn size(&mut self, argument: usize) -> VmResult<u64> {
        let allowed = Serializable::shown(self.rt.engine);
        Ok(self.encoded(allowed, argument)?.len() as u64)
    }

    fn words(&mut self, argument: usize) -> VmResult<u64> {
        let ty = self
            .rt
            .code
            .instance(self.function)?
            .parameters
            .get(argument)
            .copied();
        let ty = ty.ok_or_else(|| mismatch("a native function has no such argument"))?;
        let ty = self
            .rt
            .code
            .types
            .referent(ty)
            .map_or(ty, |(inner, _)| inner);
        let inline = self.rt.code.words(self.rt.engine, ty)?;
        let value = self.place(argument)?.clone();
        let heap = heap_size(self.rt.code, self.rt.engine, &value)?;
        Ok(inline.saturating_add(heap.words))
    }

    fn write(&mut self, argument: usize, bcs: &[u8]) -> VmResult<()> {
        let reference = self.mutable(argument)?;
        let value = decode(self.rt, reference.to, bcs)?;
        *self.machine.at(&reference)? = value;
        Ok(())
    }

    fn vector_len(&mut self, argument: usize) -> VmResult<u64> {
        Ok(self.vector(argument)?.len() as u64)
    }

    fn swap(&mut self, left: usize, right: usize) -> VmResult<()> {
        let (left, right) = (self.mutable(left)?, self.mutable(right)?);
        if left.to != right.to {
            return Err(mismatch("only values of one type can be swapped"));
        }
        let first = self.machine.at(&left)?.clone();
        let second = core::mem::replace(self.machine.at(&right)?, first);
        *self.machine.at(&left)? = second;
        Ok(())
    }

    fn swap_elements(&mut self, vector: usize, left: u64, right: u64) -> VmResult<()> {
        self.mutable(vector)?;
        let items = self.vector(vector)?;
        let index = |n: u64| {
            usize::try_from(n)
                .ok()
                .filter(|i| *i < items.len())
                .ok_or_else(out_of_bounds)
        };
        let (left, right) = (index(left)?, index(right)?);
        items.swap(left, right);
        Ok(())
    }

    fn move_range(
        &mut self,
        source: usize,
        from: u64,
        length: u64,
        target: usize,
        to: u64,
    ) -> VmResult<()> {
        self.mutable(source)?;
        self.mutable(target)?;
        let index = |n: u64| usize::try_from(n).map_err(|_| out_of_bounds());
        let (from, to) = (index(from)?, index(to)?);
        let end = from.checked_add(index(length)?).ok_or_else(out_of_bounds)?;
        if end > self.vector(source)?.len() || to > self.vector(target)?.len() {
            return Err(out_of_bounds());
        }
        let moved: Vec<_> = self.vector(source)?.drain(from..end).collect();
        let target = self.vector(target)?;
        let rest = target.split_off(to.min(target.len()));
        target.extend(moved);
        target.extend(rest);
        Ok(())
    }

    fn compare(&mut self, left: usize, right: usize) -> VmResult<Ordering> {
        let left = self.place(left)?.clone();
        let right = self.place(right)?.clone();
        left.order(&right, self.rt.code)
    }

    fn return_bcs(&mut self, ty: Type, bcs: &[u8]) -> VmResult<()> {
        let value = decode(self.rt, ty, bcs)?;
        self.results.push(value);
        Ok(())
    }

    fn return_argument(&mut self, argument: usize) -> VmResult<()> {
        let value = self.take(argument)?;
        self.results.push(value);
        Ok(())
    }

    fn return_signer_address(&mut self, argument: usize) -> VmResult<()> {
        let Value::Reference(mut reference) = self.take(argument)? else {
            return Err(mismatch("a reference to a signer is needed"));
        };
        reference.path.push(0);
        reference.to = Type::ADDRESS;
        reference.mutable = false;
        self.results.push(Value::Reference(reference));
        Ok(())
    }

    fn return_element(&mut self, argument: usize, index: u64) -> VmResult<()> {
        let Value::Reference(mut reference) = self.argument(argument)?.clone() else {
            return Err(mismatch("a reference to a vector is needed"));
        };
        let Value::Vector(element, items) = self.machine.at(&reference)? else {
            return Err(mismatch("a reference to a vector is needed"));
        };
        let index = usize::try_from(index).ok().filter(|i| *i < items.len());
        reference.to = *element;
        reference.path.push(index.ok_or_else(out_of_bounds)?);
        self.results.push(Value::Reference(reference));
        Ok(())
    }

    fn push_back(&mut self, vector: usize, value: usize) -> VmResult<()> {
        self.mutable(vector)?;
        let value = self.take(value)?;
        let Value::Vector(element, _) = self.place(vector)? else {
            return Err(mismatch("a vector is needed"));
        };
        let element = *element;
        value.check(self.rt.code, element)?;
        let size = self.rt.code.words(self.rt.engine, element)?;
        self.rt.gas.allocate(&self.rt.engine.limits, size)?;
        self.vector(vector)?.push(value);
        Ok(())
    }

    fn return_popped(&mut self, vector: usize) -> VmResult<()> {
        self.mutable(vector)?;
        let error = VmError::new(StatusCode::VectorOperationError);
        let empty = error.with_sub_status(vector_error::POP_EMPTY);
        let value = self.vector(vector)?.pop().ok_or(empty)?;
        self.results.push(value);
        Ok(())
    }

    fn loaded(&self) -> (u64, u64) {
        self.machine.globals.loaded()
    }

    fn flush(&mut self) -> VmResult<Vec<Change>> {
        self.machine.globals.changes(self.rt.code, self.rt.engine)
    }

    fn forget(&mut self, keys: &BTreeSet<StateKey>) -> VmResult<()> {
        self.machine.globals.forget(self.rt.code, keys)
    }

    fn return_bytes(&mut self, value: &[u8]) -> VmResult<()> {
        let size = (value.len() as u64).div_ceil(8).saturating_add(1);
        self.rt.gas.allocate(&self.rt.engine.limits, size)?;
        let byte = |b: &u8| Value::Integer(crate::code::Integer::U8, U256::from(*b));
        self.results
            .push(Value::Vector(Type::U8, value.iter().map(byte).collect()));
        Ok(())
    }
}
