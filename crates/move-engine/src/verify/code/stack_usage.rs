//! Use of the operand stack: each block finds it empty, never takes more than it put there, and
//! leaves it empty.

use super::{
    super::{Config, Meter, Scope},
    function::Function,
};
use crate::{
    StatusCode, VmResult,
    format::{Bytecode, FunctionHandle},
};

/// Checks every block, reached or not. Errors name the first instruction of the block.
pub(super) fn verify(config: &Config, function: &Function<'_>, meter: &mut Meter) -> VmResult<()> {
    meter.charge_items(Scope::Function, 1, function.code.len())?;
    let max_height = u64::try_from(config.max_value_stack_size).unwrap_or(u64::MAX);
    let max_pushed = config
        .max_push_size
        .and_then(|max| u64::try_from(max).ok())
        .unwrap_or(u64::MAX);
    for (start, end) in function.cfg.blocks() {
        let mut height = 0_u64;
        let mut pushed = 0_u64;
        let error = |status| Err(function.error(status, start));
        for offset in start..=end {
            let (pops, pushes) = effect(function, function.instruction(offset)?)?;
            pushed = pushed.saturating_add(pushes);
            if pushed > max_pushed {
                return error(StatusCode::ValueStackPushOverflow);
            }
            let Some(rest) = height.checked_sub(pops) else {
                return error(StatusCode::NegativeStackSizeWithinBlock);
            };
            height = rest.saturating_add(pushes);
            if height > max_height {
                return error(StatusCode::ValueStackOverflow);
            }
        }
        if height > 0 {
            return error(StatusCode::PositiveStackSizeAtBlockEnd);
        }
    }
    Ok(())
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// How many values an instruction takes, and how many it puts there.
fn effect(function: &Function<'_>, instruction: &Bytecode) -> VmResult<(u64, u64)> {
    use Bytecode as B;
    let call = |handle: &FunctionHandle| -> VmResult<(u64, u64)> {
        let takes = function.signature(handle.parameters)?.len();
        let gives = function.signature(handle.returns)?.len();
        Ok((count(takes), count(gives)))
    };
    let fields = |def, variant| function.field_count(def, variant).map(count);
    Ok(match instruction {
        B::Nop | B::Branch(_) => (0, 0),
        B::Pop | B::BrTrue(_) | B::BrFalse(_) | B::StLoc(_) | B::Abort => (1, 0),
        B::AbortMsg | B::WriteRef | B::MoveTo(_) | B::MoveToGeneric(_) | B::VecPushBack(_) => {
            (2, 0)
        }
        B::VecSwap(_) => (3, 0),
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
        | B::LdFalse
        | B::CopyLoc(_)
        | B::MoveLoc(_)
        | B::MutBorrowLoc(_)
        | B::ImmBorrowLoc(_) => (0, 1),
        B::CastU8
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
        | B::FreezeRef
        | B::ReadRef
        | B::MutBorrowField(_)
        | B::MutBorrowFieldGeneric(_)
        | B::ImmBorrowField(_)
        | B::ImmBorrowFieldGeneric(_)
        | B::MutBorrowVariantField(_)
        | B::MutBorrowVariantFieldGeneric(_)
        | B::ImmBorrowVariantField(_)
        | B::ImmBorrowVariantFieldGeneric(_)
        | B::TestVariant(_)
        | B::TestVariantGeneric(_)
        | B::Exists(_)
        | B::ExistsGeneric(_)
        | B::MutBorrowGlobal(_)
        | B::MutBorrowGlobalGeneric(_)
        | B::ImmBorrowGlobal(_)
        | B::ImmBorrowGlobalGeneric(_)
        | B::MoveFrom(_)
        | B::MoveFromGeneric(_)
        | B::VecLen(_)
        | B::VecPopBack(_) => (1, 1),
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
        | B::Eq
        | B::Neq
        | B::Lt
        | B::Gt
        | B::Le
        | B::Ge
        | B::VecImmBorrow(_)
        | B::VecMutBorrow(_) => (2, 1),
        B::VecPack(_, n) => (*n, 1),
        B::VecUnpack(_, n) => (1, *n),
        B::Ret => (count(function.returns.len()), 0),
        B::Call(index) => call(function.callee(*index)?)?,
        B::CallGeneric(index) => call(function.callee_inst(*index)?.0)?,
        B::Pack(def) => (fields(*def, None)?, 1),
        B::PackGeneric(index) => (fields(function.struct_inst(*index)?.0, None)?, 1),
        B::Unpack(def) => (1, fields(*def, None)?),
        B::UnpackGeneric(index) => (1, fields(function.struct_inst(*index)?.0, None)?),
        B::PackVariant(index) => {
            let handle = function.variant(*index)?;
            (fields(handle.def, Some(handle.variant))?, 1)
        }
        B::PackVariantGeneric(index) => {
            let handle = function.variant_inst(*index)?.0;
            (fields(handle.def, Some(handle.variant))?, 1)
        }
        B::UnpackVariant(index) => {
            let handle = function.variant(*index)?;
            (1, fields(handle.def, Some(handle.variant))?)
        }
        B::UnpackVariantGeneric(index) => {
            let handle = function.variant_inst(*index)?.0;
            (1, fields(handle.def, Some(handle.variant))?)
        }
        B::PackClosure(_, mask) | B::PackClosureGeneric(_, mask) => (count(mask.count()), 1),
        B::CallClosure(index) => match function.closure_type(*index)? {
            Some(token) => (
                count(token.parameters.len()).saturating_add(1),
                count(token.results.len()),
            ),
            // The types are checked next, and refused there.
            None => (1, 0),
        },
    })
}
