//! Base64 as XML Schema writes it (RFC 4648 section 4), read strictly: one text for one value.

/// The bytes of a base64 text. White space is passed over; padding must be there and right, and the bits that the
/// last character does not need must be zero, so that no two texts mean the same.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut count, mut padding) = (0_u32, 0_u8, 0_u8);
    let mut rest = text.as_bytes();
    loop {
        // Nearly all of a text goes by four.
        while count == 0
            && padding == 0
            && let Some((four, behind)) = rest.split_first_chunk()
            && let Some(three) = of_four(four)
        {
            bytes.extend_from_slice(&three);
            rest = behind;
        }
        let Some((byte, behind)) = rest.split_first() else { break };
        rest = behind;
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        }
        if *byte == b'=' {
            padding += 1;
            if count + padding > 4 || count < 2 {
                return Err("has '=' where no padding belongs");
            }
            continue;
        }
        let six = u32::from(VALUES[usize::from(*byte)]);
        if six > 63 {
            return Err("has a character that base64 does not know");
        }
        if padding > 0 {
            return Err("goes on after its padding");
        }
        held = held << 6 | six;
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&held.to_be_bytes()[1..]);
            (held, count) = (0, 0);
        }
    }
    if count > 0 && count + padding != 4 {
        return Err("lacks padding at its end");
    }
    let spare = match count {
        2 => 4,
        3 => 2,
        _ => 0,
    };
    if held & ((1 << spare) - 1) != 0 {
        return Err("has bits set that its last character does not need");
    }
    let whole = (held >> spare).to_be_bytes();
    bytes.extend_from_slice(&whole[4 - usize::from(count.saturating_sub(1))..]);
    Ok(bytes)
}

/// The base64 text of bytes, without line breaks.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let held = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let six = (held >> (18 - 6 * i) & 0x3F) as usize;
            text.push(if i <= chunk.len() { char::from(ALPHABET[six]) } else { '=' });
        }
    }
    text
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of four characters, if these are all of the alphabet.
#[inline]
fn of_four(four: &[u8; 4]) -> Option<[u8; 3]> {
    let [a, b, c, d] = four.map(|byte| u32::from(VALUES[usize::from(byte)]));
    let [_, three @ ..] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
    (a | b | c | d < 64).then_some(three)
}

/// What each byte stands for; 255 for those that are not in the alphabet.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut six = 0;
    while six < ALPHABET.len() {
        values[ALPHABET[six] as usize] = six as u8;
        six += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_go_both_ways() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ];
        for (plain, text) in vectors {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(decode(" Zm9v\r\n\tYg = =\n").unwrap(), b"foob");
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)).unwrap(), all);
    }

    #[test]
    fn what_is_not_the_one_text_of_a_value_is_refused() {
        for text in [
            "Zh==",
            "Zm9=",
            "Zg=",
            "Zg",
            "Z",
            "Z===",
            "Zg===",
            "=",
            "====",
            "Zg==Zg==",
            "Zm9v=",
            "Zm-v",
            "Zm9v\u{a0}",
            "Zg=a",
        ] {
            assert!(decode(text).is_err(), "{text:?}");
        }
    }
}
