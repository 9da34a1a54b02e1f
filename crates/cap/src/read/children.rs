//! The children of an element against its table: order, number, version, namespace.

use super::element::Element;
use super::error::ReadError;
use super::parts::{Item, Reader};
use super::scan::{Leaf, Ns, Tag, Token, normal_lines};
use super::sheet::At;
use super::signature::skip_signature;
use super::table::{Child, NAMED, WIDEST, find, find_mark};
use super::values::cut;

/// The children of one element, as far as they have been read.
struct Family {
    base: u32,
    /// Where the element itself begins.
    offset: usize,
    table: &'static [Child],
    /// How often each has stood.
    counts: [u32; WIDEST],
    /// The one that stands last in the table.
    last: usize,
}

impl Family {
    /// Counts a child that begins at `offset`.
    #[inline]
    fn count(&mut self, index: usize, offset: usize) -> Item {
        let Child { element, many, .. } = self.table[index];
        self.counts[index] = self.counts[index].saturating_add(1);
        let nth = if many { self.counts[index] } else { 0 };
        Item { at: At::child(self.base, element, nth), offset }
    }
}

/// What comes next inside an element.
enum Next {
    /// A child, by its place in the table.
    Child(usize, Item),
    /// Something that was passed over.
    Other,
    /// The end.
    End,
}

