//! `0x1::aggregator_v2`: numbers that many transactions add to. The value stands in the struct
//! itself; whoever runs transactions in parallel may keep it elsewhere.

use alloc::{string::ToString, vec::Vec};
use lumio_move_engine::{
    TypeTag, U256, VmResult,
    bcs::{Reader, put_bytes},
};

use super::{Done, Frame, Row, abort};

const MODULE: &str = "aggregator_v2";

pub(super) const ROWS: &[Row] = &[
    (MODULE, "create_aggregator", 350, 0, create_aggregator),
    (
        MODULE,
        "create_unbounded_aggregator",
        350,
        0,
        create_unbounded,
    ),
    (MODULE, "try_add", 350, 0, try_add),
    (MODULE, "try_sub", 350, 0, try_sub),
    (MODULE, "is_at_least_impl", 350, 0, is_at_least),
    (MODULE, "read", 350, 0, read),
    (MODULE, "snapshot", 350, 0, read),
    (MODULE, "create_snapshot", 350, 2, snapshot),
    (MODULE, "read_snapshot", 350, 2, snapshot),
    (MODULE, "read_derived_string", 350, 2, read_derived_string),
    (
        MODULE,
        "create_derived_string",
        350,
        2,
        create_derived_string,
    ),
    (MODULE, "derive_string_concat", 700, 2, derive_string_concat),
];

/// Only `u64` and `u128` can be added up.
const EUNSUPPORTED_AGGREGATOR_TYPE: u64 = 0x3_0007;
/// Only these can be remembered.
const EUNSUPPORTED_SNAPSHOT_TYPE: u64 = 0x3_0005;
/// A text of an aggregator is at most so many bytes long, of each side.
const STRING_MAX: usize = 1024;
/// A text around an aggregator's value is too long.
const EINPUT_STRING_TOO_LONG: u64 = 0x3_0008;

/// Bytes of the numbers of an aggregator.
fn width(frame: &mut Frame<'_>) -> VmResult<usize> {
    let ty = frame.call.type_argument(0)?;
    match frame.call.code().tag(ty)? {
        TypeTag::U64 => Ok(8),
        TypeTag::U128 => Ok(16),
        _ => abort(EUNSUPPORTED_AGGREGATOR_TYPE),
    }
}

/// Snapshots are of `u64` and `u128`.
fn check_snapshot(frame: &mut Frame<'_>) -> VmResult<()> {
    let ty = frame.call.type_argument(0)?;
    match frame.call.code().tag(ty)? {
        TypeTag::U64 | TypeTag::U128 => Ok(()),
        _ => abort(EUNSUPPORTED_SNAPSHOT_TYPE),
    }
}

fn number(bytes: &[u8]) -> U256 {
    U256::try_from_le_slice(bytes).unwrap_or_default()
}

fn put(bcs: &mut Vec<u8>, value: U256, width: usize) {
    bcs.extend(value.to_le_bytes::<32>().iter().take(width));
}

/// Value and largest value of the aggregator that is the first argument.
fn parts(frame: &mut Frame<'_>, width: usize) -> VmResult<(U256, U256)> {
    let bcs = frame.call.bcs(0)?;
    let mut reader = Reader::new(&bcs);
    Ok((number(reader.take(width)?), number(reader.take(width)?)))
}

fn create(frame: &mut Frame<'_>, width: usize, max: U256) -> Done {
    let mut bcs = Vec::new();
    put(&mut bcs, U256::ZERO, width);
    put(&mut bcs, max, width);
    frame.give(&bcs)
}

fn create_aggregator(frame: &mut Frame<'_>) -> Done {
    let width = width(frame)?;
    let max = frame.call.integer(0)?;
    create(frame, width, max)
}

fn create_unbounded(frame: &mut Frame<'_>) -> Done {
    let width = width(frame)?;
    let max = number([0xFF_u8; 16].get(..width).unwrap_or(&[]));
    create(frame, width, max)
}

/// Writes the new value if it is in range, and returns whether it is.
fn change(frame: &mut Frame<'_>, change: fn(U256, U256) -> Option<U256>) -> Done {
    let width = width(frame)?;
    let (value, max) = parts(frame, width)?;
    let amount = frame.call.integer(1)?;
    let new = change(value, amount).filter(|new| *new <= max);
    if let Some(new) = new {
        let mut bcs = Vec::new();
        put(&mut bcs, new, width);
        put(&mut bcs, max, width);
        frame.call.write(0, &bcs)?;
    }
    frame.give_bool(new.is_some())
}

fn try_add(frame: &mut Frame<'_>) -> Done {
    change(frame, U256::checked_add)
}

fn try_sub(frame: &mut Frame<'_>) -> Done {
    change(frame, U256::checked_sub)
}

fn is_at_least(frame: &mut Frame<'_>) -> Done {
    let width = width(frame)?;
    let (value, _) = parts(frame, width)?;
    let least = frame.call.integer(1)?;
    frame.give_bool(value >= least)
}

/// The value: as a number, or as a snapshot, which is a struct of one.
fn read(frame: &mut Frame<'_>) -> Done {
    let width = width(frame)?;
    let (value, _) = parts(frame, width)?;
    let mut bcs = Vec::new();
    put(&mut bcs, value, width);
    frame.give(&bcs)
}

/// Makes a snapshot of a number, or a number of a snapshot, which is a struct of it.
fn snapshot(frame: &mut Frame<'_>) -> Done {
    check_snapshot(frame)?;
    let bcs = frame.value(0)?;
    frame.give(&bcs)
}

/// A derived text is a struct of it and of padding, which is empty here.
fn read_derived_string(frame: &mut Frame<'_>) -> Done {
    let bcs = frame.value(0)?;
    let text = Reader::new(&bcs).string()?;
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, text.as_bytes());
    frame.give(&bcs)
}

fn give_derived(frame: &mut Frame<'_>, text: &[u8]) -> Done {
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, text);
    put_bytes(&mut bcs, &[]);
    frame.give(&bcs)
}

fn text(frame: &mut Frame<'_>, argument: usize) -> VmResult<Vec<u8>> {
    let bcs = frame.value(argument)?;
    let text = Reader::new(&bcs).string()?.into_bytes();
    if text.len() > STRING_MAX {
        return abort(EINPUT_STRING_TOO_LONG);
    }
    Ok(text)
}

fn create_derived_string(frame: &mut Frame<'_>) -> Done {
    let text = text(frame, 0)?;
    give_derived(frame, &text)
}

/// Takes a text, a snapshot and another text.
fn derive_string_concat(frame: &mut Frame<'_>) -> Done {
    check_snapshot(frame)?;
    let mut all = text(frame, 0)?;
    let value = number(&frame.call.bcs(1)?);
    all.extend(value.to_string().into_bytes());
    all.extend(text(frame, 2)?);
    give_derived(frame, &all)
}
