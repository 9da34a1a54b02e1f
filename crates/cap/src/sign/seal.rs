//! The signing of an alert, in the one shape that [`verify`](super::verify()) takes.

use aws_lc_rs::digest;

use super::anchors::Anchors;
use super::base64::encode;
use super::c14n::{C14nError, Cut, Form, canonicalize, subset};
use super::method::{DS, ENVELOPED, EXCLUSIVE, SHA256};
use super::signer::CapSigner;
use super::source::tree;
use super::verdict::Integrity;
use super::verify::{Validity, verify};
use crate::{DocumentKind, Limits, ReadError, read};

/// Why an alert was not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// It is not an alert that can be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not the text of one single alert.
    #[error("sign the document: it is not one alert in UTF-8 without document type; sign what `write` gives")]
    NotOneAlert,
    /// It has a signature already.
    #[error("sign the alert: it is signed already; take the other signature away first")]
    Signed,
    /// There is no canonical form.
    #[error(transparent)]
    Canonical(#[from] C14nError),
    /// The method is too weak for new signatures, or not made.
    #[error("sign the alert with {uri}: use RSA or ECDSA with SHA-256 or more, or Ed25519")]
    Method {
        /// The method's identifier.
        uri: &'static str,
    },
    /// The signer did not sign.
    #[error("sign the alert: {reason}")]
    Signer {
        /// What it said.
        reason: String,
    },
    /// What came out is not verified by the certificate.
    #[error("verify the new signature: {reason}; give the certificate that belongs to the private key")]
    Certificate {
        /// What verifying said.
        reason: String,
    },
}

/// Signs an alert as [`write`](crate::write()) gives it, or any other without a signature.
///
/// Exclusive canonicalization is used, as it lets the alert be put into a feed without breaking the signature; the
/// digest is SHA-256. The signature becomes the last child of the alert; nothing else of the text changes. What was
/// signed is verified with the signer's certificate before it is handed out.
///
/// # Errors
/// If the text is not one alert without signature, or the signer fails or does not fit its certificate.
pub fn sign(xml: &str, signer: &dyn CapSigner) -> Result<String, SignError> {
    let limits = Limits::default();
    let document = read(xml.as_bytes(), &limits)?;
    let [message] = document.messages.as_slice() else { return Err(SignError::NotOneAlert) };
    if document.kind != DocumentKind::Alert || declares_other_encoding(xml) {
        return Err(SignError::NotOneAlert);
    }
    if tree(xml, &limits).is_ok_and(|tree| tree.descendants().any(|n| n.has_tag_name((DS, "Signature")))) {
        return Err(SignError::Signed);
    }
    let method = signer.method();
    if method.is_sha1() {
        return Err(SignError::Method { uri: method.uri() });
    }
    let content = canonicalize(xml, &Form::EXCLUSIVE, &limits)?;
    let digest = encode(digest::digest(&digest::SHA256, content.as_bytes()).as_ref());
    let info = format!(
        "<SignedInfo><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"{}\"></SignatureMethod><Reference URI=\"\"><Transforms>\
         <Transform Algorithm=\"{ENVELOPED}\"></Transform><Transform Algorithm=\"{EXCLUSIVE}\"></Transform>\
         </Transforms><DigestMethod Algorithm=\"{SHA256}\"></DigestMethod><DigestValue>{digest}</DigestValue>\
         </Reference></SignedInfo>",
        method.uri()
    );
    let begin = format!("<Signature xmlns=\"{DS}\">");
    let alone = format!("{begin}{info}</Signature>");
    let value = signer.sign(canonical_info(&alone, &limits)?.as_bytes());
    let value = encode(&value.map_err(|reason| SignError::Signer { reason })?);
    let chain: Vec<String> = signer.certificates().iter().map(|der| encode(der)).collect();
    let chain: String = chain.iter().map(|c| format!("<X509Certificate>{c}</X509Certificate>")).collect();
    let signature = format!(
        "{begin}{info}<SignatureValue>{value}</SignatureValue>\
         <KeyInfo><X509Data>{chain}</X509Data></KeyInfo></Signature>"
    );
    let at = xml[..message.bytes.end].rfind("</").ok_or(SignError::NotOneAlert)?;
    let signed = format!("{}{signature}{}", &xml[..at], &xml[at..]);
    confirm(signed, &limits)
}

/// The canonical form of the `SignedInfo` of a signature that stands alone; in the exclusive form it is the same
/// wherever the signature stands.
fn canonical_info(signature: &str, limits: &Limits) -> Result<String, SignError> {
    let tree = tree(signature, limits).map_err(|reason| C14nError::Document { reason })?;
    let info = tree.root_element().first_element_child().ok_or(SignError::NotOneAlert)?;
    Ok(subset(info, &Form::EXCLUSIVE, &Cut::default(), limits.max_bytes)?)
}

/// Hands out what verifies.
fn confirm(signed: String, limits: &Limits) -> Result<String, SignError> {
    let document = read(signed.as_bytes(), limits)?;
    let message = document.messages.first().ok_or(SignError::NotOneAlert)?;
    let verdict = verify(signed.as_bytes(), message, &Anchors::new(), Validity::Archive, limits);
    match verdict.integrity {
        Integrity::Verified => Ok(signed),
        _ => Err(SignError::Certificate { reason: verdict.reason }),
    }
}

/// Whether the XML declaration names an encoding other than that of a string.
fn declares_other_encoding(xml: &str) -> bool {
    let declaration =
        xml.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or("", |(head, _)| head);
    let Some((_, value)) = declaration.split_once("encoding") else { return false };
    let name = value.split(['"', '\'']).nth(1).unwrap_or_default().to_ascii_lowercase();
    !matches!(name.as_str(), "utf-8" | "utf8")
}
