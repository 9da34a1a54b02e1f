//! The XML tokens of a document, with namespaces, places and limits; no recursion, no copies of text.

use std::borrow::Cow;

use memchr::{memchr, memchr3};
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Version;
use super::error::ReadError;
use super::lines::Lines;
use super::values::cut;
use crate::Limits;

/// More namespace declarations in force at once than any real document has.
const MAX_NAMESPACES: usize = 256;

/// Attributes of one element that are looked at.
const MAX_ATTRIBUTES: usize = 64;

/// What a namespace means to this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    /// A version of CAP.
    Cap(Version),
    /// Misspelt, but meant as CAP.
    CapLike,
    /// Atom, RSS or EDXL-DE.
    Feed,
    /// XML signatures.
    Signature,
    /// What instances say to schema validators.
    SchemaInstance,
    /// No namespace, or a prefix that nobody declared.
    Absent,
    /// Any other.
    Other,
}

impl Ns {
    fn of(uri: &str) -> Ns {
        match uri {
            "urn:oasis:names:tc:emergency:cap:1.2" => Ns::Cap(Version::V1_2),
            "urn:oasis:names:tc:emergency:cap:1.1" => Ns::Cap(Version::V1_1),
            "http://www.incident.com/cap/1.0" => Ns::Cap(Version::V1_0),
            "http://www.w3.org/2000/09/xmldsig#" => Ns::Signature,
            "http://www.w3.org/2001/XMLSchema-instance" => Ns::SchemaInstance,
            "" => Ns::Absent,
            "http://www.w3.org/2005/Atom" | "http://purl.org/rss/1.0/" => Ns::Feed,
            _ => {
                let lower = uri.to_ascii_lowercase();
                if lower.contains("emergency:cap") || lower.contains("incident.com/cap") {
                    Ns::CapLike
                } else if lower.contains("emergency:edxl:de") {
                    Ns::Feed
                } else {
                    Ns::Other
                }
            }
        }
    }
}

/// One token; an empty element gives a start and an end.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    End,
    Text(Cow<'a, str>),
    Eof,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    /// Name without prefix.
    pub(super) name: &'a str,
    pub(super) ns: Ns,
    /// Where it begins in the text.
    pub(super) offset: usize,
    content: &'a str,
    name_len: usize,
}

impl<'a> Tag<'a> {
    /// The first attributes as name and value, without namespace declarations.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let is_own = |name: &str| name != "xmlns" && !name.starts_with("xmlns:");
        raw_attributes(&BytesStart::from_content(self.content, self.name_len))
            .flatten()
            .filter(|a| is_own(a.key.as_ref()))
            .take(MAX_ATTRIBUTES)
            .map(|a| {
                let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or(Cow::Borrowed(""));
                (a.key.as_ref().to_owned(), value.into_owned())
            })
            .collect()
    }

    /// Whether there is anything beside the name.
    pub(super) fn has_attributes(&self) -> bool {
        !self.content[self.name_len..].trim().is_empty()
    }
}

/// Pulls tokens out of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Where the next token begins.
    at: usize,
    /// Names of the open elements, as written.
    open: Vec<&'a str>,
    /// Whether an empty element has begun and not ended.
    empty: bool,
    /// Whether the last text may hold what XML changes or forbids.
    odd: bool,
    /// Whether the last text holds carriage returns, which are still to be brought into form.
    returns: bool,
    /// Whether the last text held `]]>`.
    section_end: bool,
    bindings: Vec<Binding<'a>>,
    max_depth: usize,
    max_text: usize,
    /// Elements open now.
    pub(super) depth: usize,
    /// Whether the outermost element has ended.
    done: bool,
    /// Where an XML declaration stands that is not at the very start.
    pub(super) late_declaration: Option<usize>,
}

