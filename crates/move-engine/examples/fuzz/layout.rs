//! A binary as its tables, so that one can be changed and the directory still fits.

use lumio_move_engine::format::MAGIC;

/// A binary taken apart. Lenient: anything whose directory makes sense.
#[derive(Clone)]
pub(crate) struct Layout {
    pub(crate) version: [u8; 4],
    /// Kinds and contents.
    pub(crate) tables: Vec<(u8, Vec<u8>)>,
    pub(crate) tail: Vec<u8>,
}

fn uleb(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The shortest form of a number.
pub(crate) fn push_uleb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

impl Layout {
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (version, mut rest) = rest.split_first_chunk::<4>()?;
        let count = uleb(&mut rest)?;
        let mut directory = Vec::new();
        for _ in 0..count.min(255) {
            let (kind, after) = rest.split_first()?;
            rest = after;
            directory.push((*kind, uleb(&mut rest)?, uleb(&mut rest)?));
        }
        let mut end = 0;
        let mut tables = Vec::new();
        for (kind, offset, length) in directory {
            let until = offset.checked_add(length)?;
            tables.push((kind, rest.get(offset..until)?.to_vec()));
            end = end.max(until);
        }
        Some(Self {
            version: *version,
            tables,
            tail: rest.get(end..)?.to_vec(),
        })
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.version);
        push_uleb(&mut out, self.tables.len() as u64);
        let mut offset = 0;
        for (kind, content) in &self.tables {
            out.push(*kind);
            push_uleb(&mut out, offset);
            push_uleb(&mut out, content.len() as u64);
            offset = offset.saturating_add(content.len() as u64);
        }
        for (_, content) in &self.tables {
            out.extend(content);
        }
        out.extend(&self.tail);
        out
    }
}
