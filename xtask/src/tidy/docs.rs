//! Every Rust file opens by saying what it is for.

use super::Finding;
use super::tree::File;

/// Rust files without module documentation.
pub fn findings(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|f| f.has_extension(&["rs"]) && !opens_with_docs(&f.text))
        .map(|f| {
            Finding::at(&f.path, 1, "does not open with `//!`: say in a line or two what the file is for")
        })
        .collect()
}

fn opens_with_docs(text: &str) -> bool {
    if text.starts_with("#![doc = include_str!(") {
        return true;
    }
    let first =
        text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("#![") && !l.starts_with("// "));
    first.is_some_and(|l| {
        let words = l.strip_prefix("//!").or_else(|| l.strip_prefix("/*!"));
        words.is_some_and(|w| !w.trim().is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_is() {
        assert!(opens_with_docs("//! Places.\nuse a;\n"));
        assert!(opens_with_docs("#![no_std]\n//! Places.\n"));
        assert!(opens_with_docs("#![doc = include_str!(\"../README.md\")]\n"));
        assert!(!opens_with_docs("//!\nuse a;\n"));
        assert!(!opens_with_docs("use a;\n//! Places.\n"));
    }
}
