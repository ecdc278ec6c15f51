//! A native function's view of its call, over flat memory.

use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Ordering;

use super::{
    Fast, Lowered,
    encoding::decode,
    memory::{Region, reference},
    run::vector_failure,
    shape::{Node, ShapeId},
    value::{Walk, address, bits, drop_at},
};
use crate::{
    Address, Change, GasSchedule, Host, Layout, ModuleId, NativeCall, NativeFunction,
    NativeOutcome, StateKey, StatusCode, U256, VmError, VmResult,
    busy::Busy,
    code::{Code, InstanceId, Type},
    function_value::Serializable,
    machine::Runtime,
    vector_error,
};

/// An argument: where its words are, and of what type it is.
#[derive(Clone, Copy, Debug)]
struct Argument {
    at: u64,
    ty: Type,
    shape: ShapeId,
}

/// One call of a native function.
pub(super) struct Call<'a, 'r> {
    machine: &'a mut Fast,
    rt: &'a mut Runtime<'r>,
    lowered: &'a mut Lowered,
    function: InstanceId,
    arguments: Vec<Argument>,
    results: Vec<u64>,
    types: Vec<Type>,
}

#[cold]
fn wrong(what: &str) -> VmError {
    VmError::new(StatusCode::InternalTypeError).with_message(what)
}

fn out_of_bounds() -> VmError {
    vector_failure(vector_error::INDEX_OUT_OF_BOUNDS)
}

impl<'a, 'r> Call<'a, 'r> {
    pub(super) fn new(
        machine: &'a mut Fast,
        rt: &'a mut Runtime<'r>,
        lowered: &'a mut Lowered,
        function: InstanceId,
        base: usize,
    ) -> VmResult<Self> {
        let parameters = rt.code.instance(function)?.parameters.clone();
        let mut arguments = Vec::new();
        let mut offset = base;
        for ty in &parameters {
            let shape = lowered.shapes.of(rt.code, rt.engine, *ty)?;
            arguments.push(Argument {
                at: reference(0, offset as u64),
                ty: *ty,
                shape,
            });
            offset = offset.saturating_add(lowered.shapes.get(shape)?.words);
        }
        let (results, types) = (Vec::new(), Vec::new());
        Ok(Self {
            machine,
            rt,
            lowered,
            function,
            arguments,
            results,
            types,
        })
    }

    pub(super) fn results(self) -> (Vec<u64>, Vec<Type>) {
        (self.results, self.types)
    }

    pub(super) fn run(&mut self, function: NativeFunction) -> VmResult<NativeOutcome> {
        let schedule: &GasSchedule = &self.rt.engine.gas;
        function(self, schedule)
    }

