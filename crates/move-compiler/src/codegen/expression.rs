//! Expressions without branches of their own: operands, then an instruction.

use lumio_move_engine::{
    Address, U256,
    format::{Bytecode as B, ClosureMask},
};

use super::{
    code::Op,
    function::{Target, Writer},
};
use crate::{
    Span,
    ast::{BinaryOp, UnaryOp},
    program::FunctionId,
    typed::{Builtin, Expr, ExprKind, StructUse, Value},
    types::{Integer, Type},
};

impl Writer<'_, '_> {
    /// Evaluates onto the stack.
    pub(super) fn simple(&mut self, e: &Expr) {
        let (ty, span) = (&e.ty, e.span);
        match &e.kind {
            ExprKind::Value(value) => self.constant(value, ty, span),
            ExprKind::Constant(id) => {
                if let Some(value) = self.program.constant(*id).value.clone() {
                    self.constant(&value, ty, span);
                }
            }
            ExprKind::Local(local) => self.load(Self::slot(*local), span),
            ExprKind::CopyLocal(local) => {
                self.push(Op::Copy(Self::slot(*local)), 0, &[ty], span);
            }
            ExprKind::MoveLocal(local) => {
                self.push(Op::Move(Self::slot(*local)), 0, &[ty], span);
            }
            ExprKind::BorrowLocal { local, mutable } => {
                let local = Self::slot(*local);
                let mutable = *mutable;
                self.push(Op::Borrow { local, mutable }, 0, &[ty], span);
            }
            ExprKind::BorrowField {
                of,
                structure,
                variants,
                field,
                mutable,
            } => {
                self.value(of);
                let places = field_places(variants);
                if places.len() > 1 {
                    self.borrow_shared(structure, &places, &of.ty, ty, span);
                } else {
                    self.borrow_field(structure, variants, *field, *mutable, span);
                }
            }
            ExprKind::BorrowValue { value, mutable } => {
                let local = self.temporary(&value.ty);
                self.emit(value, &Target::Locals(vec![local]));
                let mutable = *mutable;
                self.push(Op::Borrow { local, mutable }, 0, &[ty], span);
            }
            ExprKind::ReadRef(of) => {
                self.value(of);
                self.code(B::ReadRef, 1, &[ty], span);
            }
            ExprKind::Call {
                function,
                type_arguments,
                arguments,
            } => {
                let arguments: Vec<&Expr> = arguments.iter().collect();
                self.operands(&arguments);
                self.call(*function, type_arguments, arguments.len(), ty, span);
            }
            ExprKind::Builtin(builtin, arguments) => {
                let arguments: Vec<&Expr> = arguments.iter().collect();
                self.operands(&arguments);
                self.builtin(builtin, ty, span);
            }
            ExprKind::CallValue {
                function,
                arguments,
            } => {
                let mut operands: Vec<&Expr> = arguments.iter().collect();
                operands.push(function);
                self.operands(&operands);
                let signature = self.pools.signature(std::slice::from_ref(&function.ty));
                if let Some(signature) = self.fit(signature, span) {
                    let results = ty.values();
                    let results: Vec<&Type> = results.iter().collect();
                    self.code(B::CallClosure(signature), operands.len(), &results, span);
                }
            }
            ExprKind::Closure {
                function,
                type_arguments,
                captured,
            } => {
                let operands: Vec<&Expr> = captured.iter().map(|(_, e)| e).collect();
                self.operands(&operands);
                let mask = captured.iter().fold(0_u64, |mask, (n, _)| {
                    mask | 1_u64.wrapping_shl(u32::from(*n))
                });
                let mask = ClosureMask(mask);
                let code = if type_arguments.is_empty() {
                    let handle = self.pools.function(*function);
                    self.fit(handle, span).map(|h| B::PackClosure(h, mask))
                } else {
                    let inst = self.pools.function_inst(*function, type_arguments);
                    self.fit(inst, span).map(|i| B::PackClosureGeneric(i, mask))
                };
                if let Some(code) = code {
                    self.code(code, operands.len(), &[ty], span);
                }
            }
            ExprKind::Pack { structure, fields } => self.pack(structure, fields, ty, span),
            ExprKind::Vector(elements) => self.vector(elements, ty, span),
            ExprKind::TestVariants {
                reference,
                structure,
                variants,
            } => self.test(reference, structure, variants, span),
            ExprKind::Unary(op, of) => {
                self.value(of);
                let code = match op {
                    UnaryOp::Not => B::Not,
                    UnaryOp::Negate => B::Negate,
                };
                self.code(code, 1, &[ty], span);
            }
            ExprKind::Binary(op, left, right) => {
                self.operands(&[left, right]);
                if let Some(code) = operator(*op) {
                    self.code(code, 2, &[ty], span);
                }
            }
            ExprKind::Cast(of) => {
                self.value(of);
                if let Type::Integer(integer) = ty
                    && of.ty != *ty
                {
                    self.code(cast(*integer), 1, &[ty], span);
                }
            }
            // The others have branches or targets of their own.
            _ => self.emit(e, &Target::Stack),
        }
    }

