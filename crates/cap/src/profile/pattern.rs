//! Patterns of whole values: what a rule can say about the form of a text.
//!
//! An expression library would be one more dependency and a second language to learn. This form has no groups, no
//! backtracking and no partial match; it runs in one pass over the text, whatever the pattern.

/// States that fit into one machine word.
const MAX_ITEMS: usize = 127;

/// A pattern, ready to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    items: Vec<Item>,
}

/// One place of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    set: Set,
    /// May be passed over.
    optional: bool,
    /// May come again.
    many: bool,
}

/// Characters that fit one place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Set {
    Any,
    Digit,
    One(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a pattern, or says in words why it is none. With `fold` it matches texts that went through [`fold`].
    pub(super) fn new(text: &str, folded: bool) -> Result<Pattern, String> {
        let source = if folded { fold(text) } else { text.to_owned() };
        let mut rest = source.chars().peekable();
        let mut items: Vec<Item> = Vec::new();
        while let Some(c) = rest.next() {
            let item = match c {
                '*' => Item { set: Set::Any, optional: true, many: true },
                '?' => once(Set::Any),
                '#' => once(Set::Digit),
                '[' => once(class(&mut rest)?),
                '\\' => {
                    once(Set::One(rest.next().ok_or("a backslash at the end escapes nothing; double it")?))
                }
                '+' => {
                    let last = items.last_mut().filter(|item| !item.optional);
                    last.ok_or("+ repeats what is before it; to mean the sign write \\+")?.many = true;
                    continue;
                }
                '{' => {
                    let (least, most) = repetition(&mut rest)?;
                    let last = items.pop().filter(|item| !item.optional && !item.many);
                    let last = last.ok_or("{n} repeats what is before it; to mean the sign write \\{")?;
                    if most > MAX_ITEMS {
                        return Err(too_long());
                    }
                    items.extend((0..most).map(|n| Item { optional: n >= least, ..last.clone() }));
                    continue;
                }
                ']' | '}' => return Err(format!("{c} closes nothing; to mean the sign write \\{c}")),
                c => once(Set::One(c)),
            };
            items.push(item);
            if items.len() > MAX_ITEMS {
                return Err(too_long());
            }
        }
        if items.len() > MAX_ITEMS {
            return Err(too_long());
        }
        Ok(Pattern { items })
    }

    /// Whether the whole text fits.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut states = self.pass_over(1);
        for c in text.chars() {
            let mut next: u128 = 0;
            for (at, item) in self.items.iter().enumerate() {
                if states & (1 << at) != 0 && item.set.has(c) {
                    next |= 1 << (at + 1);
                    if item.many {
                        next |= 1 << at;
                    }
                }
            }
            states = self.pass_over(next);
            if states == 0 {
                return false;
            }
        }
        states & (1 << self.items.len()) != 0
    }

    /// Adds the states that are reached without a character.
    fn pass_over(&self, mut states: u128) -> u128 {
        for (at, item) in self.items.iter().enumerate() {
            if item.optional && states & (1 << at) != 0 {
                states |= 1 << (at + 1);
            }
        }
        states
    }
}

/// A text without white space and in lower case, for comparisons that do not mind either.
pub(super) fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl Set {
    fn has(&self, c: char) -> bool {
        match self {
            Set::Any => true,
            Set::Digit => c.is_ascii_digit(),
            Set::One(one) => *one == c,
            Set::Class { negated, ranges } => ranges.iter().any(|(a, z)| (*a..=*z).contains(&c)) != *negated,
        }
    }
}

fn once(set: Set) -> Item {
    Item { set, optional: false, many: false }
}

fn too_long() -> String {
    format!("the pattern stands for more than {MAX_ITEMS} characters; use * for the rest")
}

