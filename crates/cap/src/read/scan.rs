//! The XML tokens of a document, with namespaces, places and limits; no recursion, no copies of text.

mod namespace;
mod run;
mod tag;

use std::borrow::Cow;

use memchr::memchr;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::element::Mark;
use super::error::ReadError;
use super::lines::Lines;
use super::values::cut;
use crate::Limits;
use namespace::Bindings;
pub(super) use namespace::Ns;
pub(crate) use run::is_xml_char;
pub(super) use run::normal_lines;
use run::{is_regular, plain_run};
pub(super) use tag::Tag;
pub(crate) use tag::instruction_fault;
use tag::{IS_NAME, declared_prefix, is_name, only_attribute, raw_attributes, repeated, tag_len};

/// One token; an empty element gives a start and an end.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    End,
    Text(Cow<'a, str>),
    Eof,
}

/// Pulls tokens out of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Where the next token begins.
    at: usize,
    /// Where the names of the open elements stand.
    open: Names,
    /// Whether an empty element has begun and not ended.
    empty: bool,
    /// Whether the last text may hold what XML changes or forbids.
    odd: bool,
    /// Whether the last text holds carriage returns, which are still to be brought into form.
    returns: bool,
    /// Whether the last text held `]]>`.
    section_end: bool,
    bindings: Bindings<'a>,
    max_depth: usize,
    max_text: usize,
    /// Elements open now.
    pub(super) depth: usize,
    /// Whether the outermost element has ended.
    done: bool,
    /// Where an XML declaration stands that is not at the very start.
    pub(super) late_declaration: Option<usize>,
}

/// Where names stand in the text; two lists, as a pair that has just been put down in halves is slow to pick up whole.
#[derive(Default)]
struct Names {
    starts: [usize; Names::NEAR],
    lens: [usize; Names::NEAR],
    /// How many there are.
    count: usize,
    /// Those for which there is no room above.
    far: Vec<(usize, usize)>,
}

impl Names {
    /// More than CAP nests, with a feed around it.
    const NEAR: usize = 8;

    /// Adds a name of one byte at least.
    #[inline]
    fn push(&mut self, start: usize, len: usize) {
        match (self.starts.get_mut(self.count), self.lens.get_mut(self.count)) {
            (Some(near), Some(near_len)) => (*near, *near_len) = (start, len),
            _ => self.far.push((start, len)),
        }
        self.count += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<(usize, usize)> {
        let last = self.last()?;
        self.count -= 1;
        self.far.truncate(self.count.saturating_sub(Names::NEAR));
        Some(last)
    }

    /// Where the last one begins, and its length.
    #[inline]
    fn last(&self) -> Option<(usize, usize)> {
        let at = self.count.checked_sub(1)?;
        match (self.starts.get(at), self.lens.get(at)) {
            (Some(start), Some(len)) => Some((*start, *len)),
            _ => self.far.last().copied(),
        }
    }
}

/// What is known of the text of an element that has just begun.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Leaf<'a> {
    /// Nothing yet.
    #[default]
    Unread,
    /// It is all that there was, and the element has been passed.
    Plain(&'a str),
    /// It is not plain, or there is more.
    Odd,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        Scanner {
            text,
            at: 0,
            open: Names::default(),
            empty: false,
            odd: false,
            returns: false,
            section_end: false,
            bindings: Bindings::default(),
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
                self.end();
                return Ok(Token::End);
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
        tag.odd_names(is_location)
    }

    /// The namespace that a prefix means now.
    pub(super) fn resolve(&self, prefix: &str) -> Ns {
        self.bindings.resolve(prefix)
    }

    /// The bytes behind the `<` that comes next and a prefix with its colon, if an element may begin here.
    #[inline]
    pub(super) fn behind(&self, prefix: &str) -> Option<&'a [u8; Mark::BYTES]> {
        let rest = self.text.as_bytes()[self.at..].strip_prefix(b"<")?;
        if rest.first() == Some(&b'/') {
            return None;
        }
        // Prefixes are short or nothing: a loop takes less time than a call.
        let has_prefix = rest.iter().zip(prefix.bytes()).all(|(a, b)| *a == b);
        let rest = rest.get(prefix.len()..).filter(|_| has_prefix)?;
        rest.first_chunk().filter(|_| !self.empty && self.depth < self.max_depth)
    }

    /// Takes the start tag that comes next, of a name of so many bytes and nothing else, inside of another element.
    #[inline]
    pub(super) fn plain_start(&mut self, len: usize) {
        self.open.push(self.at + 1, len);
        self.at += len + 2;
        self.depth += 1;
    }

