//! The XML tokens of a document, with namespaces, places and limits; no recursion, no copies of text.

use std::borrow::Cow;

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
        self.bindings.iter().rev().find(|b| b.prefix == prefix).map_or(Ns::Absent, |b| b.ns)
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
        let outside = self.depth - 1;
        let mut all = Cow::Borrowed("");
        let mut faults = TextFaults::default();
        let mut odd = false;
        loop {
            match self.next()? {
                Token::Start(_) => faults.element = true,
                Token::Text(part) => {
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

    /// Text up to the next markup or reference.
    fn characters(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let (len, odd) = plain_run(&self.text.as_bytes()[offset..]);
        self.at = offset + len;
        self.odd = odd;
        let text = &self.text[offset..self.at];
        self.section_end = odd && text.contains("]]>");
        if self.depth > 0 {
            return Ok(Some(Token::Text(if odd { normal_lines(text) } else { Cow::Borrowed(text) })));
        }
        if !text.trim_ascii().is_empty() {
            return Err(self.ill_formed(offset, "there is text outside the outermost element"));
        }
        Ok(None)
    }

    fn start_tag(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let Some(len) = tag_len(&self.text.as_bytes()[offset..]) else { return self.rare(offset) };
        let content = &self.text[offset + 1..offset + len - 1];
        let (content, empty) = match content.strip_suffix('/') {
            Some(content) => (content, true),
            None => (content, false),
        };
        let name_len = content.bytes().position(is_space).unwrap_or(content.len());
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
                (self.odd, self.section_end) = (true, false);
                Ok(Some(Token::Text(match text.into_inner() {
                    Cow::Borrowed(text) => normal_lines(text),
                    Cow::Owned(text) => Cow::Owned(normal_lines(&text).into_owned()),
                })))
            }
            Event::CData(_) => Err(self.ill_formed(offset, "there is text outside the outermost element")),
            Event::GeneralRef(name) => {
                (self.odd, self.section_end) = (true, false);
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
        if !is_name(&content[..name_len]) {
            let reason = format!("{:?} is no name of an element", cut(&content[..name_len]));
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
        let (prefix, name) = content[..name_len].split_once(':').unwrap_or(("", &content[..name_len]));
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
        at += bytes[at..].iter().position(|b| matches!(b, b'>' | b'\'' | b'"'))? + 1;
        let mark = bytes[at - 1];
        if mark == b'>' {
            return Some(at);
        }
        at += bytes[at..].iter().position(|b| *b == mark)? + 1;
    }
}

/// Bytes up to the next `<` or `&`, and whether some may begin what XML changes or forbids.
fn plain_run(bytes: &[u8]) -> (usize, bool) {
    let stops = |b: u8| b == b'<' || b == b'&';
    // 0xEF begins U+FFFE and U+FFFF.
    let is_odd = |b: u8| (b < 0x20 && b != b'\n' && b != b'\t') || b == 0xEF || b == b']';
    let (mut len, mut odd) = (0, false);
    // Without branches inside, a block is compared at once.
    for block in bytes.as_chunks::<32>().0 {
        if block.iter().fold(false, |stop, b| stop | stops(*b)) {
            break;
        }
        odd |= block.iter().fold(false, |odd, b| odd | is_odd(*b));
        len += block.len();
    }
    for byte in &bytes[len..] {
        if stops(*byte) {
            break;
        }
        odd |= is_odd(*byte);
        len += 1;
    }
    (len, odd)
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

/// Whether a text is a name of XML, as far as ASCII goes.
fn is_name(name: &str) -> bool {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':' | 0x80..);
    let first = name.as_bytes().first();
    first.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | 0x80..))
        && name.as_bytes().iter().all(fits)
}

/// Line ends as XML passes them on.
fn normal_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
