//! Who is believed: certificates that the caller trusts, for any sender or for one.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use super::certificate::Certificate;

/// Certificates that are trusted, whatever a message says.
///
/// A sender that has anchors of its own is judged by those alone, so that nobody who is trusted in general can speak
/// in its name. An anchor is the certificate of the sender itself, or of an authority above it.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    any: Vec<Certificate>,
    by_sender: BTreeMap<String, Vec<Certificate>>,
}

/// Why anchors cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The PEM text is damaged.
    #[error(
        "read the PEM text: {reason}; each certificate stands between BEGIN CERTIFICATE and END CERTIFICATE"
    )]
    Pem {
        /// What is wrong.
        reason: String,
    },
    /// There is no certificate in it.
    #[error("find a certificate: the PEM text has none; give the issuer's certificate, not its key")]
    Empty,
    /// One of them is none.
    #[error("read certificate {number} of the PEM text: it is not an X.509 certificate")]
    Certificate {
        /// Which one, from 1.
        number: usize,
    },
}

impl Anchors {
    /// No anchors: nothing is anchored.
    pub fn new() -> Anchors {
        Anchors::default()
    }

    /// Adds the certificates of a PEM bundle for one sender, written as in the message, or for any; returns how many.
    ///
    /// # Errors
    /// If the bundle is damaged or holds no certificate; then none is added.
    pub fn add_pem(&mut self, sender: Option<&str>, pem: &[u8]) -> Result<usize, AnchorError> {
        let read = read_pem(pem)?;
        let count = read.len();
        match sender {
            Some(sender) => self.by_sender.entry(sender.to_owned()).or_default().extend(read),
            None => self.any.extend(read),
        }
        Ok(count)
    }

    /// Whether there is none for anybody.
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.by_sender.is_empty()
    }

    /// Whether a certificate is an anchor of the sender, or one leads to it, at a time.
    ///
    /// # Errors
    /// The reason in words, if not.
    pub(super) fn judge(
        &self,
        sender: &str,
        leaf: &Certificate,
        others: &[Certificate],
        at: Timestamp,
    ) -> Result<(), String> {
        let anchors = self.by_sender.get(sender).unwrap_or(&self.any);
        if anchors.is_empty() {
            return Err("no anchor is given for this sender".into());
        }
        if !leaf.is_valid_at(at) {
            return Err(format!("its certificate is not valid at {at}"));
        }
        if anchors.iter().any(|anchor| anchor.der == leaf.der) {
            return Ok(());
        }
        chain(anchors, leaf, others, at)
    }
}

/// The certificates of a PEM bundle, at least one.
pub(super) fn read_pem(pem: &[u8]) -> Result<Vec<Certificate>, AnchorError> {
    let mut read = Vec::new();
    for found in CertificateDer::pem_slice_iter(pem) {
        let der = found.map_err(|e| AnchorError::Pem { reason: e.to_string() })?;
        read.push(Certificate::read(&der).ok_or(AnchorError::Certificate { number: read.len() + 1 })?);
    }
    if read.is_empty() { Err(AnchorError::Empty) } else { Ok(read) }
}

/// Looks for a way from a certificate up to an anchor (RFC 5280, section 6): signatures, names, validity, authority,
/// length and name constraints of every step.
fn chain(
    anchors: &[Certificate],
    leaf: &Certificate,
    others: &[Certificate],
    at: Timestamp,
) -> Result<(), String> {
    let seconds =
        u64::try_from(at.as_second()).map_err(|_| "it is judged at a time before 1970".to_owned())?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let roots: Vec<CertificateDer<'_>> = anchors
        .iter()
        .filter(|anchor| anchor.authority && anchor.is_valid_at(at))
        .map(|anchor| CertificateDer::from(anchor.der.as_slice()))
        .collect();
    let roots: Vec<_> = roots.iter().filter_map(|der| webpki::anchor_from_trusted_cert(der).ok()).collect();
    let between: Vec<CertificateDer<'_>> =
        others.iter().map(|c| CertificateDer::from(c.der.as_slice())).collect();
    let der = CertificateDer::from(leaf.der.as_slice());
    let refused = |error: webpki::Error| {
        format!(
            "its certificate does not lead to an anchor ({error}); where it should, make itself an anchor"
        )
    };
    let end = EndEntityCert::try_from(&der).map_err(refused)?;
    end.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &roots, &between, time, AnyUsage, None, None)
        .map_err(refused)?;
    Ok(())
}

/// Certificates for alerts are issued for web servers, for mail, for documents or without a stated purpose; there is
/// no purpose for CAP that could be asked for.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, mut purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        purposes.try_for_each(|purpose| purpose.map(drop))
    }
}
