//! The start of a binary: magic number, version, table directory.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    ReaderConfig,
    cursor::{Cursor, malformed},
};
use crate::{
    StatusCode, VmError, VmResult,
    format::{MAGIC, TABLE_COUNT_MAX, TableId, VERSION_FLAGS, VERSION_MIN},
};

/// A binary cut into its tables and what follows them.
pub(super) struct Sections<'a> {
    /// In the order of their contents.
    pub(super) tables: Vec<(TableId, Cursor<'a>)>,
    pub(super) rest: Cursor<'a>,
}

pub(super) fn sections<'a>(config: &ReaderConfig, bytes: &'a [u8]) -> VmResult<Sections<'a>> {
    let body = bytes.strip_prefix(&MAGIC).ok_or(StatusCode::BadMagic)?;
    let mut cursor = Cursor::new(body, 0);
    let word = cursor
        .u32()
        .map_err(|_| malformed("the version is missing"))?;
    let version = word & !VERSION_FLAGS;
    if !(VERSION_MIN..=config.max_version).contains(&version) {
        return Err(StatusCode::UnknownVersion.into());
    }
    cursor.version = version;
    let count = cursor.uleb_max(TABLE_COUNT_MAX, "there are more than 255 tables")?;
    let mut directory = Vec::new();
    for _ in 0..count {
        let id = cursor.u8()?;
        let offset = cursor.uleb_max(u64::from(u32::MAX), "a table's offset exceeds 32 bits")?;
        let length = cursor.uleb_max(u64::from(u32::MAX), "a table's length exceeds 32 bits")?;
        let id = TableId::from_byte(id).ok_or(StatusCode::UnknownTableType)?;
        directory.push((id, offset, length));
    }
    cut(directory, cursor, bytes.len())
}

/// The whole directory is judged before any table is: a table that exceeds even the binary's whole
/// length is a bad directory, one that ends after the binary is a truncated binary.
fn cut<'a>(
    mut directory: Vec<(TableId, u64, u64)>,
    mut contents: Cursor<'a>,
    whole: usize,
) -> VmResult<Sections<'a>> {
    directory.sort_by_key(|(_, offset, _)| *offset);
    let bad = |what: &str| VmError::new(StatusCode::BadHeaderTable).with_message(what);
    let mut seen = BTreeSet::new();
    let mut end = 0_u64;
    for (id, offset, length) in &directory {
        if *offset != end {
            return Err(bad("tables do not follow each other"));
        }
        if *length == 0 {
            return Err(bad("a table is empty"));
        }
        end = end.saturating_add(*length);
        if end > u64::from(u32::MAX) {
            return Err(bad("the tables' lengths exceed 32 bits"));
        }
        if !seen.insert(*id) {
            return Err(StatusCode::DuplicateTable.into());
        }
        if end > whole as u64 {
            return Err(bad("a table is longer than the binary"));
        }
    }
    let tables = directory.into_iter().map(|(id, _, length)| {
        let length = usize::try_from(length).map_err(|_| bad("a table is too long"))?;
        let content = contents.take(length)?;
        Ok((id, Cursor::new(content, contents.version)))
    });
    Ok(Sections {
        tables: tables.collect::<VmResult<_>>()?,
        rest: contents,
    })
}
