//! The walk through a function's code: what operands stand for, and the types of what is on the
//! stack.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use super::{
    Arithmetic, Code, Comparison, Instance, InstanceId, Integer, Op, Type, TypeKind,
    unit::{Unit, bounds, identifier, module_id},
};
use crate::{
    Engine, StatusCode, U256, VmError, VmResult,
    format::{
        Ability, AbilitySet, ConstantIndex, FieldHandleIndex, FunctionAttribute,
        FunctionHandleIndex, FunctionInstIndex, SignatureIndex, StructDefIndex, StructInstIndex,
        StructVariantHandleIndex, Tables, VariantFieldHandleIndex,
    },
};

/// The state of the walk through a function's code.
pub(super) struct Walk<'a> {
    pub(super) code: &'a mut Code,
    pub(super) engine: &'a Engine,
    pub(super) instance: &'a Instance,
    pub(super) unit: &'a Unit,
    pub(super) tables: &'a Tables,
    pub(super) stack: Vec<Type>,
    pub(super) ops: Vec<Op>,
    pub(super) cost: Vec<u64>,
    pub(super) max_stack: u16,
}

impl Walk<'_> {
    pub(super) fn push(&mut self, ty: Type) {
        self.stack.push(ty);
        let height = u16::try_from(self.stack.len()).unwrap_or(u16::MAX);
        self.max_stack = self.max_stack.max(height);
    }

    pub(super) fn pop(&mut self) -> VmResult<Type> {
        bounds(self.stack.pop())
    }

    pub(super) fn drop(&mut self, count: usize) -> VmResult<()> {
        let left = bounds(self.stack.len().checked_sub(count))?;
        self.stack.truncate(left);
        Ok(())
    }

    pub(super) fn pop_integer(&mut self) -> VmResult<Integer> {
        let ty = self.pop()?;
        bounds(self.code.types.integer(ty))
    }

    pub(super) fn pop_referent(&mut self) -> VmResult<Type> {
        let ty = self.pop()?;
        bounds(self.code.types.referent(ty)).map(|(inner, _)| inner)
    }

    pub(super) fn signature(&mut self, index: SignatureIndex) -> VmResult<Box<[Type]>> {
        let arguments = &self.instance.type_arguments;
        self.code
            .substitute_signature(&self.engine.limits, self.tables, index, arguments)
    }

    /// The one type of an instruction's signature.
    pub(super) fn element(&mut self, index: SignatureIndex) -> VmResult<Type> {
        bounds(self.signature(index)?.first().copied())
    }

    pub(super) fn own_struct(
        &mut self,
        def: StructDefIndex,
        arguments: Box<[Type]>,
    ) -> VmResult<Type> {
        let def = bounds(self.tables.struct_defs.get(def.index()))?;
        let handle = bounds(self.tables.struct_handles.get(def.handle.index()))?;
        let name = identifier(self.tables, Some(handle.name))?;
        let id = self
            .code
            .types
            .struct_id(bounds(self.unit.id.as_ref())?, name);
        self.code
            .types
            .intern_within(&self.engine.limits, TypeKind::Struct(id, arguments))
    }

    pub(super) fn plain(&mut self, def: StructDefIndex) -> VmResult<Type> {
        self.own_struct(def, Box::default())
    }

    pub(super) fn generic(&mut self, inst: StructInstIndex) -> VmResult<Type> {
        let inst = *bounds(self.tables.struct_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.own_struct(inst.def, arguments)
    }

    pub(super) fn callee(
        &mut self,
        handle: FunctionHandleIndex,
        arguments: &[Type],
    ) -> VmResult<InstanceId> {
        let handle = bounds(self.tables.function_handles.get(handle.index()))?;
        let own = self.unit.id.is_some() && handle.module == self.unit.module.self_handle;
        let name = identifier(self.tables, Some(handle.name))?;
        let module = module_id(self.tables, handle.module)?;
        let (number, definition) = if own || self.unit.id.as_ref() == Some(&module) {
            (self.instance.unit, self.unit.function(name))
        } else {
            let (number, unit) = bounds(self.code.loaded(&module))?;
            (number, unit.function(name))
        };
        let definition = definition.ok_or_else(|| {
            let message = alloc::format!("{module} has no function {name}");
            VmError::new(StatusCode::FunctionResolutionFailure).with_message(message)
        })?;
        self.code
            .instantiate(self.engine, number, definition, arguments)
    }

    pub(super) fn generic_callee(&mut self, inst: FunctionInstIndex) -> VmResult<InstanceId> {
        let inst = *bounds(self.tables.function_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.callee(inst.handle, &arguments)
    }

    pub(super) fn call(&mut self, callee: InstanceId) -> VmResult<Op> {
        let instance = self.code.instance(callee)?.clone();
        self.drop(instance.parameters.len())?;
        instance.returns.iter().for_each(|ty| self.push(*ty));
        Ok(Op::Call(callee))
    }

    /// A function value can do what its function and what it captures allow, as the verifier has it.
    pub(super) fn pack_closure(
        &mut self,
        callee: InstanceId,
        handle: FunctionHandleIndex,
        mask: crate::format::ClosureMask,
    ) -> VmResult<Op> {
        let instance = self.code.instance(callee)?.clone();
        self.drop(mask.count())?;
        let free = instance.parameters.iter().enumerate();
        let parameters = free
            .filter(|(i, _)| !mask.captures(*i))
            .map(|(_, ty)| *ty)
            .collect();
        let handle = bounds(self.tables.function_handles.get(handle.index()))?;
        let mut abilities = AbilitySet::EMPTY.with(Ability::Copy).with(Ability::Drop);
        if handle.attributes.contains(&FunctionAttribute::Persistent) {
            abilities = abilities.with(Ability::Store);
        }
        for (_, ty) in (0..)
            .zip(&instance.parameters)
            .filter(|(i, _)| mask.captures(*i))
        {
            abilities = abilities.intersect(self.code.abilities(*ty)?);
        }
        let results = instance.returns.clone();
        let kind = TypeKind::Function(super::FunctionType {
            parameters,
            results,
            abilities,
        });
        let ty = self.code.types.intern_within(&self.engine.limits, kind)?;
        self.push(ty);
        Ok(Op::PackClosure {
            function: callee,
            mask,
        })
    }

    pub(super) fn call_closure(&mut self, signature: SignatureIndex) -> VmResult<Op> {
        let ty = self.element(signature)?;
        let TypeKind::Function(function) = self.code.types.kind(ty).clone() else {
            return Err(StatusCode::UnknownInvariantViolationError.into());
        };
        self.drop(function.parameters.len().saturating_add(1))?;
        function.results.iter().for_each(|ty| self.push(*ty));
        Ok(Op::CallClosure(ty))
    }

    pub(super) fn pack(&mut self, of: Type, variant: Option<u16>) -> VmResult<Op> {
        let made = self.code.struct_type(self.engine, of)?;
        self.drop(bounds(made.fields(variant))?.len())?;
        self.push(of);
        Ok(Op::Pack { of, variant })
    }

    pub(super) fn unpack(&mut self, of: Type, variant: Option<u16>) -> VmResult<Op> {
        let made = self.code.struct_type(self.engine, of)?;
        self.drop(1)?;
        bounds(made.fields(variant))?
            .iter()
            .for_each(|ty| self.push(*ty));
        Ok(Op::Unpack { of, variant })
    }

    pub(super) fn borrow_field(
        &mut self,
        of: Type,
        variants: Option<Box<[u16]>>,
        field: u16,
        mutable: bool,
    ) -> VmResult<Op> {
        let made = self.code.struct_type(self.engine, of)?;
        let variant = variants.as_deref().and_then(<[u16]>::first).copied();
        let ty = *bounds(bounds(made.fields(variant))?.get(usize::from(field)))?;
        self.drop(1)?;
        let ty = self.code.types.reference(ty, mutable);
        self.push(ty);
        Ok(Op::BorrowField {
            of,
            variants,
            field,
            mutable,
        })
    }

    pub(super) fn plain_field(&mut self, handle: FieldHandleIndex, mutable: bool) -> VmResult<Op> {
        let handle = *bounds(self.tables.field_handles.get(handle.index()))?;
        let of = self.plain(handle.def)?;
        self.borrow_field(of, None, handle.field, mutable)
    }

    pub(super) fn variant_field(
        &mut self,
        handle: VariantFieldHandleIndex,
        arguments: Box<[Type]>,
        mutable: bool,
    ) -> VmResult<Op> {
        let handle = bounds(self.tables.variant_field_handles.get(handle.index()))?;
        let of = self.own_struct(handle.def, arguments)?;
        let variants = Some(Box::from(handle.variants.as_slice()));
        self.borrow_field(of, variants, handle.field, mutable)
    }

    pub(super) fn variant(
        &mut self,
        handle: StructVariantHandleIndex,
        arguments: Box<[Type]>,
    ) -> VmResult<(Type, u16)> {
        let handle = *bounds(self.tables.struct_variant_handles.get(handle.index()))?;
        Ok((self.own_struct(handle.def, arguments)?, handle.variant))
    }

    pub(super) fn generic_variant(
        &mut self,
        inst: crate::format::StructVariantInstIndex,
    ) -> VmResult<(Type, u16)> {
        let inst = *bounds(self.tables.struct_variant_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.variant(inst.handle, arguments)
    }

    pub(super) fn test_variant(&mut self, (of, variant): (Type, u16)) -> VmResult<Op> {
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(Op::TestVariant { of, variant })
    }

    pub(super) fn constant(&mut self, index: ConstantIndex) -> VmResult<Op> {
        let constant = bounds(self.tables.constants.get(index.index()))?;
        let limits = &self.engine.limits;
        let ty = self
            .code
            .substitute(limits, self.tables, &constant.token, &[])?;
        self.push(ty);
        Ok(Op::LoadConstant(ty, Arc::from(constant.data.as_slice())))
    }

    pub(super) fn load(&mut self, integer: Integer, bits: U256) -> VmResult<Op> {
        self.push(integer.as_type());
        Ok(Op::LoadInteger(integer, Box::new(bits)))
    }

    pub(super) fn cast(&mut self, to: Integer) -> VmResult<Op> {
        let from = self.pop_integer()?;
        self.push(to.as_type());
        Ok(Op::Cast { from, to })
    }

    pub(super) fn arithmetic(&mut self, arithmetic: Arithmetic) -> VmResult<Op> {
        self.drop(1)?;
        let integer = self.pop_integer()?;
        self.push(integer.as_type());
        Ok(Op::Arithmetic(arithmetic, integer))
    }

    pub(super) fn compare(&mut self, comparison: Comparison) -> VmResult<Op> {
        self.drop(1)?;
        let integer = self.pop_integer()?;
        self.push(Type::BOOL);
        Ok(Op::Compare(comparison, integer))
    }

    pub(super) fn local(&mut self, local: u8) -> VmResult<Type> {
        bounds(self.instance.locals.get(usize::from(local))).copied()
    }

    pub(super) fn borrow_local(&mut self, local: u8, mutable: bool) -> VmResult<Op> {
        let ty = self.local(local)?;
        let ty = self.code.types.reference(ty, mutable);
        self.push(ty);
        Ok(Op::BorrowLoc { local, mutable })
    }

    pub(super) fn borrow_global(&mut self, of: Type, mutable: bool) -> VmResult<Op> {
        self.drop(1)?;
        let ty = self.code.types.reference(of, mutable);
        self.push(ty);
        Ok(Op::BorrowGlobal { of, mutable })
    }

    pub(super) fn exists(&mut self, of: Type) -> VmResult<Op> {
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(Op::Exists(of))
    }

    pub(super) fn move_from(&mut self, of: Type) -> VmResult<Op> {
        self.drop(1)?;
        self.push(of);
        Ok(Op::MoveFrom(of))
    }

    pub(super) fn move_to(&mut self, of: Type) -> VmResult<Op> {
        self.drop(2)?;
        Ok(Op::MoveTo(of))
    }

    pub(super) fn equality(&mut self, negated: bool) -> VmResult<Op> {
        let ty = self.pop()?;
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(if negated { Op::Neq(ty) } else { Op::Eq(ty) })
    }
}
