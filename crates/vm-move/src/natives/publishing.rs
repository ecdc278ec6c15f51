//! `0x1::code`: modules are published when the transaction's function has returned.

use lumio_move_engine::{NativeOutcome, bcs::Reader};

use super::{Done, Frame, Row, abort, read_bytes, read_string, read_vector};
use crate::Publication;

pub(super) const ROWS: &[Row] = &[
    ("code", "request_publish", 1_000, 1, |f| request(f, false)),
    ("code", "request_publish_with_allowed_deps", 1_000, 1, |f| {
        request(f, true)
    }),
];

/// Something is to be published already.
const EALREADY_REQUESTED: u64 = 0x3_0000;

/// Takes the owner, the modules' names, perhaps modules that they may use, the modules, and the
/// upgrade policy.
fn request(frame: &mut Frame<'_>, with_allowed: bool) -> Done {
    if frame.context.publication.is_some() {
        return abort(EALREADY_REQUESTED);
    }
    let owner = frame.call.address(0)?;
    let names = frame.value(1)?;
    let expected_modules = read_vector(&mut Reader::new(&names), read_string)?;
    let mut next = 2;
    let mut allowed_dependencies = None;
    if with_allowed {
        let allowed = frame.value(next)?;
        let read = |reader: &mut Reader<'_>| Ok((reader.address()?, reader.string()?));
        allowed_dependencies = Some(read_vector(&mut Reader::new(&allowed), read)?);
        next = 3;
    }
    let bundle = frame.value(next)?;
    let bundle = read_vector(&mut Reader::new(&bundle), read_bytes)?;
    let policy = frame.call.u64(next.saturating_add(1))?;
    frame.context.publication = Some(Publication {
        owner,
        expected_modules,
        allowed_dependencies,
        bundle,
        policy: u8::try_from(policy).unwrap_or(u8::MAX),
    });
    Ok(NativeOutcome::Return)
}
