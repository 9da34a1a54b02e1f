//! Listings of files: a web server's page for a folder, and our own for a local one.

use super::error::ParseError;
use super::newest::Newest;
use super::time;
use jiff::Timestamp;

/// The first line of a local folder's listing, as [`write`] makes it.
const MARK: &str = "beaconfire-listing 1";

/// Files of alerts in a folder.
pub(super) struct Listing {
    pub(super) files: Vec<File>,
    /// Files over the limit; the newest are kept, of a web page the last.
    pub(super) dropped: u64,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// When it changed, if the listing says.
    pub(super) changed: Option<Timestamp>,
    /// Its address, as written.
    pub(super) address: String,
}

/// Reads a listing; `None` if the bytes are none.
pub(super) fn read(bytes: &[u8], limit: usize) -> Result<Option<Listing>, ParseError> {
    let is_ours = bytes.starts_with(MARK.as_bytes());
    let begin = bytes.trim_ascii_start();
    let is_page = [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|opening| begin.get(..opening.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(opening)));
    if !is_ours && !is_page {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut files = Newest::new(limit);
    let mut push = |file: File| files.push(file.changed.unwrap_or(Timestamp::UNIX_EPOCH), file);
    if is_ours {
        text.lines().skip(1).filter_map(own_line).for_each(&mut push);
    } else {
        hrefs(&text).filter(|href| is_alert_file(href) && is_followable(href)).for_each(|href| {
            push(File { changed: None, address: href.replace("&amp;", "&") });
        });
    }
    let (files, dropped) = files.finish();
    if is_page && files.is_empty() && dropped == 0 {
        return Err(ParseError::NotThis {
            wanted: "CAP alerts, or a page that lists .xml or .cap files",
            found: "a web page without such links".to_owned(),
        });
    }
    Ok(Some(Listing { files, dropped }))
}

/// Writes the listing of a local folder.
pub(super) fn write<'f>(files: impl Iterator<Item = (Timestamp, &'f str)>) -> String {
    let mut text = MARK.to_owned();
    for (changed, name) in files {
        text.push_str(&format!("\n{changed}\t{name}"));
    }
    text.push('\n');
    text
}

fn own_line(line: &str) -> Option<File> {
    let (changed, address) = line.split_once('\t')?;
    is_alert_file(address).then(|| File { changed: time::parse(changed), address: address.to_owned() })
}

/// The values of `href` in a page, in order.
fn hrefs(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        loop {
            let at = rest.as_bytes().windows(5).position(|five| five.eq_ignore_ascii_case(b"href="))?;
            let value = &rest[at + 5..];
            rest = value;
            let quote = match value.as_bytes().first()? {
                b'"' => '"',
                b'\'' => '\'',
                _ => continue,
            };
            let end = value[1..].find(quote)?;
            rest = &value[end + 2..];
            return Some(&value[1..=end]);
        }
    })
}

/// Whether an address names a file that may hold an alert.
pub(super) fn is_alert_file(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    [".xml", ".cap"].iter().any(|ending| {
        path.len() > ending.len()
            && path.as_bytes()[path.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
    })
}

/// Whether an address is `http:`, `https:` or relative, and no longer than addresses are.
pub(super) fn is_followable(address: &str) -> bool {
    if address.is_empty() || address.len() > 2_000 || address.chars().any(|c| c.is_control() || c == ' ') {
        return false;
    }
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    match address.find([':', '/', '?', '#']) {
        Some(at) if address.as_bytes()[at] == b':' => {
            lower.starts_with("http://") || lower.starts_with("https://")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_folder_lists_its_alerts() {
        let page = br#"<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><body><a href="?C=N;O=D">Name</a>
            <a href="/parent/">Parent</a> <A HREF='a.xml'>a</a><a href="b.CAP?x=1&amp;y=2">b</a>
            <a href="c.html">c</a><a href="ftp://x/d.xml">d</a></body></html>"#;
        let listing = read(page, 10).unwrap().unwrap();
        let addresses: Vec<_> = listing.files.iter().map(|file| file.address.as_str()).collect();
        assert_eq!(addresses, ["a.xml", "b.CAP?x=1&y=2"]);
        assert!(read(b"<html>403 Forbidden</html>", 10).is_err(), "an error page is no empty folder");
    }

    #[test]
    fn a_written_listing_reads_back_and_keeps_the_newest() {
        let files = [(3, "c.xml"), (1, "a.xml"), (2, "b.xml")];
        let files = files.map(|(second, name)| (Timestamp::from_second(second).unwrap(), name));
        let listing = read(write(files.into_iter()).as_bytes(), 2).unwrap().unwrap();
        assert_eq!(listing.dropped, 1);
        let names: Vec<_> = listing.files.iter().map(|file| file.address.as_str()).collect();
        assert_eq!(names, ["c.xml", "b.xml"]);
        assert!(read(write([].into_iter()).as_bytes(), 2).unwrap().unwrap().files.is_empty());
    }

    #[test]
    fn a_document_is_no_listing() {
        assert!(read(b"<alert/>", 10).unwrap().is_none());
        assert!(read(b"", 10).unwrap().is_none());
    }
}