struct Binding<'a> {
    prefix: &'a str,
    ns: Ns,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        Scanner {
            text,
            at: 0,
            open: Vec::with_capacity(8),
            empty: false,
            odd: false,
            returns: false,
            section_end: false,
            bindings: Vec::new(),
            max_depth: limits.max_depth,
            max_text: limits.max_text,
            depth: 0,
            done: false,
            late_declaration: None,
        }
    }

    /// Where the next token begins.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The text from `offset` to where the next token begins.
    pub(super) fn since(&self, offset: usize) -> &'a str {
        self.text.get(offset..self.offset()).unwrap_or_default()
    }

    /// The next token; comments and processing instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Token<'a>, ReadError> {
        loop {
            if self.empty {
                self.empty = false;
                self.open.pop();
                return Ok(self.end());
            }
            let offset = self.at;
            let rest = &self.text.as_bytes()[offset..];
            let token = match *rest {
                [] if self.done => Some(Token::Eof),
                [] if self.depth == 0 => return Err(self.ill_formed(offset, "there is no element")),
                [] => {
                    return Err(
                        self.ill_formed(offset, "the document ends inside an element; it was cut off")
                    );
                }
                [b'<', b'/', ..] => self.end_tag(offset)?,
                [b'<', b'!' | b'?', ..] | [b'&', ..] => self.rare(offset)?,
                [b'<', ..] => self.start_tag(offset)?,
                _ => self.characters(offset)?,
            };
            if let Some(token) = token {
                return Ok(token);
            }
        }
    }

    /// The names of the attributes of an element that has just begun, but for schema locations.
    pub(super) fn odd_attributes(&self, tag: &Tag<'_>) -> Vec<String> {
        let is_location = |name: &str| {
            name.split_once(':').is_some_and(|(prefix, name)| {
                self.resolve(prefix) == Ns::SchemaInstance
                    && matches!(name, "schemaLocation" | "noNamespaceSchemaLocation")
            })
        };
        tag.attributes().into_iter().map(|(name, _)| name).filter(|name| !is_location(name)).collect()
    }

    /// The namespace that a prefix means now.
    fn resolve(&self, prefix: &str) -> Ns {
        let binding = if prefix.is_empty() {
            self.bindings.iter().rev().find(|b| b.prefix.is_empty())
        } else {
            self.bindings.iter().rev().find(|b| b.prefix == prefix)
        };
        binding.map_or(Ns::Absent, |b| b.ns)
    }

    /// Passes over the rest of the element that has just begun.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth - 1;
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }

    /// The text of the element that has just begun, up to `limit` bytes, and what was odd in it.
    pub(super) fn text(&mut self, limit: Option<usize>) -> Result<(Cow<'a, str>, TextFaults), ReadError> {
        let limit = limit.unwrap_or(self.max_text);
        if let Some(text) = self.plain_element(limit) {
            return Ok((Cow::Borrowed(text), TextFaults::default()));
        }
        let outside = self.depth - 1;
        let mut all = Cow::Borrowed("");
        let mut faults = TextFaults::default();
        let mut odd = false;
        loop {
            match self.next()? {
                Token::Start(_) => faults.element = true,
                Token::Text(part) => {
                    let part = if self.returns { Cow::Owned(normal_lines(&part).into_owned()) } else { part };
                    odd |= self.odd;
                    faults.section_end |= self.section_end;
                    let room = limit - all.len();
                    let mut end = part.len().min(room);
                    while !part.is_char_boundary(end) {
                        end -= 1;
                    }
                    faults.too_long |= end < part.len();
                    if all.is_empty() && end == part.len() {
                        all = part;
                    } else {
                        all.to_mut().push_str(&part[..end]);
                    }
                }
                Token::End | Token::Eof if self.depth == outside => break,
                Token::End | Token::Eof => {}
            }
        }
        if odd && !all.chars().all(is_xml_char) {
            faults.illegal = true;
            all.to_mut().retain(is_xml_char);
        }
        Ok((all, faults))
    }

    /// Passes over white space before a tag.
    pub(super) fn pass_space(&mut self) {
        if self.empty {
            return;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let spaces = rest.iter().take_while(|b| is_space(**b)).count();
        if rest.get(spaces) == Some(&b'<') {
            self.at += spaces;
        }
    }

    /// The text of the element that has just begun, if it is as most are: nothing but plain text up to its end tag.
    fn plain_element(&mut self, limit: usize) -> Option<&'a str> {
        if self.empty {
            return None;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let run = plain_run(rest);
        let end = rest[run.len..].strip_prefix(b"</")?;
        let open = self.open.last()?;
        if run.odd || run.returns || run.len > limit || end.get(open.len()) != Some(&b'>') {
            return None;
        }
        if !end.starts_with(open.as_bytes()) {
            return None;
        }
        let text = &self.text[self.at..self.at + run.len];
        self.at += run.len + 2 + open.len() + 1;
        self.open.pop();
        self.end();
        Some(text)
    }

    /// Text up to the next markup or reference; its line ends are still as written.
    fn characters(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let run = plain_run(&self.text.as_bytes()[offset..]);
        self.at = offset + run.len;
        self.odd = run.odd;
        self.returns = run.returns;
        let text = &self.text[offset..self.at];
        self.section_end = run.odd && text.contains("]]>");
        if self.depth > 0 {
            return Ok(Some(Token::Text(Cow::Borrowed(text))));
        }
        if !text.trim_ascii().is_empty() {
            return Err(self.ill_formed(offset, "there is text outside the outermost element"));
        }
        Ok(None)
    }

    fn start_tag(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let rest = &self.text.as_bytes()[offset + 1..];
        // Most tags are a name and nothing else.
        let name_len = rest.iter().take_while(|b| IS_NAME[usize::from(**b)]).count();
        let (content, empty, len);
        if rest.get(name_len) == Some(&b'>') {
            (content, empty, len) = (&self.text[offset + 1..offset + 1 + name_len], false, name_len + 2);
        } else {
            let Some(whole) = tag_len(&self.text.as_bytes()[offset..]) else { return self.rare(offset) };
            let inner = &self.text[offset + 1..offset + whole - 1];
            let closed = inner.strip_suffix('/');
            (content, empty, len) = (closed.unwrap_or(inner), closed.is_some(), whole);
        }
        let name_len = match content.as_bytes().get(name_len) {
            None => name_len.min(content.len()),
            Some(byte) if is_space(*byte) => name_len,
            Some(_) => content.bytes().position(is_space).unwrap_or(content.len()),
        };
        let tag = self.start(content, name_len, offset)?;
        self.at = offset + len;
        self.empty = empty;
        self.open.push(&content[..name_len]);
        Ok(Some(Token::Start(tag)))
    }

    fn end_tag(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let rest = &self.text.as_bytes()[offset + 2..];
        if let Some(open) = self.open.last()
            && rest.get(open.len()) == Some(&b'>')
            && rest.starts_with(open.as_bytes())
        {
            self.at = offset + 2 + open.len() + 1;
            self.open.pop();
            return Ok(Some(self.end()));
        }
        let Some(len) = tag_len(&self.text.as_bytes()[offset..]) else { return self.rare(offset) };
        let name = self.text[offset + 2..offset + len - 1].trim_end_matches([' ', '\t', '\n', '\r']);
        match self.open.pop() {
            Some(open) if open == name => {}
            Some(open) => {
                let reason = format!("ill-formed document: expected `</{open}>`, but `</{name}>` was found");
                return Err(self.ill_formed(offset, reason));
            }
            None => {
                let reason =
                    format!("ill-formed document: close tag `</{name}>` does not match any open tag");
                return Err(self.ill_formed(offset, reason));
            }
        }
        self.at = offset + len;
        Ok(Some(self.end()))
    }

    fn end(&mut self) -> Token<'a> {
        while self.bindings.last().is_some_and(|b| b.depth == self.depth) {
            self.bindings.pop();
        }
        self.depth -= 1;
        self.done = self.depth == 0;
        Token::End
    }

    /// What begins with `&`, `<!` or `<?`, and tags that do not end.
    fn rare(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let mut reader = Reader::from_str(&self.text[offset..]);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(0);
                return Err(self.ill_formed(offset + at, error.to_string()));
            }
        };
        let end = usize::try_from(reader.buffer_position()).ok().and_then(|len| offset.checked_add(len));
        self.at = end.unwrap_or(self.text.len()).min(self.text.len());
        match event {
            Event::CData(text) if self.depth > 0 => {
                (self.odd, self.returns, self.section_end) = (true, false, false);
                Ok(Some(Token::Text(match text.into_inner() {
                    Cow::Borrowed(text) => normal_lines(text),
                    Cow::Owned(text) => Cow::Owned(normal_lines(&text).into_owned()),
                })))
            }
            Event::CData(_) => Err(self.ill_formed(offset, "there is text outside the outermost element")),
            Event::GeneralRef(name) => {
                (self.odd, self.returns, self.section_end) = (true, false, false);
                self.reference(&name, offset).map(|text| Some(Token::Text(text)))
            }
            Event::DocType(name) if name.trim_ascii().to_ascii_lowercase().starts_with("html") => {
                Err(ReadError::NotCap { root: "html".to_owned() })
            }
            Event::DocType(_) => {
                let (line, column) = Lines::new(self.text).locate(offset);
                Err(ReadError::Dtd { line, column })
            }
            Event::Decl(_) if offset > 0 => {
                self.late_declaration = Some(offset);
                Ok(None)
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => Ok(None),
            Event::Start(_) | Event::Empty(_) | Event::End(_) | Event::Text(_) | Event::Eof => {
                Err(self.ill_formed(offset, "this is no markup of XML"))
            }
        }
    }

    fn start(&mut self, content: &'a str, name_len: usize, offset: usize) -> Result<Tag<'a>, ReadError> {
        if self.done {
            return Err(self.ill_formed(offset, "there is a second outermost element; wrap them in one"));
        }
        if self.depth == self.max_depth {
            let (line, column) = Lines::new(self.text).locate(offset);
            return Err(ReadError::TooDeep { line, column, limit: self.max_depth });
        }
        self.depth += 1;
        let name = &content[..name_len];
        if !is_name(name) {
            let reason = format!("{:?} is no name of an element", cut(name));
            return Err(self.ill_formed(offset, reason));
        }
        if content.len() > name_len {
            if content.contains('<') {
                return Err(self.ill_formed(offset, "a < stands inside a tag; write &lt; in attributes"));
            }
            if let Some(name) = repeated_attribute(content, name_len) {
                return Err(self.ill_formed(offset, format!("attribute {:?} stands twice", cut(&name))));
            }
            for attribute in raw_attributes(&BytesStart::from_content(content, name_len)) {
                let attribute = attribute.map_err(|e| self.ill_formed(offset, e.to_string()))?;
                let key = attribute.key.as_ref();
                let prefix = match key.strip_prefix("xmlns") {
                    Some("") => "",
                    Some(rest) if rest.starts_with(':') => &rest[1..],
                    _ => continue,
                };
                if self.bindings.len() == MAX_NAMESPACES {
                    return Err(self
                        .ill_formed(offset, format!("more than {MAX_NAMESPACES} namespaces are declared")));
                }
                let place = content.find(key).unwrap_or(0) + key.len() - prefix.len();
                let ns = Ns::of(attribute.value.trim());
                self.bindings.push(Binding {
                    prefix: &content[place..place + prefix.len()],
                    ns,
                    depth: self.depth,
                });
            }
        }
        let colon = name.bytes().position(|b| b == b':');
        let (prefix, name) = colon.map_or(("", name), |at| (&name[..at], &name[at + 1..]));
        let ns = self.resolve(prefix);
        Ok(Tag { name, ns, offset, content, name_len })
    }

    fn reference(
        &self,
        name: &quick_xml::events::BytesRef<'_>,
        offset: usize,
    ) -> Result<Cow<'a, str>, ReadError> {
        let known = match &**name {
            "amp" => Some("&"),
            "lt" => Some("<"),
            "gt" => Some(">"),
            "quot" => Some("\""),
            "apos" => Some("'"),
            _ => None,
        };
        if let Some(known) = known {
            return Ok(Cow::Borrowed(known));
        }
        match name.resolve_char_ref() {
            Ok(Some(ch)) => Ok(Cow::Owned(ch.to_string())),
            Ok(None) => {
                let (line, column) = Lines::new(self.text).locate(offset);
                Err(ReadError::Entity { line, column, name: name.chars().take(40).collect() })
            }
            Err(error) => Err(self.ill_formed(offset, error.to_string())),
        }
    }

    fn ill_formed(&self, offset: usize, reason: impl Into<String>) -> ReadError {
        let (line, column) = Lines::new(self.text).locate(offset);
        ReadError::Xml { line, column, reason: reason.into() }
    }
}

