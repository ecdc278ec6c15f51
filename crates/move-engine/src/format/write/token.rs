//! Types, written without recursion: outer before inner, left before right.

use super::sink::{Sink, unwritable};
use crate::{
    VmResult,
    format::{
        SIGNATURE_SIZE_MAX, SIGNATURE_TOKEN_DEPTH_MAX, SignatureToken, TYPE_PARAMETER_COUNT_MAX,
    },
};

pub(super) fn token(sink: &mut Sink, token: &SignatureToken) -> VmResult<()> {
    for (inner, depth) in token.preorder() {
        if depth > SIGNATURE_TOKEN_DEPTH_MAX {
            return Err(unwritable("a type is nested more than 256 deep"));
        }
        node(sink, inner)?;
    }
    Ok(())
}

fn node(sink: &mut Sink, token: &SignatureToken) -> VmResult<()> {
    use SignatureToken as T;
    let byte = match token {
        T::Bool => 0x1,
        T::U8 => 0x2,
        T::U64 => 0x3,
        T::U128 => 0x4,
        T::Address => 0x5,
        T::Reference(_) => 0x6,
        T::MutableReference(_) => 0x7,
        T::Struct(_) => 0x8,
        T::TypeParameter(_) => 0x9,
        T::Vector(_) => 0xa,
        T::StructInstantiation(..) => 0xb,
        T::Signer => 0xc,
        T::U16 => 0xd,
        T::U32 => 0xe,
        T::U256 => 0xf,
        T::Function(_) => 0x10,
        T::I8 => 0x11,
        T::I16 => 0x12,
        T::I32 => 0x13,
        T::I64 => 0x14,
        T::I128 => 0x15,
        T::I256 => 0x16,
    };
    match byte {
        0xd..=0xf => sink.since(6, "u16, u32 and u256 need version 6")?,
        0x10 => sink.since(8, "function types need version 8")?,
        0x11..=0x16 => sink.since(9, "signed integers need version 9")?,
        _ => {}
    }
    sink.u8(byte);
    match token {
        T::Struct(handle) => sink.index(handle.0),
        T::TypeParameter(number) => sink.index(*number),
        T::StructInstantiation(handle, arguments) => {
            sink.index(handle.0);
            if arguments.is_empty() {
                return Err(unwritable(
                    "a struct is instantiated with no type arguments",
                ));
            }
            sink.count(
                arguments.len(),
                TYPE_PARAMETER_COUNT_MAX,
                "too many type arguments",
            )?;
        }
        T::Function(function) => {
            sink.u8(function.abilities.bits());
            sink.count(
                function.parameters.len(),
                SIGNATURE_SIZE_MAX,
                "too many parameters",
            )?;
            sink.count(
                function.results.len(),
                SIGNATURE_SIZE_MAX,
                "too many results",
            )?;
        }
        _ => {}
    }
    Ok(())
}
