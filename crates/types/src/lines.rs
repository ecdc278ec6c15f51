//! Text in lines, of which every block has thousands that come and go together.

use alloc::string::String;
use core::fmt;
use smallvec::SmallVec;

/// Lines of text in one piece of memory. A line may itself have line feeds in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lines {
    text: String,
    /// Where each line ends, in bytes.
    ends: SmallVec<[usize; 4]>,
}

impl Lines {
    /// Adds a line.
    pub fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One after another.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let line = self.text.get(begin..*end);
            begin = *end;
            line.unwrap_or_default()
        })
    }
}

impl<S: AsRef<str>> FromIterator<S> for Lines {
    fn from_iter<I: IntoIterator<Item = S>>(lines: I) -> Self {
        let mut all = Self::default();
        lines.into_iter().for_each(|line| all.push(line.as_ref()));
        all
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use alloc::vec::Vec;

    #[test]
    fn lines_come_back_as_they_were() {
        let lines = ["one", "", "two\nin it", "\u{fc}", "five", ""];
        let kept: Lines = lines.into_iter().collect();
        assert_eq!(kept.iter().collect::<Vec<_>>(), lines);
        assert_eq!(kept.len(), lines.len());
        assert!(Lines::default().is_empty() && Lines::default().iter().next().is_none());
    }
}
