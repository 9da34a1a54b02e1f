//! Very many series at once: districts in regions in a nation, products in classes.
//!
//! [`Tree`] says which series lies under which; [`totals`] makes every whole from its parts; [`reconcile`] whether parts
//! and what is of unknown part add up to their whole; [`fdr`] which of very many p values are discoveries under one
//! stated budget of false ones; and [`screen`] does that from the top down, so that a region is looked into only where
//! it is unusual itself.

pub mod fdr;
mod reconcile;
mod screen;
mod totals;
mod tree;

pub use reconcile::{Account, Balance, reconcile};
pub use screen::{Screened, Verdict, screen};
pub use totals::totals;
pub use tree::{Node, Part, Tree, TreeError};
