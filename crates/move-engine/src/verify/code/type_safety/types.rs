//! Questions about types: their abilities, their instances, whether a value fits.

use alloc::{borrow::Cow, boxed::Box, vec::Vec};

use super::super::function::{Function, broken};
use crate::{
    VmResult,
    format::{AbilitySet, FunctionToken, SignatureToken, StructHandleIndex},
};

/// What values of a type may do. Types nest at most twice as deep as the format allows: an
/// instance is made of two types of a binary.
pub(in super::super) fn abilities(
    function: &Function<'_>,
    token: &SignatureToken,
) -> VmResult<AbilitySet> {
    use SignatureToken as T;
    Ok(match token {
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
        T::Reference(_) | T::MutableReference(_) => AbilitySet::REFERENCES,
        T::Vector(element) => {
            AbilitySet::VECTOR.of_instance([(false, abilities(function, element)?)])
        }
        T::Function(token) => token.abilities,
        T::Struct(handle) => function.struct_handle(*handle)?.abilities,
        T::StructInstantiation(handle, arguments) => {
            let handle = function.struct_handle(*handle)?;
            let parameters = handle.type_parameters.iter();
            let arguments = parameters
                .zip(arguments)
                .map(|(parameter, argument)| {
                    Ok((parameter.phantom, abilities(function, argument)?))
                })
                .collect::<VmResult<Vec<_>>>()?;
            handle.abilities.of_instance(arguments)
        }
        T::TypeParameter(index) => *function
            .type_parameters
            .get(usize::from(*index))
            .ok_or_else(broken)?,
    })
}

/// The type with its type parameters replaced by arguments.
pub(super) fn instantiate<'t>(
    token: &'t SignatureToken,
    arguments: &[SignatureToken],
) -> VmResult<Cow<'t, SignatureToken>> {
    if arguments.is_empty() {
        return Ok(Cow::Borrowed(token));
    }
    substitute(token, arguments).map(Cow::Owned)
}

fn substitute(token: &SignatureToken, arguments: &[SignatureToken]) -> VmResult<SignatureToken> {
    use SignatureToken as T;
    let boxed = |inner: &SignatureToken| substitute(inner, arguments).map(Box::new);
    let all = |inner: &[SignatureToken]| {
        let each = inner.iter().map(|token| substitute(token, arguments));
        each.collect::<VmResult<Vec<_>>>()
    };
    Ok(match token {
        T::Vector(inner) => T::Vector(boxed(inner)?),
        T::Reference(inner) => T::Reference(boxed(inner)?),
        T::MutableReference(inner) => T::MutableReference(boxed(inner)?),
        T::StructInstantiation(handle, inner) => T::StructInstantiation(*handle, all(inner)?),
        T::Function(inner) => T::Function(Box::new(FunctionToken {
            parameters: all(&inner.parameters)?,
            results: all(&inner.results)?,
            abilities: inner.abilities,
        })),
        T::TypeParameter(index) => arguments
            .get(usize::from(*index))
            .cloned()
            .ok_or_else(broken)?,
        other => other.clone(),
    })
}

/// The type of a struct with type arguments, if it has any.
pub(super) fn struct_type(
    handle: StructHandleIndex,
    arguments: &[SignatureToken],
) -> SignatureToken {
    if arguments.is_empty() {
        SignatureToken::Struct(handle)
    } else {
        SignatureToken::StructInstantiation(handle, arguments.to_vec())
    }
}

/// Whether a value of one type may be put where another type is expected: it is the same type, or
/// a function type whose values may do more than is asked for.
pub(super) fn fits(given: &SignatureToken, expected: &SignatureToken) -> bool {
    match (given, expected) {
        (SignatureToken::Function(given), SignatureToken::Function(expected)) => {
            given.parameters == expected.parameters
                && given.results == expected.results
                && expected.abilities.is_subset(given.abilities)
        }
        _ => given == expected,
    }
}