    /// Runs something of the host with this call as its argument.
    pub(super) fn with_host<T>(
        &mut self,
        run: impl FnOnce(&mut dyn Host, &mut dyn NativeCall) -> VmResult<T>,
    ) -> VmResult<T> {
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
            lowered: self.lowered,
            function: self.function,
            arguments: core::mem::take(&mut self.arguments),
            results: core::mem::take(&mut self.results),
            types: core::mem::take(&mut self.types),
        };
        let result = run(*host, &mut call);
        let Call {
            arguments,
            results,
            types,
            ..
        } = call;
        (self.arguments, self.results, self.types) = (arguments, results, types);
        result
    }

    fn argument(&self, number: usize) -> VmResult<Argument> {
        let argument = self.arguments.get(number).copied();
        argument.ok_or_else(|| wrong("a native function has no such argument"))
    }

    fn shape_of(&mut self, ty: Type) -> VmResult<ShapeId> {
        self.lowered.shapes.of(self.rt.code, self.rt.engine, ty)
    }

    /// Where the argument, or what it points to, is.
    fn place(&mut self, number: usize) -> VmResult<Argument> {
        let argument = self.argument(number)?;
        let Some((ty, _)) = self.rt.code.types.referent(argument.ty) else {
            return Ok(argument);
        };
        let at = self.machine.memory.load(argument.at)?;
        Ok(Argument {
            at,
            ty,
            shape: self.shape_of(ty)?,
        })
    }

    fn mutable(&mut self, number: usize) -> VmResult<Argument> {
        let argument = self.argument(number)?;
        match self.rt.code.types.referent(argument.ty) {
            Some((_, true)) => self.place(number),
            _ => Err(wrong("a mutable reference is needed")),
        }
    }

    /// The words of a value.
    fn content(&self, place: Argument) -> VmResult<Vec<u64>> {
        let shape = self.lowered.shapes.get(place.shape)?;
        if shape.is_byte() {
            return Ok(alloc::vec![self.machine.memory.load_byte(place.at)?]);
        }
        Ok(self.machine.memory.at(place.at, shape.words)?.to_vec())
    }

    fn encoded(&mut self, allowed: Serializable, argument: usize) -> VmResult<Vec<u8>> {
        let place = self.place(argument)?;
        let words = self.content(place)?;
        let (heap, mut bcs) = (&self.machine.memory.heap, Vec::new());
        self.walk()
            .encode(heap, allowed, &words, place.shape, &mut bcs)?;
        Ok(bcs)
    }

    fn put(&mut self, place: Argument, words: &[u64]) -> VmResult<()> {
        if let (true, [byte, ..]) = (self.lowered.shapes.get(place.shape)?.is_byte(), words) {
            return self.machine.memory.store_byte(place.at, *byte);
        }
        self.machine
            .memory
            .at_mut(place.at, words.len())?
            .copy_from_slice(words);
        Ok(())
    }

    fn walk(&self) -> Walk<'_> {
        let Lowered {
            shapes, captures, ..
        } = &*self.lowered;
        Walk {
            shapes,
            code: self.rt.code,
            captures,
        }
    }

    /// The handle of a vector argument, the shape of its elements, and their number.
    fn vector(&mut self, number: usize) -> VmResult<(Argument, u64, ShapeId, u64)> {
        let place = self.place(number)?;
        let Node::Vector(element) = self.lowered.shapes.get(place.shape)?.node else {
            return Err(wrong("a vector is needed"));
        };
        let handle = self.machine.memory.load(place.at)?;
        let stride = self.lowered.shapes.get(element)?.words.max(1);
        let length = match self.machine.memory.heap.get(handle) {
            Some(Region::Bytes(bytes)) => bytes.len(),
            Some(Region::Words(words)) => words.len() / stride,
            Some(Region::Free) | None => 0,
        };
        Ok((place, handle, element, length as u64))
    }

    /// The elements of a vector that was empty.
    fn put_elements(&mut self, place: Argument, element: ShapeId, items: Vec<u64>) -> VmResult<()> {
        if items.is_empty() {
            return Ok(());
        }
        let region = match self.lowered.shapes.get(element)?.is_byte() {
            true => Region::Bytes(items.into_iter().map(|word| word as u8).collect()),
            false => Region::Words(items),
        };
        let handle = self.machine.memory.heap.allocate(region)?;
        self.machine.memory.store(place.at, handle)
    }

    fn push_result(&mut self, ty: Type, words: &[u64]) {
        self.results.extend(words);
        self.types.push(ty);
    }
}

impl NativeCall for Call<'_, '_> {
    fn code(&mut self) -> &mut Code {
        self.rt.code
    }

    fn take_code(&mut self) -> Code {
        self.rt.code.lowered = core::mem::take(self.lowered);
        self.rt.code.take()
    }

    fn put_code(&mut self, code: Code) {
        *self.rt.code = code;
        *self.lowered = core::mem::take(&mut self.rt.code.lowered);
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
        argument.ok_or_else(|| wrong("a native function has no such type argument"))
    }

    fn function(&self) -> InstanceId {
        self.function
    }

    fn caller(&self) -> Option<InstanceId> {
        self.machine
            .frames
            .last()
            .map(|frame| InstanceId(frame.function))
    }

