//! Availability of locals: only what surely holds a value is used, and no value that must not be
//! dropped is overwritten or left behind.

use alloc::{vec, vec::Vec};

use super::{
    super::{Meter, Scope},
    absint::{AbstractState, Transfer, analyze},
    function::{Function, broken},
    type_safety::abilities,
};
use crate::{
    StatusCode, VmError, VmResult,
    format::{Ability, Bytecode},
};

const STEP_UNITS: u64 = 15;
const JOIN_UNITS: u64 = 10;
const UNITS_PER_LOCAL: u64 = 5;

/// Checks the reached blocks.
pub(super) fn verify(function: &Function<'_>, meter: &mut Meter) -> VmResult<()> {
    let tokens = function.parameters.iter().chain(function.locals);
    let droppable = tokens
        .map(|token| Ok(abilities(function, token)?.has(Ability::Drop)))
        .collect::<VmResult<Vec<bool>>>()?;
    let mut locals = vec![Local::Unavailable; droppable.len()];
    for parameter in locals.iter_mut().take(function.parameters.len()) {
        *parameter = Local::Available;
    }
    analyze(function, &mut Locals { droppable }, State(locals), meter)
}

#[derive(Clone, Copy, PartialEq)]
enum Local {
    Unavailable,
    MaybeAvailable,
    Available,
}

#[derive(Clone)]
struct State(Vec<Local>);

impl State {
    fn get(&mut self, local: u8) -> VmResult<&mut Local> {
        self.0.get_mut(usize::from(local)).ok_or_else(broken)
    }

    fn require(&mut self, local: u8, otherwise: StatusCode) -> VmResult<&mut Local> {
        match self.get(local)? {
            available @ Local::Available => Ok(available),
            Local::MaybeAvailable | Local::Unavailable => Err(VmError::new(otherwise)),
        }
    }
}

impl AbstractState for State {
    fn join(&mut self, other: &Self, meter: &mut Meter) -> VmResult<bool> {
        meter.charge(Scope::Function, JOIN_UNITS)?;
        meter.charge_items(Scope::Function, UNITS_PER_LOCAL, self.0.len())?;
        let mut changed = false;
        for (mine, other) in self.0.iter_mut().zip(&other.0) {
            if *mine != *other && *mine != Local::MaybeAvailable {
                *mine = Local::MaybeAvailable;
                changed = true;
            }
        }
        Ok(changed)
    }
}

struct Locals {
    /// Whether values of each local may be dropped.
    droppable: Vec<bool>,
}

impl Transfer for Locals {
    type State = State;

    fn execute(
        &mut self,
        state: &mut State,
        instruction: &Bytecode,
        meter: &mut Meter,
    ) -> VmResult<()> {
        meter.charge(Scope::Function, STEP_UNITS)?;
        match instruction {
            Bytecode::StLoc(local) => {
                let droppable = self.droppable.get(usize::from(*local)).ok_or_else(broken)?;
                let slot = state.get(*local)?;
                if *slot != Local::Unavailable && !droppable {
                    return Err(VmError::new(StatusCode::StlocUnsafeToDestroyError));
                }
                *slot = Local::Available;
            }
            Bytecode::MoveLoc(local) => {
                *state.require(*local, StatusCode::MovelocUnavailableError)? = Local::Unavailable;
            }
            Bytecode::CopyLoc(local) => {
                state.require(*local, StatusCode::CopylocUnavailableError)?;
            }
            Bytecode::MutBorrowLoc(local) | Bytecode::ImmBorrowLoc(local) => {
                state.require(*local, StatusCode::BorrowlocUnavailableError)?;
            }
            Bytecode::Ret => {
                meter.charge_items(Scope::Function, UNITS_PER_LOCAL, state.0.len())?;
                let mut locals = state.0.iter().zip(&self.droppable);
                if locals.any(|(local, droppable)| *local != Local::Unavailable && !droppable) {
                    return Err(VmError::new(StatusCode::UnsafeRetUnusedValuesWithoutDrop));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish_block(&mut self, state: &mut State, meter: &mut Meter) -> VmResult<()> {
        // For the copies of the state that the block's successors get.
        meter.charge_items(Scope::Function, 1, state.0.len())
    }
}
