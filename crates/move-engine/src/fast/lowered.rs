//! All register code of one generation, with its pools.

use alloc::{sync::Arc, vec::Vec};

use super::{
    instr::Instr,
    memory::invariant,
    shape::{ShapeId, Shapes},
    value::Captures,
};
use crate::{
    VmResult,
    code::{Instance, InstanceId, Type, UnitId},
    format::ClosureMask,
    machine::Runtime,
};

/// A function in register code.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) instance: Arc<Instance>,
    /// Where its code starts.
    pub(super) start: u32,
    /// What is charged when it is entered.
    pub(super) charge: u64,
    /// Words of its frame.
    pub(super) frame: u32,
    pub(super) max_stack: u16,
    pub(super) local_words: u64,
    pub(super) unit: UnitId,
    pub(super) module_lock: bool,
    pub(super) is_native: bool,
    /// Neither native nor locking: it can just be started.
    pub(super) is_simple: bool,
    pub(super) parameters: Vec<ShapeId>,
    pub(super) returns: Vec<ShapeId>,
}

/// The code. It is kept while modules do not change.
#[derive(Debug, Default)]
pub(crate) struct Lowered {
    pub(super) generation: u64,
    pub(super) code: Vec<Instr>,
    /// The position in the bytecode of each instruction.
    pub(super) origin: Vec<u16>,
    /// By number of the instance.
    pub(super) functions: Vec<Option<Arc<Function>>>,
    pub(super) shapes: Shapes,
    pub(super) captures: Captures,
    pub(super) words: Vec<Vec<u64>>,
    pub(super) constants: Vec<(Type, Arc<[u8]>)>,
    pub(super) variants: Vec<Vec<Option<u32>>>,
    pub(super) types: Vec<(Type, ShapeId)>,
    pub(super) closures: Vec<(InstanceId, ClosureMask)>,
}

impl Lowered {
    #[inline]
    pub(super) fn function(&self, id: u32) -> Option<&Arc<Function>> {
        self.functions.get(id as usize)?.as_ref()
    }

    pub(super) fn insert(&mut self, id: u32, function: Function) {
        let place = id as usize;
        if self.functions.len() <= place {
            self.functions.resize_with(place.saturating_add(1), || None);
        }
        if let Some(slot) = self.functions.get_mut(place) {
            *slot = Some(Arc::new(function));
        }
    }

    /// Sizes of the code and of the pools.
    pub(super) fn sizes(&self) -> [usize; 6] {
        [
            self.code.len(),
            self.words.len(),
            self.constants.len(),
            self.variants.len(),
            self.types.len(),
            self.closures.len(),
        ]
    }

    /// Takes away what was added since the sizes were these.
    pub(super) fn truncate(&mut self, sizes: [usize; 6]) {
        let [code, words, constants, variants, types, closures] = sizes;
        self.code.truncate(code);
        self.origin.truncate(code);
        self.words.truncate(words);
        self.constants.truncate(constants);
        self.variants.truncate(variants);
        self.types.truncate(types);
        self.closures.truncate(closures);
    }

    /// Shapes of what a function captures under a mask.
    pub(super) fn captures_of(
        &mut self,
        rt: &mut Runtime<'_>,
        function: InstanceId,
        mask: ClosureMask,
    ) -> VmResult<Vec<ShapeId>> {
        if let Some(known) = self.captures.get(&(function, mask.0)) {
            return Ok(known.clone());
        }
        let instance = rt.code.instance(function)?.clone();
        let mut shapes = Vec::new();
        for (number, ty) in instance.parameters.iter().enumerate() {
            if mask.captures(number) {
                shapes.push(self.shapes.of(rt.code, rt.engine, *ty)?);
            }
        }
        self.captures.insert((function, mask.0), shapes.clone());
        Ok(shapes)
    }
}

/// Adds to a pool.
pub(super) fn pooled<T>(pool: &mut Vec<T>, entry: T) -> VmResult<u32> {
    let number = u32::try_from(pool.len()).map_err(|_| invariant("a pool is full"))?;
    pool.push(entry);
    Ok(number)
}
