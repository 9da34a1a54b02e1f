//! The text of an element as it is written, with references and CDATA sections: what it says, and where that stands.

use memchr::{memchr, memchr2, memmem};

/// What a text says, which has no elements in it and is well-formed.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for piece in Pieces::new(raw) {
        match piece.says {
            Says::AsWritten(run) => text.push_str(run),
            Says::Character(ch) => text.push(ch),
        }
    }
    text
}

/// Walks from places in what a text says to places in the document; cheap as long as it goes forward.
#[derive(Clone, Debug)]
pub(super) struct Raw<'a> {
    raw: &'a str,
    /// Where the text begins in the document.
    start: usize,
    /// Bytes of what it says that do not count.
    lead: usize,
    pieces: Pieces<'a>,
    piece: Option<Piece<'a>>,
    /// Where the piece begins in what the text says.
    says_at: usize,
}

impl<'a> Raw<'a> {
    /// A text that begins at `start`; places count from behind the first `lead` bytes of what it says.
    pub(super) fn new(raw: &'a str, start: usize, lead: usize) -> Self {
        let mut pieces = Pieces::new(raw);
        let piece = pieces.next();
        Raw { raw, start, lead, pieces, piece, says_at: 0 }
    }

    /// Where in the document it is written what the text says at `offset`.
    pub(super) fn place(&mut self, offset: usize) -> usize {
        let offset = offset + self.lead;
        if offset < self.says_at {
            *self = Raw::new(self.raw, self.start, self.lead);
        }
        while let Some(piece) = self.piece {
            let into = offset - self.says_at;
            let len = piece.says.len();
            if into < len {
                return self.start + piece.at + piece.says.place(into);
            }
            self.says_at += len;
            self.piece = self.pieces.next();
        }
        self.start + self.raw.len()
    }
}

/// The parts of a text, without comments and processing instructions.
#[derive(Clone, Debug)]
struct Pieces<'a> {
    raw: &'a str,
    at: usize,
    /// Where the CDATA section ends that has begun.
    section: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Piece<'a> {
    /// Where it begins in the text.
    at: usize,
    says: Says<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Says<'a> {
    /// What is written.
    AsWritten(&'a str),
    /// What a reference or the end of a line stands for.
    Character(char),
}

impl Says<'_> {
    /// Bytes of what it says.
    fn len(self) -> usize {
        match self {
            Says::AsWritten(run) => run.len(),
            Says::Character(ch) => ch.len_utf8(),
        }
    }

    /// Where it is written what it says at `offset`.
    fn place(self, offset: usize) -> usize {
        match self {
            Says::AsWritten(_) => offset,
            Says::Character(_) => 0,
        }
    }
}

impl<'a> Pieces<'a> {
    fn new(raw: &'a str) -> Self {
        Pieces { raw, at: 0, section: None }
    }

    /// Characters up to the end of a line or to `len`.
    fn run(&mut self, rest: &'a str, len: usize) -> Piece<'a> {
        let at = self.at;
        let run = &rest[..memchr(b'\r', &rest.as_bytes()[..len]).unwrap_or(len)];
        if !run.is_empty() {
            self.at += run.len();
            return Piece { at, says: Says::AsWritten(run) };
        }
        self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
        Piece { at, says: Says::Character('\n') }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let at = self.at;
            let rest = self.raw.get(at..).filter(|rest| !rest.is_empty())?;
            let find = |mark: &str| memmem::find(rest.as_bytes(), mark.as_bytes());
            if let Some(end) = self.section {
                if at < end {
                    return Some(self.run(rest, end - at));
                }
                self.at = end + "]]>".len();
                self.section = None;
            } else if rest.starts_with("<![CDATA[") {
                self.section = Some(find("]]>").map_or(self.raw.len(), |len| at + len));
                self.at += "<![CDATA[".len();
            } else if rest.starts_with("<!--") {
                self.at += find("-->")? + "-->".len();
            } else if rest.starts_with("<?") {
                self.at += find("?>")? + "?>".len();
            } else if let Some(name) = rest.strip_prefix('&') {
                let (name, _) = name.split_once(';')?;
                self.at += name.len() + "&;".len();
                return Some(Piece { at, says: Says::Character(character(name)?) });
            } else {
                let len = memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
                return (len > 0).then(|| self.run(rest, len));
            }
        }
    }
}

/// The character of a reference.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_found_where_it_is_written() {
        let raw = "é&lt;a&gt;\r\nb<!-- & --><![CDATA[c\r\n\rd]]e]]>&#x20AC;<?p ?><![CDATA[]]>&#10;&amp;amp;";
        let text = unescape(raw);
        assert_eq!(text, "é<a>\nbc\n\nd]]e€\n&amp;");
        let mut forward = Raw::new(raw, 100, 0);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| forward.place(at)).collect();
        for ((at, ch), place) in text.char_indices().zip(places) {
            let written = &raw[place - 100..];
            let is_there = match ch {
                '\n' => written.starts_with(['\r', '\n']) || written.starts_with("&#10;"),
                '<' | '>' | '€' => written.starts_with('&'),
                ch => written.starts_with(ch),
            };
            assert!(is_there, "{ch:?} at {at}: {written:?}");
            // A walk from the start, and one that goes back, agree.
            assert_eq!(Raw::new(raw, 100, at).place(0), place);
            assert_eq!(forward.place(at), place);
        }
        assert_eq!(forward.place(text.len()), 100 + raw.len());
    }
}
