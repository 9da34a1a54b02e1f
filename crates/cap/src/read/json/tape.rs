//! JSON text to a flat list of values that know where they stand; strict (RFC 8259), bounded, without recursion.
//!
//! `serde_json::Value` knows no places, keeps the last of several members of one name, and recurses.

use std::borrow::Cow;

use crate::Limits;
use crate::read::error::ReadError;
use crate::read::lines::Lines;

/// A document as a list of values, each before those inside of it.
pub(super) struct Tape<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// A value: its bytes in the text, and the index behind all that is inside of it.
struct Node {
    start: u32,
    end: u32,
    next: u32,
}

/// One value of a tape.
#[derive(Clone, Copy)]
pub(super) struct Value<'s> {
    tape: &'s Tape<'s>,
    at: u32,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

impl<'t> Tape<'t> {
    /// Reads a whole text; it must be shorter than 4 GiB.
    pub(super) fn new(text: &'t str, limits: &Limits) -> Result<Tape<'t>, ReadError> {
        if u32::try_from(text.len()).is_err() {
            return Err(ReadError::TooLarge { bytes: text.len(), limit: u32::MAX as usize });
        }
        let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, nodes: Vec::new(), open: Vec::new() };
        match parser.document(limits.max_depth) {
            Ok(()) => Ok(Tape { text, nodes: parser.nodes }),
            Err(fault) => {
                let (line, column) = Lines::new(text).locate(parser.at);
                Err(match fault {
                    Fault::Depth => ReadError::TooDeep { line, column, limit: limits.max_depth },
                    Fault::Syntax(reason) => ReadError::Json { line, column, reason: reason.to_owned() },
                })
            }
        }
    }

    /// The outermost value.
    pub(super) fn root(&self) -> Value<'_> {
        Value { tape: self, at: 0 }
    }
}

impl<'s> Value<'s> {
    pub(super) fn kind(self) -> Kind {
        match self.raw().as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// The value as it is written.
    pub(super) fn raw(self) -> &'s str {
        &self.tape.text[self.start()..self.end()]
    }

    /// Where it begins in the text.
    pub(super) fn start(self) -> usize {
        self.node().start as usize
    }

    /// Where it ends in the text.
    pub(super) fn end(self) -> usize {
        self.node().end as usize
    }

    pub(super) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The characters of a string; a half of a surrogate pair becomes U+FFFD.
    pub(super) fn string(self) -> Option<Cow<'s, str>> {
        let inside = self.raw().strip_prefix('"')?.strip_suffix('"')?;
        Some(if inside.contains('\\') { Cow::Owned(unescape(inside)) } else { Cow::Borrowed(inside) })
    }

    /// The items of an array; of anything else none.
    pub(super) fn items(self) -> impl Iterator<Item = Value<'s>> {
        let inside = self.inside(Kind::Array);
        std::iter::successors(inside, move |value| value.sibling())
            .take_while(move |v| v.at < self.node().next)
    }

    /// The members of an object; of anything else none.
    pub(super) fn members(self) -> impl Iterator<Item = (Value<'s>, Value<'s>)> {
        let step = |name: Value<'s>| name.sibling().map(|value| (name, value));
        let inside = self.inside(Kind::Object).and_then(step);
        std::iter::successors(inside, move |(_, value)| value.sibling().and_then(step))
            .take_while(move |(name, _)| name.at < self.node().next)
    }

    /// The first member of a name, unless it is null.
    pub(super) fn member(self, name: &str) -> Option<Value<'s>> {
        let found = self.members().find(|(key, _)| key.string().as_deref() == Some(name));
        found.map(|(_, value)| value).filter(|v| !v.is_null())
    }

    fn node(self) -> &'s Node {
        &self.tape.nodes[self.at as usize]
    }

    fn inside(self, kind: Kind) -> Option<Value<'s>> {
        let first = Value { at: self.at + 1, ..self };
        (self.kind() == kind && self.node().next > first.at).then_some(first)
    }

    fn sibling(self) -> Option<Value<'s>> {
        let at = self.node().next;
        (at < self.tape.nodes.len() as u32).then_some(Value { at, ..self })
    }
}

enum Fault {
    Depth,
    Syntax(&'static str),
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
    /// Arrays and objects that have not ended.
    open: Vec<u32>,
}

impl Parser<'_> {
    fn document(&mut self, depth: usize) -> Result<(), Fault> {
        loop {
            self.space();
            match self.peek() {
                Some(b'{' | b'[') => {
                    if self.open.len() >= depth {
                        return Err(Fault::Depth);
                    }
                    let is_object = self.peek() == Some(b'{');
                    self.open.push(self.nodes.len() as u32);
                    self.push(self.at, self.at + 1);
                    self.at += 1;
                    self.space();
                    match (is_object, self.peek()) {
                        (true, Some(b'}')) | (false, Some(b']')) => {}
                        (true, _) => {
                            self.name()?;
                            continue;
                        }
                        (false, _) => continue,
                    }
                }
                Some(b'"') => self.string()?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(_) => self.word()?,
                None => return Err(Fault::Syntax("the text ends where a value should be")),
            }
            if self.after()? {
                return Ok(());
            }
        }
    }

