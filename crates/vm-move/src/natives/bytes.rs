//! Values and types as bytes and names: `0x1::from_bcs`, `util`, `type_info`.

use alloc::{string::ToString, vec::Vec};
use lumio_move_engine::{NativeOutcome, StatusCode, TypeTag, bcs::put_bytes};

use super::{Done, Frame, Row, abort};

pub(super) const ROWS: &[Row] = &[
    ("from_bcs", "from_bytes", 200, 5, from_bytes),
    ("util", "from_bytes", 200, 5, from_bytes),
    ("type_info", "type_of", 800, 12, type_of),
    ("type_info", "type_name", 500, 12, type_name),
    ("type_info", "chain_id_internal", 100, 0, chain_id),
    ("create_signer", "create_signer", 100, 0, create_signer),
];

/// The bytes are not a value of the type.
const EFROM_BYTES: u64 = 0x1_0001;
/// The type is no struct.
const ENOT_A_STRUCT: u64 = 1;

fn from_bytes(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.bytes(0)?;
    let ty = frame.result_type(0)?;
    match frame.call.return_bcs(ty, &bytes) {
        Ok(()) => Ok(NativeOutcome::Return),
        Err(error)
            if matches!(
                error.status(),
                StatusCode::OutOfGas | StatusCode::MemoryLimitExceeded
            ) =>
        {
            Err(error)
        }
        Err(_) => abort(EFROM_BYTES),
    }
}

/// Returns a struct of account, module's name and struct's name with its type arguments.
fn type_of(frame: &mut Frame<'_>) -> Done {
    let ty = frame.call.type_argument(0)?;
    let TypeTag::Struct(mut tag) = frame.call.code().tag(ty)? else {
        return abort(ENOT_A_STRUCT);
    };
    let mut bcs = Vec::from(tag.module.address.0);
    put_bytes(&mut bcs, tag.module.name.as_bytes());
    let arguments = core::mem::take(&mut tag.type_arguments);
    let mut name = tag.name.to_string();
    for (i, argument) in arguments.iter().enumerate() {
        name.push_str(if i == 0 { "<" } else { ", " });
        name.push_str(&argument.to_string());
    }
    if !arguments.is_empty() {
        name.push('>');
    }
    put_bytes(&mut bcs, name.as_bytes());
    frame.give(&bcs)
}

fn type_name(frame: &mut Frame<'_>) -> Done {
    let ty = frame.call.type_argument(0)?;
    let name = frame.call.code().tag(ty)?.to_string();
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, name.as_bytes());
    frame.give(&bcs)
}

fn chain_id(frame: &mut Frame<'_>) -> Done {
    let id = frame.context.facts.chain_id;
    frame.give(&[id])
}

fn create_signer(frame: &mut Frame<'_>) -> Done {
    let address = frame.call.address(0)?;
    frame.give(&address.0)
}
