//! Where an alert stands in its document, and the texts that may have been signed.
//!
//! An alert that is the outermost element was signed as the document it is. One inside a feed was signed before it
//! was put there, as a document of its own; who put it there may have moved namespace declarations outwards. So
//! the alert is taken alone, with the declarations from around it that it cannot do without, and, as the inclusive
//! canonical form shows even those that nobody uses, once more with all that are in force around it. Every one of
//! these texts says the same as the feed says; a signature that fits one of them covers exactly that.

use std::ops::Range;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use roxmltree::{Document, ParsingOptions};

use crate::Limits;
use crate::read::instruction_fault;
use crate::sign::c14n::{prefix, written_name};

/// Namespace declarations in force at once. The tree holds a list of them for each element that declares some.
const MAX_NAMESPACES: usize = 64;

/// Attributes of one element. The tree looks for repeated names in quadratic time.
const MAX_ATTRIBUTES: usize = 256;

/// Where an `<alert>` begins and what is declared around it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Where it begins in the text.
    pub(super) offset: usize,
    /// Whether it is the outermost element.
    pub(super) outermost: bool,
    declared: Rc<[Declaration]>,
}

/// A namespace declaration, as places in the text: its prefix and its value between the quotes.
#[derive(Clone, Debug)]
struct Declaration {
    prefix: Range<usize>,
    value: Range<usize>,
    depth: usize,
}

/// Finds the alerts of a text, and refuses what would cost too much to keep as a tree.
///
/// # Errors
/// The reason in words, if the text is not well-formed, has a document type or goes over a limit.
pub(super) fn survey(text: &str, limits: &Limits) -> Result<Vec<Place>, String> {
    if text.len() > limits.max_bytes {
        return Err(format!("it has more than {} bytes", limits.max_bytes));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut declared, mut places) = (0, Vec::<Declaration>::new(), Vec::new());
    let mut shared: Option<Rc<[Declaration]>> = None;
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        match reader.read_event().map_err(|e| format!("it is not well-formed: {e}"))? {
            Event::Start(start) => {
                // The reader drops a byte order mark without counting it; its places are then not those of the text.
                let content = text.get(offset + 1..offset + 1 + start.len());
                let content = content.filter(|content| **content == *start);
                let content = content.ok_or("a start tag cannot be found again")?;
                if start.local_name().as_ref().eq_ignore_ascii_case("alert") {
                    let declared = shared.get_or_insert_with(|| declared.as_slice().into()).clone();
                    places.push(Place { offset, outermost: depth == 0, declared });
                }
                depth += 1;
                if depth > limits.max_depth {
                    return Err(format!("more than {} of its elements are open at once", limits.max_depth));
                }
                let name_len = start.name().as_ref().len();
                for found in declarations(content, name_len, offset + 1)? {
                    declared.push(Declaration { depth, ..found });
                    shared = None;
                }
                if declared.len() > MAX_NAMESPACES {
                    return Err(format!("it declares more than {MAX_NAMESPACES} namespaces at once"));
                }
            }
            Event::End(_) => {
                while declared.last().is_some_and(|d| d.depth == depth) {
                    declared.pop();
                    shared = None;
                }
                depth -= 1;
            }
            Event::Decl(_) if offset > 0 => {
                return Err("it is not well-formed: the declaration must be the very first".into());
            }
            Event::PI(content) => {
                if let Some(fault) = instruction_fault(content.target()) {
                    return Err(format!("it is not well-formed: {fault}"));
                }
            }
            Event::DocType(_) => return Err("it has a document type, which could change what it says".into()),
            Event::Eof => return Ok(places),
            _ => {}
        }
    }
}

/// The namespace declarations of a start tag.
fn declarations(content: &str, name_len: usize, base: usize) -> Result<Vec<Declaration>, String> {
    let tag = BytesStart::from_content(content, name_len);
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    let mut found = Vec::new();
    for (count, attribute) in attributes.enumerate() {
        let attribute = attribute.map_err(|e| format!("it is not well-formed: {e}"))?;
        if count == MAX_ATTRIBUTES {
            return Err(format!("an element has more than {MAX_ATTRIBUTES} attributes"));
        }
        let key = attribute.key.as_ref();
        let Some(rest) = key.strip_prefix("xmlns") else { continue };
        if !rest.is_empty() && !rest.starts_with(':') {
            continue;
        }
        let place = |part: &str| {
            // What is borrowed from the tag lies in it; its address says where.
            let at = (part.as_ptr() as usize).wrapping_sub(content.as_ptr() as usize);
            (at <= content.len()).then(|| base + at..base + at + part.len())
        };
        let (Some(prefix), Some(value)) =
            (place(rest.strip_prefix(':').unwrap_or(rest)), place(&attribute.value))
        else {
            return Err("a namespace declaration cannot be found again".into());
        };
        if value.is_empty() && !prefix.is_empty() {
            return Err(
                "it takes a prefix back, which only XML 1.1 can (Namespaces in XML 1.0, section 2.2)".into(),
            );
        }
        found.push(Declaration { prefix, value, depth: 0 });
    }
    Ok(found)
}

