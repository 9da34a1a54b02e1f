//! Canonical XML: inclusive 1.0 and 1.1, exclusive 1.0, with and without comments.
//!
//! <https://www.w3.org/TR/2001/REC-xml-c14n-20010315>, <https://www.w3.org/TR/2008/REC-xml-c14n11-20080502>,
//! <https://www.w3.org/TR/2002/REC-xml-exc-c14n-20020718>. Of the subsets of a document that these know, two are
//! wanted: the whole with one element left out, and one element with what it holds.

use std::collections::BTreeMap;
use std::fmt::Write;

use roxmltree::{Document, Node, NodeId};

use super::method::EXCLUSIVE;

/// One of the canonical forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether only the namespaces are written that an element uses.
    pub exclusive: bool,
    /// Whether comments are kept.
    pub comments: bool,
    /// Exclusive only: prefixes that are written as the inclusive form does; `""` is the default namespace.
    pub prefixes: Vec<String>,
    /// Inclusive only: version 1.1, where `xml:id` is not handed down.
    pub v1_1: bool,
}

impl Form {
    /// Inclusive Canonical XML 1.0 without comments.
    pub const INCLUSIVE: Form = Form { exclusive: false, comments: false, prefixes: Vec::new(), v1_1: false };
    /// Exclusive Canonical XML 1.0 without comments.
    pub const EXCLUSIVE: Form = Form { exclusive: true, comments: false, prefixes: Vec::new(), v1_1: false };

    /// The form that an algorithm identifier names.
    pub fn of(uri: &str) -> Option<Form> {
        let (name, comments) = match uri.strip_suffix("WithComments") {
            // The exclusive form's name ends with '#'; the others only get one before this word.
            Some(EXCLUSIVE) => (EXCLUSIVE, true),
            Some(name) => (name.strip_suffix('#')?, true),
            None => (uri, false),
        };
        let form = match name {
            EXCLUSIVE => Form::EXCLUSIVE,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Form::INCLUSIVE,
            "http://www.w3.org/2006/12/xml-c14n11" => Form { v1_1: true, ..Form::INCLUSIVE },
            _ => return None,
        };
        Some(Form { comments, ..form })
    }
}

/// Why there is no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum C14nError {
    /// Not a document that can be taken.
    #[error("canonicalize the document: {reason}")]
    Document {
        /// What is wrong with it.
        reason: String,
    },
    /// The canonical form is longer than what may be.
    #[error("canonicalize the document: its canonical form has more than {limit} bytes; raise the limit")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// An inclusive subset under `xml:base`, whose joining is not supported.
    #[error("canonicalize an element under xml:base: use exclusive canonicalization, or take xml:base away")]
    Base,
}

/// The canonical form of a whole document, in UTF-8.
///
/// # Errors
/// If the text is not well-formed, has a document type, or goes over one of the limits.
pub fn canonicalize(xml: &str, form: &Form, limits: &crate::Limits) -> Result<String, C14nError> {
    let reason = |reason: String| C14nError::Document { reason };
    let xml = xml.trim_start_matches('\u{FEFF}');
    super::source::survey(xml, limits).map_err(reason)?;
    let document = super::source::tree(xml, limits).map_err(reason)?;
    whole(&document, form, &Cut::default(), limits.max_bytes)
}

/// What is left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cut {
    /// An element and what it holds.
    pub(super) element: Option<NodeId>,
    /// White space between elements.
    pub(super) space: bool,
    /// Processing instructions and comments outside the outermost element.
    pub(super) outside: bool,
}

/// The canonical form of a document, at most `limit` bytes of it.
pub(super) fn whole(
    document: &Document<'_>,
    form: &Form,
    cut: &Cut,
    limit: usize,
) -> Result<String, C14nError> {
    let mut canon = Canon::new(document, form, cut, limit);
    let root = document.root_element();
    let mut before = true;
    for node in document.root().children() {
        if node.is_element() {
            canon.element(root, Vec::new())?;
            before = false;
        } else if !cut.outside && (node.is_pi() || (node.is_comment() && form.comments)) {
            if !before {
                canon.text.push('\n');
            }
            canon.leaf(node)?;
            if before {
                canon.text.push('\n');
            }
        }
    }
    Ok(canon.text)
}

