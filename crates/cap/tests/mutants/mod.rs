//! Variants of a message that differ from it in one thing; the same message and seed give the same variants.

/// A variant.
pub(crate) struct Mutant {
    /// What was changed, in words.
    pub(crate) what: String,
    pub(crate) text: String,
    /// White space stands around a time.
    pub(crate) pads_a_time: bool,
}

/// At most `most` variants of a well-formed text, spread over all that there are.
pub(crate) fn mutants(text: &str, most: usize, seed: u64) -> Vec<Mutant> {
    let elements = elements(text);
    let mut all = Vec::new();
    for (n, element) in elements.iter().enumerate() {
        structure(text, &elements, n, &mut all);
        if element.leaf {
            values(text, element, &mut all);
        }
    }
    let mut random = Random(seed);
    while all.len() > most {
        let at = random.below(all.len());
        all.swap_remove(at);
    }
    all
}

/// One element, by places in the text.
struct Element<'t> {
    name: &'t str,
    start: usize,
    /// Where its content begins and ends.
    content: (usize, usize),
    end: usize,
    parent: usize,
    leaf: bool,
}

fn elements(text: &str) -> Vec<Element<'_>> {
    let mut all: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('<').map(|found| found + at) {
        let rest = &text[found..];
        let past = |mark: &str| found + rest.find(mark).map_or(rest.len(), |end| end + mark.len());
        if rest.starts_with("<!--") {
            at = past("-->");
        } else if rest.starts_with("<![CDATA[") {
            at = past("]]>");
        } else if rest.starts_with("<?") {
            at = past("?>");
        } else if rest.starts_with("</") {
            at = past(">");
            let Some(closed) = open.pop() else { break };
            all[closed].content.1 = found;
            all[closed].end = at;
        } else {
            at = past(">");
            let name =
                rest[1..].split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or("");
            if let Some(parent) = open.last() {
                all[*parent].leaf = false;
            }
            let parent = open.last().copied().unwrap_or(usize::MAX);
            all.push(Element { name, start: found, content: (at, at), end: at, parent, leaf: true });
            if !text[..at].ends_with("/>") {
                open.push(all.len() - 1);
            }
        }
    }
    // What lies inside of a signature is nobody's business here.
    let outside = |e: &Element<'_>| !text[..e.start].contains("Signature") && e.end > e.start;
    all.into_iter().filter(outside).collect()
}

