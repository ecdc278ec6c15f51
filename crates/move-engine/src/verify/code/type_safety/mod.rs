//! Types: each instruction finds operands of the types that it needs, and values are only copied,
//! dropped and stored if their types allow it.
//!
//! The stack is empty between blocks, so that every block, reached or not, is checked by itself.

mod aggregates;
mod step;
mod types;

use alloc::{boxed::Box, vec::Vec};

use super::{
    super::{Meter, Scope},
    function::{Function, broken},
};
use crate::{
    StatusCode, VmError, VmResult,
    format::{Ability, SignatureToken},
};

pub(super) use types::abilities;

const UNITS_PER_STEP: u64 = 5;
const UNITS_PER_TYPE_NODE: u64 = 10;

/// Checks every block.
pub(super) fn verify(function: &Function<'_>, meter: &mut Meter) -> VmResult<()> {
    let mut checker = Checker {
        function,
        meter,
        stack: Vec::new(),
    };
    for (start, end) in function.cfg.blocks() {
        for offset in start..=end {
            let instruction = function.instruction(offset)?;
            checker
                .meter
                .charge(Scope::Function, UNITS_PER_STEP)
                .and_then(|()| checker.step(instruction))
                .map_err(|error| error.at_code(function.index, offset))?;
        }
    }
    Ok(())
}

/// The types on the stack.
struct Checker<'a, 'm> {
    function: &'a Function<'a>,
    meter: &'m mut Meter,
    stack: Vec<SignatureToken>,
}

impl Checker<'_, '_> {
    fn push(&mut self, token: SignatureToken) -> VmResult<()> {
        self.charge_for(&token)?;
        self.stack.push(token);
        Ok(())
    }

    fn charge_for(&mut self, token: &SignatureToken) -> VmResult<()> {
        self.meter
            .charge_items(Scope::Function, UNITS_PER_TYPE_NODE, nodes(token))
    }

    fn pop(&mut self) -> VmResult<SignatureToken> {
        self.stack.pop().ok_or_else(broken)
    }

    /// Takes a value of just that type.
    fn expect(&mut self, token: &SignatureToken, otherwise: StatusCode) -> VmResult<()> {
        let found = self.pop()?;
        require(found == *token, otherwise)
    }

    /// Takes a value that fits where that type is expected.
    fn accept(&mut self, token: &SignatureToken, otherwise: StatusCode) -> VmResult<()> {
        let found = self.pop()?;
        require(types::fits(&found, token), otherwise)
    }

    fn has(&self, token: &SignatureToken, ability: Ability) -> VmResult<bool> {
        Ok(abilities(self.function, token)?.has(ability))
    }
}

fn require(holds: bool, otherwise: StatusCode) -> VmResult<()> {
    if holds {
        Ok(())
    } else {
        Err(VmError::new(otherwise))
    }
}

/// A reference to a type.
fn reference(mutable: bool, token: SignatureToken) -> SignatureToken {
    if mutable {
        SignatureToken::MutableReference(Box::new(token))
    } else {
        SignatureToken::Reference(Box::new(token))
    }
}

fn nodes(token: &SignatureToken) -> usize {
    match token {
        SignatureToken::Vector(_)
        | SignatureToken::Function(_)
        | SignatureToken::StructInstantiation(..)
        | SignatureToken::Reference(_)
        | SignatureToken::MutableReference(_) => token.preorder().count(),
        _ => 1,
    }
}
