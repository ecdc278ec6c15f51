//! The list of resources that a function acquires: what it or the functions of its module that it
//! calls borrow or take from storage. The checks of references rely on the callees' lists.

use alloc::collections::BTreeSet;

use super::function::Function;
use crate::{
    StatusCode, VmError, VmResult,
    format::{Ability, Bytecode, StructDefIndex},
};

/// The list must name all that is acquired, nothing else, nothing twice, and only resources. What
/// calls through function values acquire is for the machine to watch: it is not known here.
pub(super) fn verify(function: &Function<'_>, listed: &[StructDefIndex]) -> VmResult<()> {
    let declared: BTreeSet<StructDefIndex> = listed.iter().copied().collect();
    if declared.len() != listed.len() {
        return Err(VmError::new(StatusCode::DuplicateAcquiresAnnotation));
    }
    let mut acquired: BTreeSet<StructDefIndex> = BTreeSet::new();
    for (offset, instruction) in function.code.iter().enumerate() {
        let own;
        let found: &[StructDefIndex] = match instruction {
            Bytecode::Call(index) => function.callees.acquired_by(function.callee(*index)?),
            Bytecode::CallGeneric(index) => function
                .callees
                .acquired_by(function.callee_inst(*index)?.0),
            Bytecode::MoveFrom(def)
            | Bytecode::MutBorrowGlobal(def)
            | Bytecode::ImmBorrowGlobal(def) => {
                own = [*def];
                &own
            }
            Bytecode::MoveFromGeneric(index)
            | Bytecode::MutBorrowGlobalGeneric(index)
            | Bytecode::ImmBorrowGlobalGeneric(index) => {
                own = [function.struct_inst(*index)?.0];
                &own
            }
            _ => continue,
        };
        if found.iter().any(|def| !declared.contains(def)) {
            let offset = u16::try_from(offset).unwrap_or(u16::MAX);
            return Err(function.error(StatusCode::MissingAcquiresAnnotation, offset));
        }
        acquired.extend(found);
    }
    for def in declared {
        if !acquired.contains(&def) {
            return Err(VmError::new(StatusCode::ExtraneousAcquiresAnnotation));
        }
        let handle = function.struct_handle(function.struct_def(def)?.handle)?;
        if !handle.abilities.has(Ability::Key) {
            return Err(VmError::new(StatusCode::InvalidAcquiresAnnotation));
        }
    }
    Ok(())
}
