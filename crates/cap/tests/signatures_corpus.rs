#![cfg(feature = "sign")]
use beaconfire_cap::sign::{Anchors, Validity, verify};
use beaconfire_cap::{Limits, read};
#[test]
fn survey() {
    let data = std::path::PathBuf::from(std::env::var_os("BEACONFIRE_REFERENCE_DATA").unwrap());
    for folder in ["cap/messages", "cap/feeds", "cap/malformed", "feeds/cap-signed", "feeds/cap-issuers"] {
        let mut files: Vec<_> =
            std::fs::read_dir(data.join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for f in files {
            let bytes = std::fs::read(&f).unwrap();
            let has = String::from_utf8_lossy(&bytes).contains("Signature");
            let limits = Limits::default();
            match read(&bytes, &limits) {
                Ok(d) => {
                    for m in &d.messages {
                        let v = verify(&bytes, m, &Anchors::new(), Validity::Archive, &limits);
                        if v.integrity.as_str() != "none" || has {
                            println!(
                                "{folder}/{} {} {} {:?} {:?} {:?}",
                                f.file_name().unwrap().to_string_lossy(),
                                v.integrity,
                                v.reason,
                                v.flags,
                                v.anchor_reason,
                                v.certificate.map(|c| (c.subject, c.issuer))
                            );
                        }
                    }
                }
                Err(e) => {
                    if has {
                        println!("{} READ {e}", f.display())
                    }
                }
            }
        }
    }
}
