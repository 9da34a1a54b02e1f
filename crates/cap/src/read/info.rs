//! Reading the content of an alert: `info`, `resource` and named values.

use super::Version;
use super::area::read_area;
use super::element::Element;
use super::error::ReadError;
use super::parts::{Item, Reader};
use super::table::{INFO, NAMED, RESOURCE};
use super::values::{cut, trim};
use crate::FindingSeverity;
use crate::model::{Category, Certainty, Info, Named, Resource, ResponseType, Severity, Urgency};

/// Reads an `info`. What cannot be read of its mandatory parts becomes empty or `Unknown`, with a finding.
pub(super) fn read_info(reader: &mut Reader<'_, '_>, item: Item, info: &mut Info) -> Result<(), ReadError> {
    let base = reader.sheet.open();
    reader.children(base, item.offset, INFO, &mut |reader, item| take(info, reader, item))
}

/// An info of which nothing is known.
pub(super) fn blank_info() -> Info {
    Info {
        language: None,
        categories: Vec::new(),
        event: String::new(),
        response_types: Vec::new(),
        urgency: Urgency::Unknown,
        severity: Severity::Unknown,
        certainty: Certainty::Unknown,
        audience: None,
        event_codes: Vec::new(),
        effective: None,
        onset: None,
        expires: None,
        sender_name: None,
        headline: None,
        description: None,
        instruction: None,
        web: None,
        contact: None,
        parameters: Vec::new(),
        resources: Vec::new(),
        areas: Vec::new(),
    }
}

