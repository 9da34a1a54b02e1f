//! What a `geocode` names: schemes and codes as they occur, and the one form that each has here.
//!
//! A CAP geocode is a pair of texts whose meaning is "the recipient's knowledge of the coding system" (CAP 1.2,
//! section 3.2.4). Issuers spell one system in many ways; tables spell it in one.

/// What a geocode's two texts mean, in the spelling of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The scheme.
    pub scheme: String,
    /// The code.
    pub code: String,
    /// What the code stands for where no table has it as it is.
    pub form: Form,
}

/// What a code stands for where no table has it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Itself alone.
    Plain,
    /// A part of a county (SAME, digits 1 to 9 in front; 47 CFR 11.31): the county as a whole covers it.
    Part(u8),
    /// Everything whose code begins with so many characters of this one (all of a state).
    Whole(usize),
}

/// Why a value is no code of its scheme; the words name the form it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{scheme} codes are {form}")]
pub struct MeaningError {
    /// The scheme.
    pub scheme: &'static str,
    /// The form of its codes, in words.
    pub form: &'static str,
}

/// A scheme that is known here.
struct Known {
    name: &'static str,
    /// Spellings, in capitals, without spaces, hyphens, underscores and points.
    spellings: &'static [&'static str],
    form: &'static str,
    read: fn(&str) -> Option<Meaning>,
}

/// The schemes whose spellings vary. All others are taken as they are.
static KNOWN: &[Known] = &[
    Known { name: "SAME", spellings: &["SAME", "FIPS6", "FIPS5", "FIPSCODE"], form: SAME_FORM, read: same },
    Known {
        name: "UGC",
        spellings: &["UGC", "NWSUGC", "UGCCODE"],
        form: "two letters, C or Z, and three digits",
        read: ugc,
    },
    Known {
        name: "EMMA_ID",
        spellings: &["EMMAID", "EMMA"],
        form: "two letters and three to five digits",
        read: emma,
    },
    // MeteoAlarm's FIPS are regions of FIPS 10-4 (two letters first), the American ones counties of FIPS 6-4.
    Known {
        name: "FIPS",
        spellings: &["FIPS", "FIPS104"],
        form: "two letters and up to four more, or five or six digits",
        read: fips,
    },
    Known {
        name: "NUTS",
        spellings: &["NUTS", "NUTS0", "NUTS1", "NUTS2", "NUTS3", "NUTSCODE"],
        form: "two letters and up to three more characters",
        read: nuts,
    },
    Known {
        name: "WARNCELLID",
        spellings: &["WARNCELLID", "WARNCELL", "DWDWARNCELLID"],
        form: "nine digits",
        read: warncell,
    },
    Known {
        name: "ISO3166-2",
        spellings: &["ISO31662", "HTTP://WWWISOORG/ISO/COUNTRYCODESHTML"],
        form: "two letters, a hyphen, and one to three letters or digits",
        read: iso,
    },
    Known {
        name: "CN-ADMIN",
        spellings: &["CNADMIN", "CPEASGEOGRAPHICCODE", "CPEAS", "GB/T2260", "GBT2260", "行政区划代码"],
        form: "six or twelve digits",
        read: china,
    },
];

const SAME_FORM: &str = "six digits, or five without the part of the county";

/// What stands before a scheme's name in messages of the Australian profile (CAP-AU-STD 1.0).
const CAP_AU: &str = "urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0:";

/// The scheme's name as tables have it; the name itself where its spellings are not known here.
#[must_use]
pub fn scheme(name: &str) -> String {
    known(name).map_or_else(|| name.trim().to_owned(), |known| known.name.to_owned())
}

/// The codes in a value: issuers of the known schemes put several into one, with white space or commas between.
/// Codes of other schemes may hold anything, so their values are one code.
pub fn split<'v>(name: &str, value: &'v str) -> impl Iterator<Item = &'v str> + use<'v> {
    let is_known = known(name).is_some();
    let separates = move |c: char| is_known && (c.is_whitespace() || c == ',' || c == ';');
    value.split(separates).map(str::trim).filter(|code| !code.is_empty())
}