    /// Loads a constant.
    pub(super) fn constant(&mut self, value: &Value, ty: &Type, span: Span) {
        let code = match (value, ty) {
            (Value::Bool(true), _) => Some(B::LdTrue),
            (Value::Bool(false), _) => Some(B::LdFalse),
            (Value::Integer(n), Type::Integer(integer)) => Some(load(*n, *integer)),
            (value, ty) => {
                let mut data = Vec::new();
                bcs(value, ty, &mut data);
                let constant = self.pools.constant(ty, data);
                self.fit(constant, span).map(B::LdConst)
            }
        };
        if let Some(code) = code {
            self.code(code, 0, &[ty], span);
        }
    }

    /// Calls a function whose arguments are on the stack. Functions of vectors are instructions.
    fn call(
        &mut self,
        id: FunctionId,
        type_arguments: &[Type],
        count: usize,
        returns: &Type,
        span: Span,
    ) {
        let results = returns.values();
        let results: Vec<&Type> = results.iter().collect();
        if let Some(code) = self.vector_function(id, type_arguments, span) {
            return self.code(code, count, &results, span);
        }
        let code = if type_arguments.is_empty() {
            let handle = self.pools.function(id);
            self.fit(handle, span).map(B::Call)
        } else {
            let inst = self.pools.function_inst(id, type_arguments);
            self.fit(inst, span).map(B::CallGeneric)
        };
        self.called.push(id);
        if let Some(code) = code {
            self.code(code, count, &results, span);
        }
    }

    /// The instruction for a native function of `0x1::vector`.
    fn vector_function(
        &mut self,
        id: FunctionId,
        type_arguments: &[Type],
        span: Span,
    ) -> Option<B> {
        let function = self.program.function(id);
        let module = self.program.unit(function.unit).name.as_ref()?;
        if !function.is_native || module.address != Address::small(1) || module.name != "vector" {
            return None;
        }
        let signature = self.pools.signature(type_arguments);
        let s = self.fit(signature, span)?;
        Some(match function.name.name.as_str() {
            "empty" => B::VecPack(s, 0),
            "length" => B::VecLen(s),
            "borrow" => B::VecImmBorrow(s),
            "borrow_mut" => B::VecMutBorrow(s),
            "push_back" => B::VecPushBack(s),
            "pop_back" => B::VecPopBack(s),
            "destroy_empty" => B::VecUnpack(s, 0),
            "swap" => B::VecSwap(s),
            _ => return None,
        })
    }

    fn builtin(&mut self, builtin: &Builtin, ty: &Type, span: Span) {
        match builtin {
            Builtin::Freeze => self.code(B::FreezeRef, 1, &[ty], span),
            Builtin::VectorBorrow { of, mutable } => {
                let signature = self.pools.signature(std::slice::from_ref(of));
                if let Some(s) = self.fit(signature, span) {
                    let code = if *mutable {
                        B::VecMutBorrow(s)
                    } else {
                        B::VecImmBorrow(s)
                    };
                    self.code(code, 2, &[ty], span);
                }
            }
            Builtin::Exists(of)
            | Builtin::MoveTo(of)
            | Builtin::MoveFrom(of)
            | Builtin::BorrowGlobal { of, .. } => self.storage(builtin, of, ty, span),
        }
    }

