//! Types, read without recursion.

use alloc::{boxed::Box, vec::Vec};

use super::cursor::{Cursor, malformed};
use crate::{
    StatusCode, VmResult,
    format::{
        AbilitySet, FunctionToken, SIGNATURE_SIZE_MAX, SIGNATURE_TOKEN_DEPTH_MAX, SignatureToken,
        StructHandleIndex, TYPE_PARAMETER_COUNT_MAX,
    },
};

/// A type whose inner types are still being read.
enum Open {
    Vector,
    Reference,
    MutableReference,
    Struct(StructHandleIndex, usize),
    Function(AbilitySet, usize, usize),
}

impl Open {
    fn arity(&self) -> usize {
        match self {
            Self::Vector | Self::Reference | Self::MutableReference => 1,
            Self::Struct(_, arguments) => *arguments,
            Self::Function(_, parameters, results) => parameters.saturating_add(*results),
        }
    }

    fn close(self, mut inner: Vec<SignatureToken>) -> VmResult<SignatureToken> {
        let one = |inner: &mut Vec<SignatureToken>| {
            inner
                .pop()
                .map(Box::new)
                .ok_or_else(|| malformed("a type is incomplete"))
        };
        Ok(match self {
            Self::Vector => SignatureToken::Vector(one(&mut inner)?),
            Self::Reference => SignatureToken::Reference(one(&mut inner)?),
            Self::MutableReference => SignatureToken::MutableReference(one(&mut inner)?),
            Self::Struct(handle, _) => SignatureToken::StructInstantiation(handle, inner),
            Self::Function(abilities, parameters, _) => {
                let results = inner.split_off(parameters.min(inner.len()));
                let function = FunctionToken {
                    parameters: inner,
                    results,
                    abilities,
                };
                SignatureToken::Function(Box::new(function))
            }
        })
    }
}

/// Either a finished type or one that waits for inner types.
enum Read {
    Done(SignatureToken),
    Open(Open),
}

pub(super) fn abilities(cursor: &mut Cursor<'_>) -> VmResult<AbilitySet> {
    let bits = cursor.uleb_max(u64::from(AbilitySet::ALL.bits()), "an ability is unknown")?;
    u8::try_from(bits)
        .ok()
        .and_then(AbilitySet::from_bits)
        .ok_or_else(|| StatusCode::UnknownAbility.into())
}

fn next(cursor: &mut Cursor<'_>) -> VmResult<Read> {
    use SignatureToken as T;
    let byte = cursor.u8()?;
    match byte {
        0xd..=0xf => cursor.since(6, "u16, u32 and u256 need version 6")?,
        0x10 => cursor.since(8, "function types need version 8")?,
        0x11..=0x16 => cursor.since(9, "signed integers need version 9")?,
        _ => {}
    }
    Ok(Read::Done(match byte {
        0x1 => T::Bool,
        0x2 => T::U8,
        0x3 => T::U64,
        0x4 => T::U128,
        0x5 => T::Address,
        0x6 => return Ok(Read::Open(Open::Reference)),
        0x7 => return Ok(Read::Open(Open::MutableReference)),
        0x8 => T::Struct(StructHandleIndex(cursor.index()?)),
        0x9 => T::TypeParameter(cursor.index()?),
        0xa => return Ok(Read::Open(Open::Vector)),
        0xb => {
            let handle = StructHandleIndex(cursor.index()?);
            let count = cursor.count(TYPE_PARAMETER_COUNT_MAX, "too many type arguments")?;
            if count == 0 {
                return Err(malformed("a struct is instantiated with no type arguments"));
            }
            return Ok(Read::Open(Open::Struct(handle, count)));
        }
        0xc => T::Signer,
        0xd => T::U16,
        0xe => T::U32,
        0xf => T::U256,
        0x10 => {
            let abilities = abilities(cursor)?;
            let parameters = cursor.count(SIGNATURE_SIZE_MAX, "too many parameters")?;
            let results = cursor.count(SIGNATURE_SIZE_MAX, "too many results")?;
            return Ok(Read::Open(Open::Function(abilities, parameters, results)));
        }
        0x11 => T::I8,
        0x12 => T::I16,
        0x13 => T::I32,
        0x14 => T::I64,
        0x15 => T::I128,
        0x16 => T::I256,
        _ => return Err(StatusCode::UnknownSerializedType.into()),
    }))
}

/// A type. Types inside each other go at most 256 deep.
pub(super) fn token(cursor: &mut Cursor<'_>) -> VmResult<SignatureToken> {
    let mut open: Vec<(Open, Vec<SignatureToken>)> = Vec::new();
    loop {
        match next(cursor)? {
            Read::Done(token) => {
                if let Some(whole) = attach(&mut open, token)? {
                    return Ok(whole);
                }
            }
            Read::Open(empty) if empty.arity() == 0 => {
                let token = empty.close(Vec::new())?;
                if let Some(whole) = attach(&mut open, token)? {
                    return Ok(whole);
                }
            }
            Read::Open(new) => {
                // The types inside this one are one level deeper than it.
                if open.len().saturating_add(1) >= SIGNATURE_TOKEN_DEPTH_MAX {
                    return Err(malformed("a type is nested more than 256 deep"));
                }
                open.push((new, Vec::new()));
            }
        }
    }
}

/// Puts a finished type where it belongs, and finishes what that completes.
fn attach(
    open: &mut Vec<(Open, Vec<SignatureToken>)>,
    mut token: SignatureToken,
) -> VmResult<Option<SignatureToken>> {
    while let Some((outer, mut inner)) = open.pop() {
        inner.push(token);
        if inner.len() < outer.arity() {
            open.push((outer, inner));
            return Ok(None);
        }
        token = outer.close(inner)?;
    }
    Ok(Some(token))
}