    fn active_modules(&self) -> Vec<ModuleId> {
        let mut modules = Vec::new();
        for frame in &self.machine.frames {
            let instance = self.rt.code.instance(InstanceId(frame.function));
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
        self.machine.entries.is_locked()
    }

    fn charge(&mut self, amount: u64) -> VmResult<()> {
        self.rt.gas.charge(amount)
    }

    fn gas_left(&self) -> u64 {
        self.rt.gas.left()
    }

    fn integer(&mut self, argument: usize) -> VmResult<U256> {
        let place = self.place(argument)?;
        match self.lowered.shapes.get(place.shape)?.node {
            Node::Integer(_) | Node::Bool => Ok(bits(&self.content(place)?)),
            _ => Err(wrong("an integer is needed")),
        }
    }

    fn address(&mut self, argument: usize) -> VmResult<Address> {
        let place = self.place(argument)?;
        match self.lowered.shapes.get(place.shape)?.node {
            Node::Address => address(&self.content(place)?).map(Address),
            _ => Err(wrong("an address is needed")),
        }
    }

    fn bytes(&mut self, argument: usize) -> VmResult<Vec<u8>> {
        let (place, handle, ..) = self.vector(argument)?;
        if place.ty != Type::BYTES {
            return Err(wrong("bytes are needed"));
        }
        Ok(match self.machine.memory.heap.get(handle) {
            Some(Region::Bytes(bytes)) => bytes.clone(),
            _ => Vec::new(),
        })
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
        let place = self.place(argument)?;
        let shape = self.lowered.shapes.get(place.shape)?;
        if !shape.heap {
            return Ok(shape.words as u64);
        }
        let words = self.machine.memory.at(place.at, shape.words)?;
        let heap = self
            .walk()
            .heap_size(&self.machine.memory.heap, words, place.shape)?;
        Ok(heap.words.saturating_add(shape.words as u64))
    }

    fn write(&mut self, argument: usize, bcs: &[u8]) -> VmResult<()> {
        let place = self.mutable(argument)?;
        let heap = &mut self.machine.memory.heap;
        let words = decode(self.rt, self.lowered, heap, place.ty, bcs)?;
        let Lowered {
            shapes, captures, ..
        } = &*self.lowered;
        let walk = Walk {
            shapes,
            code: self.rt.code,
            captures,
        };
        if walk.shape(place.shape)?.heap {
            drop_at(&walk, &mut self.machine.memory, place.at, place.shape)?;
        }
        self.put(place, &words)
    }

    fn vector_len(&mut self, argument: usize) -> VmResult<u64> {
        self.vector(argument).map(|(_, _, _, length)| length)
    }

    fn swap(&mut self, left: usize, right: usize) -> VmResult<()> {
        let (left, right) = (self.mutable(left)?, self.mutable(right)?);
        if left.ty != right.ty {
            return Err(wrong("only values of one type can be swapped"));
        }
        let (first, second) = (self.content(left)?, self.content(right)?);
        self.put(left, &second)?;
        self.put(right, &first)
    }

    fn swap_elements(&mut self, vector: usize, left: u64, right: u64) -> VmResult<()> {
        self.mutable(vector)?;
        let (_, handle, element, length) = self.vector(vector)?;
        if left >= length || right >= length {
            return Err(out_of_bounds());
        }
        let stride = self.lowered.shapes.get(element)?.words.max(1);
        match self.machine.memory.heap.get_mut(handle) {
            Some(Region::Bytes(items)) => items.swap(left as usize, right as usize),
            Some(Region::Words(items)) => {
                for n in 0..stride {
                    let at = |i: u64| (i as usize).saturating_mul(stride).saturating_add(n);
                    items.swap(at(left), at(right));
                }
            }
            Some(Region::Free) | None => return Err(out_of_bounds()),
        }
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
        let (_, source, element, source_length) = self.vector(source)?;
        let (place, target, _, target_length) = self.vector(target)?;
        let end = from.checked_add(length).ok_or_else(out_of_bounds)?;
        if end > source_length || to > target_length {
            return Err(out_of_bounds());
        }
        if length == 0 {
            return Ok(());
        }
        let stride = self.lowered.shapes.get(element)?.words.max(1);
        let at = |n: u64| (n as usize).saturating_mul(stride);
        let heap = &mut self.machine.memory.heap;
        let moved = match heap.get_mut(source) {
            Some(Region::Bytes(items)) => {
                Region::Bytes(items.drain(from as usize..end as usize).collect())
            }
            Some(Region::Words(items)) => Region::Words(items.drain(at(from)..at(end)).collect()),
            Some(Region::Free) | None => return Err(out_of_bounds()),
        };
        match (heap.get_mut(target), moved) {
            (Some(Region::Bytes(items)), Region::Bytes(moved)) => {
                let to = items.len().min(to as usize);
                items.splice(to..to, moved).for_each(drop);
            }
            (Some(Region::Words(items)), Region::Words(moved)) => {
                let to = items.len().min(at(to));
                items.splice(to..to, moved).for_each(drop);
            }
            (_, moved) => {
                let handle = heap.allocate(moved)?;
                self.machine.memory.store(place.at, handle)?;
            }
        }
        Ok(())
    }

    fn compare(&mut self, left: usize, right: usize) -> VmResult<Ordering> {
        let (left, right) = (self.place(left)?, self.place(right)?);
        let (first, second) = (self.content(left)?, self.content(right)?);
        self.walk()
            .order(&self.machine.memory.heap, &first, &second, left.shape)
    }

    fn return_bcs(&mut self, ty: Type, bcs: &[u8]) -> VmResult<()> {
        let heap = &mut self.machine.memory.heap;
        let words = decode(self.rt, self.lowered, heap, ty, bcs)?;
        self.push_result(ty, &words);
        Ok(())
    }

    fn return_argument(&mut self, argument: usize) -> VmResult<()> {
        let argument = self.argument(argument)?;
        let words = self.content(argument)?;
        self.push_result(argument.ty, &words);
        Ok(())
    }

    fn return_signer_address(&mut self, argument: usize) -> VmResult<()> {
        // A signer's words are those of its address.
        let argument = self.argument(argument)?;
        let at = self.machine.memory.load(argument.at)?;
        let ty = self.rt.code.types.reference(Type::ADDRESS, false);
        self.push_result(ty, &[at]);
        Ok(())
    }

    fn return_element(&mut self, argument: usize, index: u64) -> VmResult<()> {
        let referent = self.rt.code.types.referent(self.argument(argument)?.ty);
        let (_, mutable) = referent.ok_or_else(|| wrong("a reference is needed"))?;
        let (_, handle, element, length) = self.vector(argument)?;
        if index >= length {
            return Err(out_of_bounds());
        }
        let shape = self.lowered.shapes.get(element)?.clone();
        let stride = if shape.is_byte() {
            1
        } else {
            shape.words as u64
        };
        let ty = self.rt.code.types.reference(shape.ty, mutable);
        self.push_result(ty, &[reference(handle, index.saturating_mul(stride))]);
        Ok(())
    }

    fn push_back(&mut self, vector: usize, value: usize) -> VmResult<()> {
        self.mutable(vector)?;
        let (place, handle, element, _) = self.vector(vector)?;
        let value = self.argument(value)?;
        if self.lowered.shapes.get(element)?.ty != value.ty {
            return Err(wrong("an element of another type is needed"));
        }
        let words = self.content(value)?;
        self.rt
            .gas
            .allocate(&self.rt.engine.limits, words.len() as u64)?;
        match (self.machine.memory.heap.get_mut(handle), words.as_slice()) {
            (Some(Region::Bytes(items)), [byte, ..]) => items.push(*byte as u8),
            (Some(Region::Words(items)), words) => items.extend(words),
            _ => self.put_elements(place, element, words)?,
        }
        Ok(())
    }

    fn return_popped(&mut self, vector: usize) -> VmResult<()> {
        self.mutable(vector)?;
        let (_, handle, element, _) = self.vector(vector)?;
        let shape = self.lowered.shapes.get(element)?.clone();
        let popped = match self.machine.memory.heap.get_mut(handle) {
            Some(Region::Bytes(items)) => items.pop().map(|byte| alloc::vec![u64::from(byte)]),
            Some(Region::Words(items)) => {
                let rest = items.len().checked_sub(shape.words.max(1));
                rest.map(|rest| items.split_off(rest))
            }
            Some(Region::Free) | None => None,
        };
        let popped = popped.ok_or_else(|| vector_failure(vector_error::POP_EMPTY))?;
        self.push_result(shape.ty, &popped);
        Ok(())
    }

    fn loaded(&self) -> (u64, u64) {
        self.machine.globals.loaded()
    }

    fn flush(&mut self) -> VmResult<Vec<Change>> {
        let allowed = Serializable::stored(self.rt.engine);
        let Lowered {
            shapes, captures, ..
        } = &*self.lowered;
        let walk = Walk {
            shapes,
            code: self.rt.code,
            captures,
        };
        self.machine
            .globals
            .changes(&walk, &mut self.machine.memory, allowed)
    }

    fn forget(&mut self, keys: &BTreeSet<StateKey>) -> VmResult<()> {
        let Lowered {
            shapes, captures, ..
        } = &*self.lowered;
        let walk = Walk {
            shapes,
            code: self.rt.code,
            captures,
        };
        self.machine
            .globals
            .forget(&walk, &mut self.machine.memory, keys)
    }

    fn return_bytes(&mut self, value: &[u8]) -> VmResult<()> {
        let size = (value.len() as u64).div_ceil(8).saturating_add(1);
        self.rt.gas.allocate(&self.rt.engine.limits, size)?;
        let handle = match value {
            [] => 0,
            bytes => self
                .machine
                .memory
                .heap
                .allocate(Region::Bytes(bytes.to_vec()))?,
        };
        self.push_result(Type::BYTES, &[handle]);
        Ok(())
    }
}