    fn storage(&mut self, builtin: &Builtin, of: &Type, ty: &Type, span: Span) {
        let Type::Struct(id, arguments) = of else {
            return;
        };
        if matches!(builtin, Builtin::MoveFrom(_) | Builtin::BorrowGlobal { .. }) {
            self.acquired.push(*id);
        }
        let code = if arguments.is_empty() {
            let def = self.pools.definition(*id);
            self.fit(def, span).map(|d| match builtin {
                Builtin::Exists(_) => B::Exists(d),
                Builtin::MoveTo(_) => B::MoveTo(d),
                Builtin::MoveFrom(_) => B::MoveFrom(d),
                Builtin::BorrowGlobal { mutable: true, .. } => B::MutBorrowGlobal(d),
                _ => B::ImmBorrowGlobal(d),
            })
        } else {
            let inst = self.pools.struct_inst(*id, arguments);
            self.fit(inst, span).map(|i| match builtin {
                Builtin::Exists(_) => B::ExistsGeneric(i),
                Builtin::MoveTo(_) => B::MoveToGeneric(i),
                Builtin::MoveFrom(_) => B::MoveFromGeneric(i),
                Builtin::BorrowGlobal { mutable: true, .. } => B::MutBorrowGlobalGeneric(i),
                _ => B::ImmBorrowGlobalGeneric(i),
            })
        };
        let Some(code) = code else { return };
        match builtin {
            Builtin::MoveTo(_) => self.code(code, 2, &[], span),
            _ => self.code(code, 1, &[ty], span),
        }
    }

    /// Borrows a field that is at different places in different variants: the format wants one
    /// instruction for each place.
    fn borrow_shared(
        &mut self,
        structure: &StructUse,
        places: &[Vec<(u16, u16)>],
        from: &Type,
        ty: &Type,
        span: Span,
    ) {
        let mutable = matches!(ty, Type::Reference { mutable: true, .. });
        let (slot, result) = (self.temporary(from), self.temporary(ty));
        self.store(slot, span);
        let end = self.draft.label();
        let Some((last, others)) = places.split_last() else {
            return;
        };
        for place in others {
            let (yes, next) = (self.draft.label(), self.draft.label());
            for (variant, _) in place {
                self.load(slot, span);
                self.test_variant(structure, *variant, span);
                self.push(Op::JumpTrue(yes), 1, &[], span);
            }
            self.jump(next, span);
            self.place(yes, span);
            self.load(slot, span);
            self.borrow_field(structure, place, 0, mutable, span);
            self.store(result, span);
            self.jump(end, span);
            self.place(next, span);
        }
        self.load(slot, span);
        self.borrow_field(structure, last, 0, mutable, span);
        self.store(result, span);
        self.place(end, span);
        self.load(result, span);
    }

    /// From a reference to a struct to one to its field.
    pub(super) fn borrow_field(
        &mut self,
        structure: &StructUse,
        variants: &[(u16, u16)],
        field: u16,
        mutable: bool,
        span: Span,
    ) {
        let (id, arguments) = (structure.id, &structure.type_arguments);
        let generic = !arguments.is_empty();
        let result = Type::reference(mutable, Type::Bool);
        let code = if let Some((_, field)) = variants.first() {
            // The format wants the field at the same place in all of them.
            let numbers = variants
                .iter()
                .filter(|(_, f)| f == field)
                .map(|(v, _)| *v)
                .collect();
            let handle = self.pools.variant_field(id, numbers, *field);
            let Some(handle) = self.fit(handle, span) else {
                return;
            };
            if generic {
                let inst = self.pools.variant_field_inst(handle, arguments);
                self.fit(inst, span).map(|i| match mutable {
                    true => B::MutBorrowVariantFieldGeneric(i),
                    false => B::ImmBorrowVariantFieldGeneric(i),
                })
            } else {
                Some(match mutable {
                    true => B::MutBorrowVariantField(handle),
                    false => B::ImmBorrowVariantField(handle),
                })
            }
        } else if generic {
            let inst = self.pools.field_inst(id, field, arguments);
            self.fit(inst, span).map(|i| match mutable {
                true => B::MutBorrowFieldGeneric(i),
                false => B::ImmBorrowFieldGeneric(i),
            })
        } else {
            let handle = self.pools.field(id, field);
            self.fit(handle, span).map(|h| match mutable {
                true => B::MutBorrowField(h),
                false => B::ImmBorrowField(h),
            })
        };
        if let Some(code) = code {
            self.code(code, 1, &[&result], span);
        }
    }