/// The tree of a text that [`survey`] has let pass.
///
/// # Errors
/// The reason in words, if it is not well-formed or has too many nodes.
pub(super) fn tree<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, String> {
    let nodes = u32::try_from(limits.max_elements.saturating_mul(4)).unwrap_or(u32::MAX);
    let options = ParsingOptions { allow_dtd: false, nodes_limit: nodes, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|e| format!("it is not well-formed: {e}"))
}

/// The texts that may have been signed, of an alert that lies in a wrapper; the likeliest first.
///
/// # Errors
/// The reason in words, if the alert is not well-formed even with all that is declared around it.
pub(super) fn alone(text: &str, alert: &str, place: &Place, limits: &Limits) -> Result<Vec<String>, String> {
    let name_len = alert[1..].find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(0);
    let end = alert.find('>').unwrap_or(alert.len());
    // What the alert declares itself hides what is declared around it; so does what is declared further in.
    let own = declarations(own_tag(alert).unwrap_or(&alert[1..end]), name_len, 0)?;
    let own: Vec<&str> = own.iter().map(|d| &alert[1..][d.prefix.clone()]).collect();
    let mut around: Vec<(&str, &str)> = Vec::new();
    for declaration in place.declared.iter().rev() {
        let (prefix, value) = (&text[declaration.prefix.clone()], &text[declaration.value.clone()]);
        if !own.contains(&prefix) && !around.iter().any(|(known, _)| *known == prefix) {
            around.push((prefix, value));
        }
    }
    let with = |chosen: &dyn Fn(&str) -> bool| {
        let mut whole = alert[..=name_len].to_owned();
        for (prefix, value) in around.iter().filter(|(prefix, _)| chosen(prefix)) {
            let quote = if value.contains('"') { '\'' } else { '"' };
            let colon = if prefix.is_empty() { "" } else { ":" };
            whole.push_str(&format!(" xmlns{colon}{prefix}={quote}{value}{quote}"));
        }
        whole.push_str(&alert[name_len + 1..]);
        whole
    };
    let all = with(&|_| true);
    if around.is_empty() {
        return Ok(vec![all]);
    }
    let whole = tree(&all, limits)?;
    let mut texts = Vec::new();
    if same_names(&whole, alert, limits) {
        texts.push(alert.to_owned());
    } else {
        let used = used_prefixes(&whole);
        texts.push(with(&|prefix| used.contains(&prefix)));
    }
    if texts[0] != all {
        texts.push(all.clone());
    }
    Ok(texts)
}

/// The content of the start tag that a text begins with.
fn own_tag(alert: &str) -> Option<&str> {
    match Reader::from_str(alert).read_event() {
        Ok(Event::Start(start) | Event::Empty(start)) => alert.get(1..1 + start.len()),
        _ => None,
    }
}

/// Whether a text, parsed alone, has the same names in the same namespaces.
fn same_names(whole: &Document<'_>, text: &str, limits: &Limits) -> bool {
    let Ok(bare) = tree(text, limits) else { return false };
    let mut pairs = whole.descendants().zip(bare.descendants());
    pairs.all(|(a, b)| {
        a.tag_name() == b.tag_name()
            && a.attributes()
                .map(|x| (x.namespace(), x.name()))
                .eq(b.attributes().map(|x| (x.namespace(), x.name())))
    })
}

fn used_prefixes<'t>(document: &Document<'t>) -> Vec<&'t str> {
    let mut used = Vec::new();
    let mut note = |prefix: &'t str| {
        if !used.contains(&prefix) {
            used.push(prefix);
        }
    };
    for node in document.descendants().filter(|n| n.is_element()) {
        note(prefix(written_name(node)));
        for attribute in node.attributes() {
            let name = &document.input_text()[attribute.range_qname()];
            if let Some((prefix, _)) = name.split_once(':') {
                note(prefix);
            }
        }
    }
    used
}
