//! Types of fields, variants, elements, resources and functions.

use alloc::{boxed::Box, vec::Vec};

use super::{
    Checker, abilities, broken, reference, require,
    types::{fits, instantiate, struct_type},
};
use crate::{
    StatusCode as S, VmError, VmResult,
    format::{
        Ability, AbilitySet, Bytecode as B, ClosureMask, FieldDefinition, FieldHandle,
        FunctionAttribute, FunctionHandle, FunctionToken, SignatureIndex, SignatureToken as T,
        StructDefIndex, VariantFieldHandle,
    },
};

impl<'a> Checker<'a, '_> {
    /// The instructions that refer to what the binary names or defines.
    pub(super) fn step_declared(&mut self, instruction: &B) -> VmResult<()> {
        let f = self.function;
        match instruction {
            B::MutBorrowField(i) => self.borrow_field(true, f.field(*i)?, &[]),
            B::ImmBorrowField(i) => self.borrow_field(false, f.field(*i)?, &[]),
            B::MutBorrowFieldGeneric(i) => {
                let (field, arguments) = f.field_inst(*i)?;
                self.borrow_field(true, field, arguments)
            }
            B::ImmBorrowFieldGeneric(i) => {
                let (field, arguments) = f.field_inst(*i)?;
                self.borrow_field(false, field, arguments)
            }
            B::MutBorrowVariantField(i) => {
                self.borrow_variant_field(true, f.variant_field(*i)?, &[])
            }
            B::ImmBorrowVariantField(i) => {
                self.borrow_variant_field(false, f.variant_field(*i)?, &[])
            }
            B::MutBorrowVariantFieldGeneric(i) => {
                let (field, arguments) = f.variant_field_inst(*i)?;
                self.borrow_variant_field(true, field, arguments)
            }
            B::ImmBorrowVariantFieldGeneric(i) => {
                let (field, arguments) = f.variant_field_inst(*i)?;
                self.borrow_variant_field(false, field, arguments)
            }
            B::Call(i) => self.call(f.callee(*i)?, &[]),
            B::CallGeneric(i) => {
                let (handle, arguments) = f.callee_inst(*i)?;
                self.call(handle, arguments)
            }
            B::PackClosure(i, mask) => self.pack_closure(f.callee(*i)?, &[], *mask),
            B::PackClosureGeneric(i, mask) => {
                let (handle, arguments) = f.callee_inst(*i)?;
                self.pack_closure(handle, arguments, *mask)
            }
            B::CallClosure(i) => self.call_closure(*i),
            B::Pack(def) => self.pack(*def, None, &[]),
            B::PackGeneric(i) => {
                let (def, arguments) = f.struct_inst(*i)?;
                self.pack(def, None, arguments)
            }
            B::PackVariant(i) => {
                let handle = f.variant(*i)?;
                self.pack(handle.def, Some(handle.variant), &[])
            }
            B::PackVariantGeneric(i) => {
                let (handle, arguments) = f.variant_inst(*i)?;
                self.pack(handle.def, Some(handle.variant), arguments)
            }
            B::Unpack(def) => self.unpack(*def, None, &[]),
            B::UnpackGeneric(i) => {
                let (def, arguments) = f.struct_inst(*i)?;
                self.unpack(def, None, arguments)
            }
            B::UnpackVariant(i) => {
                let handle = f.variant(*i)?;
                self.unpack(handle.def, Some(handle.variant), &[])
            }
            B::UnpackVariantGeneric(i) => {
                let (handle, arguments) = f.variant_inst(*i)?;
                self.unpack(handle.def, Some(handle.variant), arguments)
            }
            B::TestVariant(i) => self.test_variant(f.variant(*i)?.def, &[]),
            B::TestVariantGeneric(i) => {
                let (handle, arguments) = f.variant_inst(*i)?;
                self.test_variant(handle.def, arguments)
            }
            B::Exists(_)
            | B::MutBorrowGlobal(_)
            | B::ImmBorrowGlobal(_)
            | B::MoveFrom(_)
            | B::MoveTo(_)
            | B::ExistsGeneric(_)
            | B::MutBorrowGlobalGeneric(_)
            | B::ImmBorrowGlobalGeneric(_)
            | B::MoveFromGeneric(_)
            | B::MoveToGeneric(_) => self.step_global(instruction),
            _ => Err(broken()),
        }
    }

    fn step_global(&mut self, instruction: &B) -> VmResult<()> {
        let (def, arguments) = match instruction {
            B::Exists(def)
            | B::MutBorrowGlobal(def)
            | B::ImmBorrowGlobal(def)
            | B::MoveFrom(def)
            | B::MoveTo(def) => (*def, &[][..]),
            B::ExistsGeneric(i)
            | B::MutBorrowGlobalGeneric(i)
            | B::ImmBorrowGlobalGeneric(i)
            | B::MoveFromGeneric(i)
            | B::MoveToGeneric(i) => self.function.struct_inst(*i)?,
            _ => return Err(broken()),
        };
        let token = self.type_of(def, arguments)?;
        let is_resource = self.has(&token, Ability::Key)?;
        match instruction {
            B::Exists(_) | B::ExistsGeneric(_) => {
                require(is_resource, S::ExistsWithoutKeyAbilityOrBadArgument)?;
                self.expect(&T::Address, S::ExistsWithoutKeyAbilityOrBadArgument)?;
                self.push(T::Bool)
            }
            B::MoveFrom(_) | B::MoveFromGeneric(_) => {
                require(is_resource, S::MovefromWithoutKeyAbility)?;
                self.expect(&T::Address, S::MovefromTypeMismatchError)?;
                self.push(token)
            }
            B::MoveTo(_) | B::MoveToGeneric(_) => {
                require(is_resource, S::MovetoWithoutKeyAbility)?;
                self.expect(&token, S::MovetoTypeMismatchError)?;
                self.expect(&reference(false, T::Signer), S::MovetoTypeMismatchError)
            }
            _ => {
                self.expect(&T::Address, S::BorrowglobalTypeMismatchError)?;
                require(is_resource, S::BorrowglobalWithoutKeyAbility)?;
                let mutable = matches!(
                    instruction,
                    B::MutBorrowGlobal(_) | B::MutBorrowGlobalGeneric(_)
                );
                self.push(reference(mutable, token))
            }
        }
    }

    fn type_of(&mut self, def: StructDefIndex, arguments: &[T]) -> VmResult<T> {
        let token = struct_type(self.function.struct_def(def)?.handle, arguments);
        self.charge_for(&token)?;
        Ok(token)
    }

    fn instance(&mut self, token: &T, arguments: &[T]) -> VmResult<T> {
        let token = instantiate(token, arguments)?.into_owned();
        self.charge_for(&token)?;
        Ok(token)
    }

    /// Takes a reference to a struct, mutable if asked for.
    fn struct_reference(
        &mut self,
        mutable: bool,
        def: StructDefIndex,
        arguments: &[T],
        otherwise: S,
    ) -> VmResult<()> {
        let expected = self.type_of(def, arguments)?;
        let fits = match self.pop()? {
            T::MutableReference(inner) => *inner == expected,
            T::Reference(inner) => !mutable && *inner == expected,
            _ => false,
        };
        require(fits, otherwise)
    }

    fn borrow_field(
        &mut self,
        mutable: bool,
        field: &FieldHandle,
        arguments: &[T],
    ) -> VmResult<()> {
        let mismatch = S::BorrowfieldTypeMismatchError;
        self.struct_reference(mutable, field.def, arguments, mismatch)?;
        let fields = self.function.struct_def(field.def)?.fields.of(None);
        let field = fields
            .and_then(|fields| fields.get(usize::from(field.field)))
            .ok_or_else(|| VmError::new(S::BorrowfieldBadFieldError))?;
        let token = self.instance(&field.token, arguments)?;
        self.push(reference(mutable, token))
    }

    fn borrow_variant_field(
        &mut self,
        mutable: bool,
        field: &VariantFieldHandle,
        arguments: &[T],
    ) -> VmResult<()> {
        let mismatch = S::BorrowfieldTypeMismatchError;
        self.struct_reference(mutable, field.def, arguments, mismatch)?;
        let fields = &self.function.struct_def(field.def)?.fields;
        let mut found: Option<&FieldDefinition> = None;
        for variant in &field.variants {
            let here = fields
                .of(Some(*variant))
                .and_then(|fields| fields.get(usize::from(field.field)))
                .ok_or_else(|| VmError::new(S::BorrowfieldBadFieldError))?;
            self.charge_for(&here.token)?;
            require(
                found.is_none_or(|found| found.token == here.token),
                mismatch,
            )?;
            found = Some(here);
        }
        let field = found.ok_or_else(|| VmError::new(S::BorrowfieldBadFieldError))?;
        let token = self.instance(&field.token, arguments)?;
        self.push(reference(mutable, token))
    }

    fn fields(&self, def: StructDefIndex, variant: Option<u16>) -> VmResult<&'a [FieldDefinition]> {
        let fields = self.function.struct_def(def)?.fields.of(variant);
        fields.ok_or_else(|| VmError::new(S::PackTypeMismatchError))
    }

    fn pack(&mut self, def: StructDefIndex, variant: Option<u16>, arguments: &[T]) -> VmResult<()> {
        for field in self.fields(def, variant)?.iter().rev() {
            let token = self.instance(&field.token, arguments)?;
            self.accept(&token, S::PackTypeMismatchError)?;
        }
        let token = self.type_of(def, arguments)?;
        self.push(token)
    }

    fn unpack(
        &mut self,
        def: StructDefIndex,
        variant: Option<u16>,
        arguments: &[T],
    ) -> VmResult<()> {
        let token = self.type_of(def, arguments)?;
        self.expect(&token, S::UnpackTypeMismatchError)?;
        for field in self.fields(def, variant)? {
            let token = instantiate(&field.token, arguments)?.into_owned();
            self.push(token)?;
        }
        Ok(())
    }

    fn test_variant(&mut self, def: StructDefIndex, arguments: &[T]) -> VmResult<()> {
        self.struct_reference(false, def, arguments, S::TestVariantTypeMismatchError)?;
        self.push(T::Bool)
    }

    fn call(&mut self, handle: &FunctionHandle, arguments: &[T]) -> VmResult<()> {
        for parameter in self.function.signature(handle.parameters)?.iter().rev() {
            let token = self.instance(parameter, arguments)?;
            self.accept(&token, S::CallTypeMismatchError)?;
        }
        for result in self.function.signature(handle.returns)? {
            let token = instantiate(result, arguments)?.into_owned();
            self.push(token)?;
        }
        Ok(())
    }

    /// A closure may do what its captured values may do; it may be stored only if the function
    /// promises to stay.
    fn pack_closure(
        &mut self,
        handle: &FunctionHandle,
        arguments: &[T],
        mask: ClosureMask,
    ) -> VmResult<()> {
        let mismatch = S::ClosureTypeMismatchError;
        let parameters = self.function.signature(handle.parameters)?;
        require(mask.end() <= parameters.len(), mismatch)?;
        let mut may = AbilitySet::EMPTY.with(Ability::Copy).with(Ability::Drop);
        if handle.attributes.contains(&FunctionAttribute::Persistent) {
            may = may.with(Ability::Store);
        }
        let mut left = Vec::new();
        for (position, parameter) in parameters.iter().enumerate().rev() {
            let token = self.instance(parameter, arguments)?;
            if !mask.captures(position) {
                left.push(token);
                continue;
            }
            require(!token.is_reference(), mismatch)?;
            may = may.intersect(abilities(self.function, &token)?);
            self.accept(&token, mismatch)?;
        }
        left.reverse();
        let results = self.function.signature(handle.returns)?.iter();
        let results = results
            .map(|result| self.instance(result, arguments))
            .collect::<VmResult<Vec<T>>>()?;
        self.push(T::Function(Box::new(FunctionToken {
            parameters: left,
            results,
            abilities: may,
        })))
    }

    fn call_closure(&mut self, index: SignatureIndex) -> VmResult<()> {
        let expected = self.function.single(index)?;
        let T::Function(token) = expected else {
            return Err(VmError::new(S::ClosureTypeMismatchError));
        };
        let closure = self.pop()?;
        require(fits(&closure, expected), S::ClosureTypeMismatchError)?;
        for parameter in token.parameters.iter().rev() {
            self.accept(parameter, S::CallTypeMismatchError)?;
        }
        for result in &token.results {
            self.push(result.clone())?;
        }
        Ok(())
    }

    pub(super) fn vec_pack(&mut self, index: SignatureIndex, n: u64) -> VmResult<()> {
        let element = self.function.single(index)?;
        for _ in 0..n {
            self.accept(element, S::TypeMismatch)?;
        }
        self.push(T::Vector(Box::new(element.clone())))
    }

    pub(super) fn vec_unpack(&mut self, index: SignatureIndex, n: u64) -> VmResult<()> {
        let element = self.function.single(index)?;
        let is_vector = matches!(self.pop()?, T::Vector(inner) if *inner == *element);
        require(is_vector, S::TypeMismatch)?;
        for _ in 0..n {
            self.push(element.clone())?;
        }
        Ok(())
    }

    /// Takes a reference to a vector of the named elements, mutable if asked for.
    pub(super) fn vector_reference(
        &mut self,
        mutable: bool,
        index: SignatureIndex,
    ) -> VmResult<()> {
        let element = self.function.single(index)?;
        let inner = match self.pop()? {
            T::MutableReference(inner) => inner,
            T::Reference(inner) if !mutable => inner,
            _ => return Err(VmError::new(S::TypeMismatch)),
        };
        let is_vector = matches!(*inner, T::Vector(found) if *found == *element);
        require(is_vector, S::TypeMismatch)
    }

    pub(super) fn borrow_element(&mut self, mutable: bool, index: SignatureIndex) -> VmResult<()> {
        self.expect(&T::U64, S::TypeMismatch)?;
        self.vector_reference(mutable, index)?;
        self.push(reference(mutable, self.function.single(index)?.clone()))
    }
}