    fn pack(&mut self, structure: &StructUse, fields: &[(u16, Expr)], ty: &Type, span: Span) {
        let in_order = fields.windows(2).all(|pair| match pair {
            [(a, _), (b, _)] => a < b,
            _ => true,
        });
        let mut sorted: Vec<&(u16, Expr)> = fields.iter().collect();
        sorted.sort_by_key(|(n, _)| *n);
        let same_at_any_time = fields.iter().all(|(_, e)| {
            matches!(
                e.kind,
                ExprKind::Value(_) | ExprKind::Constant(_) | ExprKind::Local(_)
            )
        });
        if in_order || same_at_any_time {
            let operands: Vec<&Expr> = sorted.iter().map(|(_, e)| e).collect();
            self.operands(&operands);
        } else {
            // They are evaluated as written, and wait in locals.
            let mut slots = Vec::new();
            for (n, e) in fields {
                let slot = self.temporary(&e.ty);
                self.emit(e, &Target::Locals(vec![slot]));
                slots.push((*n, slot));
            }
            slots.sort_unstable();
            for (_, slot) in slots {
                self.load(slot, span);
            }
        }
        let (id, arguments) = (structure.id, &structure.type_arguments);
        let mut count = self.program.structure(id).fields(structure.variant).len();
        if count == 0 && structure.variant.is_none() {
            // The hidden field of a struct without fields.
            self.code(B::LdFalse, 0, &[&Type::Bool], span);
            count = 1;
        }
        let code = match (structure.variant, arguments.is_empty()) {
            (None, true) => {
                let def = self.pools.definition(id);
                self.fit(def, span).map(B::Pack)
            }
            (None, false) => {
                let inst = self.pools.struct_inst(id, arguments);
                self.fit(inst, span).map(B::PackGeneric)
            }
            (Some(variant), true) => {
                let handle = self.pools.variant(id, variant);
                self.fit(handle, span).map(B::PackVariant)
            }
            (Some(variant), false) => {
                let inst = self.pools.variant_inst(id, variant, arguments);
                self.fit(inst, span).map(B::PackVariantGeneric)
            }
        };
        if let Some(code) = code {
            self.code(code, count, &[ty], span);
        }
    }

    /// The value of an expression that is a constant.
    fn known(&self, e: &Expr) -> Option<Value> {
        match &e.kind {
            ExprKind::Value(value) => Some(value.clone()),
            ExprKind::Constant(id) => self.program.constant(*id).value.clone(),
            ExprKind::Vector(elements) => {
                let values: Option<Vec<Value>> = elements.iter().map(|e| self.known(e)).collect();
                values.map(Value::Vector)
            }
            _ => None,
        }
    }

    fn vector(&mut self, elements: &[Expr], ty: &Type, span: Span) {
        let Type::Vector(element) = ty else { return };
        let constants: Option<Vec<Value>> = elements.iter().map(|e| self.known(e)).collect();
        if let (Some(values), false) = (constants, elements.is_empty()) {
            return self.constant(&Value::Vector(values), ty, span);
        }
        let operands: Vec<&Expr> = elements.iter().collect();
        self.operands(&operands);
        let signature = self.pools.signature(std::slice::from_ref(&**element));
        if let Some(signature) = self.fit(signature, span) {
            let code = B::VecPack(signature, elements.len() as u64);
            self.code(code, elements.len(), &[ty], span);
        }
    }

    fn test(&mut self, reference: &Expr, structure: &StructUse, variants: &[u16], span: Span) {
        self.value(reference);
        let [first, rest @ ..] = variants else {
            self.code(B::Pop, 1, &[], span);
            return self.code(B::LdFalse, 0, &[&Type::Bool], span);
        };
        if rest.is_empty() {
            return self.test_variant(structure, *first, span);
        }
        let (slot, result) = (self.temporary(&reference.ty), self.temporary(&Type::Bool));
        self.store(slot, span);
        let (yes, end) = (self.draft.label(), self.draft.label());
        for variant in variants {
            self.load(slot, span);
            self.test_variant(structure, *variant, span);
            self.push(Op::JumpTrue(yes), 1, &[], span);
        }
        self.code(B::LdFalse, 0, &[&Type::Bool], span);
        self.store(result, span);
        self.jump(end, span);
        self.place(yes, span);
        self.code(B::LdTrue, 0, &[&Type::Bool], span);
        self.store(result, span);
        self.place(end, span);
        self.load(result, span);
    }

    /// Whether what the reference on the stack points to is of a variant.
    pub(super) fn test_variant(&mut self, structure: &StructUse, variant: u16, span: Span) {
        let (id, arguments) = (structure.id, &structure.type_arguments);
        let code = if arguments.is_empty() {
            let handle = self.pools.variant(id, variant);
            self.fit(handle, span).map(B::TestVariant)
        } else {
            let inst = self.pools.variant_inst(id, variant, arguments);
            self.fit(inst, span).map(B::TestVariantGeneric)
        };
        if let Some(code) = code {
            self.code(code, 1, &[&Type::Bool], span);
        }
    }
}

