//! Short decimals, straight from bytes to the nearest `f64`.

/// Every whole number up to this one is exact as `f64`.
const EXACT: u64 = 1 << 53;

/// Powers of ten.
const TENS: [u64; 17] = {
    let mut tens = [1; 17];
    let mut at = 1;
    while at < 17 {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// The same as `f64`, all of them exact.
const POWERS: [f64; 17] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/// Reads a decimal whose digits make no more than 2^53, and says how many bytes it takes.
///
/// Digits and power of ten are then exact as `f64`, so their quotient is the nearest to the decimal
/// (Clinger 1990, "How to read floating point numbers accurately"), the same that the standard library finds.
#[inline]
pub(super) fn short_decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    // Degrees have three digits at most, so that a loop beats all else.
    let (mut number, mut at) = (0u64, start);
    while let Some(digit) = digit(bytes, at) {
        number = number.wrapping_mul(10).wrapping_add(digit);
        at += 1;
    }
    let (mut count, mut decimals) = (at - start, 0);
    if bytes.get(at) == Some(&b'.') {
        let (fraction, len) = fraction(&bytes[at + 1..]);
        (decimals, count, at) = (len, count + len, at + 1 + len);
        number = number.wrapping_mul(TENS[len]).wrapping_add(fraction);
    }
    // Up to 19 digits nothing has wrapped round.
    if count == 0 || count > 19 || number > EXACT || digit(bytes, at).is_some() {
        return None;
    }
    // Within 2^53 the sign makes no difference, and signed numbers are quicker to convert.
    let value = number.cast_signed() as f64 / POWERS[decimals];
    Some((if negative { -value } else { value }, at))
}

#[inline]
fn digit(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at).map(|byte| u64::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit < 10)
}

/// The number that the first digits make, and how many they are; no more than 16 are looked at.
#[inline]
fn fraction(bytes: &[u8]) -> (u64, usize) {
    let Some((word, rest)) = bytes.split_first_chunk::<8>() else { return few_digits(bytes, 0, 0) };
    let (number, count) = eight_digits(u64::from_le_bytes(*word));
    if count < 8 {
        return (number, count);
    }
    match rest.first_chunk::<8>() {
        Some(word) => {
            let (more, len) = eight_digits(u64::from_le_bytes(*word));
            (number * TENS[len] + more, 8 + len)
        }
        None => few_digits(rest, number, count),
    }
}

/// Goes on with the digits before the end of the bytes, which is near.
fn few_digits(bytes: &[u8], mut number: u64, mut count: usize) -> (u64, usize) {
    for at in 0..bytes.len().min(8) {
        let Some(digit) = digit(bytes, at) else { break };
        number = number * 10 + digit;
        count += 1;
    }
    (number, count)
}

/// The digits at the start of eight bytes, the first of which is the lowest.
///
/// They are shifted up so that zeros stand before them, then joined in pairs, fours and eights (Lemire 2018, "Quickly
/// parsing eight digits").
#[inline]
fn eight_digits(word: u64) -> (u64, usize) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let values = word ^ (LOW * 0x30);
    // A byte above 9 reaches its highest bit, or has it already; a carry only spoils bytes after it.
    let others = (values.wrapping_add(LOW * 0x76) | values) & (LOW * 0x80);
    let count = others.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    let values = values << (8 * (8 - count));
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    (eight, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_decimals_are_what_the_standard_library_reads() {
        let texts = [
            "0",
            "-0",
            "+7",
            "90.",
            ".5",
            "-179.999999",
            "38.47",
            "0.1",
            "123456789.012345",
            "00.300",
            "5.123456789012345",
            "0.0000000000000001",
        ];
        for text in texts {
            let (value, len) = short_decimal(text.as_bytes()).unwrap();
            assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert_eq!(len, text.len());
        }
        for text in ["", "-", ".", "x", "9.123456789012345", "0.00000000000000001", "18446744073709551617"] {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
        for n in 0..100_000u32 {
            let text = format!("{}.{:06}", n % 180, u64::from(n) * 7_919_999 % 1_000_000);
            assert_eq!(short_decimal(text.as_bytes()), Some((text.parse().unwrap(), text.len())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_is_read_to_its_end_or_not_at_all(text in "[+-]?[0-9]{0,22}(\\.[0-9]{0,20})?", tail in "[ ,x]?[0-9 ]{0,9}") {
            let end = if tail.starts_with(|c: char| c.is_ascii_digit()) { String::new() } else { tail };
            if let Some((value, len)) = short_decimal(format!("{text}{end}").as_bytes()) {
                prop_assert_eq!(len, text.len());
                prop_assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }
    }
}
