//! Source files and places in them.

use std::{path::PathBuf, sync::Arc};

/// The number of a file in its [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of this one to the end of another in the same file.
    pub fn to(self, end: Self) -> Self {
        Self {
            end: end.end.max(self.start),
            ..self
        }
    }

    /// The empty range behind this one.
    pub fn after(self) -> Self {
        Self {
            start: self.end,
            ..self
        }
    }
}

/// A source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is, as messages should show it.
    pub path: PathBuf,
    /// What is in it.
    pub text: Arc<str>,
}

/// All source files of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source {
            path: path.into(),
            text: text.into(),
        });
        id
    }

    /// A file that was added.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// All files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The text at a place; nothing if there is no such place.
    pub fn text(&self, span: Span) -> &str {
        let source = self.get(span.file);
        source
            .and_then(|s| s.text.get(span.start as usize..span.end as usize))
            .unwrap_or_default()
    }

    /// Line and column of a place's start, both from 1; the column counts characters.
    pub fn line_column(&self, span: Span) -> (u32, u32) {
        let before = self
            .get(span.file)
            .and_then(|s| s.text.get(..span.start as usize))
            .unwrap_or_default();
        let line = before.bytes().filter(|b| *b == b'\n').count();
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count();
        let number = |n: usize| u32::try_from(n.saturating_add(1)).unwrap_or(u32::MAX);
        (number(line), number(column))
    }
}