fn structure(text: &str, elements: &[Element<'_>], n: usize, all: &mut Vec<Mutant>) {
    let element = &elements[n];
    let Element { name, start, content, end, .. } = *element;
    let whole = &text[start..end];
    let mut add = |what: &str, from: usize, to: usize, new: &str| {
        let text = format!("{}{new}{}", &text[..from], &text[to..]);
        let pads_a_time = what == "entity" && is_time(name);
        all.push(Mutant { what: format!("{name}: {what}"), text, pads_a_time });
    };
    let tag_end = start + 1 + name.len();
    add("attribute", tag_end, tag_end, " x=\"1\"");
    add("xml:lang", tag_end, tag_end, " xml:lang=\"en\"");
    add("comment before", start, start, "<!-- x -->");
    add("unused namespace", tag_end, tag_end, " xmlns:unused=\"urn:x\"");
    add("other namespace", tag_end, tag_end, " xmlns=\"urn:other\"");
    if element.parent == usize::MAX {
        add(
            "schema location",
            tag_end,
            tag_end,
            " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:schemaLocation=\"urn:a b\"",
        );
        return;
    }
    add("delete", start, end, "");
    add("double", start, start, whole);
    add("words before", start, start, "words");
    add("child", content.0, content.0, "<b/>");
    add("unknown before", start, start, "<unknown>1</unknown>");
    add("entity", content.1, content.1, "&#32;");
    let upper = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    if content.0 < content.1 && upper != name {
        let new = whole.replacen(&format!("<{name}"), &format!("<{upper}"), 1);
        let new = new.strip_suffix(&format!("</{name}>")).map(|head| format!("{head}</{upper}>"));
        if let Some(new) = new {
            add("capital", start, end, &new);
        }
    }
    if let Some(next) = elements.get(n + 1).filter(|next| next.parent == element.parent && next.start >= end)
    {
        let swapped = format!("{}{}{whole}", &text[next.start..next.end], &text[end..next.start]);
        add(&format!("swap with {}", next.name), start, next.end, &swapped);
    }
}

fn values(text: &str, element: &Element<'_>, all: &mut Vec<Mutant>) {
    let (from, to) = element.content;
    let old = &text[from..to];
    let mut set = |what: &str, new: String| {
        let text = format!("{}{new}{}", &text[..from], &text[to..]);
        let pads_a_time = is_time(element.name) && new.trim() != new;
        all.push(Mutant { what: format!("{}: {what} {new:.60}", element.name), text, pads_a_time });
    };
    if from == to {
        return;
    }
    set("is", String::new());
    set("padded", format!(" {old} "));
    set("line feed", format!("{old}\n"));
    set("no-break", format!("{old}\u{a0}"));
    if !old.contains('&') && !old.contains("]]>") && !old.contains("<!") {
        set("cdata", format!("<![CDATA[{old}]]>"));
    }
    let first = old.chars().next().map_or(0, char::len_utf8);
    if !old.starts_with(['&', '<']) {
        set("comment inside", format!("{}<!-- x -->{}", &old[..first], &old[first..]));
    }
    set("lower", old.to_lowercase());
    set("doubled", format!("{old}{old}"));
    let name = element.name.rsplit(':').next().unwrap_or_default();
    let odd: &[&str] = match name {
        "sent" | "effective" | "onset" | "expires" => TIMES,
        "web" | "uri" => URIS,
        "language" => LANGUAGES,
        "size" | "altitude" | "ceiling" => NUMBERS,
        "status" | "msgType" | "scope" | "category" | "responseType" | "urgency" | "severity"
        | "certainty" => WORDS,
        _ => OTHERS,
    };
    for new in odd {
        set("is", (*new).to_owned());
    }
}

fn is_time(name: &str) -> bool {
    matches!(name.rsplit(':').next(), Some("sent" | "effective" | "onset" | "expires"))
}

const TIMES: &[&str] = &[
    "2026-11-21T17:00:00Z",
    "2026-11-21T17:00:00+00:00",
    "2026-11-21T17:00:00-00:00",
    "2026-11-21T17:00:00",
    "2026-11-21T17:00:00.5-06:00",
    "2026-11-21T17:00-06:00",
    "2026-11-21 17:00:00-06:00",
    "2026-11-21T24:00:00-06:00",
    "2026-11-21T24:00:01-06:00",
    "2026-11-21T17:60:00-06:00",
    "2026-11-21T17:00:60-06:00",
    "2026-02-29T17:00:00-06:00",
    "2028-02-29T17:00:00-06:00",
    "2026-13-21T17:00:00-06:00",
    "2026-11-31T17:00:00-06:00",
    "2026-11-21T17:00:00-14:00",
    "2026-11-21T17:00:00+14:01",
    "2026-11-21T17:00:00,06:00",
    "2026-11-21T17:00:00+0600",
    "2026-11-21T17:00:00+06",
    "0000-11-21T17:00:00-06:00",
    "bigboi",
    "2026-11-21",
    "26-11-21T17:00:00-06:00",
    " 2026-11-21T17:00:00-06:00\n",
    "2026-11-21t17:00:00-06:00",
];

const URIS: &[&str] = &[
    "https://example.org/a b",
    "https://example.org/%zz",
    "https://example.org/%41",
    "www.example.org",
    "http://[::1]/",
    "http://[::1",
    "http://a:b/",
    "http://user@host:80/p?q#f",
    "a#b#c",
    "mailto:a@example.org",
    "urn:oid:2.49",
    "https://példa.hu/ő",
    "http://a/{x}",
    "http://a/\"x\"",
    "http://a/x|y",
    "http://a/x^y",
    "http://a\\b",
    "1a:b",
    ":a",
    "//host/path",
    "?q",
    "a:b:c",
    "http://",
    "http:///x",
    "http:",
];

const LANGUAGES: &[&str] = &[
    "en_US",
    "en-US",
    "x-klingon",
    "EN",
    "abcdefghi",
    "en-",
    "-en",
    "e1",
    "en-1",
    "English language",
    "zh-Hant-TW",
    "i-navajo",
];

const NUMBERS: &[&str] = &[
    "3",
    "+3",
    "-3",
    "3.0",
    "3.",
    ".5",
    ".",
    "-",
    "1e3",
    "3 kB",
    "0x10",
    "1,5",
    "NaN",
    "INF",
    "inf",
    "00012",
    "-0",
    " 7 ",
    "7\n",
    "3.14159265358979",
    "--3",
    "+",
    "+.5",
    "1_000",
];

const WORDS: &[&str] = &[
    "Actual",
    "Draft",
    "Alert",
    "Ack",
    "Public",
    "public",
    "Met",
    "CBRNE",
    "Cbrne",
    "AllClear",
    "Avoid",
    "None",
    "Unknown",
    "Observed",
    "Very Likely",
    "Likely",
    "Past",
    "Minor",
    "Immediate",
    "Huge",
    "Other",
    "Shelter",
];

const OTHERS: &[&str] = &[
    "x",
    "a, b",
    "&lt;b&gt;",
    "&amp;amp;",
    "&nbsp;",
    "é",
    "a\u{1}b",
    "\u{fffe}",
    "&#0;",
    "&#xD800;",
    "&#x1F30A;",
    "]]>",
    "a&b",
];

/// SplitMix64: the same seed gives the same choice everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("it is below a usize")
    }
}