/// Variants by the place that a field has in them.
pub(super) fn field_places(variants: &[(u16, u16)]) -> Vec<Vec<(u16, u16)>> {
    let mut places: Vec<Vec<(u16, u16)>> = Vec::new();
    for (variant, field) in variants {
        let known = places
            .iter_mut()
            .find(|place| place.first().is_some_and(|(_, f)| f == field));
        match known {
            Some(place) => place.push((*variant, *field)),
            None => places.push(vec![(*variant, *field)]),
        }
    }
    places
}

fn operator(op: BinaryOp) -> Option<B> {
    Some(match op {
        BinaryOp::Add => B::Add,
        BinaryOp::Sub => B::Sub,
        BinaryOp::Mul => B::Mul,
        BinaryOp::Div => B::Div,
        BinaryOp::Mod => B::Mod,
        BinaryOp::BitAnd => B::BitAnd,
        BinaryOp::BitOr => B::BitOr,
        BinaryOp::Xor => B::Xor,
        BinaryOp::Shl => B::Shl,
        BinaryOp::Shr => B::Shr,
        BinaryOp::Eq => B::Eq,
        BinaryOp::Neq => B::Neq,
        BinaryOp::Lt => B::Lt,
        BinaryOp::Gt => B::Gt,
        BinaryOp::Le => B::Le,
        BinaryOp::Ge => B::Ge,
        BinaryOp::And | BinaryOp::Or | BinaryOp::Implies | BinaryOp::Iff => return None,
    })
}

fn cast(to: Integer) -> B {
    match to {
        Integer::U8 => B::CastU8,
        Integer::U16 => B::CastU16,
        Integer::U32 => B::CastU32,
        Integer::U64 => B::CastU64,
        Integer::U128 => B::CastU128,
        Integer::U256 => B::CastU256,
        Integer::I8 => B::CastI8,
        Integer::I16 => B::CastI16,
        Integer::I32 => B::CastI32,
        Integer::I64 => B::CastI64,
        Integer::I128 => B::CastI128,
        Integer::I256 => B::CastI256,
    }
}

/// The low bytes of a number.
fn low<const N: usize>(n: U256) -> [u8; N] {
    let bytes = n.to_le_bytes::<32>();
    let mut low = [0; N];
    for (to, from) in low.iter_mut().zip(bytes) {
        *to = from;
    }
    low
}

/// Loads an integer, which fits its type.
pub(crate) fn load(n: U256, integer: Integer) -> B {
    match integer {
        Integer::U8 => B::LdU8(u8::from_le_bytes(low(n))),
        Integer::U16 => B::LdU16(u16::from_le_bytes(low(n))),
        Integer::U32 => B::LdU32(u32::from_le_bytes(low(n))),
        Integer::U64 => B::LdU64(u64::from_le_bytes(low(n))),
        Integer::U128 => B::LdU128(Box::new(u128::from_le_bytes(low(n)))),
        Integer::U256 => B::LdU256(Box::new(n)),
        Integer::I8 => B::LdI8(i8::from_le_bytes(low(n))),
        Integer::I16 => B::LdI16(i16::from_le_bytes(low(n))),
        Integer::I32 => B::LdI32(i32::from_le_bytes(low(n))),
        Integer::I64 => B::LdI64(i64::from_le_bytes(low(n))),
        Integer::I128 => B::LdI128(Box::new(i128::from_le_bytes(low(n)))),
        Integer::I256 => B::LdI256(Box::new(n)),
    }
}

/// The BCS of a constant.
pub(crate) fn bcs(value: &Value, ty: &Type, out: &mut Vec<u8>) {
    match (value, ty) {
        (Value::Bool(b), _) => out.push(u8::from(*b)),
        (Value::Integer(n), Type::Integer(integer)) => {
            let bytes = n.to_le_bytes::<32>();
            let width = usize::from(integer.bits().wrapping_shr(3));
            out.extend(bytes.iter().take(width));
        }
        (Value::Address(address), _) => out.extend(address.0),
        (Value::Bytes(bytes), _) => lumio_move_engine::bcs::put_bytes(out, bytes),
        (Value::Vector(values), Type::Vector(element)) => {
            lumio_move_engine::bcs::put_uleb(out, values.len() as u64);
            for value in values {
                bcs(value, element, out);
            }
        }
        (Value::Integer(_) | Value::Vector(_), _) => {}
    }
}