/// The canonical form of one element as a subset of its document, at most `limit` bytes of it.
pub(super) fn subset(apex: Node<'_, '_>, form: &Form, cut: &Cut, limit: usize) -> Result<String, C14nError> {
    let mut inherited = Vec::new();
    if !form.exclusive {
        for ancestor in apex.ancestors().skip(1) {
            for attribute in ancestor.attributes().filter(|a| a.namespace() == Some(roxmltree::NS_XML_URI)) {
                match attribute.name() {
                    "base" if form.v1_1 => return Err(C14nError::Base),
                    "id" if form.v1_1 => {}
                    name if apex.has_attribute((roxmltree::NS_XML_URI, name)) => {}
                    name if inherited.iter().any(|(known, _)| *known == name) => {}
                    name => inherited.push((name, attribute.value())),
                }
            }
        }
    }
    let mut canon = Canon::new(apex.document(), form, cut, limit);
    canon.element(apex, inherited)?;
    Ok(canon.text)
}

/// The name of an element as it is written, prefix included.
pub(super) fn written_name<'t>(node: Node<'_, 't>) -> &'t str {
    let rest = &node.document().input_text()[node.range().start + 1..];
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
    &rest[..end.unwrap_or(rest.len())]
}

/// The prefix of a written name, empty where it has none.
pub(super) fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

struct Canon<'c, 'd, 't> {
    source: &'t str,
    form: &'c Form,
    cut: &'c Cut,
    limit: usize,
    text: String,
    /// What each prefix means in the text written so far.
    written: BTreeMap<&'d str, &'d str>,
    /// What to set back when elements end.
    undo: Vec<(&'d str, Option<&'d str>)>,
}

/// An element that has been begun.
struct Open<'d, 't> {
    name: &'t str,
    next: Option<Node<'d, 't>>,
    undo: usize,
    /// Whether white space in it is left out.
    bare: bool,
}

