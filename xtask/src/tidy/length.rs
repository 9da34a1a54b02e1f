//! No hand-written file is longer than 800 lines.

use super::Finding;
use super::tree::File;

const MOST: usize = 800;
const EXTENSIONS: [&str; 9] = ["rs", "ts", "js", "mjs", "svelte", "css", "sql", "toml", "html"];

/// Files that are too long.
pub fn findings(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|f| f.is_by_hand() && f.has_extension(&EXTENSIONS))
        .map(|f| (f, f.text.lines().count()))
        .filter(|(_, lines)| *lines > MOST)
        .map(|(f, lines)| {
            Finding::of(&f.path, format!("has {lines} lines, more than {MOST}: cut it, one idea a file"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_800() {
        let file = |path: &str, lines| File { path: path.into(), text: "x\n".repeat(lines) };
        assert_eq!(findings(&[file("a.rs", 800), file("samples/a.toml", 900), file("Cargo.lock", 900)]), []);
        assert_eq!(findings(&[file("a.rs", 801)]).len(), 1);
    }
}
