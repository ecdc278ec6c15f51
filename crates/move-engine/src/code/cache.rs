//! The cache of units, struct types and function instances.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use hashbrown::HashMap;

use super::{Body, InstanceId, Type, TypeKind, Types, load::Verified, unit::Unit};
use crate::{
    ModuleId, Native, StatusCode, VmResult,
    format::{AbilitySet, FunctionDefIndex},
};

/// What a struct or enum type consists of, its type arguments filled in.
#[derive(Clone, Debug)]
pub struct StructType {
    /// Whether it is an enum.
    pub is_enum: bool,
    /// The variants of an enum; a struct has just one, whose name is empty.
    pub variants: Box<[Variant]>,
    /// What its values may do.
    pub abilities: AbilitySet,
    /// Its size in words if it is kept inline, before
    /// [`INLINE_WORDS_MAX`](super::INLINE_WORDS_MAX) is applied. Of an enum: one for the variant's
    /// number and those of the largest variant.
    pub full_words: u64,
    /// Whether a field holds, at any depth, something that is kept out of line.
    pub heap_inside: bool,
    /// How deep its values are nested at least: 1 for fields without inner values.
    pub depth: u16,
    /// How many types it consists of: itself, and those of its fields at every depth.
    pub nodes: u32,
}

/// The fields of a struct or of a variant.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The variant's name.
    pub name: String,
    /// Names of the fields.
    pub names: Box<[String]>,
    /// Types of the fields.
    pub fields: Box<[Type]>,
}

impl StructType {
    /// The types of the fields of a struct (`None`) or of a variant.
    pub fn fields(&self, variant: Option<u16>) -> Option<&[Type]> {
        if self.is_enum != variant.is_some() {
            return None;
        }
        self.variants
            .get(usize::from(variant.unwrap_or(0)))
            .map(|v| &*v.fields)
    }
}

/// A function with its type arguments.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its module; `None` for a script.
    pub module: Option<ModuleId>,
    /// Its name.
    pub name: String,
    /// Its number in the module.
    pub definition: FunctionDefIndex,
    /// Its type arguments.
    pub type_arguments: Box<[Type]>,
    /// Types of its parameters.
    pub parameters: Box<[Type]>,
    /// Types of its results.
    pub returns: Box<[Type]>,
    /// Types of all locals, the parameters first.
    pub locals: Box<[Type]>,
    /// Words of all locals.
    pub local_words: u64,
    /// Whether it has no body.
    pub is_native: bool,
    /// Who runs it, if it is native and there is somebody.
    pub native: Option<Native>,
    /// While it runs, its module cannot be entered again through a function value.
    pub module_lock: bool,
    /// Its signature will not change: it may be stored as a function value.
    pub persistent: bool,
    pub(crate) unit: UnitId,
}

/// The number of a loaded module or script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UnitId(u32);

impl UnitId {
    #[cfg(test)]
    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    /// Units are numbered from 0.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The cache. It belongs to one thread and to one [`Engine`](crate::Engine).
#[derive(Debug, Default)]
pub struct Code {
    /// The interner.
    pub types: Types,
    pub(super) verified: Verified,
    epoch: Option<[u8; 32]>,
    generation: u64,
    units: Vec<Arc<Unit>>,
    modules: HashMap<ModuleId, UnitId>,
    /// With the units of work that the verifier had.
    scripts: HashMap<[u8; 32], (UnitId, u64)>,
    pub(super) structs: HashMap<Type, Arc<StructType>>,
    instances: Vec<(Arc<Instance>, Option<Arc<Body>>)>,
    numbers: HashMap<(UnitId, FunctionDefIndex, Box<[Type]>), InstanceId>,
    /// Instructions in all bodies.
    resolved: usize,
    /// Register code, which the fast interpreter makes and keeps here.
    pub(crate) lowered: crate::fast::Lowered,
}

/// How many types and instances are kept before a new epoch starts over.
const ENTRIES_MAX: usize = 1_000_000;

/// How many instructions are kept in bodies, before the next session starts over.
const INSTRUCTIONS_MAX: usize = 2_000_000;

/// How many scripts are.
const SCRIPTS_MAX: usize = 2_000;

impl Code {
    /// Drops what was loaded under another epoch. Types stay what they are, unless there are too
    /// many of them.
    pub(crate) fn enter_epoch(&mut self, epoch: [u8; 32]) {
        let full = self.types.len().max(self.instances.len()) > ENTRIES_MAX;
        let crowded = self.resolved > INSTRUCTIONS_MAX || self.scripts.len() > SCRIPTS_MAX;
        if self.epoch == Some(epoch) && !full && !crowded {
            return;
        }
        self.resolved = 0;
        self.epoch = Some(epoch);
        self.generation = self.generation.wrapping_add(1);
        self.units.clear();
        self.modules.clear();
        self.scripts.clear();
        self.structs.clear();
        self.instances.clear();
        self.numbers.clear();
        if full {
            let aliases = core::mem::take(&mut self.types.aliases);
            self.types = Types::default();
            self.types.aliases = aliases;
        }
    }