impl<'c, 'd, 't: 'd> Canon<'c, 'd, 't> {
    fn new(document: &'d Document<'t>, form: &'c Form, cut: &'c Cut, limit: usize) -> Self {
        let source = document.input_text();
        Canon { source, form, cut, limit, text: String::new(), written: BTreeMap::new(), undo: Vec::new() }
    }

    /// An element and all within, without recursion.
    fn element(&mut self, apex: Node<'d, 't>, inherited: Vec<(&'d str, &'d str)>) -> Result<(), C14nError> {
        let mut open = vec![self.start(apex, inherited)?];
        while let Some(top) = open.last_mut() {
            let Some(node) = top.next else {
                let _ = write!(self.text, "</{}>", top.name);
                self.set_back(top.undo);
                open.pop();
                continue;
            };
            top.next = node.next_sibling();
            if node.is_element() {
                if self.cut.element != Some(node.id()) {
                    open.push(self.start(node, Vec::new())?);
                }
            } else if !(top.bare && node.is_text() && is_space(node.text().unwrap_or_default())) {
                self.leaf(node)?;
            }
        }
        self.bound()
    }

    fn start(
        &mut self,
        node: Node<'d, 't>,
        inherited: Vec<(&'d str, &'d str)>,
    ) -> Result<Open<'d, 't>, C14nError> {
        let name = written_name(node);
        let undo = self.undo.len();
        self.text.push('<');
        self.text.push_str(name);
        let own = node.attributes();
        let own: Vec<_> =
            own.map(|a| (a.namespace(), a.name(), &self.source[a.range_qname()], a.value())).collect();
        let mut used: Vec<&'d str> = own.iter().map(|(_, _, name, _)| prefix(name)).collect();
        // An attribute without a prefix is in no namespace.
        used.retain(|prefix| !prefix.is_empty());
        used.push(prefix(name));
        self.namespaces(node, &used)?;
        let xml_names: Vec<String> = inherited.iter().map(|(local, _)| format!("xml:{local}")).collect();
        let inherited = inherited.iter().zip(&xml_names);
        let inherited =
            inherited.map(|((local, value), name)| (Some(roxmltree::NS_XML_URI), *local, &**name, *value));
        let mut all: Vec<_> = own.into_iter().chain(inherited).collect();
        all.sort_unstable();
        for (_, _, name, value) in all {
            let _ = write!(self.text, " {name}=\"");
            self.escape_value(value);
            self.text.push('"');
        }
        self.text.push('>');
        self.bound()?;
        let bare = self.cut.space && node.first_element_child().is_some();
        Ok(Open { name, next: node.first_child(), undo, bare })
    }

    /// Writes the namespace declarations that the text so far lacks.
    fn namespaces(&mut self, node: Node<'d, 't>, used: &[&str]) -> Result<(), C14nError> {
        let mut wanted: BTreeMap<&'d str, &'d str> = BTreeMap::new();
        let is_wanted = |p: &str| {
            !self.form.exclusive || used.contains(&p) || self.form.prefixes.iter().any(|listed| listed == p)
        };
        for namespace in node.namespaces() {
            let prefix = namespace.name().unwrap_or("");
            if prefix != "xml" && is_wanted(prefix) {
                wanted.insert(prefix, namespace.uri());
            }
        }
        // No default namespace is one too, where the text so far has one.
        if is_wanted("") {
            wanted.entry("").or_insert("");
        }
        for (prefix, uri) in wanted {
            if self.written.get(prefix).copied().unwrap_or("") == uri {
                continue;
            }
            self.text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.text.push_str(prefix);
            self.text.push_str("=\"");
            self.escape_value(uri);
            self.text.push('"');
            self.undo.push((prefix, self.written.insert(prefix, uri)));
            self.bound()?;
        }
        Ok(())
    }

    /// Text, a comment or a processing instruction.
    fn leaf(&mut self, node: Node<'d, 't>) -> Result<(), C14nError> {
        if let Some(pi) = node.pi() {
            self.text.push_str("<?");
            self.text.push_str(pi.target);
            if let Some(value) = pi.value.filter(|v| !v.is_empty()) {
                self.text.push(' ');
                self.lines(value);
            }
            self.text.push_str("?>");
        } else if node.is_comment() {
            if self.form.comments {
                self.text.push_str("<!--");
                self.lines(node.text().unwrap_or_default());
                self.text.push_str("-->");
            }
        } else if let Some(text) = node.text() {
            self.escape_text(text);
        }
        self.bound()
    }

    /// Text as it is, with line ends as XML passes them on.
    fn lines(&mut self, text: &str) {
        if text.contains('\r') {
            self.text.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            self.text.push_str(text);
        }
    }

    fn escape_text(&mut self, text: &str) {
        self.escape(text, |byte| match byte {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
    }

    fn escape_value(&mut self, value: &str) {
        self.escape(value, |byte| match byte {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'"' => Some("&quot;"),
            b'\t' => Some("&#x9;"),
            b'\n' => Some("&#xA;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
    }

    fn escape(&mut self, text: &str, escaped: fn(u8) -> Option<&'static str>) {
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if let Some(with) = escaped(byte) {
                self.text.push_str(&text[from..at]);
                self.text.push_str(with);
                from = at + 1;
            }
        }
        self.text.push_str(&text[from..]);
    }

    fn set_back(&mut self, length: usize) {
        while self.undo.len() > length {
            match self.undo.pop() {
                Some((prefix, Some(uri))) => self.written.insert(prefix, uri),
                Some((prefix, None)) => self.written.remove(prefix),
                None => None,
            };
        }
    }

    fn bound(&self) -> Result<(), C14nError> {
        if self.text.len() > self.limit { Err(C14nError::TooLong { limit: self.limit }) } else { Ok(()) }
    }
}

fn is_space(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}
