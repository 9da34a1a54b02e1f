//! The outside of an XML signature: whether it is of the one form that CAP allows.

use super::error::ReadError;
use super::parts::{Item, Reader};
use super::scan::{Ns, Tag, Token};
use crate::FindingSeverity;

/// Passes over an element of XML signatures and notes a form that CAP forbids.
pub(super) fn skip_signature(
    reader: &mut Reader<'_, '_>,
    tag: &Tag<'_>,
    item: Item,
) -> Result<(), ReadError> {
    let outside = reader.scan.depth - 1;
    let (mut whole, mut other) = (false, false);
    loop {
        match reader.scan.next()? {
            Token::Start(inner) if inner.ns == Ns::Signature && inner.name == "Reference" => {
                let uri = inner.attributes().into_iter().find(|(name, _)| name == "URI");
                let here = uri.is_some_and(|(_, value)| value.is_empty());
                whole |= here;
                other |= !here;
            }
            Token::End | Token::Eof if reader.scan.depth <= outside => break,
            _ => {}
        }
    }
    if tag.name == "Signature" {
        let message = "the message bears a signature, which is of these bytes alone";
        reader.sheet.note(FindingSeverity::Info, item.offset, item.at, "signature-present", message);
    }
    if tag.name != "Signature" {
        let message = "only a <Signature> may stand here, over the whole alert";
        reader.sheet.error(item.offset, item.at, "signature-form", message);
    } else if other && !whole {
        let message = "the signature is not over the alert that holds it: its Reference needs URI=\"\"";
        reader.sheet.error(item.offset, item.at, "signature-form", message);
    } else if item.at.nth() > 1 {
        let message = "an alert has one signature; nobody knows which of several counts";
        reader.sheet.warning(item.offset, item.at, "signature-repeated", message);
    }
    Ok(())
}
