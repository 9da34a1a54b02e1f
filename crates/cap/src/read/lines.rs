//! Places in a text as line and column.

use memchr::{memchr_iter, memrchr};

use super::raw::Raw;

/// Walks a text and counts lines; cheap as long as it goes forward.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
    /// The text inside that offsets are places of, if not the whole.
    inside: Option<Raw<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lines { text, at: 0, line: 1, column: 1, inside: None }
    }

    /// The same for offsets in what a part of the text says.
    pub(super) fn inside<'i>(&self, inside: Raw<'i>) -> Lines<'i>
    where
        'a: 'i,
    {
        Lines { inside: Some(inside), ..self.clone() }
    }

    /// Line and column of a byte offset, both from 1, columns in characters.
    pub(super) fn locate(&mut self, offset: usize) -> (u32, u32) {
        let offset = self.inside.as_mut().map_or(offset, |inside| inside.place(offset));
        if offset < self.at {
            (self.at, self.line, self.column) = (0, 1, 1);
        }
        let end = offset.min(self.text.len());
        let passed = &self.text.as_bytes()[self.at..end];
        let breaks = memchr_iter(b'\n', passed).count();
        let mut tail = self.at;
        if breaks > 0 {
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.column = 1;
            tail += memrchr(b'\n', passed).map_or(0, |at| at + 1);
        }
        // The standard library counts many characters at once.
        let characters = self.text.get(tail..end).map_or(0, |tail| tail.chars().count());
        self.column = self.column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.at = end;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_goes_back() {
        let mut lines = Lines::new("aé\nx");
        assert_eq!(lines.locate(3), (1, 3));
        assert_eq!(lines.locate(4), (2, 1));
        assert_eq!(lines.locate(1), (1, 2));
        assert_eq!(lines.locate(99), (2, 2));
    }
}
