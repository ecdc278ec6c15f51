//! Binaries put together by hand, so that one thing in them can be wrong.

/// A binary as its tables.
#[derive(Clone)]
pub(crate) struct Binary {
    pub(crate) version: u32,
    pub(crate) tables: Vec<(u8, Vec<u8>)>,
    pub(crate) tail: Vec<u8>,
}

pub(crate) fn uleb(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A header with a directory that says anything.
pub(crate) fn header(version: u32, directory: &[(u8, u64, u64)]) -> Vec<u8> {
    let mut out = vec![0xa1, 0x1c, 0xeb, 0x0b];
    out.extend(version.to_le_bytes());
    out.extend(uleb(directory.len() as u64));
    for (kind, offset, length) in directory {
        out.push(*kind);
        out.extend(uleb(*offset));
        out.extend(uleb(*length));
    }
    out
}

impl Binary {
    /// Module `0x…00::m` with `struct s { g: u64 }` and `public fun f() {}`.
    pub(crate) fn module(version: u32) -> Self {
        let mut function_handle = vec![0, 2, 0, 0, 0];
        if version >= 7 {
            function_handle.push(1);
        }
        if version >= 8 {
            function_handle.push(0);
        }
        Self {
            version,
            tables: vec![
                (0x1, vec![0, 0]),
                (0x2, vec![0, 1, 0, 0]),
                (0x3, function_handle),
                (0x5, vec![0, 1, 0x3]),
                (0x7, b"\x01m\x01s\x01f\x01g".to_vec()),
                (0x8, vec![0; 32]),
                (0xa, vec![0, 2, 1, 3, 0x3]),
                (0xc, vec![0, 1, 0, 0, 0, 1, 0x02]),
            ],
            tail: vec![0],
        }
    }

    /// A script that returns.
    pub(crate) fn script(version: u32) -> Self {
        Self {
            version,
            tables: vec![(0x5, vec![0])],
            tail: vec![0, 0, 0, 1, 0x02],
        }
    }

    /// With another content of a table; an empty one means without the table.
    pub(crate) fn with(mut self, kind: u8, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        let place = self.tables.iter().position(|(k, _)| *k == kind);
        match (place, content.is_empty()) {
            (Some(at), true) => drop(self.tables.remove(at)),
            (Some(at), false) => self.tables[at].1 = content,
            (None, true) => {}
            (None, false) => self.tables.push((kind, content)),
        }
        self
    }

    /// With other code: the number of instructions, then their bytes.
    pub(crate) fn with_code(self, count: u64, code: &[u8]) -> Self {
        let mut content = vec![0, 1, 0, 0, 0];
        content.extend(uleb(count));
        content.extend(code);
        self.with(0xc, content)
    }

    pub(crate) fn tail(mut self, tail: impl Into<Vec<u8>>) -> Self {
        self.tail = tail.into();
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut offset = 0;
        let directory: Vec<_> = self
            .tables
            .iter()
            .map(|(kind, content)| {
                let length = content.len() as u64;
                offset += length;
                (*kind, offset - length, length)
            })
            .collect();
        let mut out = header(self.version, &directory);
        out.extend(self.tables.iter().flat_map(|(_, content)| content));
        out.extend(&self.tail);
        out
    }
}
