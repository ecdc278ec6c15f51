//! From the types of a binary to ground types, and what is known of those.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};

use super::{
    Code, FunctionType, INLINE_WORDS_MAX, StructType, Type, TypeKind, Types, Variant,
    unit::{Unit, bounds, identifier, module_id},
};
use crate::{
    Engine, StatusCode, VmError, VmResult,
    format::{AbilitySet, SignatureIndex, SignatureToken, StructFields, StructHandleIndex, Tables},
    machine::Limits,
};

impl Code {
    /// The ground type of a binary's type, with type arguments for its type parameters.
    pub(crate) fn substitute(
        &mut self,
        limits: &Limits,
        tables: &Tables,
        token: &SignatureToken,
        arguments: &[Type],
    ) -> VmResult<Type> {
        if let Some(primitive) = Types::primitive(token) {
            return Ok(primitive);
        }
        let kind = match token {
            SignatureToken::TypeParameter(number) => {
                return bounds(arguments.get(usize::from(*number))).copied();
            }
            SignatureToken::Vector(inner) => {
                TypeKind::Vector(self.substitute(limits, tables, inner, arguments)?)
            }
            SignatureToken::Reference(inner) => {
                TypeKind::Reference(self.substitute(limits, tables, inner, arguments)?)
            }
            SignatureToken::MutableReference(inner) => {
                TypeKind::MutableReference(self.substitute(limits, tables, inner, arguments)?)
            }
            SignatureToken::Struct(handle) => self.named(tables, *handle, Box::default())?,
            SignatureToken::StructInstantiation(handle, inner) => {
                let inner = self.substitute_all(limits, tables, inner, arguments)?;
                self.named(tables, *handle, inner)?
            }
            SignatureToken::Function(function) => TypeKind::Function(FunctionType {
                parameters: self.substitute_all(limits, tables, &function.parameters, arguments)?,
                results: self.substitute_all(limits, tables, &function.results, arguments)?,
                abilities: function.abilities,
            }),
            _ => return Err(StatusCode::UnknownInvariantViolationError.into()),
        };
        self.types.intern_within(limits, kind)
    }

    pub(crate) fn substitute_all(
        &mut self,
        limits: &Limits,
        tables: &Tables,
        tokens: &[SignatureToken],
        arguments: &[Type],
    ) -> VmResult<Box<[Type]>> {
        tokens
            .iter()
            .map(|t| self.substitute(limits, tables, t, arguments))
            .collect()
    }

    /// All types of a signature.
    pub(crate) fn substitute_signature(
        &mut self,
        limits: &Limits,
        tables: &Tables,
        index: SignatureIndex,
        arguments: &[Type],
    ) -> VmResult<Box<[Type]>> {
        let tokens = bounds(tables.signatures.get(index.index()))?;
        self.substitute_all(limits, tables, tokens, arguments)
    }

    fn named(
        &mut self,
        tables: &Tables,
        handle: StructHandleIndex,
        arguments: Box<[Type]>,
    ) -> VmResult<TypeKind> {
        let handle = bounds(tables.struct_handles.get(handle.index()))?;
        let module = module_id(tables, handle.module)?;
        let name = identifier(tables, Some(handle.name))?;
        Ok(TypeKind::Struct(
            self.types.struct_id(&module, name),
            arguments,
        ))
    }

    /// What a struct or enum type consists of. Its module must be loaded, and is for every type
    /// that loaded code names.
    pub fn struct_type(&mut self, engine: &Engine, ty: Type) -> VmResult<Arc<StructType>> {
        self.struct_within(&engine.limits, ty, engine.limits.value_depth)
    }

    fn struct_within(&mut self, l: &Limits, ty: Type, depth: u16) -> VmResult<Arc<StructType>> {
        if let Some(known) = self.structs.get(&ty) {
            return Ok(known.clone());
        }
        let depth = depth
            .checked_sub(1)
            .ok_or(StatusCode::VmMaxValueDepthReached)?;
        let TypeKind::Struct(id, arguments) = self.types.kind(ty).clone() else {
            return Err(StatusCode::InternalTypeError.into());
        };
        let (unit, name) = self.defining_unit(id)?;
        let tables = &unit.module.tables;
        let def = unit
            .struct_def(&name)
            .and_then(|i| tables.struct_defs.get(i.index()));
        let def = def.ok_or(StatusCode::TypeResolutionFailure)?;
        let handle = bounds(tables.struct_handles.get(def.handle.index()))?;
        let mut variants = Vec::new();
        match &def.fields {
            StructFields::Native => {}
            StructFields::Declared(_) => variants.push((String::new(), None)),
            StructFields::Variants(list) => {
                for (number, variant) in (0_u16..).zip(list) {
                    let name = identifier(tables, Some(variant.name))?;
                    variants.push((String::from(name), Some(number)));
                }
            }
        }
        let is_enum = matches!(def.fields, StructFields::Variants(_));
        let mut made = StructType {
            is_enum,
            variants: Box::default(),
            abilities: AbilitySet::EMPTY,
            full_words: 0,
            heap_inside: false,
            depth: 1,
            nodes: 1,
        };
        let mut list = Vec::new();
        for (name, number) in variants {
            let fields = def.fields.of(number).unwrap_or_default();
            let mut variant = (Vec::new(), Vec::new());
            let mut words = u64::from(is_enum);
            for field in fields {
                let ty = self.substitute(l, tables, &field.token, &arguments)?;
                let facts = self.facts(l, ty, depth)?;
                words = words.saturating_add(facts.words);
                made.heap_inside |= facts.heap;
                made.depth = made.depth.max(facts.depth.saturating_add(1));
                made.nodes = made.nodes.saturating_add(facts.nodes);
                // At once, so that the work is bounded too. It counts what is known already, so
                // that the answer never depends on the cache.
                if made.nodes > l.layout_nodes {
                    return Err(StatusCode::TooManyTypeNodes.into());
                }
                variant
                    .0
                    .push(String::from(identifier(tables, Some(field.name))?));
                variant.1.push(ty);
            }
            made.full_words = made.full_words.max(words);
            list.push(Variant {
                name,
                names: variant.0.into(),
                fields: variant.1.into(),
            });
        }
        made.variants = list.into();
        let mut instance = Vec::new();
        for (parameter, argument) in handle.type_parameters.iter().zip(&arguments) {
            instance.push((parameter.phantom, self.abilities(*argument)?));
        }
        made.abilities = handle.abilities.of_instance(instance);
        let made = Arc::new(made);
        self.structs.insert(ty, made.clone());
        Ok(made)
    }

