//! `--fix` and `--to`: messages mended, or in another form, on stdout; what changed on stderr.

use super::files::{Input, gather};
use super::{Answer, Format, print};
use beaconfire_cap::{
    Alert, Change, Finding, Foreign, Limits, Message, fix, read, to_1_2, to_geojson, to_json, write,
};
use serde::Serialize;
use std::path::PathBuf;

/// The forms that a message can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// The JSON form of CAP; several messages are an array.
    Json,
    /// One feature collection, an info block and area each a feature.
    Geojson,
    /// CAP 1.2; several messages stand in `<alerts>`.
    Xml,
}

/// What became of one message.
struct Outcome {
    text: Result<String, Vec<Finding>>,
    changes: Vec<Change>,
}

/// Writes the messages of all inputs: mended, or in a form.
pub(super) fn run(paths: &[PathBuf], form: Option<Form>, format: Format) -> anyhow::Result<Answer> {
    let (mut all, mut texts) = (true, Vec::new());
    let mut kept: Vec<(Alert, Vec<Foreign>)> = Vec::new();
    for input in gather(paths)? {
        let Input { name, bytes } = input.read()?;
        let document = match read(&bytes, &Limits::default()) {
            Ok(document) => document,
            Err(error) => {
                eprintln!("{name}: failed to {error}");
                all = false;
                continue;
            }
        };
        for rejected in &document.rejected {
            eprintln!("{name}:{}:{}: left out: {}", rejected.line, rejected.column, rejected.message);
            all = false;
        }
        if document.dropped > 0 {
            eprintln!("{name}: {} messages over the limit were not read: split the file", document.dropped);
            all = false;
        }
        for (index, message) in document.messages.into_iter().enumerate() {
            let outcome = match form {
                None => mended(&message),
                Some(form) => converted(&message, form),
            };
            all &= outcome.text.is_ok();
            if form.is_none() && format == Format::Json {
                print(&format!("{}\n", serde_json::to_string(&Told::of(&name, index, &message, &outcome))?))?;
                continue;
            }
            tell(&name, &message, &outcome);
            if let Ok(text) = outcome.text {
                texts.push(text);
                kept.push((message.alert, message.foreign));
            }
        }
    }
    if form.is_some() || format == Format::Human {
        print(&joined(form, &texts, &kept))?;
    }
    Ok(Answer::from_bool(all))
}

fn mended(message: &Message) -> Outcome {
    let fixed = fix(message);
    Outcome { text: fixed.xml, changes: fixed.changes }
}

fn converted(message: &Message, form: Form) -> Outcome {
    match form {
        // Both keep what was read as it is, also of a message that is not strict.
        Form::Json => Outcome { text: Ok(to_json(&message.alert, &message.foreign)), changes: Vec::new() },
        Form::Geojson => Outcome { text: Ok(String::new()), changes: Vec::new() },
        Form::Xml => {
            let converted = to_1_2(message);
            Outcome { text: write(&converted.alert), changes: converted.changes }
        }
    }
}

/// All messages as one document.
fn joined(form: Option<Form>, texts: &[String], kept: &[(Alert, Vec<Foreign>)]) -> String {
    match (form, texts) {
        (Some(Form::Geojson), _) => {
            let all = kept.iter().map(|(alert, foreign)| (alert, foreign.as_slice()));
            format!("{}\n", to_geojson(all).trim_end())
        }
        (_, []) => String::new(),
        (_, [one]) => format!("{}\n", one.trim_end()),
        (Some(Form::Json), many) => {
            format!("[\n{}\n]\n", many.iter().map(|text| text.trim_end()).collect::<Vec<_>>().join(",\n"))
        }
        (_, many) => {
            let body = |text: &String| {
                let start = text.find("<alert").unwrap_or(0);
                text[start..].trim_end().to_owned()
            };
            let all: Vec<String> = many.iter().map(body).collect();
            let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
            format!("{declaration}\n<alerts>\n{}\n</alerts>\n", all.join("\n"))
        }
    }
}

/// Says on stderr what changed, or what a person must decide.
fn tell(name: &str, message: &Message, outcome: &Outcome) {
    let identifier = &message.alert.identifier;
    for change in &outcome.changes {
        let line = if change.line > 0 { format!("{}: ", change.line) } else { String::new() };
        eprintln!("{name}: {identifier}: {line}{} {}: {}", change.kind.as_str(), change.path, change.what);
    }
    if let Err(findings) = &outcome.text {
        let errors = findings.iter().filter(|f| f.severity == beaconfire_cap::FindingSeverity::Error);
        for finding in errors {
            eprintln!("{name}: {identifier}: a person must decide: {finding}");
        }
    }
}

/// One line of JSON about a mended message.
#[derive(Serialize)]
struct Told<'m> {
    file: &'m str,
    index: usize,
    identifier: &'m str,
    /// The mended message; none where a person must decide first.
    xml: Option<&'m str>,
    changes: Vec<ToldChange<'m>>,
}

#[derive(Serialize)]
struct ToldChange<'m> {
    kind: &'static str,
    path: &'m str,
    line: u32,
    what: &'m str,
}

impl<'m> Told<'m> {
    fn of(file: &'m str, index: usize, message: &'m Message, outcome: &'m Outcome) -> Self {
        let change =
            |c: &'m Change| ToldChange { kind: c.kind.as_str(), path: &c.path, line: c.line, what: &c.what };
        let xml = outcome.text.as_ref().ok().map(String::as_str);
        let changes = outcome.changes.iter().map(change).collect();
        Self { file, index, identifier: &message.alert.identifier, xml, changes }
    }
}
