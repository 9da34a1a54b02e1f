//! xmlsec1 verifies what we sign, and we verify what it signs.

use std::path::{Path, PathBuf};

use beaconfire_cap::sign::{Flag, Integrity, Method};

use crate::{ALERT, command, has, judge, key_file, signed};

/// A file that goes away with the test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str, content: &[u8]) -> Scratch {
        let path = std::env::temp_dir().join(format!("cap-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("the folder for scratch files can be written");
        Scratch(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether xmlsec1 verifies a file with the key inside, whoever vouches for it.
pub(crate) fn xmlsec_verifies(file: &Path) -> bool {
    let mut verify = command("xmlsec1");
    verify.args(["--verify", "--insecure"]).arg(file);
    verify.output().expect("xmlsec1 starts").status.success()
}

#[test]
fn xmlsec_verifies_what_we_sign() {
    if !has("xmlsec1") {
        return;
    }
    // xmlsec1 of Debian 12 knows no Ed25519.
    for key in ["rsa", "p256", "p384"] {
        let good = Scratch::new(&format!("good-{key}.xml"), signed(key).as_bytes());
        assert!(xmlsec_verifies(good.path()), "{key}");
        let bad = Scratch::new(&format!("bad-{key}.xml"), signed(key).replace("Suva", "Nadi").as_bytes());
        assert!(!xmlsec_verifies(bad.path()), "{key}");
    }
}

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const C14N_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
const C14N_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

/// An alert with an empty signature for xmlsec1 to fill.
fn template(
    method: Method,
    info_form: &str,
    content_form: Option<&str>,
    digest: &str,
    key_info: &str,
) -> String {
    let list =
        "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"x #default\"/>";
    let content = content_form.map_or(String::new(), |form| {
        let list = if form == EXCLUSIVE { list } else { "" };
        format!("<ds:Transform Algorithm=\"{form}\">{list}</ds:Transform>")
    });
    let signature = format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n <ds:SignedInfo>\n  <!-- signed -->\n  \
         <ds:CanonicalizationMethod Algorithm=\"{info_form}\"/><ds:SignatureMethod Algorithm=\"{}\"/>\n  \
         <ds:Reference URI=\"\"><ds:Transforms><ds:Transform \
         Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>{content}</ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference>\n </ds:SignedInfo>\
         <ds:SignatureValue/><ds:KeyInfo>{key_info}</ds:KeyInfo></ds:Signature>",
        method.uri()
    );
    ALERT
        .replace("</alert>", &format!("{signature}</alert>"))
        .replace("<alert ", "<?note x='y'?>\n<!-- outside -->\n<alert xmlns:x=\"urn:x\" xmlns:unused=\"urn:unused\" xml:lang=\"en\" ")
        .replace("<info>", "<!-- inside --><info>")
}

const X509: &str = "<ds:X509Data><ds:X509Certificate/></ds:X509Data>";
const VALUE: &str = "<ds:KeyValue/>";

#[test]
fn we_verify_what_xmlsec_signs() {
    if !has("xmlsec1") {
        return;
    }
    let cases = [
        ("rsa", Method::RsaSha1, C14N, None, SHA1, X509),
        ("rsa", Method::RsaSha256, C14N, Some(C14N), SHA256, X509),
        ("rsa", Method::RsaSha384, C14N_COMMENTS, Some(C14N_COMMENTS), SHA384, X509),
        ("rsa", Method::RsaSha512, EXCLUSIVE, Some(EXCLUSIVE), SHA512, VALUE),
        ("p256", Method::EcdsaSha1, C14N_11, Some(C14N_11), SHA1, X509),
        ("p256", Method::EcdsaSha256, EXCLUSIVE, Some(EXCLUSIVE), SHA256, X509),
        ("p256", Method::EcdsaSha512, EXCLUSIVE_COMMENTS, Some(EXCLUSIVE_COMMENTS), SHA512, X509),
        ("p384", Method::EcdsaSha384, C14N_11, None, SHA384, X509),
        ("p384", Method::EcdsaSha256, C14N, Some(EXCLUSIVE), SHA256, X509),
    ];
    for (key, method, info_form, content_form, digest, key_info) in cases {
        let what = format!("{key} {method:?} {info_form} {content_form:?}");
        let text = template(method, info_form, content_form, digest, key_info);
        let file = Scratch::new("template.xml", text.as_bytes());
        let pair = format!(
            "{},{}",
            key_file(&format!("{key}.key.pem")).display(),
            key_file(&format!("{key}.pem")).display()
        );
        let output =
            command("xmlsec1").args(["--sign", "--privkey-pem", &pair]).arg(file.path()).output().unwrap();
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        let xml = String::from_utf8(output.stdout).unwrap();
        let verdict = judge(xml.as_bytes());
        assert_eq!(verdict.integrity, Integrity::Verified, "{what}: {}\n{xml}", verdict.reason);
        assert_eq!(
            verdict.flags.contains(&Flag::Sha1Signature),
            matches!(method, Method::RsaSha1 | Method::EcdsaSha1)
        );
        assert_eq!(verdict.flags.contains(&Flag::NoCertificate), key_info == VALUE);
        // Comments in the content do not count, whatever the canonical form; those in SignedInfo do if it keeps them.
        let inside = xml.replace("<!-- inside -->", "<!-- other -->").replace("<!-- outside -->\n", "");
        for (changed, verifies) in [
            (inside, true),
            (xml.replace("<!-- signed -->", "<!-- other -->"), !info_form.ends_with("Comments")),
            (xml.replace("xml:lang=\"en\"", "xml:lang=\"fr\""), false),
            (xml.replace("x='y'", "x='z'"), false),
        ] {
            let ours = judge(changed.as_bytes()).integrity == Integrity::Verified;
            assert_eq!(ours, verifies, "{what}");
            let changed = Scratch::new("changed.xml", changed.as_bytes());
            assert_eq!(xmlsec_verifies(changed.path()), ours, "{what}: xmlsec1 differs");
        }
    }
}

/// A reference without `URI` is over the whole document for xmlsec1, and for us.
#[test]
fn a_reference_without_uri_is_one_to_the_document() {
    if !has("xmlsec1") {
        return;
    }
    let text = template(Method::EcdsaSha256, EXCLUSIVE, None, SHA256, X509).replace(" URI=\"\"", "");
    let file = Scratch::new("no-uri.xml", text.as_bytes());
    let pair = format!("{},{}", key_file("p256.key.pem").display(), key_file("p256.pem").display());
    let output =
        command("xmlsec1").args(["--sign", "--privkey-pem", &pair]).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdict = judge(&output.stdout);
    assert_eq!(verdict.integrity, Integrity::Verified, "{}", verdict.reason);
}

/// xmlsec1 of Debian 12 knows no Ed25519; openssl does.
#[test]
fn openssl_verifies_our_ed25519() {
    if !has("openssl") {
        return;
    }
    let xml = signed("ed25519");
    let part = |name: &str| {
        let (from, to) = (format!("<{name}>"), format!("</{name}>"));
        xml.split_once(&from).unwrap().1.split_once(&to).unwrap().0.to_owned()
    };
    let info = format!(
        "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{}</SignedInfo>",
        part("SignedInfo")
    );
    assert!(
        info.contains("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"),
        "RFC 9231, section 2.3.12"
    );
    let info = Scratch::new("info.xml", info.as_bytes());
    let base64 = Scratch::new("value.b64", part("SignatureValue").as_bytes());
    let value = command("openssl").args(["base64", "-d", "-A", "-in"]).arg(base64.path()).output().unwrap();
    let value = Scratch::new("value.bin", &value.stdout);
    let mut verify = command("openssl");
    verify.args(["pkeyutl", "-verify", "-rawin", "-certin", "-inkey"]).arg(key_file("ed25519.pem"));
    verify.arg("-in").arg(info.path()).arg("-sigfile").arg(value.path());
    let output = verify.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
