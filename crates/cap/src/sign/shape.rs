//! The one shape of signature that is judged, and what it says.
//!
//! One `Signature`, the last child element of the outermost `alert`; one `Reference` to the whole document; the
//! enveloped-signature transform and at most one canonicalization after it. Nothing that points elsewhere, runs a
//! program over the document or brings content of its own is followed, so there is nothing to wrap.

use aws_lc_rs::digest;
use roxmltree::{Document, Node};

use super::base64;
use super::c14n::Form;
use super::certificate::Certificate;
use super::key::{Curve, Key};
use super::method::{self, DS, DS11, ENVELOPED, EXCLUSIVE, Method};

/// Certificates of one signature that are looked at.
const MAX_CERTIFICATES: usize = 8;

/// Prefixes of one list that are looked at.
const MAX_PREFIXES: usize = 64;

/// Why a signature is not judged, or why it is broken before it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unverifiable(String),
    Broken(String),
}

/// A signature as far as it is judged.
#[derive(Debug)]
pub(super) struct Shape<'d, 't> {
    pub(super) signature: Node<'d, 't>,
    pub(super) signed_info: Node<'d, 't>,
    /// The canonical form of `SignedInfo`.
    pub(super) info_form: Form,
    pub(super) method: Method,
    /// The canonical form of the alert.
    pub(super) content_form: Form,
    pub(super) digest: &'static digest::Algorithm,
    pub(super) digest_value: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) certificates: Vec<Certificate>,
    /// The key that stands there without a certificate, or why it is of no use.
    pub(super) bare_key: Option<Result<Key, &'static str>>,
}

/// The signature of the alert that a document is; `None` if it has none.
pub(super) fn shape<'d, 't>(document: &'d Document<'t>) -> Option<Result<Shape<'d, 't>, Refusal>> {
    let mut signatures = document.descendants().filter(|n| is(*n, "Signature"));
    let signature = signatures.next()?;
    if signatures.next().is_some() {
        return Some(refuse("the alert has more than one signature"));
    }
    let root = document.root_element();
    if signature.parent_element() != Some(root) || signature.next_sibling_element().is_some() {
        return Some(refuse("the signature is not the last element of the alert itself"));
    }
    Some(read(signature))
}

fn read<'d, 't>(signature: Node<'d, 't>) -> Result<Shape<'d, 't>, Refusal> {
    let parts = children(signature)?;
    let (signed_info, value, key_info) = match parts.as_slice() {
        [info, value] if is(*info, "SignedInfo") && is(*value, "SignatureValue") => (*info, *value, None),
        [info, value, key]
            if is(*info, "SignedInfo") && is(*value, "SignatureValue") && is(*key, "KeyInfo") =>
        {
            (*info, *value, Some(*key))
        }
        _ => return refuse("the signature has other parts than SignedInfo, SignatureValue and KeyInfo"),
    };
    let parts = children(signed_info)?;
    let [canonicalization, method, reference] =
        named(&parts, ["CanonicalizationMethod", "SignatureMethod", "Reference"])
            .ok_or_else(|| unverifiable("SignedInfo does not have exactly one Reference"))?;
    let info_form = form(canonicalization)?;
    let method_uri = algorithm(method)?;
    let method = Method::of(method_uri).ok_or_else(|| match method::known_but_unverified(method_uri) {
        Some(reason) => unverifiable(reason),
        None => unverifiable(format!("the signature method {} is not known", shown(method_uri))),
    })?;
    match reference.attribute("URI") {
        // Left out it means what the application knows it to mean (XML Signature, 4.4.3.1); xmlsec takes it so too.
        None | Some("") => {}
        Some(uri) => {
            return refuse(format!("the signature is over {} and not over the whole alert", shown(uri)));
        }
    }
    let parts = children(reference)?;
    let [transforms, digest_method, digest_value] =
        named(&parts, ["Transforms", "DigestMethod", "DigestValue"]).ok_or_else(|| {
            unverifiable("the Reference has other parts than Transforms, DigestMethod and DigestValue")
        })?;
    let content_form = content_form(transforms)?;
    let digest_uri = algorithm(digest_method)?;
    let digest = method::digest_of(digest_uri)
        .ok_or_else(|| unverifiable(format!("the digest method {} is not known", shown(digest_uri))))?;
    let (certificates, bare_key) = keys(key_info)?;
    Ok(Shape {
        signature,
        signed_info,
        info_form,
        method,
        content_form,
        digest,
        digest_value: bytes(digest_value)?,
        value: bytes(value)?,
        certificates,
        bare_key,
    })
}

/// Enveloped-signature, then at most one canonicalization.
fn content_form(transforms: Node<'_, '_>) -> Result<Form, Refusal> {
    let steps = children(transforms)?;
    if !steps.iter().all(|step| is(*step, "Transform")) {
        return refuse("Transforms holds something else");
    }
    let form = match steps.as_slice() {
        [enveloped] if algorithm(*enveloped)? == ENVELOPED => Form::INCLUSIVE,
        [enveloped, canonical] if algorithm(*enveloped)? == ENVELOPED => form(*canonical)?,
        _ => return refuse("the transforms are not enveloped-signature and at most one canonicalization"),
    };
    // Text only within enveloped-signature, which has no parameters.
    children(steps[0])?
        .is_empty()
        .then_some(())
        .ok_or_else(|| unverifiable("enveloped-signature has parameters"))?;
    // A reference to "" leaves comments out, whatever comes after (XML Signature, 4.4.3.3).
    Ok(Form { comments: false, ..form })
}

