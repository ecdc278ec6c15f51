//! `0x1::table`: items are kept under the table's handle and the BCS of their key.

use alloc::vec::Vec;
use lumio_move_engine::{GlobalAccess, NativeOutcome, VmResult, code::GlobalKey};

use super::{Done, Frame, Row};

pub(super) const ROWS: &[Row] = &[
    ("table", "new_table_handle", 500, 0, new_table_handle),
    ("table", "add_box", 300, 2, add_box),
    ("table", "borrow_box", 300, 2, |f| borrow_box(f, false)),
    ("table", "borrow_box_mut", 300, 2, |f| borrow_box(f, true)),
    ("table", "contains_box", 300, 2, contains_box),
    ("table", "remove_box", 300, 2, remove_box),
    ("table", "destroy_empty_box", 100, 0, forget),
    ("table", "drop_unchecked_box", 100, 0, forget),
];

/// There is an item with this key already.
const ALREADY_EXISTS: u64 = (100 << 8) + 7;
/// There is no item with this key.
const NOT_FOUND: u64 = (101 << 8) + 7;

/// Before the handle and key of an item.
pub(crate) const TABLE_PREFIX: &[u8] = b"table";

fn new_table_handle(frame: &mut Frame<'_>) -> Done {
    let handle = frame.context.next_table();
    frame.call.return_address(handle)?;
    Ok(NativeOutcome::Return)
}

/// The key of the item that the first two arguments (a table, a key) name.
fn item(frame: &mut Frame<'_>) -> VmResult<GlobalKey> {
    let mut bytes = Vec::from(TABLE_PREFIX);
    bytes.extend(frame.call.bcs(0)?);
    bytes.extend(frame.value(1)?);
    Ok(GlobalKey::Item(bytes))
}

fn access(frame: &mut Frame<'_>, access: GlobalAccess, otherwise: u64) -> Done {
    let key = item(frame)?;
    // The third type argument is the box that holds the value.
    let ty = frame.call.type_argument(2)?;
    Ok(NativeOutcome::Global {
        key,
        ty,
        access,
        otherwise: Some(otherwise),
    })
}

fn add_box(frame: &mut Frame<'_>) -> Done {
    access(frame, GlobalAccess::MoveTo(2), ALREADY_EXISTS)
}

fn borrow_box(frame: &mut Frame<'_>, mutable: bool) -> Done {
    access(frame, GlobalAccess::Borrow { mutable }, NOT_FOUND)
}

fn contains_box(frame: &mut Frame<'_>) -> Done {
    access(frame, GlobalAccess::Exists, NOT_FOUND)
}

fn remove_box(frame: &mut Frame<'_>) -> Done {
    access(frame, GlobalAccess::MoveFrom, NOT_FOUND)
}

/// A table leaves nothing behind but its items, which nobody can reach any more.
fn forget(_: &mut Frame<'_>) -> Done {
    Ok(NativeOutcome::Return)
}
