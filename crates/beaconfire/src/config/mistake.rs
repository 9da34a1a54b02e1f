//! Mistakes in configuration and packs, shown in their file: line, caret and mend.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One mistake. The text says what is wrong and what to do.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its text, where it could be read.
    pub(crate) text: Option<Arc<str>>,
    /// Where in the text, bytes.
    pub(crate) span: Option<Range<usize>>,
    /// What is wrong, and the mend.
    pub(crate) message: String,
}

impl Mistake {
    /// A mistake about a file as a whole.
    pub(crate) fn about(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), text: None, span: None, message: message.into() }
    }

    /// A mistake at a place of a text.
    pub(crate) fn at(file: &Path, text: &Arc<str>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), text: Some(text.clone()), span: Some(span), message: message.into() }
    }

    /// 1-based line and column (in characters), where known.
    #[cfg(test)]
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        let (text, span) = (self.text.as_ref()?, self.span.as_ref()?);
        let before = &text[..floor(text, span.start)];
        let line = before.matches('\n').count() + 1;
        Some((line, before.rsplit('\n').next().unwrap_or("").chars().count() + 1))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.file.display().to_string();
        let title = Level::ERROR.primary_title(&self.message);
        let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
        match (&self.text, &self.span) {
            (Some(text), Some(span)) => {
                let span = visible(text, span);
                let snippet = Snippet::source(&**text)
                    .path(&path)
                    .annotation(AnnotationKind::Primary.span(span).label("here"));
                f.write_str(&renderer.render(&[title.element(snippet)]))
            }
            _ => write!(f, "error: {}\n --> {path}", self.message),
        }
    }
}

/// The place cut to one line and to whole characters, so that the caret never covers half a file.
fn visible(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    start..floor(text, span.end).clamp(start, line_end)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Several mistakes, as one error.
#[derive(Debug)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "\n{mistake}")?;
        }
        let count = self.0.len();
        write!(f, "\n{count} mistake{} found; nothing was started", if count == 1 { "" } else { "s" })
    }
}

impl std::error::Error for Mistakes {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_shows_its_line_and_stays_on_it() {
        let text: Arc<str> = "a = 1\nbé = [\n 2]\n".into();
        let mistake = Mistake::at(Path::new("x.toml"), &text, 6..16, "b is no list: write a number");
        assert_eq!(mistake.place(), Some((2, 1)));
        let shown = mistake.to_string();
        assert!(shown.contains("x.toml:2:1") && shown.contains("bé = [") && shown.contains("^"), "{shown}");
        assert!(!shown.contains("3 |"), "{shown}");
    }

    #[test]
    fn a_place_beyond_the_text_does_no_harm() {
        let text: Arc<str> = "é".into();
        let mistake = Mistake::at(Path::new("x.toml"), &text, 1..99, "no");
        assert!(mistake.to_string().contains("no"));
    }
}