/// A canonical form with its parameters.
fn form(node: Node<'_, '_>) -> Result<Form, Refusal> {
    let uri = algorithm(node)?;
    let form = Form::of(uri);
    let mut form =
        form.ok_or_else(|| unverifiable(format!("the transform {} is not accepted", shown(uri))))?;
    match children(node)?.as_slice() {
        [] => {}
        [list] if form.exclusive && list.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")) => {
            let prefixes = list.attribute("PrefixList").unwrap_or_default().split_ascii_whitespace();
            form.prefixes =
                prefixes.map(|p| if p == "#default" { String::new() } else { p.to_owned() }).collect();
            if form.prefixes.len() > MAX_PREFIXES {
                return refuse(format!("a canonicalization lists more than {MAX_PREFIXES} prefixes"));
            }
        }
        _ => return refuse("a canonicalization has parameters that are not known"),
    }
    Ok(form)
}

type Keys = (Vec<Certificate>, Option<Result<Key, &'static str>>);

fn keys(info: Option<Node<'_, '_>>) -> Result<Keys, Refusal> {
    let (mut certificates, mut bare) = (Vec::new(), None);
    let Some(info) = info else { return Ok((certificates, bare)) };
    let found = info.children().filter(|n| is(*n, "X509Data")).flat_map(|data| data.children());
    for node in found.filter(|n| is(*n, "X509Certificate")) {
        if certificates.len() == MAX_CERTIFICATES {
            return refuse(format!("it brings more than {MAX_CERTIFICATES} certificates"));
        }
        let certificate = Certificate::read(&bytes(node)?);
        certificates
            .push(certificate.ok_or_else(|| Refusal::Broken("a certificate in it cannot be read".into()))?);
    }
    for value in info.children().filter(|n| is(*n, "KeyValue")) {
        let Some(value) = value.first_element_child() else { continue };
        bare = Some(key_value(value)?);
        break;
    }
    if let Some(node) =
        info.children().find(|n| n.has_tag_name((DS11, "DEREncodedKeyValue"))).filter(|_| bare.is_none())
    {
        bare = Some(Key::of_info(&bytes(node)?));
    }
    Ok((certificates, bare))
}

fn key_value(value: Node<'_, '_>) -> Result<Result<Key, &'static str>, Refusal> {
    let part = |namespace, name| value.children().find(|n| n.has_tag_name((namespace, name)));
    if is(value, "RSAKeyValue") {
        let (Some(modulus), Some(exponent)) = (part(DS, "Modulus"), part(DS, "Exponent")) else {
            return Ok(Err("its RSA key lacks modulus or exponent"));
        };
        return Ok(Ok(Key::of_rsa(&bytes(modulus)?, &bytes(exponent)?)));
    }
    if value.has_tag_name((DS11, "ECKeyValue")) {
        let curve = part(DS11, "NamedCurve").and_then(|n| n.attribute("URI")).and_then(Curve::of_urn);
        let (Some(curve), Some(point)) = (curve, part(DS11, "PublicKey")) else {
            return Ok(Err("its elliptic curve is not one of P-256, P-384 and P-521"));
        };
        return Ok(Ok(Key::Ec { curve, point: bytes(point)? }));
    }
    Ok(Err("its key is neither RSA nor of a named elliptic curve"))
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((DS, name))
}

/// The child elements of a node that has no text of its own.
fn children<'d, 't>(node: Node<'d, 't>) -> Result<Vec<Node<'d, 't>>, Refusal> {
    let is_text = |n: Node<'_, '_>| n.is_text() && !n.text().unwrap_or_default().trim_ascii().is_empty();
    if node.children().any(is_text) {
        return refuse(format!("there is text in {} where none belongs", node.tag_name().name()));
    }
    Ok(node.children().filter(Node::is_element).collect())
}

/// The nodes, if they are exactly those names in that order.
fn named<'d, 't, const N: usize>(nodes: &[Node<'d, 't>], names: [&str; N]) -> Option<[Node<'d, 't>; N]> {
    let nodes: [Node<'d, 't>; N] = nodes.try_into().ok()?;
    nodes.iter().zip(names).all(|(node, name)| is(*node, name)).then_some(nodes)
}

fn algorithm<'d>(node: Node<'d, '_>) -> Result<&'d str, Refusal> {
    let name = node.tag_name().name();
    node.attribute("Algorithm").ok_or_else(|| unverifiable(format!("{name} does not name its algorithm")))
}

/// The bytes of a node that holds base64 and nothing else.
fn bytes(node: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    let name = node.tag_name().name();
    if node.children().any(|n| !n.is_text()) {
        return refuse(format!("{name} holds more than text"));
    }
    base64::decode(node.text().unwrap_or_default())
        .map_err(|reason| Refusal::Broken(format!("the base64 of {name} {reason}")))
}

fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(80).collect::<String>())
}

fn unverifiable(reason: impl Into<String>) -> Refusal {
    Refusal::Unverifiable(reason.into())
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(unverifiable(reason))
}