    fn defining_unit(&self, id: super::StructId) -> VmResult<(Arc<Unit>, String)> {
        let (module, name) = bounds(self.types.struct_name(id))?;
        let Some((_, unit)) = self.loaded(module) else {
            let message = alloc::format!("module {module} of type {name} is not loaded");
            return Err(VmError::new(StatusCode::TypeResolutionFailure).with_message(message));
        };
        Ok((unit.clone(), String::from(name)))
    }

    /// Abilities of the values of a type. Does not look into fields.
    pub fn abilities(&self, ty: Type) -> VmResult<AbilitySet> {
        Ok(match self.types.kind(ty) {
            TypeKind::Bool | TypeKind::Integer(_) | TypeKind::Address => AbilitySet::PRIMITIVES,
            TypeKind::Signer => AbilitySet::SIGNER,
            TypeKind::Reference(_) | TypeKind::MutableReference(_) => AbilitySet::REFERENCES,
            TypeKind::Function(function) => function.abilities,
            TypeKind::Vector(element) => {
                AbilitySet::VECTOR.of_instance([(false, self.abilities(*element)?)])
            }
            TypeKind::Struct(id, arguments) => {
                let (unit, name) = self.defining_unit(*id)?;
                let tables = &unit.module.tables;
                let def = unit
                    .struct_def(&name)
                    .and_then(|i| tables.struct_defs.get(i.index()));
                let def = def.ok_or(StatusCode::TypeResolutionFailure)?;
                let handle = bounds(tables.struct_handles.get(def.handle.index()))?;
                let mut instance = Vec::new();
                for (parameter, argument) in handle.type_parameters.iter().zip(arguments) {
                    instance.push((parameter.phantom, self.abilities(*argument)?));
                }
                handle.abilities.of_instance(instance)
            }
        })
    }

    /// How many words a value of the type takes where it is kept: integers up to 64 bits, `bool`,
    /// references, vectors and function values 1; `u128` 2; `u256`, `address` and `signer` 4; a
    /// struct the sum of its fields, an enum one more than its largest variant, and if that is
    /// more than [`INLINE_WORDS_MAX`] then 1, the rest being out of line.
    pub fn words(&mut self, engine: &Engine, ty: Type) -> VmResult<u64> {
        let limits = &engine.limits;
        self.facts(limits, ty, limits.value_depth)
            .map(|facts| facts.words)
    }

    /// How many types a type consists of, those of the fields of structs at every depth included.
    pub fn nodes(&mut self, engine: &Engine, ty: Type) -> VmResult<u64> {
        let limits = &engine.limits;
        self.facts(limits, ty, limits.value_depth)
            .map(|facts| u64::from(facts.nodes))
    }

    /// Whether values of the type are, or hold at any depth, something that is kept out of line: a
    /// vector, a function value, or a struct of more than [`INLINE_WORDS_MAX`] words.
    pub fn has_heap(&mut self, engine: &Engine, ty: Type) -> VmResult<bool> {
        let limits = &engine.limits;
        self.facts(limits, ty, limits.value_depth)
            .map(|facts| facts.heap)
    }

    fn facts(&mut self, limits: &Limits, ty: Type, depth: u16) -> VmResult<Facts> {
        Ok(match self.types.kind(ty) {
            TypeKind::Bool | TypeKind::Reference(_) | TypeKind::MutableReference(_) => Facts {
                words: 1,
                heap: false,
                depth: 1,
                nodes: 1,
            },
            TypeKind::Integer(integer) => Facts {
                words: u64::from(integer.bits()).div_ceil(64),
                heap: false,
                depth: 1,
                nodes: 1,
            },
            TypeKind::Address | TypeKind::Signer => Facts {
                words: 4,
                heap: false,
                depth: 1,
                nodes: 1,
            },
            TypeKind::Function(_) => Facts {
                words: 1,
                heap: true,
                depth: 1,
                nodes: 1,
            },
            TypeKind::Vector(element) => {
                let element = *element;
                let depth = depth
                    .checked_sub(1)
                    .ok_or(StatusCode::VmMaxValueDepthReached)?;
                let inner = self.facts(limits, element, depth)?;
                Facts {
                    words: 1,
                    heap: true,
                    depth: inner.depth.saturating_add(1),
                    nodes: inner.nodes.saturating_add(1),
                }
            }
            TypeKind::Struct(..) => {
                let made = self.struct_within(limits, ty, depth)?;
                if made.depth > depth {
                    return Err(StatusCode::VmMaxValueDepthReached.into());
                }
                let boxed = made.full_words > INLINE_WORDS_MAX;
                Facts {
                    words: if boxed { 1 } else { made.full_words.max(1) },
                    heap: boxed || made.heap_inside,
                    depth: made.depth,
                    nodes: made.nodes,
                }
            }
        })
    }
}

/// What is known of the values of a type.
struct Facts {
    words: u64,
    heap: bool,
    depth: u16,
    nodes: u32,
}