impl<'a> Reader<'_, 'a> {
    /// Walks the children of the open element `base`; `take` reads each of them to its end.
    pub(super) fn children(
        &mut self,
        base: u32,
        offset: usize,
        table: &'static [Child],
        take: &mut impl FnMut(&mut Self, Item) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut family = Family { base, offset, table, counts: [0; WIDEST], last: 0 };
        let plain = self.has_plain_prefix();
        loop {
            self.scan.pass_space();
            let place = self.scan.offset();
            let (index, item) = match self.plain_child(&family, plain) {
                Some(index) => (index, family.count(index, place)),
                None if self.scan.take_end() => break,
                None => match self.any_child(&mut family)? {
                    Next::Child(index, item) => (index, item),
                    Next::Other => continue,
                    Next::End => break,
                },
            };
            if self.arrive(&mut family, index, item)? {
                take(self, item)?;
            }
        }
        for (child, count) in table.iter().zip(family.counts) {
            if count == 0 && child.needed_since.is_some_and(|since| self.sheet.version >= since) {
                let nth = if child.many { 1 } else { 0 };
                self.sheet.missing(offset, At::child(base, child.element, nth));
            }
        }
        Ok(())
    }

    /// The child that comes next, if it begins as most do: with the prefix of the alert and a name that may stand here,
    /// alone in its tag. There is nothing to say about such a tag.
    #[inline]
    fn plain_child(&mut self, family: &Family, plain: bool) -> Option<usize> {
        let bytes = self.scan.behind(self.prefix).filter(|_| plain)?;
        let index = find_mark(family.table, bytes, family.last)?;
        let Child { element, ref mark, leaf, since, until, .. } = family.table[index];
        let version = self.sheet.version;
        if element == Element::Signature
            || !(since <= version && version <= until)
            || self.sheet.elements >= self.sheet.limits.max_elements
        {
            return None;
        }
        self.sheet.elements += 1;
        self.leaf = if leaf { self.scan.plain_leaf(self.prefix, mark) } else { Leaf::Unread };
        if !matches!(self.leaf, Leaf::Plain(_)) {
            self.scan.plain_start(self.prefix.len() + mark.len);
        }
        Some(index)
    }

    /// Whether the prefix of the alert still means its namespace. What is declared around an element holds for all
    /// its children.
    #[inline]
    fn has_plain_prefix(&self) -> bool {
        self.scan.resolve(self.prefix.strip_suffix(':').unwrap_or_default()) == self.ns
    }

    /// The rest of an element that holds a name and a value, if that is as most are: where each begins, and its text.
    #[inline]
    pub(super) fn plain_named(&mut self) -> Option<[(usize, &'a str); 2]> {
        let [name, value] = NAMED else { return None };
        let has_room = self.sheet.limits.max_elements.saturating_sub(self.sheet.elements) >= NAMED.len();
        if !has_room || !self.has_plain_prefix() {
            return None;
        }
        let pair = self.scan.plain_pair(self.prefix, [&name.mark, &value.mark])?;
        self.sheet.elements += NAMED.len();
        Some(pair)
    }

    /// What comes next, whatever it is; what has no place here is passed over.
    fn any_child(&mut self, family: &mut Family) -> Result<Next, ReadError> {
        self.leaf = Leaf::Unread;
        let Family { base, offset, table, last, .. } = *family;
        let tag = match self.scan.next()? {
            Token::Start(tag) => tag,
            Token::End | Token::Eof => return Ok(Next::End),
            Token::Text(text) => {
                if !text.trim_ascii().is_empty() {
                    let text = normal_lines(text.trim());
                    let message = format!("text {:?} stands between elements; it was left out", cut(&text));
                    self.sheet.error(offset, At::base(base), "stray-text", message);
                }
                return Ok(Next::Other);
            }
        };
        // Whatever belongs to the namespace of signatures may stand where they may.
        let name = if tag.ns == Ns::Signature { "Signature" } else { tag.name };
        let Some((index, exact)) = find(table, name, last) else {
            let message = format!("<{}> has no place here; it was left out", cut(tag.name));
            self.sheet.error(tag.offset, At::base(base), "unknown-element", message);
            self.scan.skip()?;
            self.sheet.keep_foreign(base, self.scan.since(tag.offset));
            return Ok(Next::Other);
        };
        let item = family.count(index, tag.offset);
        if !self.admit(item, &table[index], &tag, exact) {
            self.scan.skip()?;
            return Ok(Next::Other);
        }
        if item.element() != Element::Signature {
            return Ok(Next::Child(index, item));
        }
        if self.arrive(family, index, item)? {
            skip_signature(self, &tag, item)?;
        }
        Ok(Next::Other)
    }

    /// Holds a child against those before it; false if it was passed over.
    #[inline(always)]
    fn arrive(&mut self, family: &mut Family, index: usize, item: Item) -> Result<bool, ReadError> {
        if index < family.last {
            self.late(item, family.table[family.last].element);
        }
        family.last = family.last.max(index);
        if !family.table[index].many && family.counts[index] > 1 {
            self.repeated(item, family.counts[index])?;
            return Ok(false);
        }
        self.sheet.place(item.at, item.offset);
        Ok(true)
    }

    #[cold]
    fn late(&mut self, item: Item, before: Element) {
        let (Item { at, offset }, element) = (item, item.element());
        let message = format!("<{element}> stands after <{before}>; move it before");
        self.sheet.error(offset, at, "element-order", message);
    }

    #[cold]
    fn repeated(&mut self, item: Item, count: u32) -> Result<(), ReadError> {
        let (Item { at, offset }, element) = (item, item.element());
        let message = format!("<{element}> stands {count} times; only the first counts");
        self.sheet.error(offset, at, "element-repeated", message);
        self.skip()
    }

    /// Checks a start tag; false if the element cannot be taken.
    fn admit(&mut self, item: Item, child: &Child, tag: &Tag<'a>, exact: bool) -> bool {
        let (Item { at, offset }, element) = (item, item.element());
        self.sheet.elements += 1;
        if self.sheet.elements > self.sheet.limits.max_elements {
            if self.sheet.elements == self.sheet.limits.max_elements + 1 {
                let message =
                    format!("more than {} elements; the rest was left out", self.sheet.limits.max_elements);
                self.sheet.error(offset, at, "too-many-elements", message);
            }
            return false;
        }
        if !exact {
            let message = format!("<{}> is spelled <{element}>; mind the case", tag.name);
            self.sheet.error(offset, at, "element-case", message);
        }
        let wanted = if element == Element::Signature { Ns::Signature } else { self.ns };
        if tag.ns != wanted {
            let message =
                format!("<{}> is in another namespace than its alert; declare one and use it", tag.name);
            self.sheet.error(offset, at, "namespace", message);
        }
        let version = self.sheet.version;
        if version < child.since || version > child.until {
            self.sheet.error(offset, at, "element-version", format!("CAP {version} has no <{element}>"));
        }
        if element != Element::Signature && tag.has_attributes() {
            for name in self.scan.odd_attributes(tag) {
                let message = format!("attribute {:?} has no place in CAP; remove it", cut(&name));
                self.sheet.error(offset, at, "attribute", message);
            }
        }
        true
    }
}
