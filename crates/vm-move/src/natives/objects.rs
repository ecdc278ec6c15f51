//! `0x1::object`.

use lumio_move_engine::{Address, GlobalAccess, NativeOutcome, code::GlobalKey};
use sha3::{Digest, Sha3_256};

use super::{Done, Frame, Row};

pub(super) const ROWS: &[Row] = &[
    (
        "object",
        "create_user_derived_object_address_impl",
        500,
        0,
        derived_address,
    ),
    ("object", "exists_at", 80, 0, exists_at),
];

/// What is hashed behind the two addresses.
const OBJECT_DERIVED_SCHEME: u8 = 0xFC;

fn derived_address(frame: &mut Frame<'_>) -> Done {
    let (source, from) = (frame.call.address(0)?, frame.call.address(1)?);
    let mut hasher = Sha3_256::new_with_prefix(source.0);
    hasher.update(from.0);
    hasher.update([OBJECT_DERIVED_SCHEME]);
    frame
        .call
        .return_address(Address(hasher.finalize().into()))?;
    Ok(NativeOutcome::Return)
}

/// Whether a resource of any type is at an address.
fn exists_at(frame: &mut Frame<'_>) -> Done {
    let key = GlobalKey::Resource(frame.call.address(0)?);
    let ty = frame.call.type_argument(0)?;
    Ok(NativeOutcome::Global {
        key,
        ty,
        access: GlobalAccess::Exists,
        otherwise: None,
    })
}
