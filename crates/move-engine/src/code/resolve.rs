//! Resolves a function's body for its type arguments: operands are looked up, and a walk over the
//! verified code writes down the types of what is on the stack.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use super::{
    Arithmetic, Body, Code, Comparison, Instance, InstanceId, Integer, Op, Type, TypeKind,
    unit::{Unit, bounds, identifier, module_id},
};
use crate::{
    Engine, StatusCode, U256, VmError, VmResult,
    format::{
        Bytecode, ConstantIndex, FieldHandleIndex, FunctionHandleIndex, FunctionInstIndex,
        SignatureIndex, StructDefIndex, StructInstIndex, StructVariantHandleIndex, Tables,
        VariantFieldHandleIndex,
    },
};

impl Code {
    /// The body of an instance, resolved at first use. A native function has none:
    /// `MISSING_DEPENDENCY`, because nobody provides it.
    pub fn body(&mut self, engine: &Engine, id: InstanceId) -> VmResult<Arc<Body>> {
        if let Some(known) = self.known_body(id) {
            return Ok(known.clone());
        }
        let instance = self.instance(id)?.clone();
        let unit = self.unit(instance.unit)?.clone();
        let body = resolve(self, engine, &instance, &unit).map_err(|e| {
            let location = instance.module.clone();
            e.in_location(location.map_or(crate::Location::Script, crate::Location::Module))
        })?;
        let body = Arc::new(body);
        self.keep_body(id, body.clone());
        Ok(body)
    }
}

fn resolve(code: &mut Code, engine: &Engine, instance: &Instance, unit: &Unit) -> VmResult<Body> {
    let tables = &unit.module.tables;
    let def = bounds(tables.function_defs.get(instance.definition.index()))?;
    let Some(body) = &def.code else {
        let message = alloc::format!("nobody provides the native function {}", instance.name);
        return Err(VmError::new(StatusCode::MissingDependency).with_message(message));
    };
    let leaders = leaders(&body.code);
    let mut walk = Walk {
        code,
        engine,
        instance,
        unit,
        tables,
        stack: Vec::new(),
        ops: alloc::vec![Op::Nop; body.code.len()],
        cost: alloc::vec![0; body.code.len()],
        max_stack: 0,
    };
    let mut seen = alloc::vec![false; body.code.len()];
    let mut starts = alloc::vec![0_u16];
    while let Some(start) = starts.pop() {
        let mut offset = usize::from(start);
        if seen.get(offset).copied().unwrap_or(true) {
            continue;
        }
        // Every block begins and ends with an empty stack.
        walk.stack.clear();
        let mut cost = 0_u64;
        loop {
            let bytecode = bounds(body.code.get(offset))?;
            if let Some(seen) = seen.get_mut(offset) {
                *seen = true;
            }
            let op = walk.step(bytecode)?;
            let price = walk
                .code
                .static_cost(engine, bytecode.opcode(), &op, &instance.locals)?;
            cost = cost.saturating_add(price);
            if let Some(place) = walk.ops.get_mut(offset) {
                *place = op;
            }
            starts.extend(bytecode.branch_target());
            if bytecode.is_unconditional_exit() {
                break;
            }
            offset = offset.saturating_add(1);
            if leaders.get(offset).copied().unwrap_or(true) {
                starts.push(u16::try_from(offset).unwrap_or(u16::MAX));
                break;
            }
        }
        if let Some(place) = walk.cost.get_mut(usize::from(start)) {
            *place = cost;
        }
    }
    let Walk {
        ops,
        cost,
        max_stack,
        ..
    } = walk;
    Ok(Body {
        ops: ops.into(),
        block_cost: cost.into(),
        leaders: leaders.into(),
        max_stack,
    })
}