/// What was odd in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextFaults {
    /// An element where only text may stand; its text was kept.
    pub(super) element: bool,
    /// Longer than the limit; it was cut.
    pub(super) too_long: bool,
    /// Characters that XML forbids; they were removed.
    pub(super) illegal: bool,
    /// White space around it.
    pub(super) padded: bool,
    /// `]]>`, which ends a section that was not begun.
    pub(super) section_end: bool,
}

/// Whether XML 1.0 lets a character stand.
pub(crate) fn is_xml_char(ch: char) -> bool {
    !matches!(ch, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Bytes of a tag from `<` to `>`, which counts in no quotes; none if it does not end.
fn tag_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr3(b'>', b'\'', b'"', &bytes[at..])? + 1;
        let mark = bytes[at - 1];
        if mark == b'>' {
            return Some(at);
        }
        at += memchr(mark, &bytes[at..])? + 1;
    }
}

/// Bytes up to the next `<` or `&`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Run {
    len: usize,
    /// Whether some may begin what XML forbids.
    odd: bool,
    /// Whether there are carriage returns among them.
    returns: bool,
}

/// Measures a run of text. Most are short, so it looks at eight bytes at a time, and at more once a run is long.
fn plain_run(bytes: &[u8]) -> Run {
    let mut run = Run::default();
    while let Some((word, _)) = bytes[run.len..].split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let stops = equal(word, b'<') | equal(word, b'&');
        // What stands before the lowest stop; all if there is none.
        let before = stops.wrapping_sub(1) & !stops;
        let returns = equal(word, b'\r') & before;
        let control = zero_bytes(word & (LOW * 0xE0)) & !(equal(word, b'\n') | equal(word, b'\t') | returns);
        // 0xEF begins U+FFFE and U+FFFF.
        let odd = control | equal(word, 0xEF) | equal(word, b']');
        run.odd |= odd & before != 0;
        run.returns |= returns != 0;
        if stops != 0 {
            run.len += stops.trailing_zeros() as usize / 8;
            return run;
        }
        run.len += 8;
        if run.len.is_multiple_of(64) {
            run = long_run(bytes, run);
        }
    }
    for byte in &bytes[run.len..] {
        match byte {
            b'<' | b'&' => break,
            b'\r' => run.returns = true,
            b'\n' | b'\t' => {}
            ..0x20 | 0xEF | b']' => run.odd = true,
            _ => {}
        }
        run.len += 1;
    }
    run
}