/// What a scheme's name and one code mean.
///
/// # Errors
/// A value that cannot be a code of a known scheme.
pub fn meaning(name: &str, value: &str) -> Result<Meaning, MeaningError> {
    let value = value.trim();
    match known(name) {
        Some(known) => {
            // Longer than any code of the known schemes: not worth a copy.
            let short = if value.len() <= 32 { value.to_uppercase() } else { String::new() };
            (known.read)(&short).ok_or(MeaningError { scheme: known.name, form: known.form })
        }
        None => Ok(Meaning { scheme: name.trim().to_owned(), code: value.to_owned(), form: Form::Plain }),
    }
}

fn known(name: &str) -> Option<&'static Known> {
    let name = name.trim();
    let name = name.strip_prefix(CAP_AU).unwrap_or(name);
    if name.len() > 64 {
        return None;
    }
    let spelling: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.') && !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    KNOWN.iter().find(|known| known.spellings.contains(&spelling.as_str()))
}

fn plain(scheme: &str, code: impl Into<String>) -> Option<Meaning> {
    Some(Meaning { scheme: scheme.to_owned(), code: code.into(), form: Form::Plain })
}

/// `PSSCCC`: part of the county, state, county; `000` for all of the state (47 CFR 11.31(f)).
fn same(value: &str) -> Option<Meaning> {
    if !digits(value) || !matches!(value.len(), 5 | 6) {
        return None;
    }
    let (part, county) = if value.len() == 6 { value.split_at(1) } else { ("0", value) };
    let part = part.as_bytes()[0] - b'0';
    let form = match part {
        0 if county.ends_with("000") && !county.starts_with("00") => Form::Whole(3),
        0 => Form::Plain,
        part => Form::Part(part),
    };
    Some(Meaning { scheme: "SAME".to_owned(), code: format!("{part}{county}"), form })
}

/// `SSFNNN`: state or marine area, C for counties or Z for zones, number; `000` or `ALL` for all of them (NWSI 10-1702).
fn ugc(value: &str) -> Option<Meaning> {
    let bytes = value.as_bytes();
    let sound = bytes.len() == 6
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && matches!(bytes[2], b'C' | b'Z')
        && (digits(&value[3..]) || &value[3..] == "ALL");
    if !sound {
        return None;
    }
    let whole = matches!(&value[3..], "000" | "ALL");
    let code = if whole { format!("{}000", &value[..3]) } else { value.to_owned() };
    Some(Meaning { scheme: "UGC".to_owned(), code, form: if whole { Form::Whole(3) } else { Form::Plain } })
}

fn emma(value: &str) -> Option<Meaning> {
    let bytes = value.as_bytes();
    let sound = (5..=7).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..].iter().all(u8::is_ascii_digit);
    plain("EMMA_ID", value).filter(|_| sound)
}

fn fips(value: &str) -> Option<Meaning> {
    if digits(value) {
        return same(value);
    }
    let bytes = value.as_bytes();
    let sound = (2..=6).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    plain("FIPS", value).filter(|_| sound)
}

/// The level is the code's length, whatever the scheme's name says (Regulation (EC) No 1059/2003).
fn nuts(value: &str) -> Option<Meaning> {
    let bytes = value.as_bytes();
    let sound = (2..=5).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    plain("NUTS", value).filter(|_| sound)
}

fn warncell(value: &str) -> Option<Meaning> {
    plain("WARNCELLID", value).filter(|_| value.len() == 9 && digits(value))
}

fn iso(value: &str) -> Option<Meaning> {
    let (country, part) = value.split_once(['-', '_'])?;
    let sound = country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=3).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_alphanumeric());
    plain("ISO3166-2", format!("{country}-{part}")).filter(|_| sound)
}

/// Six digits (GB/T 2260) name a county or above; twelve go down to the village, with zeros where they do not.
fn china(value: &str) -> Option<Meaning> {
    let sound = digits(value) && matches!(value.len(), 6 | 12);
    plain("CN-ADMIN", format!("{value:0<12}")).filter(|_| sound)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[path = "scheme_tests.rs"]
mod tests;
