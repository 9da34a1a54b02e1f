//! Rust text with comments, string contents or test items blanked out, line for line, so that a
//! check looks at what runs and still reports the right line.

/// A view of one Rust file; every view has as many lines as the file.
pub struct Source {
    /// Without comments.
    bare: String,
    /// Without comments and without the contents of string and character literals.
    code: String,
}

impl Source {
    /// Reads a file's text. Never fails: an unclosed literal or comment runs to the end.
    pub fn read(text: &str) -> Self {
        let mut lexer =
            Lexer { chars: text.chars().collect(), at: 0, bare: String::new(), code: String::new() };
        lexer.run();
        Self { bare: lexer.bare, code: lexer.code }
    }

    /// Cuts what is under `#[cfg(test)]`: the item that follows it.
    #[must_use]
    pub fn without_tests(self) -> Self {
        let mut code: Vec<char> = self.code.chars().collect();
        let mut bare: Vec<char> = self.bare.chars().collect();
        let mark: Vec<char> = "#[cfg(test)]".chars().collect();
        let mut at = 0;
        while at + mark.len() <= code.len() {
            if code[at..at + mark.len()] != mark[..] {
                at += 1;
                continue;
            }
            let end = end_of_item(&code, at + mark.len());
            for text in [&mut code, &mut bare] {
                for c in &mut text[at..end] {
                    if *c != '\n' {
                        *c = ' ';
                    }
                }
            }
            at = end;
        }
        Self { bare: bare.into_iter().collect(), code: code.into_iter().collect() }
    }

    /// Code only: neither comments nor what literals hold.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Code and literals, without comments.
    pub fn bare(&self) -> &str {
        &self.bare
    }
}

/// The index behind the item that starts after `from`: behind its block or its semicolon.
fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut in_brackets = 0_usize;
    for (i, c) in code.iter().enumerate().skip(from) {
        match c {
            '[' | '(' => in_brackets += 1,
            ']' | ')' => in_brackets = in_brackets.saturating_sub(1),
            ';' | ',' if depth == 0 && in_brackets == 0 => return i + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return i + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    bare: String,
    code: String,
}

impl Lexer {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if self.opens_raw() => self.raw_string(),
                '\'' if self.opens_char() => self.character(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Into both views.
    fn keep(&mut self) {
        if let Some(c) = self.peek(0) {
            self.bare.push(c);
            self.code.push(c);
            self.at += 1;
        }
    }

    /// Into the view with literals only.
    fn keep_inside(&mut self) {
        if let Some(c) = self.peek(0) {
            self.bare.push(c);
            self.code.push(if c == '\n' { c } else { ' ' });
            self.at += 1;
        }
    }

    fn blank(&mut self) {
        if let Some(c) = self.peek(0) {
            let c = if c == '\n' { c } else { ' ' };
            self.bare.push(c);
            self.code.push(c);
            self.at += 1;
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            let pair = (c, self.peek(1));
            if pair == ('/', Some('*')) || pair == ('*', Some('/')) {
                self.blank();
                depth = if pair.0 == '/' { depth + 1 } else { depth - 1 };
            }
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep();
        while let Some(c) = self.peek(0) {
            match c {
                '\\' => {
                    self.keep_inside();
                    self.keep_inside();
                }
                '"' => return self.keep(),
                _ => self.keep_inside(),
            }
        }
    }

    /// `r"`, `r#"`: not `r#type` and not the end of a name.
    fn opens_raw(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|i| self.chars.get(i));
        if before.is_some_and(|c| (c.is_alphanumeric() || *c == '_') && *c != 'b' && *c != 'c') {
            return false;
        }
        let hashes = self.hashes(1);
        self.peek(1 + hashes) == Some('"')
    }

    fn hashes(&self, from: usize) -> usize {
        (0..).take_while(|i| self.peek(from + i) == Some('#')).count()
    }

    fn raw_string(&mut self) {
        let hashes = self.hashes(1);
        for _ in 0..hashes + 2 {
            self.keep();
        }
        while let Some(c) = self.peek(0) {
            if c == '"' && self.hashes(1) >= hashes {
                for _ in 0..=hashes {
                    self.keep();
                }
                return;
            }
            self.keep_inside();
        }
    }

    /// `'a'` or `'\n'`, not the lifetime `'a`.
    fn opens_char(&self) -> bool {
        self.peek(1) == Some('\\') || self.peek(2) == Some('\'')
    }

    fn character(&mut self) {
        self.keep();
        if self.peek(0) == Some('\\') {
            self.keep_inside();
        }
        self.keep_inside();
        while let Some(c) = self.peek(0) {
            if c == '\'' {
                return self.keep();
            }
            self.keep_inside();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        let text = "let a = \"x.unwrap()\"; // .unwrap()\n/* .unwrap() /* */ */ b('\"', '\\'', 'c');\nr#\"a\"b\"# ; 'life";
        let source = Source::read(text);
        assert!(!source.code().contains("unwrap"));
        assert_eq!(source.bare().matches("unwrap").count(), 1);
        assert_eq!(source.code().lines().count(), 3);
        assert!(source.code().ends_with("; 'life"));
    }

    #[test]
    fn test_items_are_cut_and_lines_kept() {
        let text = "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n  fn b() { c.unwrap() }\n}\n\
            #[cfg(test)]\nmod more;\n#[cfg(test)]\nuse a::{b, c};\nfn d() { e.unwrap() }\n";
        let source = Source::read(text).without_tests();
        let lines: Vec<&str> = source.code().lines().collect();
        assert_eq!(source.code().matches("unwrap").count(), 1);
        assert!(lines[10].contains("unwrap"), "{lines:?}");
        assert!(!source.code().contains("more"));
    }
}