/// Goes on with a run by blocks, each without branches inside, as long as none holds a stop.
fn long_run(bytes: &[u8], mut run: Run) -> Run {
    let any = |block: &[u8; 32], is: fn(u8) -> bool| block.iter().fold(false, |any, b| any | is(*b));
    for block in bytes[run.len..].as_chunks::<32>().0 {
        if any(block, |b| b == b'<' || b == b'&') {
            break;
        }
        run.returns |= any(block, |b| b == b'\r');
        run.odd |=
            any(block, |b| (b < 0x20 && b != b'\n' && b != b'\t' && b != b'\r') || b == 0xEF || b == b']');
        run.len += block.len();
    }
    run
}

/// The lowest bit of each byte.
const LOW: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is `byte`.
fn equal(word: u64, byte: u8) -> u64 {
    zero_bytes(word ^ (LOW * u64::from(byte)))
}

/// The highest bit of each byte that is zero; no byte carries into the next.
fn zero_bytes(word: u64) -> u64 {
    !(((word & (LOW * 0x7F)) + LOW * 0x7F) | word | (LOW * 0x7F))
}

/// White space of XML.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Attributes without the search for repeated names, which takes quadratic time.
fn raw_attributes<'t>(tag: &'t BytesStart<'_>) -> Attributes<'t> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    attributes
}

/// The first attribute that stands twice.
fn repeated_attribute(content: &str, name_len: usize) -> Option<String> {
    let start = BytesStart::from_content(content, name_len);
    let names = || raw_attributes(&start).flatten().map(|a| a.key.as_ref().to_owned());
    let mut names: Vec<String> = names().collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone())
}

/// Bytes that names of XML are made of, as far as ASCII goes.
const IS_NAME: [bool; 256] = {
    let mut is_name = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_name[byte] = byte >= 0x80
            || (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'-' | b'.' | b'_' | b':');
        byte += 1;
    }
    is_name
};

/// Whether a text is a name of XML, as far as ASCII goes.
fn is_name(name: &str) -> bool {
    let first = name.as_bytes().first();
    first.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | 0x80..))
        && name.bytes().all(|b| IS_NAME[usize::from(b)])
}

/// Line ends as XML passes them on.
pub(super) fn normal_lines(text: &str) -> Cow<'_, str> {
    let Some(mut at) = memchr(b'\r', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        normal.push_str(&rest[..at]);
        normal.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        match memchr(b'\r', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    normal.push_str(rest);
    Cow::Owned(normal)
}

#[cfg(test)]
mod tests;
