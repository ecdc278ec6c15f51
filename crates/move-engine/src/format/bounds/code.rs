//! Operands of instructions.

use super::{Checker, within};
use crate::{
    StatusCode, VmError, VmResult,
    format::{Bytecode, CodeUnit, FunctionDefIndex, LOCALS_COUNT_MAX, SignatureIndex, TableKind},
};

/// What the instructions of one function can name.
pub(super) struct Scope<'a> {
    checker: &'a Checker<'a>,
    length: usize,
    locals: usize,
    type_parameters: usize,
    is_script: bool,
}

impl<'a> Scope<'a> {
    /// Fails if the locals are too many or not in the tables.
    pub(super) fn new(
        checker: &'a Checker<'a>,
        unit: &CodeUnit,
        parameters: SignatureIndex,
        type_parameters: usize,
    ) -> VmResult<Self> {
        let declared = checker.signature(unit.locals)?.len();
        let parameters = checker.signature(parameters)?.len();
        let locals = parameters.saturating_add(declared);
        if locals as u64 > LOCALS_COUNT_MAX {
            let message = alloc::format!("{locals} locals");
            return Err(VmError::new(StatusCode::TooManyLocals).with_message(message));
        }
        checker.open_signature(unit.locals, type_parameters)?;
        Ok(Self {
            checker,
            length: unit.code.len(),
            locals,
            type_parameters,
            is_script: false,
        })
    }

    /// The same for a script, which defines nothing that instructions could name.
    pub(super) fn of_script(self) -> Self {
        Self {
            is_script: true,
            ..self
        }
    }

    /// Checks all instructions; an error says where it is in `function`.
    pub(super) fn check(&self, code: &[Bytecode], function: FunctionDefIndex) -> VmResult<()> {
        for (offset, instruction) in code.iter().enumerate() {
            let offset = u16::try_from(offset).unwrap_or(u16::MAX);
            self.instruction(instruction)
                .map_err(|error| error.at_code(function, offset))?;
        }
        Ok(())
    }

    fn arguments(&self, index: SignatureIndex) -> VmResult<()> {
        self.checker
            .open_signature(index, self.type_parameters)
            .map(|_| ())
    }

    fn instruction(&self, instruction: &Bytecode) -> VmResult<()> {
        use Bytecode as B;
        let t = self.checker.t;
        if self.is_script && names_definition(instruction) {
            return Err(StatusCode::InvalidOperationInScript.into());
        }
        macro_rules! plain {
            ($index:expr, $table:expr, $kind:ident) => {
                within(TableKind::$kind, $index.0, $table.len())
            };
        }
        macro_rules! generic {
            ($index:expr, $table:expr, $kind:ident) => {{
                plain!($index, $table, $kind)?;
                $table
                    .get($index.index())
                    .map_or(Ok(()), |inst| self.arguments(inst.type_arguments))
            }};
        }
        match instruction {
            B::LdConst(i) => plain!(i, t.constants, ConstantPool),
            B::BrTrue(to) | B::BrFalse(to) | B::Branch(to) => {
                within(TableKind::CodeOffset, *to, self.length)
            }
            B::CopyLoc(n)
            | B::MoveLoc(n)
            | B::StLoc(n)
            | B::MutBorrowLoc(n)
            | B::ImmBorrowLoc(n) => within(TableKind::Local, u16::from(*n), self.locals),
            B::MutBorrowField(i) | B::ImmBorrowField(i) => plain!(i, t.field_handles, FieldHandle),
            B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
                generic!(i, t.field_insts, FieldInstantiation)
            }
            B::MutBorrowVariantField(i) | B::ImmBorrowVariantField(i) => {
                plain!(i, t.variant_field_handles, VariantFieldHandle)
            }
            B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
                generic!(i, t.variant_field_insts, VariantFieldInstantiation)
            }
            B::Call(i) | B::PackClosure(i, _) => plain!(i, t.function_handles, FunctionHandle),
            B::CallGeneric(i) | B::PackClosureGeneric(i, _) => {
                generic!(i, t.function_insts, FunctionInstantiation)
            }
            B::Pack(i)
            | B::Unpack(i)
            | B::Exists(i)
            | B::MutBorrowGlobal(i)
            | B::ImmBorrowGlobal(i)
            | B::MoveFrom(i)
            | B::MoveTo(i) => plain!(i, t.struct_defs, StructDefinition),
            B::PackGeneric(i)
            | B::UnpackGeneric(i)
            | B::ExistsGeneric(i)
            | B::MutBorrowGlobalGeneric(i)
            | B::ImmBorrowGlobalGeneric(i)
            | B::MoveFromGeneric(i)
            | B::MoveToGeneric(i) => generic!(i, t.struct_insts, StructDefInstantiation),
            B::PackVariant(i) | B::UnpackVariant(i) | B::TestVariant(i) => {
                plain!(i, t.struct_variant_handles, StructVariantHandle)
            }
            B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
                generic!(i, t.struct_variant_insts, StructVariantInstantiation)
            }
            B::VecPack(i, _)
            | B::VecLen(i)
            | B::VecImmBorrow(i)
            | B::VecMutBorrow(i)
            | B::VecPushBack(i)
            | B::VecPopBack(i)
            | B::VecUnpack(i, _)
            | B::VecSwap(i)
            | B::CallClosure(i) => self.arguments(*i),
            B::Pop
            | B::Ret
            | B::LdU8(_)
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
            | B::LdTrue
            | B::LdFalse
            | B::ReadRef
            | B::WriteRef
            | B::FreezeRef
            | B::Add
            | B::Sub
            | B::Mul
            | B::Mod
            | B::Div
            | B::Negate
            | B::BitOr
            | B::BitAnd
            | B::Xor
            | B::Shl
            | B::Shr
            | B::Or
            | B::And
            | B::Not
            | B::Eq
            | B::Neq
            | B::Lt
            | B::Gt
            | B::Le
            | B::Ge
            | B::Abort
            | B::AbortMsg
            | B::Nop => Ok(()),
        }
    }
}

/// Whether an instruction needs a struct that the binary itself defines.
fn names_definition(instruction: &Bytecode) -> bool {
    use Bytecode as B;
    matches!(
        instruction,
        B::MutBorrowField(_)
            | B::ImmBorrowField(_)
            | B::MutBorrowFieldGeneric(_)
            | B::ImmBorrowFieldGeneric(_)
            | B::MutBorrowVariantField(_)
            | B::ImmBorrowVariantField(_)
            | B::MutBorrowVariantFieldGeneric(_)
            | B::ImmBorrowVariantFieldGeneric(_)
            | B::Pack(_)
            | B::Unpack(_)
            | B::Exists(_)
            | B::MutBorrowGlobal(_)
            | B::ImmBorrowGlobal(_)
            | B::MoveFrom(_)
            | B::MoveTo(_)
            | B::PackGeneric(_)
            | B::UnpackGeneric(_)
            | B::ExistsGeneric(_)
            | B::MutBorrowGlobalGeneric(_)
            | B::ImmBorrowGlobalGeneric(_)
            | B::MoveFromGeneric(_)
            | B::MoveToGeneric(_)
            | B::PackVariant(_)
            | B::UnpackVariant(_)
            | B::TestVariant(_)
            | B::PackVariantGeneric(_)
            | B::UnpackVariantGeneric(_)
            | B::TestVariantGeneric(_)
    )
}
