//! One change to a message, named by the element that it changes.

/// How a document is put into another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    AsElement,
    Escaped,
    Section,
}

/// A change; elements are named without prefix, and the first that fits is changed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// The content of an element that holds text alone.
    Set(&'static str, &'static str),
    /// Something before the start tag.
    Before(&'static str, &'static str),
    /// Something behind the end tag.
    After(&'static str, &'static str),
    /// Something between the name in the start tag and its end.
    Attribute(&'static str, &'static str),
    /// All elements of the name go; as part of several changes there need be none.
    Remove(&'static str),
    /// A polygon or circle into the first area.
    Shape(&'static str),
    /// The element stands twice.
    Double(&'static str),
    /// The element and the one behind it change places.
    Swap(&'static str),
    /// The element has another name.
    Rename(&'static str, &'static str),
    /// Nothing is changed, but the message must have one element of the name alone.
    Once(&'static str),
    /// Something before the whole document.
    Front(&'static str),
    /// Every occurrence of a text.
    Replace(&'static str, &'static str),
    /// The whole document, without its declaration, between two texts.
    Within(How, &'static str, &'static str),
    /// As many changes as it takes, one after the other.
    All(&'static [Edit]),
}

impl Edit {
    /// The changed text; `None` where the message has no such element.
    pub(crate) fn apply(self, text: &str) -> Option<String> {
        let put = |from: usize, to: usize, new: &str| Some(format!("{}{new}{}", &text[..from], &text[to..]));
        match self {
            Edit::Once(name) => {
                let first = find(text, name)?;
                find(&text[first.end..], name).is_none().then(|| text.to_owned())
            }
            Edit::Within(how, head, tail) => {
                let text = text.split_once("?>").map_or(text, |(_, rest)| rest);
                let inside = match how {
                    How::AsElement => text.to_owned(),
                    How::Escaped => text.replace('&', "&amp;").replace('<', "&lt;"),
                    How::Section if text.contains("]]>") => return None,
                    How::Section => format!("<![CDATA[{text}]]>"),
                };
                Some(format!("{head}{inside}{tail}"))
            }
            Edit::Front(new) => Some(format!("{new}{text}")),
            Edit::Replace(old, new) => text.contains(old).then(|| text.replace(old, new)),
            Edit::All(edits) => edits.iter().try_fold(text.to_owned(), |text, edit| match edit {
                Edit::Remove(_) => edit.apply(&text).or(Some(text)),
                _ => edit.apply(&text),
            }),
            Edit::Set(name, new) => {
                let it = find(text, name)?;
                let own = prefixed(new, it.prefix);
                let content = &text[it.content.0..it.content.1];
                (!content.contains("</") && !text[..it.end].ends_with("/>"))
                    .then(|| put(it.content.0, it.content.1, &own))?
            }
            Edit::Before(name, new) => {
                let it = find(text, name)?;
                put(it.start, it.start, &prefixed(new, it.prefix))
            }
            Edit::After(name, new) => {
                let it = find(text, name)?;
                put(it.end, it.end, &prefixed(new, it.prefix))
            }
            Edit::Attribute(name, new) => {
                let it = find(text, name)?;
                let at = it.start + 1 + it.prefix.len() + name.len();
                put(at, at, new)
            }
            Edit::Remove(name) => {
                let it = find(text, name)?;
                let rest = put(it.start, it.end, "")?;
                Edit::Remove(name).apply(&rest).or(Some(rest))
            }
            Edit::Shape(new) => {
                let mut it = find(text, "areaDesc")?;
                let prefix = it.prefix;
                // Circles stand behind polygons.
                while new.starts_with("<circle") {
                    let gap = text[it.end..].len() - text[it.end..].trim_start().len();
                    match find_at(text, it.end + gap).filter(|next| named(text, next, "polygon")) {
                        Some(next) => it = next,
                        None => break,
                    }
                }
                put(it.end, it.end, &prefixed(new, prefix))
            }
            Edit::Double(name) => {
                let it = find(text, name)?;
                put(it.start, it.start, &text[it.start..it.end])
            }
            Edit::Swap(name) => {
                let it = find(text, name)?;
                let rest = &text[it.end..];
                let gap = rest.len() - rest.trim_start().len();
                let next = find_at(text, it.end + gap)?;
                let swapped = format!("{}{}", &text[next.start..next.end], &text[it.start..it.end]);
                put(it.start, next.end, &swapped)
            }
            Edit::Rename(name, new) => {
                let it = find(text, name)?;
                let whole = &text[it.start..it.end];
                let open = format!("<{}{name}", it.prefix);
                let close = format!("</{}{name}>", it.prefix);
                let body = whole.strip_prefix(&open)?.strip_suffix(&close)?;
                put(it.start, it.end, &format!("<{}{new}{body}</{}{new}>", it.prefix, it.prefix))
            }
        }
    }
}

struct Found<'t> {
    prefix: &'t str,
    start: usize,
    content: (usize, usize),
    end: usize,
}

fn find<'t>(text: &'t str, name: &str) -> Option<Found<'t>> {
    let mut at = 0;
    loop {
        let start = at + text[at..].find('<')?;
        if let Some(found) = find_at(text, start).filter(|it| named(text, it, name)) {
            return Some(found);
        }
        at = start + 1;
    }
}

fn named(text: &str, it: &Found<'_>, name: &str) -> bool {
    let rest = &text[it.start + 1 + it.prefix.len()..];
    rest.strip_prefix(name)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')))
}

/// The element whose start tag begins at a place; it must not hold one of its own name.
fn find_at(text: &str, start: usize) -> Option<Found<'_>> {
    let rest = text.get(start..)?.strip_prefix('<')?;
    let name = &rest[..rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?];
    if name.is_empty() || name.starts_with(['!', '?']) {
        return None;
    }
    let prefix = name.find(':').map_or("", |colon| &name[..=colon]);
    let open = start + text[start..].find('>')? + 1;
    if text[..open].ends_with("/>") {
        return Some(Found { prefix, start, content: (open, open), end: open });
    }
    let close = format!("</{name}>");
    let closed = open + text[open..].find(&close)?;
    Some(Found { prefix, start, content: (open, closed), end: closed + close.len() })
}

/// New elements bear the prefix of their surroundings.
fn prefixed(new: &str, prefix: &str) -> String {
    if prefix.is_empty() || !new.contains('<') || new.contains("xmlns") {
        return new.to_owned();
    }
    let mut out = String::new();
    let mut rest = new;
    while let Some(at) = rest.find('<') {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        rest = tail;
        if let Some(tail) = rest.strip_prefix('/') {
            out.push('/');
            rest = tail;
        }
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push_str(prefix);
        }
    }
    out + rest
}