    /// Goes from the end of a value to the start of the next; true if there is none.
    fn after(&mut self) -> Result<bool, Fault> {
        loop {
            self.space();
            let Some(open) = self.open.last().copied() else {
                let done = self.at == self.bytes.len();
                return if done { Ok(true) } else { Err(Fault::Syntax("something stands after the value")) };
            };
            let is_object = self.bytes[self.nodes[open as usize].start as usize] == b'{';
            match (self.peek(), is_object) {
                (Some(b','), _) => {
                    self.at += 1;
                    self.space();
                    if is_object {
                        self.name()?;
                    }
                    return Ok(false);
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    let next = self.nodes.len() as u32;
                    let node = &mut self.nodes[open as usize];
                    (node.end, node.next) = (self.at as u32, next);
                    self.open.pop();
                }
                (None, _) => return Err(Fault::Syntax("the text ends too early; it was cut off")),
                (_, true) => return Err(Fault::Syntax("a comma or } should stand here")),
                (_, false) => return Err(Fault::Syntax("a comma or ] should stand here")),
            }
        }
    }

    fn name(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(Fault::Syntax("the name of a member should stand here, in double quotes"));
        }
        self.string()?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(Fault::Syntax("a colon should stand here"));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let escape = &self.bytes[self.at + 1..];
                    match escape.first() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                        Some(b'u')
                            if escape.get(1..5).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) =>
                        {
                            self.at += 6;
                        }
                        _ => return Err(Fault::Syntax("JSON does not know this escape")),
                    }
                }
                Some(0..=0x1F) => return Err(Fault::Syntax("a control character must be escaped")),
                Some(_) => self.at += 1,
                None => return Err(Fault::Syntax("the text ends inside a string; it was cut off")),
            }
        }
        self.at += 1;
        self.push(start, self.at);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let odd = Err(Fault::Syntax("this is no number as JSON writes them"));
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ if self.digits() => {}
            _ => return odd,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                return odd;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if !self.digits() {
                return odd;
            }
        }
        self.push(start, self.at);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let Some(word) = ["true", "false", "null"].into_iter().find(|w| rest.starts_with(w.as_bytes()))
        else {
            return Err(Fault::Syntax("no value of JSON begins like this"));
        };
        self.push(self.at, self.at + word.len());
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn push(&mut self, start: usize, end: usize) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { start: start as u32, end: end as u32, next });
    }
}

/// The characters of a string whose escapes have been checked.
fn unescape(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = rest.as_bytes()[at + 1];
        rest = &rest[at + 2..];
        match escape {
            b'u' => {
                let unit = unit(rest);
                rest = &rest[4..];
                let low = rest.strip_prefix("\\u").map(self::unit).filter(|u| (0xDC00..0xE000).contains(u));
                match (unit, low) {
                    (0xD800..0xDC00, Some(low)) => {
                        rest = &rest[6..];
                        let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    _ => text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            other => text.push(char::from(other)),
        }
    }
    text.push_str(rest);
    text
}

fn unit(digits: &str) -> u32 {
    digits.get(..4).and_then(|d| u32::from_str_radix(d, 16).ok()).unwrap_or(0xFFFD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Tape<'_>, ReadError> {
        Tape::new(text, &Limits::default())
    }

    #[test]
    fn values_are_found_where_they_stand() {
        let tape =
            parse(" {\"a\": [1, -2.5e3, {}], \"b\": {\"c\": null, \"d\": true}, \"a\": \"x\"} ").unwrap();
        let root = tape.root();
        let names: Vec<_> = root.members().map(|(name, v)| (name.string().unwrap(), v.raw())).collect();
        let want = [("a", "[1, -2.5e3, {}]"), ("b", "{\"c\": null, \"d\": true}"), ("a", "\"x\"")];
        assert_eq!(names, want.map(|(n, v)| (Cow::Borrowed(n), v)));
        let items: Vec<_> = root.member("a").unwrap().items().map(Value::raw).collect();
        assert_eq!(items, ["1", "-2.5e3", "{}"]);
        let b = root.member("b").unwrap();
        assert!(b.member("c").is_none() && b.member("d").is_some() && b.items().next().is_none());
        assert_eq!(b.start(), 29);
    }

    #[test]
    fn strings_are_unescaped() {
        let check = |text: &str, want: &str| {
            assert_eq!(parse(text).unwrap().root().string().unwrap(), want, "{text}");
        };
        check(r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz");
        check(r#""\u00e9\ud83d\ude00 é😀""#, "é😀 é😀");
        check(r#""\ud83d \ude00\ud83d\u0041""#, "\u{fffd} \u{fffd}\u{fffd}A");
        check("\"\"", "");
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for text in [
            "",
            "{",
            "[",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            "-",
            "+1",
            "1e",
            "NaN",
            "nul",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "[1}",
            "{\"a\":1]",
            "1 2",
            "'a'",
            "[1 2]",
            ".5",
        ] {
            assert!(matches!(parse(text), Err(ReadError::Json { .. })), "{text}");
        }
        let Err(ReadError::Json { line, column, .. }) = parse("{\n \"é\": 1,\n \"b\": x}") else { panic!() };
        assert_eq!((line, column), (3, 7));
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_recurse() {
        let text = "[".repeat(1_000_000);
        let error = parse(&text).err().unwrap();
        assert_eq!(error, ReadError::TooDeep { line: 1, column: 65, limit: 64 });
    }
}
