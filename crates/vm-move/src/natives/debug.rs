//! `0x1::debug`: what unit tests print.

use lumio_move_engine::{NativeOutcome, bcs::Reader};

use super::{Done, Frame, Row, read_string};

pub(super) const ROWS: &[Row] = &[("debug", "native_print", 50, 1, print)];

/// The argument is a string, which holds bytes: its BCS is that of a string.
fn print(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.value(0)?;
    let text = read_string(&mut Reader::new(&bytes))?;
    frame.chain.print(&text);
    Ok(NativeOutcome::Return)
}
