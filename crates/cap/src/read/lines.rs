//! Places in a text as line and column.

/// Walks a text and counts lines; cheap as long as it goes forward.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lines { text, at: 0, line: 1, column: 1 }
    }

    /// Line and column of a byte offset, both from 1, columns in characters.
    pub(super) fn locate(&mut self, offset: usize) -> (u32, u32) {
        if offset < self.at {
            *self = Lines::new(self.text);
        }
        let end = offset.min(self.text.len());
        for byte in &self.text.as_bytes()[self.at..end] {
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else if byte & 0xC0 != 0x80 {
                self.column = self.column.saturating_add(1);
            }
        }
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