    /// Takes the element whose start tag comes next and is a prefix and a mark, if it holds plain text and nothing else.
    #[inline]
    pub(super) fn plain_leaf(&mut self, prefix: &str, mark: &Mark) -> Leaf<'a> {
        let tag = prefix.len() + mark.len + 2;
        let start = self.at + tag;
        let Some(end) = self.end_of_text(start, prefix, mark) else { return Leaf::Odd };
        self.at = end + tag + 1;
        Leaf::Plain(&self.text[start..end])
    }

    /// Takes the rest of the element open now, if it is two such elements: where each begins, and its text.
    #[inline]
    pub(super) fn plain_pair(&mut self, prefix: &str, marks: [&Mark; 2]) -> Option<[(usize, &'a str); 2]> {
        if self.empty || self.depth >= self.max_depth {
            return None;
        }
        let mut at = self.at;
        let mut pair = [(0, ""); 2];
        for (mark, part) in marks.into_iter().zip(&mut pair) {
            let offset = self.after_space(at);
            let rest = self.text.as_bytes().get(offset..)?.strip_prefix(b"<")?;
            if !begins(rest, prefix, mark) {
                return None;
            }
            let tag = prefix.len() + mark.len + 2;
            let start = offset + tag;
            let end = self.end_of_text(start, prefix, mark)?;
            (*part, at) = ((offset, &self.text[start..end]), end + tag + 1);
        }
        self.at = self.end_of_open(self.after_space(at))?;
        self.open.pop();
        self.end();
        Some(pair)
    }

    /// Where the plain text that begins at `start` ends, if the end tag of a prefix and a mark follows.
    #[inline]
    fn end_of_text(&self, start: usize, prefix: &str, mark: &Mark) -> Option<usize> {
        let end = self.plain_end(start, self.max_text)?;
        let name = self.text.as_bytes()[end..].strip_prefix(b"</")?;
        begins(name, prefix, mark).then_some(end)
    }

    /// Where the next `<` or `&` stands at or behind `start`, if the text up to there is no longer than `limit` and
    /// needs no change.
    #[inline]
    fn plain_end(&self, start: usize, limit: usize) -> Option<usize> {
        let run = plain_run(&self.text.as_bytes()[start..]);
        if run.notes.returns() || run.len > limit {
            return None;
        }
        let end = start + run.len;
        (!run.notes.odd() || is_regular(&self.text[start..end])).then_some(end)
    }

    /// Takes the end tag of the element open now, if it comes next and holds nothing but the name.
    #[inline]
    pub(super) fn take_end(&mut self) -> bool {
        let behind = if self.empty { None } else { self.end_of_open(self.at) };
        if let Some(behind) = behind {
            self.at = behind;
            self.open.pop();
            self.end();
        }
        behind.is_some()
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
        match self.plain_element(limit) {
            Some(text) => Ok((Cow::Borrowed(text), TextFaults::default())),
            None => self.mixed_text(limit),
        }
    }

    /// The same, where it is not plain.
    pub(super) fn mixed_text(
        &mut self,
        limit: Option<usize>,
    ) -> Result<(Cow<'a, str>, TextFaults), ReadError> {
        let limit = limit.unwrap_or(self.max_text);
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
        let at = self.after_space(self.at);
        if self.text.as_bytes().get(at) == Some(&b'<') {
            self.at = at;
        }
    }

    /// Where white space ends that begins at `at`, or may.
    #[inline]
    fn after_space(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while bytes.get(at).is_some_and(|b| is_space(*b)) {
            at += 1;
            // A line mostly begins with some spaces, which are counted by eight.
            while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
                let spaces = leading_spaces(eight);
                at += spaces;
                if spaces < eight.len() {
                    break;
                }
            }
        }
        at
    }

    /// The text of the element that has just begun, if it is as most are: nothing but plain text up to its end tag.
    #[inline]
    pub(super) fn plain_element(&mut self, limit: Option<usize>) -> Option<&'a str> {
        if self.empty {
            return None;
        }
        let (start, end) = (self.at, self.plain_end(self.at, limit.unwrap_or(self.max_text))?);
        self.at = self.end_of_open(end)?;
        self.open.pop();
        self.end();
        Some(&self.text[start..end])
    }

    /// Where the end tag ends that stands at `at`, if it is that of the element open now and holds nothing else.
    #[inline]
    fn end_of_open(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let name = bytes.get(at..)?.strip_prefix(b"</")?;
        let (start, len) = self.open.last()?;
        // Sixteen bytes are compared at once, of which those behind the name do not count.
        let same = match (bytes.get(start..).and_then(|b| b.first_chunk()), name.first_chunk()) {
            (Some(open), Some(end)) if len < 16 => {
                let differ = u128::from_le_bytes(*open) ^ u128::from_le_bytes(*end);
                differ.trailing_zeros() as usize >= 8 * len
            }
            _ => name.starts_with(bytes.get(start..start + len)?),
        };
        (same && name.get(len) == Some(&b'>')).then_some(at + 2 + len + 1)
    }

    /// Text up to the next markup or reference; its line ends are still as written.
    fn characters(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        let run = plain_run(&self.text.as_bytes()[offset..]);
        self.at = offset + run.len;
        self.odd = run.notes.odd();
        self.returns = run.notes.returns();
        let text = &self.text[offset..self.at];
        self.section_end = self.odd && text.contains("]]>");
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
        self.open.push(offset + 1, name_len);
        Ok(Some(Token::Start(tag)))
    }

    fn end_tag(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        if self.take_end() {
            return Ok(Some(Token::End));
        }
        let Some(len) = tag_len(&self.text.as_bytes()[offset..]) else { return self.rare(offset) };
        let name = self.text[offset + 2..offset + len - 1].trim_end_matches([' ', '\t', '\n', '\r']);
        let open = self.open.pop().map(|(start, len)| &self.text[start..start + len]);
        match open {
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
        self.end();
        Ok(Some(Token::End))
    }

    #[inline]
    fn end(&mut self) {
        self.bindings.leave(self.depth);
        self.depth -= 1;
        self.done = self.depth == 0;
    }

    /// Where the XML declaration ends that stands at `offset`, if that is the very start and it is as most are.
    fn declaration_end(&self, offset: usize) -> Option<usize> {
        let end = memchr(b'>', self.text.as_bytes()).filter(|_| offset == 0)?;
        (self.text.starts_with("<?xml ") && self.text[..end].ends_with('?')).then_some(end + 1)
    }

    /// What begins with `&`, `<!` or `<?`, and tags that do not end.
    fn rare(&mut self, offset: usize) -> Result<Option<Token<'a>>, ReadError> {
        // What an XML declaration says of the coding has been looked at, and nothing else in it matters here.
        if let Some(end) = self.declaration_end(offset) {
            self.at = end;
            return Ok(None);
        }
        let mut reader = Reader::from_str(&self.text[offset..]);
        reader.config_mut().check_comments = true;
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
            Event::PI(content) => match instruction_fault(content.target()) {
                Some(fault) => Err(self.ill_formed(offset, fault)),
                None => Ok(None),
            },
            Event::Decl(_) | Event::Comment(_) => Ok(None),
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
            self.declare(content, name_len, offset)?;
        }
        let colon = name.bytes().position(|b| b == b':');
        let (prefix, name) = colon.map_or(("", name), |at| (&name[..at], &name[at + 1..]));
        let ns = self.resolve(prefix);
        Ok(Tag { name, ns, offset, content, name_len })
    }

    /// Looks at what stands in a tag beside the name, and takes the namespaces that it declares.
    fn declare(&mut self, content: &'a str, name_len: usize, offset: usize) -> Result<(), ReadError> {
        if memchr(b'<', content.as_bytes()).is_some() {
            return Err(self.ill_formed(offset, "a < stands inside a tag; write &lt; in attributes"));
        }
        if let Some((key, value)) = only_attribute(&content[name_len..]) {
            let Some(prefix) = declared_prefix(key) else { return Ok(()) };
            let declared = self.bindings.declare(prefix, Ns::of(value.trim()), self.depth);
            return declared.map_err(|e| self.ill_formed(offset, e.to_string()));
        }
        let start = BytesStart::from_content(content, name_len);
        if let Some(name) = repeated(&start) {
            return Err(self.ill_formed(offset, format!("attribute {:?} stands twice", cut(&name))));
        }
        for attribute in raw_attributes(&start) {
            let attribute = attribute.map_err(|e| self.ill_formed(offset, e.to_string()))?;
            let key = attribute.key.as_ref();
            if !is_name(key) {
                return Err(self.ill_formed(offset, format!("{:?} is no name of an attribute", cut(key))));
            }
            if let Err(error) = attribute.normalized_value(XmlVersion::Implicit1_0) {
                return Err(self.ill_formed(offset, format!("attribute {:?}: {error}", cut(key))));
            }
            let Some(prefix) = declared_prefix(key) else { continue };
            let place = content.find(key).unwrap_or(0) + key.len() - prefix.len();
            let (prefix, ns) = (&content[place..place + prefix.len()], Ns::of(attribute.value.trim()));
            let declared = self.bindings.declare(prefix, ns, self.depth);
            declared.map_err(|e| self.ill_formed(offset, e.to_string()))?;
        }
        Ok(())
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

/// Whether bytes begin with a prefix and a mark.
#[inline]
fn begins(bytes: &[u8], prefix: &str, mark: &Mark) -> bool {
    // Prefixes are short or nothing: a loop takes less time than a call.
    let has_prefix = bytes.iter().zip(prefix.bytes()).all(|(a, b)| *a == b);
    let rest = bytes.get(prefix.len()..).and_then(|rest| rest.first_chunk());
    has_prefix && rest.is_some_and(|rest| mark.begins(rest))
}

/// White space of XML.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Spaces at the start.
#[inline]
fn leading_spaces(bytes: &[u8; 8]) -> usize {
    (u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([b' '; 8])).trailing_zeros() as usize / 8
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

#[cfg(test)]
mod tests;