/// The class after its `[`.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Set, String> {
    let open = || "the [ has no ]; to mean the sign write \\[".to_owned();
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let first = match rest.next().ok_or_else(open)? {
            ']' if ranges.is_empty() => return Err("the class [] holds no character".to_owned()),
            ']' => return Ok(Set::Class { negated, ranges }),
            '\\' => rest.next().ok_or_else(open)?,
            c => c,
        };
        let mut last = first;
        if rest.peek() == Some(&'-') {
            rest.next();
            last = match rest.next().ok_or_else(open)? {
                // A minus before the end is itself.
                ']' => {
                    ranges.extend([(first, first), ('-', '-')]);
                    return Ok(Set::Class { negated, ranges });
                }
                '\\' => rest.next().ok_or_else(open)?,
                c => c,
            };
        }
        if last < first {
            return Err(format!("the range {first}-{last} runs backwards"));
        }
        ranges.push((first, last));
    }
}

/// The bounds after a `{`.
fn repetition(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<(usize, usize), String> {
    let wrong = || "a repetition is written {3} or {1,3}; to mean the sign write \\{".to_owned();
    let text: String = rest.by_ref().take_while(|c| *c != '}').take(16).collect();
    let (least, most) = text.split_once(',').unwrap_or((&text, &text));
    let bounds: (usize, usize) = (least.parse().map_err(|_| wrong())?, most.parse().map_err(|_| wrong())?);
    if bounds.1 == 0 || bounds.0 > bounds.1 { Err(wrong()) } else { Ok(bounds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, fits: &[&str], not: &[&str]) {
        let compiled = Pattern::new(pattern, false).expect(pattern);
        for text in fits {
            assert!(compiled.matches(text), "{pattern} takes {text:?}");
        }
        for text in not {
            assert!(!compiled.matches(text), "{pattern} refuses {text:?}");
        }
    }

    #[test]
    fn whole_values_are_matched() {
        check("IPAWSv1.0", &["IPAWSv1.0"], &["IPAWSv1x0", "IPAWSv1.0 ", ""]);
        check("profile:*", &["profile:", "profile:x"], &["Profile:x"]);
        check("[A-Z]{3}", &["SVR"], &["SV", "SVRX", "svr"]);
        check("#{6}", &["006037"], &["06037", "0060371", "00603x"]);
        check(
            "urn:oid:2.49.0.1.#+.*?",
            &["urn:oid:2.49.0.1.124.x"],
            &["urn:oid:2.49.0.1..x", "urn:oid:2.49.0.1.1."],
        );
        check("[^@ ]+@[^@ ]+.[a-z-]+", &["a@b.org", "a@b.c-d"], &["a@@b.org", "@b.org", "a@b"]);
        check("#{1,2}; *", &["1; a", "12; "], &["; a", "123; a"]);
        check("\\[\\+\\]", &["[+]"], &["+"]);
        check("", &[""], &["x"]);
        check("é?", &["éé"], &["é"]);
    }

    #[test]
    fn a_hostile_pattern_costs_one_pass() {
        let pattern = Pattern::new(&"*a".repeat(63), false).unwrap();
        assert!(!pattern.matches(&"a".repeat(62)));
        assert!(pattern.matches(&"a".repeat(100_000)));
    }

    #[test]
    fn folding_drops_case_and_white_space() {
        let pattern = Pattern::new("2; Yellow; *", true).unwrap();
        assert!(pattern.matches(&fold("2;yellow ;  Moderate")));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_mend() {
        for (text, words) in [
            ("+", "write \\+"),
            ("*+", "write \\+"),
            ("a{", "{3} or {1,3}"),
            ("a{2,1}", "{3} or {1,3}"),
            ("{3}", "write \\{"),
            ("[abc", "write \\["),
            ("[]", "no character"),
            ("[z-a]", "backwards"),
            ("a]", "write \\]"),
            ("a{200}", "more than 127"),
            ("a\\", "double it"),
        ] {
            let error = Pattern::new(text, false).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
        assert!(Pattern::new(&"a".repeat(128), false).is_err());
    }
}