    /// Takes what is loaded away. Nothing can be done with what is left.
    pub(crate) fn take(&mut self) -> Self {
        let nothing = Self {
            types: Types::nothing(),
            verified: Verified::default(),
            epoch: None,
            generation: 0,
            units: Vec::new(),
            modules: HashMap::new(),
            scripts: HashMap::new(),
            structs: HashMap::new(),
            instances: Vec::new(),
            numbers: HashMap::new(),
            resolved: 0,
            lowered: Default::default(),
        };
        core::mem::replace(self, nothing)
    }

    /// Whether what is loaded is of this epoch.
    pub fn is_of_epoch(&self, epoch: [u8; 32]) -> bool {
        self.epoch == Some(epoch)
    }

    /// Changes whenever instances are dropped: an [`InstanceId`] is valid within one generation.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn loaded(&self, id: &ModuleId) -> Option<(UnitId, &Arc<Unit>)> {
        let number = *self.modules.get(id)?;
        self.units.get(number.0 as usize).map(|unit| (number, unit))
    }

    /// The module that defines a struct type, if it is loaded.
    pub(crate) fn home(&self, ty: Type) -> VmResult<Option<UnitId>> {
        let TypeKind::Struct(id, _) = self.types.kind(ty) else {
            return Err(StatusCode::InternalTypeError.into());
        };
        let (module, _) = super::unit::bounds(self.types.struct_name(*id))?;
        Ok(self.loaded(module).map(|(unit, _)| unit))
    }

    pub(crate) fn unit(&self, number: UnitId) -> VmResult<&Arc<Unit>> {
        super::unit::bounds(self.units.get(number.0 as usize))
    }

    pub(super) fn script(&self, hash: &[u8; 32]) -> Option<(UnitId, u64)> {
        self.scripts.get(hash).copied()
    }

    pub(super) fn insert_module(&mut self, id: ModuleId, unit: Arc<Unit>) -> VmResult<()> {
        let number = self.insert_unit(unit)?;
        self.modules.insert(id, number);
        Ok(())
    }

    pub(super) fn insert_script(
        &mut self,
        hash: [u8; 32],
        unit: Arc<Unit>,
        units: u64,
    ) -> VmResult<UnitId> {
        let number = self.insert_unit(unit)?;
        self.scripts.insert(hash, (number, units));
        Ok(number)
    }

    fn insert_unit(&mut self, unit: Arc<Unit>) -> VmResult<UnitId> {
        let number = u32::try_from(self.units.len()).map(UnitId);
        self.units.push(unit);
        number.map_err(|_| StatusCode::MemoryLimitExceeded.into())
    }

    /// A function instance.
    pub fn instance(&self, id: InstanceId) -> VmResult<&Arc<Instance>> {
        super::unit::bounds(self.instances.get(id.0 as usize)).map(|(instance, _)| instance)
    }

    pub(super) fn known_body(&self, id: InstanceId) -> Option<&Arc<Body>> {
        self.instances.get(id.0 as usize)?.1.as_ref()
    }

    pub(super) fn keep_body(&mut self, id: InstanceId, body: Arc<Body>) {
        if let Some((_, kept)) = self.instances.get_mut(id.0 as usize) {
            self.resolved = self.resolved.saturating_add(body.ops.len());
            *kept = Some(body);
        }
    }

    pub(super) fn known_instance(
        &self,
        key: &(UnitId, FunctionDefIndex, Box<[Type]>),
    ) -> Option<InstanceId> {
        self.numbers.get(key).copied()
    }

    pub(super) fn insert_instance(
        &mut self,
        key: (UnitId, FunctionDefIndex, Box<[Type]>),
        instance: Instance,
    ) -> VmResult<InstanceId> {
        let number = u32::try_from(self.instances.len());
        let id = InstanceId(number.map_err(|_| StatusCode::MemoryLimitExceeded)?);
        self.instances.push((Arc::new(instance), None));
        self.numbers.insert(key, id);
        Ok(id)
    }
}