fn take(info: &mut Info, reader: &mut Reader<'_, '_>, item: Item) -> Result<(), ReadError> {
    match item.element() {
        Element::Language => info.language = read_language(reader, item)?,
        Element::Category => {
            info.categories
                .extend(reader.word(item, |v, w: Category| v > Version::V1_0 || w != Category::Cbrne)?);
        }
        Element::Event => reader.text_into(item, &mut info.event)?,
        Element::ResponseType => {
            let new = [ResponseType::Avoid, ResponseType::AllClear];
            info.response_types
                .extend(reader.word(item, |v, w: ResponseType| v == Version::V1_2 || !new.contains(&w))?);
        }
        Element::Urgency => info.urgency = reader.word(item, |_, _| true)?.unwrap_or(Urgency::Unknown),
        Element::Severity => info.severity = reader.word(item, |_, _| true)?.unwrap_or(Severity::Unknown),
        Element::Certainty => info.certainty = read_certainty(reader, item)?,
        Element::Audience => reader.string_into(item, &mut info.audience)?,
        Element::EventCode => read_named(reader, item, &mut info.event_codes)?,
        Element::Effective => info.effective = reader.time(item)?,
        Element::Onset => info.onset = reader.time(item)?,
        Element::Expires => info.expires = reader.time(item)?,
        Element::SenderName => reader.string_into(item, &mut info.sender_name)?,
        Element::Headline => reader.string_into(item, &mut info.headline)?,
        Element::Description => reader.string_into(item, &mut info.description)?,
        Element::Instruction => reader.string_into(item, &mut info.instruction)?,
        Element::Web => reader.string_into(item, &mut info.web)?,
        Element::Contact => reader.string_into(item, &mut info.contact)?,
        Element::Parameter => read_named(reader, item, &mut info.parameters)?,
        Element::Resource => info.resources.push(read_resource(reader, item)?),
        Element::Area => {
            // Most have one.
            if info.areas.is_empty() {
                info.areas.reserve_exact(1);
            }
            info.areas.push(read_area(reader, item)?);
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// Reads a language; an element without anything in it takes the default of the schema, white space does not.
fn read_language(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<String>, ReadError> {
    let (text, faults) = reader.text_up_to(item, None)?;
    match (&text, faults.padded) {
        (None, false) => reader.empty(item),
        (None, true) => {
            let message = "<language> holds white space alone; leave it out";
            reader.sheet.error(item.offset, item.at, "empty-value", message);
        }
        (Some(_), _) => {}
    }
    Ok(text.map(|text| text.into_owned()))
}

/// Reads a certainty; `Very Likely` belongs to CAP 1.0 and means `Likely` since.
fn read_certainty(reader: &mut Reader<'_, '_>, item: Item) -> Result<Certainty, ReadError> {
    let Some(text) = reader.typed(item)? else { return Ok(Certainty::Unknown) };
    if text.eq_ignore_ascii_case("very likely") {
        if reader.sheet.version > Version::V1_0 {
            let message = "\"Very Likely\" belongs to CAP 1.0; write Likely";
            reader.sheet.error(item.offset, item.at, "word-version", message);
        } else {
            let message = "\"Very Likely\" is called Likely since CAP 1.1";
            reader.sheet.note(FindingSeverity::Info, item.offset, item.at, "very-likely", message);
        }
        return Ok(Certainty::Likely);
    }
    let word = reader.word_of(item, &text, |v, w| v > Version::V1_0 || w != Certainty::Observed);
    Ok(word.unwrap_or(Certainty::Unknown))
}

/// Reads an event code, parameter or geocode: two elements, or in CAP 1.0 the text `name=value`.
pub(super) fn read_named(
    reader: &mut Reader<'_, '_>,
    item: Item,
    list: &mut Vec<Named>,
) -> Result<(), ReadError> {
    if reader.sheet.version == Version::V1_0 {
        list.extend(reader.some_text(item)?.map(|text| {
            let (name, value) = text.split_once('=').unwrap_or(("", &text));
            Named::new(trim(name), trim(value))
        }));
        return Ok(());
    }
    let base = reader.sheet.open();
    if let Some([(name_at, name), (value_at, value)]) = reader.plain_named() {
        reader.sheet.place_parts(base, name_at, value_at);
        // Those that have more than a few have many.
        if list.len() == 4 {
            list.reserve_exact(12);
        }
        list.push(Named::new(trim(name), trim(value)));
        return Ok(());
    }
    let (mut name, mut value) = (String::new(), String::new());
    reader.children(base, item.offset, NAMED, &mut |reader, item| match item.element() {
        Element::ValueName => reader.text_into(item, &mut name),
        _ => reader.text_into(item, &mut value),
    })?;
    list.push(Named::new(&name, &value));
    Ok(())
}

fn read_resource(reader: &mut Reader<'_, '_>, item: Item) -> Result<Resource, ReadError> {
    let mut resource = Resource {
        description: String::new(),
        mime_type: String::new(),
        size: None,
        uri: None,
        deref_uri: None,
        digest: None,
    };
    let base = reader.sheet.open();
    reader.children(base, item.offset, RESOURCE, &mut |reader, item| {
        match item.element() {
            Element::ResourceDesc => reader.text_into(item, &mut resource.description)?,
            Element::MimeType => reader.text_into(item, &mut resource.mime_type)?,
            Element::Size => resource.size = read_size(reader, item)?,
            Element::Uri => reader.string_into(item, &mut resource.uri)?,
            Element::DerefUri => {
                let (text, faults) = reader.text_up_to(item, None)?;
                if text.is_none() {
                    reader.empty(item);
                }
                // Half a file is no file.
                resource.deref_uri = text.filter(|_| !faults.too_long).map(|t| t.into_owned());
            }
            Element::Digest => reader.string_into(item, &mut resource.digest)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(resource)
}

fn read_size(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<u64>, ReadError> {
    let Some(text) = reader.typed(item)? else { return Ok(None) };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("{:?} is no size; write whole bytes, such as 20480", cut(&text));
        reader.sheet.error(item.offset, item.at, "size", message);
        return Ok(None);
    }
    let size = text.parse().ok().or_else(|| digits.bytes().all(|b| b == b'0').then_some(0));
    if size.is_none() {
        let message = format!("{:?} is the size of no file; it was left out", cut(&text));
        reader.sheet.warning(item.offset, item.at, "size-range", message);
    }
    Ok(size)
}
