//! What each instruction does to references.

use alloc::vec::Vec;

use super::{
    super::{
        super::{Meter, Scope},
        absint::Transfer,
        function::{Function, broken},
    },
    borrow_graph::{Label, RefId},
    state::{State, Value},
};
use crate::{
    StatusCode as S, VmResult,
    format::{Bytecode as B, FieldHandle, FunctionHandle, SignatureToken, VariantFieldHandle},
};

const STEP_UNITS: u64 = 10;
const STEP_UNITS_PER_ITEM: u64 = 10;

/// The analysis: the function, and the stack within a block.
pub(super) struct References<'a> {
    pub(super) function: &'a Function<'a>,
    pub(super) stack: Vec<Value>,
}

impl Transfer for References<'_> {
    type State = State;

    fn execute(&mut self, state: &mut State, instruction: &B, meter: &mut Meter) -> VmResult<()> {
        meter.charge(Scope::Function, STEP_UNITS)?;
        meter.charge_items(Scope::Function, STEP_UNITS_PER_ITEM, state.size())?;
        self.step(state, instruction, meter)
    }

    fn finish_block(&mut self, state: &mut State, meter: &mut Meter) -> VmResult<()> {
        if !self.stack.is_empty() {
            return Err(broken());
        }
        state.canonicalize(meter)?;
        // For the copies of the state that the block's successors get.
        meter.charge_items(Scope::Function, STEP_UNITS_PER_ITEM, state.size())
    }
}

