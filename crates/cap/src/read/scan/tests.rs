//! The scanner held against the plain events of quick-xml, on generated and on mutated documents.

use proptest::prelude::*;

use super::run::{Notes, Run};
use super::*;

/// What both sides are brought to: tags, and the texts between them.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Start(String),
    End,
    Text(String),
}

fn add(steps: &mut Vec<Step>, text: &str) {
    match steps.last_mut() {
        Some(Step::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => steps.push(Step::Text(text.to_owned())),
    }
}

fn scanned(text: &str) -> Result<Vec<Step>, ReadError> {
    let mut scan = Scanner::new(text, &Limits::default());
    let mut steps = Vec::new();
    loop {
        match scan.next()? {
            Token::Start(tag) => steps.push(Step::Start(tag.content[..tag.name_len].to_owned())),
            Token::End => steps.push(Step::End),
            Token::Text(part) => add(&mut steps, &normal_lines(&part)),
            Token::Eof => return Ok(steps),
        }
    }
}

fn expected(text: &str) -> Result<Vec<Step>, String> {
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::from_str(text);
    let (mut steps, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(tag) => {
                depth += 1;
                steps.push(Step::Start(tag.name().as_ref().to_owned()));
            }
            Event::Empty(tag) => steps.extend([Step::Start(tag.name().as_ref().to_owned()), Step::End]),
            Event::End(_) => {
                depth -= 1;
                steps.push(Step::End);
            }
            Event::Text(part) if depth > 0 => add(&mut steps, &lines(&part)),
            Event::CData(part) => add(&mut steps, &lines(&part)),
            Event::GeneralRef(name) => match &*name {
                "amp" => add(&mut steps, "&"),
                // A mutation may have changed its number.
                other => match name.resolve_char_ref() {
                    Ok(Some(ch)) => add(&mut steps, ch.encode_utf8(&mut [0; 4])),
                    _ => return Err(other.to_owned()),
                },
            },
            Event::Eof => return Ok(steps),
            _ => {}
        }
    }
}

/// Pieces of content, some of which XML forbids.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé \\n\\t>]{0,20}",
        "[ -%'-;=-~\u{FFFD}\u{1}]{0,100}",
        "\r?\n {0,40}",
        Just("\r".to_owned()),
        Just("&amp;".to_owned()),
        Just("&#x41;".to_owned()),
        Just("<![CDATA[<a>&\r\n]]>".to_owned()),
        Just("<!-- <b> -->".to_owned()),
        Just("<?go <c> ?>".to_owned()),
        Just("]]>".to_owned()),
        Just("\u{FFFE}".to_owned()),
    ]
}

fn element() -> impl Strategy<Value = String> {
    let names = prop_oneof![Just("a"), Just("cap:info"), Just("é"), Just("areaDesc")];
    let attributes = prop_oneof![
        4 => Just(""),
        1 => Just(" "),
        1 => Just(" x='>/' y=\"'\""),
        1 => Just("\r\nxmlns:cap = 'urn:oasis:names:tc:emergency:cap:1.2'"),
    ];
    let leaf = (names.clone(), attributes.clone(), prop::collection::vec(piece(), 0..4)).prop_map(
        |(name, attributes, content)| match content.is_empty() {
            true => format!("<{name}{attributes}/>"),
            false => format!("<{name}{attributes}>{}</{name} >", content.concat()),
        },
    );
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let content = prop::collection::vec(prop_oneof![inner, piece()], 0..5);
        (names.clone(), attributes.clone(), content).prop_map(|(name, attributes, content)| {
            format!("<{name}{attributes}>{}</{name}>", content.concat())
        })
    })
}

proptest! {
    #[test]
    fn whole_documents_give_the_tokens_of_quick_xml(document in element()) {
        let want = expected(&document).expect("the document is well-formed");
        prop_assert_eq!(&scanned(&document).expect("the document is well-formed"), &want);
        // The text of the whole is that of all its parts, but for what XML forbids.
        let mut scan = Scanner::new(&document, &Limits::default());
        scan.next().unwrap();
        let (text, faults) = scan.text(None).unwrap();
        let parts = want.iter().map(|step| if let Step::Text(part) = step { part.as_str() } else { "" });
        let all: String = parts.collect();
        prop_assert_eq!(faults.illegal, !all.chars().all(is_xml_char));
        prop_assert_eq!(text.as_ref(), all.chars().filter(|c| is_xml_char(*c)).collect::<String>());
        prop_assert!(matches!(scan.next(), Ok(Token::Eof)));
    }

    #[test]
    fn what_is_taken_of_mutated_documents_is_what_quick_xml_gives(
        document in element(),
        cut in any::<prop::sample::Index>(),
        drop in 0usize..6,
        put in prop_oneof![piece(), Just("<".to_owned()), Just("</a>".to_owned()), Just("'".to_owned()), Just(String::new())],
    ) {
        let characters: Vec<char> = document.chars().collect();
        let at = cut.index(characters.len());
        let mut mutant: String = characters[..at].iter().collect();
        mutant.push_str(&put);
        mutant.extend(characters.iter().skip(at + drop));
        match (scanned(&mutant), expected(&mutant)) {
            (Ok(steps), want) => prop_assert_eq!(Ok(steps), want),
            // quick-xml takes more than XML does.
            (Err(_), _) => {}
        }
    }

    #[test]
    fn runs_are_measured_as_byte_by_byte(bytes in prop::collection::vec(
        prop_oneof![20 => any::<u8>().prop_map(|b| if b == b'<' || b == b'&' { b'x' } else { b }), 60 => Just(b'a'),
            1 => Just(b'<'), 1 => Just(b'\r'), 1 => Just(b'\n')], 0..300)) {
        let len = bytes.iter().position(|b| matches!(b, b'<' | b'&')).unwrap_or(bytes.len());
        let is_odd = |b: &u8| (*b < 0x20 && !matches!(b, b'\r' | b'\n' | b'\t')) || matches!(b, 0xEF | b']');
        let (odd, returns) = (bytes[..len].iter().any(is_odd), bytes[..len].contains(&b'\r'));
        prop_assert_eq!(plain_run(&bytes), Run { len, notes: Notes::new(odd, returns) });
    }
}
