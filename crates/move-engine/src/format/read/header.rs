//! The start of a binary: magic number, version, table directory.

use alloc::vec::Vec;

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
    /// In the order of their kinds' ids.
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
        let id = TableId::from_byte(cursor.u8()?).ok_or(StatusCode::UnknownTableType)?;
        let offset = cursor.uleb_max(u64::from(u32::MAX), "a table's offset exceeds 32 bits")?;
        let length = cursor.uleb_max(u64::from(u32::MAX), "a table's length exceeds 32 bits")?;
        directory.push((id, offset, length));
    }
    cut(directory, cursor)
}

fn cut<'a>(
    mut directory: Vec<(TableId, u64, u64)>,
    mut contents: Cursor<'a>,
) -> VmResult<Sections<'a>> {
    directory.sort_by_key(|(_, offset, _)| *offset);
    let bad = |what: &str| VmError::new(StatusCode::BadHeaderTable).with_message(what);
    let mut tables = Vec::new();
    let mut end = 0_u64;
    for (id, offset, length) in directory {
        if offset != end {
            return Err(bad("tables do not follow each other"));
        }
        if length == 0 {
            return Err(bad("a table is empty"));
        }
        end = offset.saturating_add(length);
        let length = usize::try_from(length).map_err(|_| bad("a table is too long"))?;
        let content = contents
            .take(length)
            .map_err(|_| bad("a table goes beyond the end"))?;
        if tables.iter().any(|(known, _)| *known == id) {
            return Err(StatusCode::DuplicateTable.into());
        }
        tables.push((id, Cursor::new(content, contents.version)));
    }
    tables.sort_by_key(|(id, _)| *id);
    Ok(Sections {
        tables,
        rest: contents,
    })
}
