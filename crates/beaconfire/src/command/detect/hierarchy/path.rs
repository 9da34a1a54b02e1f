//! How the place of a series in a hierarchy is written: `all`, `N`, `N/A`, `N/unknown`.

/// What is called so stands for all: the whole, and in a column of a stratum the total over it.
pub(super) const WHOLE: &str = "all";
/// What belongs to the stratum above and to none that is known. An empty stratum is one too.
pub(super) const UNKNOWN: &str = "unknown";

/// Goes before each stratum of one row while they are one name; no file has it.
const BEFORE: char = '\u{1f}';

/// Strata as one name that a table of series can hold; the empty one is the whole.
pub(super) fn name_of(strata: &[String]) -> String {
    let known = |stratum: &String| if stratum == UNKNOWN { String::new() } else { stratum.clone() };
    strata.iter().map(|stratum| format!("{BEFORE}{}", known(stratum))).collect()
}

/// The strata of such a name.
pub(super) fn strata_of(name: &str) -> Vec<&str> {
    let strata = name.split(BEFORE).skip(1);
    strata.map(|stratum| if stratum.is_empty() { UNKNOWN } else { stratum }).collect()
}

/// The place as it is written: strata with slashes between, the widest first. A slash within a name is written `\/`, a
/// backslash `\\`, so that it can be read back.
pub(super) fn written(strata: &[&str]) -> String {
    if strata.is_empty() {
        return WHOLE.to_owned();
    }
    let escaped = |stratum: &&str| stratum.replace('\\', "\\\\").replace('/', "\\/");
    strata.iter().map(escaped).collect::<Vec<_>>().join("/")
}

/// The strata of a place that is written so.
pub(super) fn read(text: &str) -> Vec<String> {
    let mut strata = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let here = match character {
            '/' => {
                strata.push(String::new());
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        strata.last_mut().expect("there is one from the beginning").push(here);
    }
    strata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for strata in [&["N"][..], &["N", "A/B", "unknown"], &["a/", "/b"], &["\\", "c\\/"]] {
            let text = written(strata);
            assert_eq!(read(&text), strata, "{text}");
            let owned: Vec<String> = strata.iter().map(|stratum| (*stratum).to_owned()).collect();
            assert_eq!(strata_of(&name_of(&owned)), strata);
        }
        assert_eq!((written(&["N", "A/B"]).as_str(), written(&[]).as_str()), ("N/A\\/B", "all"));
        assert_eq!((name_of(&[]), strata_of("")), (String::new(), vec![]));
    }
}
