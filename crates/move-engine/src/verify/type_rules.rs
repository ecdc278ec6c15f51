//! When a type is well formed, and what it can do: the rules that signatures, fields and operands
//! of instructions share. Nothing here recurses.

use alloc::vec::Vec;

use super::{Meter, Scope, at};
use crate::{
    StatusCode, VmResult,
    format::{AbilitySet, SignatureToken, StructTypeParameter, Tables},
};

/// What is known of type parameters.
#[derive(Clone, Copy)]
pub(super) enum Parameters<'a> {
    /// Nothing: they are taken to satisfy whatever is asked of them.
    Unknown,
    /// Their constraints: type arguments must satisfy the constraints of what they are given to.
    Constrained(&'a [AbilitySet]),
    /// They can do everything, and constraints do not matter: what remains are the abilities of a
    /// struct's fields as far as they do not depend on its type arguments.
    Unconstrained,
}

/// Whether a reference may stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum References {
    Allowed,
    Refused,
}

/// Checks that a type is well formed and has the required abilities.
///
/// Errors: `INVALID_SIGNATURE_TOKEN` for a reference inside a type,
/// `NUMBER_OF_TYPE_ARGUMENTS_MISMATCH`, `CONSTRAINT_NOT_SATISFIED`.
pub(super) fn check(
    tables: &Tables,
    token: &SignatureToken,
    references: References,
    required: AbilitySet,
    parameters: Parameters<'_>,
    meter: &mut Meter,
) -> VmResult<()> {
    use SignatureToken as T;
    let mut open = Vec::from([(token, references, required)]);
    while let Some((token, references, required)) = open.pop() {
        meter.charge(Scope::Module, 1)?;
        let inner_required = required.required_of_arguments();
        let own = match token {
            T::Bool
            | T::U8
            | T::U16
            | T::U32
            | T::U64
            | T::U128
            | T::U256
            | T::I8
            | T::I16
            | T::I32
            | T::I64
            | T::I128
            | T::I256
            | T::Address => AbilitySet::PRIMITIVES,
            T::Signer => AbilitySet::SIGNER,
            T::Vector(inner) => {
                open.push((inner, References::Refused, inner_required));
                AbilitySet::VECTOR
            }
            T::Reference(inner) | T::MutableReference(inner) => {
                if references == References::Refused {
                    return Err(StatusCode::InvalidSignatureToken.into());
                }
                open.push((inner, References::Refused, AbilitySet::EMPTY));
                AbilitySet::REFERENCES
            }
            T::Function(function) => {
                let inner = function.results.iter().rev();
                for token in inner.chain(function.parameters.iter().rev()) {
                    open.push((token, References::Allowed, AbilitySet::EMPTY));
                }
                function.abilities
            }
            T::Struct(handle) => {
                let handle = at(&tables.struct_handles, handle.index())?;
                same_count(handle.type_parameters.len(), 0)?;
                handle.abilities
            }
            T::StructInstantiation(handle, arguments) => {
                let handle = at(&tables.struct_handles, handle.index())?;
                same_count(handle.type_parameters.len(), arguments.len())?;
                for (parameter, argument) in handle.type_parameters.iter().zip(arguments).rev() {
                    let constraints = match parameters {
                        Parameters::Unconstrained => AbilitySet::EMPTY,
                        Parameters::Unknown | Parameters::Constrained(_) => parameter.constraints,
                    };
                    let inherited = if parameter.phantom {
                        AbilitySet::EMPTY
                    } else {
                        inner_required
                    };
                    open.push((argument, References::Refused, constraints.union(inherited)));
                }
                handle.abilities
            }
            T::TypeParameter(number) => match parameters {
                Parameters::Unknown | Parameters::Unconstrained => AbilitySet::ALL,
                Parameters::Constrained(constraints) => *at(constraints, usize::from(*number))?,
            },
        };
        if !required.is_subset(own) {
            return Err(StatusCode::ConstraintNotSatisfied.into());
        }
    }
    Ok(())
}

/// Checks type arguments: their number, that none is a reference, and that each satisfies its
/// constraints.
pub(super) fn check_arguments(
    tables: &Tables,
    arguments: &[SignatureToken],
    constraints: impl ExactSizeIterator<Item = AbilitySet>,
    parameters: Parameters<'_>,
    meter: &mut Meter,
) -> VmResult<()> {
    same_count(constraints.len(), arguments.len())?;
    for (constraint, argument) in constraints.zip(arguments) {
        check(
            tables,
            argument,
            References::Refused,
            constraint,
            parameters,
            meter,
        )?;
    }
    Ok(())
}

/// Phantom type parameters of a struct occur in its fields only as arguments for phantom ones.
pub(super) fn check_phantoms(
    tables: &Tables,
    field: &SignatureToken,
    declared: &[StructTypeParameter],
) -> VmResult<()> {
    let mut open = Vec::from([(field, false)]);
    while let Some((token, phantom_position)) = open.pop() {
        match token {
            SignatureToken::TypeParameter(number) => {
                if at(declared, usize::from(*number))?.phantom && !phantom_position {
                    return Err(StatusCode::InvalidPhantomTypeParamPosition.into());
                }
            }
            SignatureToken::StructInstantiation(handle, arguments) => {
                let handle = at(&tables.struct_handles, handle.index())?;
                for (parameter, argument) in handle.type_parameters.iter().zip(arguments) {
                    open.push((argument, parameter.phantom));
                }
            }
            other => open.extend(other.children().into_iter().map(|inner| (inner, false))),
        }
    }
    Ok(())
}

fn same_count(expected: usize, given: usize) -> VmResult<()> {
    if expected == given {
        return Ok(());
    }
    Err(StatusCode::NumberOfTypeArgumentsMismatch.into())
}