impl References<'_> {
    fn pop(&mut self) -> VmResult<Value> {
        self.stack.pop().ok_or_else(broken)
    }

    fn pop_reference(&mut self) -> VmResult<RefId> {
        self.pop()?.ok_or_else(broken)
    }

    fn pop_value(&mut self) -> VmResult<()> {
        if self.pop()?.is_some() {
            return Err(broken());
        }
        Ok(())
    }

    fn pop_values(&mut self, n: usize) -> VmResult<()> {
        for _ in 0..n {
            self.pop_value()?;
        }
        Ok(())
    }

    fn push_values(&mut self, n: usize) {
        let height = self.stack.len().saturating_add(n);
        self.stack.resize(height, None);
    }

    /// The topmost so many, the deepest first.
    fn pop_arguments(&mut self, n: usize) -> VmResult<Vec<Value>> {
        let start = self.stack.len().checked_sub(n).ok_or_else(broken)?;
        Ok(self.stack.split_off(start))
    }

    fn borrow_field(
        &mut self,
        state: &mut State,
        mutable: bool,
        field: &FieldHandle,
        meter: &mut Meter,
    ) -> VmResult<()> {
        let label = Label::Field(field.def.0, field.field);
        let id = self.pop_reference()?;
        let part = state.borrow_field(mutable, id, label, meter)?;
        self.stack.push(part);
        Ok(())
    }

    fn borrow_variant_field(
        &mut self,
        state: &mut State,
        mutable: bool,
        field: &VariantFieldHandle,
        meter: &mut Meter,
    ) -> VmResult<()> {
        let label = Label::Field(field.def.0, field.field);
        let id = self.pop_reference()?;
        let part = state.borrow_field(mutable, id, label, meter)?;
        self.stack.push(part);
        Ok(())
    }

    fn call(
        &mut self,
        state: &mut State,
        handle: &FunctionHandle,
        meter: &mut Meter,
    ) -> VmResult<()> {
        for resource in self.function.callees.acquired_by(handle) {
            state.take_global(*resource)?;
        }
        let parameters = self.function.signature(handle.parameters)?.len();
        let results = self.function.signature(handle.returns)?;
        self.pass(state, parameters, results, meter)
    }

    fn pass(
        &mut self,
        state: &mut State,
        parameters: usize,
        results: &[SignatureToken],
        meter: &mut Meter,
    ) -> VmResult<()> {
        let arguments = self.pop_arguments(parameters)?;
        let values = state.call(&arguments, results, meter)?;
        self.stack.extend(values);
        Ok(())
    }

    fn update_vector(&mut self, state: &mut State, meter: &mut Meter) -> VmResult<()> {
        let id = self.pop_reference()?;
        state.write(id, S::VecUpdateExistsMutableBorrowError, meter)
    }

    fn step(&mut self, state: &mut State, instruction: &B, meter: &mut Meter) -> VmResult<()> {
        let f = self.function;
        match instruction {
            B::Nop
            | B::Branch(_)
            | B::CastU8
            | B::CastU16
            | B::CastU32
            | B::CastU64
            | B::CastU128
            | B::CastU256
            | B::CastI8
            | B::CastI16
            | B::CastI32
            | B::CastI64
            | B::CastI128
            | B::CastI256
            | B::Negate
            | B::Not
            | B::Exists(_)
            | B::ExistsGeneric(_) => {}
            B::LdU8(_)
            | B::LdU16(_)
            | B::LdU32(_)
            | B::LdU64(_)
            | B::LdU128(_)
            | B::LdU256(_)
            | B::LdI8(_)
            | B::LdI16(_)
            | B::LdI32(_)
            | B::LdI64(_)
            | B::LdI128(_)
            | B::LdI256(_)
            | B::LdConst(_)
            | B::LdTrue
            | B::LdFalse => self.stack.push(None),
            B::BrTrue(_) | B::BrFalse(_) | B::Abort => self.pop_value()?,
            B::AbortMsg => self.pop_values(2)?,
            B::Add
            | B::Sub
            | B::Mul
            | B::Mod
            | B::Div
            | B::BitOr
            | B::BitAnd
            | B::Xor
            | B::Shl
            | B::Shr
            | B::Or
            | B::And
            | B::Lt
            | B::Gt
            | B::Le
            | B::Ge => {
                self.pop_values(2)?;
                self.stack.push(None);
            }
            B::Pop => {
                let value = self.pop()?;
                state.release(value, meter)?;
            }
            B::Ret => {
                let values = self.pop_arguments(f.returns.len())?;
                state.ret(&values, meter)?;
            }
            B::Eq | B::Neq => {
                let pair = self.pop_arguments(2)?;
                let ids: Vec<RefId> = pair.into_iter().flatten().collect();
                state.read(&ids, meter)?;
                self.stack.push(None);
            }
            B::CopyLoc(local) => self.stack.push(state.copy_local(*local)?),
            B::MoveLoc(local) => self.stack.push(state.move_local(*local)?),
            B::StLoc(local) => {
                let value = self.pop()?;
                state.store_local(*local, value, meter)?;
            }
            B::MutBorrowLoc(local) => self.stack.push(state.borrow_local(true, *local)?),
            B::ImmBorrowLoc(local) => self.stack.push(state.borrow_local(false, *local)?),
            B::MutBorrowField(i) => self.borrow_field(state, true, f.field(*i)?, meter)?,
            B::ImmBorrowField(i) => self.borrow_field(state, false, f.field(*i)?, meter)?,
            B::MutBorrowFieldGeneric(i) => {
                self.borrow_field(state, true, f.field_inst(*i)?.0, meter)?;
            }
            B::ImmBorrowFieldGeneric(i) => {
                self.borrow_field(state, false, f.field_inst(*i)?.0, meter)?;
            }
            B::MutBorrowVariantField(i) => {
                self.borrow_variant_field(state, true, f.variant_field(*i)?, meter)?;
            }
            B::ImmBorrowVariantField(i) => {
                self.borrow_variant_field(state, false, f.variant_field(*i)?, meter)?;
            }
            B::MutBorrowVariantFieldGeneric(i) => {
                self.borrow_variant_field(state, true, f.variant_field_inst(*i)?.0, meter)?;
            }
            B::ImmBorrowVariantFieldGeneric(i) => {
                self.borrow_variant_field(state, false, f.variant_field_inst(*i)?.0, meter)?;
            }
            B::ReadRef | B::TestVariant(_) | B::TestVariantGeneric(_) => {
                let id = self.pop_reference()?;
                state.read(&[id], meter)?;
                self.stack.push(None);
            }
            B::WriteRef => {
                let id = self.pop_reference()?;
                self.pop_value()?;
                state.write(id, S::WriterefExistsBorrowError, meter)?;
            }
            B::FreezeRef => {
                let id = self.pop_reference()?;
                let frozen = state.freeze(id, meter)?;
                self.stack.push(frozen);
            }
            B::MutBorrowGlobal(def) => self.borrow_global(state, true, *def)?,
            B::ImmBorrowGlobal(def) => self.borrow_global(state, false, *def)?,
            B::MutBorrowGlobalGeneric(i) => {
                self.borrow_global(state, true, f.struct_inst(*i)?.0)?;
            }
            B::ImmBorrowGlobalGeneric(i) => {
                self.borrow_global(state, false, f.struct_inst(*i)?.0)?;
            }
            B::MoveFrom(def) => {
                self.pop_value()?;
                state.take_global(*def)?;
                self.stack.push(None);
            }
            B::MoveFromGeneric(i) => {
                self.pop_value()?;
                state.take_global(f.struct_inst(*i)?.0)?;
                self.stack.push(None);
            }
            B::MoveTo(_) | B::MoveToGeneric(_) => {
                self.pop_value()?;
                let signer = self.pop()?;
                state.release(signer, meter)?;
            }
            B::Call(i) => self.call(state, f.callee(*i)?, meter)?,
            B::CallGeneric(i) => self.call(state, f.callee_inst(*i)?.0, meter)?,
            B::PackClosure(_, mask) | B::PackClosureGeneric(_, mask) => {
                self.pop_values(mask.count())?;
                self.stack.push(None);
            }
            // What the called function acquires is not known here: the machine refuses access to a
            // module's resources through function values while the module is running.
            B::CallClosure(i) => {
                let token = f.closure_type(*i)?.ok_or_else(broken)?;
                self.pop_value()?;
                self.pass(state, token.parameters.len(), &token.results, meter)?;
            }
            B::Pack(def) => self.pack(f.field_count(*def, None)?)?,
            B::PackGeneric(i) => self.pack(f.field_count(f.struct_inst(*i)?.0, None)?)?,
            B::PackVariant(i) => {
                let handle = f.variant(*i)?;
                self.pack(f.field_count(handle.def, Some(handle.variant))?)?;
            }
            B::PackVariantGeneric(i) => {
                let handle = f.variant_inst(*i)?.0;
                self.pack(f.field_count(handle.def, Some(handle.variant))?)?;
            }
            B::Unpack(def) => self.unpack(f.field_count(*def, None)?)?,
            B::UnpackGeneric(i) => self.unpack(f.field_count(f.struct_inst(*i)?.0, None)?)?,
            B::UnpackVariant(i) => {
                let handle = f.variant(*i)?;
                self.unpack(f.field_count(handle.def, Some(handle.variant))?)?;
            }
            B::UnpackVariantGeneric(i) => {
                let handle = f.variant_inst(*i)?.0;
                self.unpack(f.field_count(handle.def, Some(handle.variant))?)?;
            }
            B::VecPack(_, n) => self.pack(usize::try_from(*n).map_err(|_| broken())?)?,
            B::VecUnpack(_, n) => self.unpack(usize::try_from(*n).map_err(|_| broken())?)?,
            B::VecLen(_) => {
                // Allowed while elements are borrowed: that does not change the length.
                let vector = self.pop()?;
                state.release(vector, meter)?;
                self.stack.push(None);
            }
            B::VecImmBorrow(_) | B::VecMutBorrow(_) => {
                self.pop_value()?;
                let vector = self.pop_reference()?;
                let mutable = matches!(instruction, B::VecMutBorrow(_));
                let element = state.borrow_element(mutable, vector, meter)?;
                self.stack.push(element);
            }
            B::VecPushBack(_) => {
                self.pop_value()?;
                self.update_vector(state, meter)?;
            }
            B::VecPopBack(_) => {
                self.update_vector(state, meter)?;
                self.stack.push(None);
            }
            B::VecSwap(_) => {
                self.pop_values(2)?;
                self.update_vector(state, meter)?;
            }
        }
        Ok(())
    }

    fn borrow_global(
        &mut self,
        state: &mut State,
        mutable: bool,
        resource: crate::format::StructDefIndex,
    ) -> VmResult<()> {
        self.pop_value()?;
        let id = state.borrow_global(mutable, resource)?;
        self.stack.push(id);
        Ok(())
    }

    fn pack(&mut self, fields: usize) -> VmResult<()> {
        self.pop_values(fields)?;
        self.stack.push(None);
        Ok(())
    }

    fn unpack(&mut self, fields: usize) -> VmResult<()> {
        self.pop_value()?;
        self.push_values(fields);
        Ok(())
    }
}
