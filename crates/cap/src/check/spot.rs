//! Where in an alert something stands, without building its path.

use std::fmt;

/// An element of a model; it becomes a path only if there is something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Which info block, from 1; 0 is the alert itself.
    pub(crate) info: u32,
    /// `area` or `resource` inside that block, or nothing.
    pub(crate) part: &'static str,
    /// Which of them, from 1.
    pub(crate) part_nth: u32,
    /// The child, or the element itself if empty.
    pub(crate) name: &'static str,
    /// Its count from 1, or 0 if it may stand once only.
    pub(crate) nth: u32,
}

impl Spot {
    /// The alert itself.
    pub(crate) const ALERT: Spot = Spot { info: 0, part: "", part_nth: 0, name: "", nth: 0 };

    /// An info block.
    pub(crate) fn info(nth: u32) -> Spot {
        Spot { info: nth, ..Spot::ALERT }
    }

    /// An area or resource of an info block.
    pub(crate) fn part(self, part: &'static str, nth: u32) -> Spot {
        Spot { part, part_nth: nth, ..self }
    }

    /// A child that stands once.
    pub(crate) fn one(self, name: &'static str) -> Spot {
        Spot { name, nth: 0, ..self }
    }

    /// One of the children of a name.
    pub(crate) fn nth(self, name: &'static str, nth: u32) -> Spot {
        Spot { name, nth, ..self }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/alert")?;
        if self.info > 0 {
            write!(f, "/info[{}]", self.info)?;
        }
        if !self.part.is_empty() {
            write!(f, "/{}[{}]", self.part, self.part_nth)?;
        }
        match (self.name, self.nth) {
            ("", _) => Ok(()),
            (name, 0) => write!(f, "/{name}"),
            (name, nth) => write!(f, "/{name}[{nth}]"),
        }
    }
}