/// Where basic blocks begin: at the start, at targets of branches, and after each branch.
fn leaders(code: &[Bytecode]) -> Vec<bool> {
    let mut leaders = alloc::vec![false; code.len()];
    let mut mark = |offset: usize| {
        if let Some(leader) = leaders.get_mut(offset) {
            *leader = true;
        }
    };
    mark(0);
    for (offset, instruction) in code.iter().enumerate() {
        if let Some(target) = instruction.branch_target() {
            mark(usize::from(target));
        }
        if instruction.branch_target().is_some() || instruction.is_unconditional_exit() {
            mark(offset.saturating_add(1));
        }
    }
    leaders
}

struct Walk<'a> {
    code: &'a mut Code,
    engine: &'a Engine,
    instance: &'a Instance,
    unit: &'a Unit,
    tables: &'a Tables,
    stack: Vec<Type>,
    ops: Vec<Op>,
    cost: Vec<u64>,
    max_stack: u16,
}

impl Walk<'_> {
    fn push(&mut self, ty: Type) {
        self.stack.push(ty);
        let height = u16::try_from(self.stack.len()).unwrap_or(u16::MAX);
        self.max_stack = self.max_stack.max(height);
    }

    fn pop(&mut self) -> VmResult<Type> {
        bounds(self.stack.pop())
    }

    fn drop(&mut self, count: usize) -> VmResult<()> {
        let left = bounds(self.stack.len().checked_sub(count))?;
        self.stack.truncate(left);
        Ok(())
    }

    fn pop_integer(&mut self) -> VmResult<Integer> {
        let ty = self.pop()?;
        bounds(self.code.types.integer(ty))
    }

    fn pop_referent(&mut self) -> VmResult<Type> {
        let ty = self.pop()?;
        bounds(self.code.types.referent(ty)).map(|(inner, _)| inner)
    }

    fn signature(&mut self, index: SignatureIndex) -> VmResult<Box<[Type]>> {
        let arguments = &self.instance.type_arguments;
        self.code
            .substitute_signature(&self.engine.limits, self.tables, index, arguments)
    }

    /// The one type of an instruction's signature.
    fn element(&mut self, index: SignatureIndex) -> VmResult<Type> {
        bounds(self.signature(index)?.first().copied())
    }

    fn own_struct(&mut self, def: StructDefIndex, arguments: Box<[Type]>) -> VmResult<Type> {
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

    fn plain(&mut self, def: StructDefIndex) -> VmResult<Type> {
        self.own_struct(def, Box::default())
    }

    fn generic(&mut self, inst: StructInstIndex) -> VmResult<Type> {
        let inst = *bounds(self.tables.struct_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.own_struct(inst.def, arguments)
    }

    fn callee(&mut self, handle: FunctionHandleIndex, arguments: &[Type]) -> VmResult<InstanceId> {
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

    fn generic_callee(&mut self, inst: FunctionInstIndex) -> VmResult<InstanceId> {
        let inst = *bounds(self.tables.function_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.callee(inst.handle, &arguments)
    }

    fn call(&mut self, callee: InstanceId) -> VmResult<Op> {
        let instance = self.code.instance(callee)?.clone();
        self.drop(instance.parameters.len())?;
        instance.returns.iter().for_each(|ty| self.push(*ty));
        Ok(Op::Call(callee))
    }

    fn pack_closure(
        &mut self,
        callee: InstanceId,
        mask: crate::format::ClosureMask,
    ) -> VmResult<Op> {
        let instance = self.code.instance(callee)?.clone();
        self.drop(mask.count())?;
        let free = instance.parameters.iter().enumerate();
        let parameters = free
            .filter(|(i, _)| !mask.captures(*i))
            .map(|(_, ty)| *ty)
            .collect();
        let abilities = crate::format::AbilitySet::EMPTY;
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

    fn call_closure(&mut self, signature: SignatureIndex) -> VmResult<Op> {
        let ty = self.element(signature)?;
        let TypeKind::Function(function) = self.code.types.kind(ty).clone() else {
            return Err(StatusCode::UnknownInvariantViolationError.into());
        };
        self.drop(function.parameters.len().saturating_add(1))?;
        function.results.iter().for_each(|ty| self.push(*ty));
        Ok(Op::CallClosure(ty))
    }

    fn pack(&mut self, of: Type, variant: Option<u16>) -> VmResult<Op> {
        let made = self.code.struct_type(self.engine, of)?;
        self.drop(bounds(made.fields(variant))?.len())?;
        self.push(of);
        Ok(Op::Pack { of, variant })
    }

    fn unpack(&mut self, of: Type, variant: Option<u16>) -> VmResult<Op> {
        let made = self.code.struct_type(self.engine, of)?;
        self.drop(1)?;
        bounds(made.fields(variant))?
            .iter()
            .for_each(|ty| self.push(*ty));
        Ok(Op::Unpack { of, variant })
    }

    fn borrow_field(
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

    fn plain_field(&mut self, handle: FieldHandleIndex, mutable: bool) -> VmResult<Op> {
        let handle = *bounds(self.tables.field_handles.get(handle.index()))?;
        let of = self.plain(handle.def)?;
        self.borrow_field(of, None, handle.field, mutable)
    }

    fn variant_field(
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

    fn variant(
        &mut self,
        handle: StructVariantHandleIndex,
        arguments: Box<[Type]>,
    ) -> VmResult<(Type, u16)> {
        let handle = *bounds(self.tables.struct_variant_handles.get(handle.index()))?;
        Ok((self.own_struct(handle.def, arguments)?, handle.variant))
    }

    fn generic_variant(
        &mut self,
        inst: crate::format::StructVariantInstIndex,
    ) -> VmResult<(Type, u16)> {
        let inst = *bounds(self.tables.struct_variant_insts.get(inst.index()))?;
        let arguments = self.signature(inst.type_arguments)?;
        self.variant(inst.handle, arguments)
    }

    fn test_variant(&mut self, (of, variant): (Type, u16)) -> VmResult<Op> {
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(Op::TestVariant { of, variant })
    }

    fn constant(&mut self, index: ConstantIndex) -> VmResult<Op> {
        let constant = bounds(self.tables.constants.get(index.index()))?;
        let limits = &self.engine.limits;
        let ty = self
            .code
            .substitute(limits, self.tables, &constant.token, &[])?;
        self.push(ty);
        Ok(Op::LoadConstant(ty, Arc::from(constant.data.as_slice())))
    }

    fn load(&mut self, integer: Integer, bits: U256) -> VmResult<Op> {
        self.push(integer.as_type());
        Ok(Op::LoadInteger(integer, Box::new(bits)))
    }

    fn cast(&mut self, to: Integer) -> VmResult<Op> {
        let from = self.pop_integer()?;
        self.push(to.as_type());
        Ok(Op::Cast { from, to })
    }

    fn arithmetic(&mut self, arithmetic: Arithmetic) -> VmResult<Op> {
        self.drop(1)?;
        let integer = self.pop_integer()?;
        self.push(integer.as_type());
        Ok(Op::Arithmetic(arithmetic, integer))
    }

    fn compare(&mut self, comparison: Comparison) -> VmResult<Op> {
        self.drop(1)?;
        let integer = self.pop_integer()?;
        self.push(Type::BOOL);
        Ok(Op::Compare(comparison, integer))
    }

    fn local(&mut self, local: u8) -> VmResult<Type> {
        bounds(self.instance.locals.get(usize::from(local))).copied()
    }

    fn borrow_local(&mut self, local: u8, mutable: bool) -> VmResult<Op> {
        let ty = self.local(local)?;
        let ty = self.code.types.reference(ty, mutable);
        self.push(ty);
        Ok(Op::BorrowLoc { local, mutable })
    }

    fn borrow_global(&mut self, of: Type, mutable: bool) -> VmResult<Op> {
        self.drop(1)?;
        let ty = self.code.types.reference(of, mutable);
        self.push(ty);
        Ok(Op::BorrowGlobal { of, mutable })
    }

    fn exists(&mut self, of: Type) -> VmResult<Op> {
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(Op::Exists(of))
    }

    fn move_from(&mut self, of: Type) -> VmResult<Op> {
        self.drop(1)?;
        self.push(of);
        Ok(Op::MoveFrom(of))
    }

    fn move_to(&mut self, of: Type) -> VmResult<Op> {
        self.drop(2)?;
        Ok(Op::MoveTo(of))
    }

    fn equality(&mut self, negated: bool) -> VmResult<Op> {
        let ty = self.pop()?;
        self.drop(1)?;
        self.push(Type::BOOL);
        Ok(if negated { Op::Neq(ty) } else { Op::Eq(ty) })
    }

    fn step(&mut self, bytecode: &Bytecode) -> VmResult<Op> {
        use Bytecode as B;
        Ok(match bytecode {
            B::Pop => Op::Pop(self.pop()?),
            B::Ret => {
                self.drop(self.instance.returns.len())?;
                Op::Ret
            }
            B::BrTrue(to) => {
                self.drop(1)?;
                Op::BrTrue(*to)
            }
            B::BrFalse(to) => {
                self.drop(1)?;
                Op::BrFalse(*to)
            }
            B::Branch(to) => Op::Branch(*to),
            B::LdU8(n) => self.load(Integer::U8, U256::from(*n))?,
            B::LdU16(n) => self.load(Integer::U16, U256::from(*n))?,
            B::LdU32(n) => self.load(Integer::U32, U256::from(*n))?,
            B::LdU64(n) => self.load(Integer::U64, U256::from(*n))?,
            B::LdU128(n) => self.load(Integer::U128, U256::from(**n))?,
            B::LdU256(n) => self.load(Integer::U256, **n)?,
            B::LdI8(n) => self.load(Integer::I8, U256::from(n.cast_unsigned()))?,
            B::LdI16(n) => self.load(Integer::I16, U256::from(n.cast_unsigned()))?,
            B::LdI32(n) => self.load(Integer::I32, U256::from(n.cast_unsigned()))?,
            B::LdI64(n) => self.load(Integer::I64, U256::from(n.cast_unsigned()))?,
            B::LdI128(n) => self.load(Integer::I128, U256::from(n.cast_unsigned()))?,
            B::LdI256(n) => self.load(Integer::I256, **n)?,
            B::CastU8 => self.cast(Integer::U8)?,
            B::CastU16 => self.cast(Integer::U16)?,
            B::CastU32 => self.cast(Integer::U32)?,
            B::CastU64 => self.cast(Integer::U64)?,
            B::CastU128 => self.cast(Integer::U128)?,
            B::CastU256 => self.cast(Integer::U256)?,
            B::CastI8 => self.cast(Integer::I8)?,
            B::CastI16 => self.cast(Integer::I16)?,
            B::CastI32 => self.cast(Integer::I32)?,
            B::CastI64 => self.cast(Integer::I64)?,
            B::CastI128 => self.cast(Integer::I128)?,
            B::CastI256 => self.cast(Integer::I256)?,
            B::LdConst(index) => self.constant(*index)?,
            B::LdTrue | B::LdFalse => {
                self.push(Type::BOOL);
                Op::LoadBool(*bytecode == B::LdTrue)
            }
            B::CopyLoc(local) => {
                let ty = self.local(*local)?;
                self.push(ty);
                Op::CopyLoc(*local)
            }
            B::MoveLoc(local) => {
                let ty = self.local(*local)?;
                self.push(ty);
                Op::MoveLoc(*local)
            }
            B::StLoc(local) => {
                self.drop(1)?;
                Op::StLoc(*local)
            }
            B::MutBorrowLoc(local) => self.borrow_local(*local, true)?,
            B::ImmBorrowLoc(local) => self.borrow_local(*local, false)?,
            B::MutBorrowField(i) => self.plain_field(*i, true)?,
            B::ImmBorrowField(i) => self.plain_field(*i, false)?,
            B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
                let inst = *bounds(self.tables.field_insts.get(i.index()))?;
                let handle = *bounds(self.tables.field_handles.get(inst.handle.index()))?;
                let arguments = self.signature(inst.type_arguments)?;
                let of = self.own_struct(handle.def, arguments)?;
                let mutable = matches!(bytecode, B::MutBorrowFieldGeneric(_));
                self.borrow_field(of, None, handle.field, mutable)?
            }
            B::MutBorrowVariantField(i) => self.variant_field(*i, Box::default(), true)?,
            B::ImmBorrowVariantField(i) => self.variant_field(*i, Box::default(), false)?,
            B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
                let inst = *bounds(self.tables.variant_field_insts.get(i.index()))?;
                let arguments = self.signature(inst.type_arguments)?;
                let mutable = matches!(bytecode, B::MutBorrowVariantFieldGeneric(_));
                self.variant_field(inst.handle, arguments, mutable)?
            }
            B::Call(i) => {
                let callee = self.callee(*i, &[])?;
                self.call(callee)?
            }
            B::CallGeneric(i) => {
                let callee = self.generic_callee(*i)?;
                self.call(callee)?
            }
            B::Pack(i) => {
                let of = self.plain(*i)?;
                self.pack(of, None)?
            }
            B::PackGeneric(i) => {
                let of = self.generic(*i)?;
                self.pack(of, None)?
            }
            B::PackVariant(i) => {
                let (of, variant) = self.variant(*i, Box::default())?;
                self.pack(of, Some(variant))?
            }
            B::PackVariantGeneric(i) => {
                let (of, variant) = self.generic_variant(*i)?;
                self.pack(of, Some(variant))?
            }
            B::Unpack(i) => {
                let of = self.plain(*i)?;
                self.unpack(of, None)?
            }
            B::UnpackGeneric(i) => {
                let of = self.generic(*i)?;
                self.unpack(of, None)?
            }
            B::UnpackVariant(i) => {
                let (of, variant) = self.variant(*i, Box::default())?;
                self.unpack(of, Some(variant))?
            }
            B::UnpackVariantGeneric(i) => {
                let (of, variant) = self.generic_variant(*i)?;
                self.unpack(of, Some(variant))?
            }
            B::TestVariant(i) => {
                let tested = self.variant(*i, Box::default())?;
                self.test_variant(tested)?
            }
            B::TestVariantGeneric(i) => {
                let tested = self.generic_variant(*i)?;
                self.test_variant(tested)?
            }
            B::ReadRef => {
                let ty = self.pop_referent()?;
                self.push(ty);
                Op::ReadRef(ty)
            }
            B::WriteRef => {
                let ty = self.pop_referent()?;
                self.drop(1)?;
                Op::WriteRef(ty)
            }
            B::FreezeRef => {
                let ty = self.pop_referent()?;
                let ty = self.code.types.reference(ty, false);
                self.push(ty);
                Op::FreezeRef
            }
            B::Add => self.arithmetic(Arithmetic::Add)?,
            B::Sub => self.arithmetic(Arithmetic::Sub)?,
            B::Mul => self.arithmetic(Arithmetic::Mul)?,
            B::Mod => self.arithmetic(Arithmetic::Mod)?,
            B::Div => self.arithmetic(Arithmetic::Div)?,
            B::BitOr => self.arithmetic(Arithmetic::BitOr)?,
            B::BitAnd => self.arithmetic(Arithmetic::BitAnd)?,
            B::Xor => self.arithmetic(Arithmetic::Xor)?,
            B::Shl => self.arithmetic(Arithmetic::Shl)?,
            B::Shr => self.arithmetic(Arithmetic::Shr)?,
            B::Negate => {
                let integer = self.pop_integer()?;
                self.push(integer.as_type());
                Op::Negate(integer)
            }
            B::Or | B::And => {
                self.drop(2)?;
                self.push(Type::BOOL);
                if *bytecode == B::Or { Op::Or } else { Op::And }
            }
            B::Not => {
                self.drop(1)?;
                self.push(Type::BOOL);
                Op::Not
            }
            B::Eq => self.equality(false)?,
            B::Neq => self.equality(true)?,
            B::Lt => self.compare(Comparison::Lt)?,
            B::Gt => self.compare(Comparison::Gt)?,
            B::Le => self.compare(Comparison::Le)?,
            B::Ge => self.compare(Comparison::Ge)?,
            B::Abort => {
                self.drop(1)?;
                Op::Abort
            }
            B::AbortMsg => {
                self.drop(2)?;
                Op::AbortMsg
            }
            B::Nop => Op::Nop,
            B::Exists(i) => {
                let of = self.plain(*i)?;
                self.exists(of)?
            }
            B::ExistsGeneric(i) => {
                let of = self.generic(*i)?;
                self.exists(of)?
            }
            B::MutBorrowGlobal(i) => {
                let of = self.plain(*i)?;
                self.borrow_global(of, true)?
            }
            B::MutBorrowGlobalGeneric(i) => {
                let of = self.generic(*i)?;
                self.borrow_global(of, true)?
            }
            B::ImmBorrowGlobal(i) => {
                let of = self.plain(*i)?;
                self.borrow_global(of, false)?
            }
            B::ImmBorrowGlobalGeneric(i) => {
                let of = self.generic(*i)?;
                self.borrow_global(of, false)?
            }
            B::MoveFrom(i) => {
                let of = self.plain(*i)?;
                self.move_from(of)?
            }
            B::MoveFromGeneric(i) => {
                let of = self.generic(*i)?;
                self.move_from(of)?
            }
            B::MoveTo(i) => {
                let of = self.plain(*i)?;
                self.move_to(of)?
            }
            B::MoveToGeneric(i) => {
                let of = self.generic(*i)?;
                self.move_to(of)?
            }
            B::VecPack(i, count) => {
                let element = self.element(*i)?;
                self.drop(usize::try_from(*count).unwrap_or(usize::MAX))?;
                let ty = self
                    .code
                    .types
                    .intern_within(&self.engine.limits, TypeKind::Vector(element))?;
                self.push(ty);
                Op::VecPack {
                    element,
                    count: *count,
                }
            }
            B::VecLen(i) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                self.push(Type::U64);
                Op::VecLen { element }
            }
            B::VecImmBorrow(i) | B::VecMutBorrow(i) => {
                let element = self.element(*i)?;
                let mutable = matches!(bytecode, B::VecMutBorrow(_));
                self.drop(2)?;
                let ty = self.code.types.reference(element, mutable);
                self.push(ty);
                Op::VecBorrow { element, mutable }
            }
            B::VecPushBack(i) => {
                let element = self.element(*i)?;
                self.drop(2)?;
                Op::VecPushBack { element }
            }
            B::VecPopBack(i) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                self.push(element);
                Op::VecPopBack { element }
            }
            B::VecUnpack(i, count) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                // The verifier bounds the stack, and so the count.
                if *count > u64::from(u16::MAX) {
                    return Err(StatusCode::UnknownInvariantViolationError.into());
                }
                (0..*count).for_each(|_| self.push(element));
                Op::VecUnpack {
                    element,
                    count: *count,
                }
            }
            B::VecSwap(i) => {
                let element = self.element(*i)?;
                self.drop(3)?;
                Op::VecSwap { element }
            }
            B::PackClosure(i, mask) => {
                let callee = self.callee(*i, &[])?;
                self.pack_closure(callee, *mask)?
            }
            B::PackClosureGeneric(i, mask) => {
                let callee = self.generic_callee(*i)?;
                self.pack_closure(callee, *mask)?
            }
            B::CallClosure(i) => self.call_closure(*i)?,
        })
    }
}
