//! The little of DER (X.690) that certificates and keys need: values read strictly, a few written.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// A run of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Der<'a>(pub(super) &'a [u8]);

impl<'a> Der<'a> {
    /// Tag and content of the next value; `None` at the end and where the length is not minimal or goes over the end.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            ..=0x7F => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                let length = digits.iter().fold(0, |n, d| n << 8 | usize::from(*d));
                (Some(length).filter(|n| digits[0] != 0 && *n >= 0x80)?, rest)
            }
            _ => return None,
        };
        // Tags of several bytes do not occur in what is read here.
        if tag & 0x1F == 0x1F {
            return None;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next value, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let (_, content) = ahead.next().filter(|(found, _)| *found == tag)?;
        *self = ahead;
        Some(content)
    }

    /// The next value, tag and length included, which must have this tag.
    pub(super) fn take_whole(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = self.0;
        self.take(tag)?;
        Some(&before[..before.len() - self.0.len()])
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// One value, of a length that four bytes can tell.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7F) => bytes.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let digits = &length[length.iter().take_while(|d| **d == 0).count()..];
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend_from_slice(digits);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// An INTEGER of unsigned big-endian bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let digits = &bytes[bytes.iter().take_while(|b| **b == 0).count()..];
    // A leading zero keeps it positive, and is zero itself where no digit is left.
    let zero = digits.first().is_none_or(|d| *d >= 0x80);
    let mut content = vec![0; usize::from(zero)];
    content.extend_from_slice(digits);
    value(INTEGER, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_both_ways() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 70_000] {
            let content = vec![7; length];
            let bytes = value(SEQUENCE, &content);
            let mut der = Der(&bytes);
            assert_eq!(der.take_whole(SEQUENCE).unwrap(), bytes);
            assert!(der.is_empty());
            assert_eq!(Der(&bytes).take(SEQUENCE).unwrap(), content);
        }
        assert_eq!(unsigned(&[0, 0, 0x80, 1]), [2, 3, 0, 0x80, 1]);
        assert_eq!(unsigned(&[0x7F]), [2, 1, 0x7F]);
        assert_eq!(unsigned(&[0]), [2, 1, 0]);
    }

    #[test]
    fn loose_lengths_are_refused() {
        for bytes in [
            &[0x30][..],
            &[0x30, 1],
            &[0x30, 0x81, 1, 0],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x82, 0, 0x80],
            &[0x1F, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 1],
        ] {
            assert_eq!(Der(bytes).next(), None, "{bytes:02x?}");
        }
    }
}
