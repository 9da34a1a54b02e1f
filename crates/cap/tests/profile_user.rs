//! Packs that users write: every mistake has a place and a mend, and findings of read messages have theirs.
#![cfg(feature = "profile")]

use beaconfire_cap::profile::{AreaSemantics, Profile};
use beaconfire_cap::{Limits, read_with};

const HEAD: &str = "id = \"town\"\ntitle = \"Town\"\nsource = \"Ordinance 12\"\n";

fn rule(lines: &str) -> String {
    format!("{HEAD}[[rule]]\nid = \"r\"\nseverity = \"error\"\nclause = \"3\"\nwords = \"w\"\n{lines}\n")
}

/// The mistake of a pack: its line, and some of its words.
fn check(pack: &str, line: u32, words: &str) {
    let error = Profile::parse(pack).expect_err(words);
    assert_eq!(error.line, line, "{error}");
    assert!(error.column > 0 && error.message.contains(words), "{error}");
}

#[test]
fn mistakes_are_told_with_line_and_mend() {
    check("id = \"a\n", 1, "this is no TOML");
    check("title = \"a\"\n", 1, "`id` is missing");
    check("id = \"A b\"\ntitle = \"t\"\nsource = \"s\"\n", 1, "small letters");
    check(HEAD, 1, "add a table [[rule]]");
    check(
        &format!("colour = 1\n{}", rule("need = { path = \"code\", present = true }")),
        1,
        "`colour` is no key",
    );
    check(&rule(""), 4, "`need` is missing");
    check(&rule("need = { path = \"info.expire\", present = true }"), 9, "use one of language");
    check(&rule("need = { path = \"sender\" }"), 9, "this asks nothing");
    check(&rule("need = { path = \"sender\", like = \"a{\" }"), 9, "{3} or {1,3}");
    check(&rule("need = { path = \"sender\", chars = { max = \"9\" } }"), 9, "write a number");
    check(&rule("need = { path = \"sender\", chars = {} }"), 9, "give a bound");
    check(&rule("need = { path = \"sender\", chars = { min = 2, max = 1 } }"), 9, "more than max");
    check(&rule("need = { path = \"sender\", before = \"sent\" }"), 9, "\"sender\" is no time");
    check(
        &rule("need = { path = \"info.area.circle\", points = { max = 3 } }"),
        9,
        "end the path in polygon",
    );
    check(&rule("need = { path = \"info\", equals = \"a\" }"), 9, "no value of its own");
    check(&rule("need = { path = \"code\", same = \"event\" }"), 9, "compares elements that hold others");
    check(&rule("need = { path = \"code\", present = \"yes\" }"), 9, "write true or false");
    check(&rule("need = { all = [], any = [] }"), 9, "stand in one table");
    check(&rule("need = []"), 9, "the list is empty");
    check(&rule("need = { path = \"code\", presnet = true, present = true }"), 9, "`presnet` is no key");
    check(&rule("each = \"info.event\"\nneed = { path = \"code\", present = true }"), 4, "`each` is none of");
    check(&rule("need = { path = \"code\", table = {} }"), 9, "go together");
    check(&rule("need = { path = \"code\", unexpired = true }"), 9, "write path = \"references\"");
    check(
        &rule(&format!("need = {}{{ path = \"code\", present = true }}{}", "[".repeat(20), "]".repeat(20))),
        9,
        "deep",
    );
    check(
        &rule("need = { path = \"code\", present = true }\ngood = [{ replace = [[\"a\"]] }]"),
        10,
        "a pair",
    );
    let twice = rule("need = { path = \"code\", present = true }");
    let twice = format!("{twice}{}", &twice[HEAD.len()..]);
    check(&twice, 10, "stands twice");
    check(&format!("#{}", "x".repeat(300 << 10)), 1, "split it");
}

#[test]
fn examples_that_are_not_so_are_told() {
    let base = "base = '''<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>i</identifier>\
        <sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType>\
        <scope>Public</scope><code>x</code></alert>'''\n";
    let check = |examples: &str, words: &str| {
        let pack = format!("{base}{}{examples}\n", rule("need = { path = \"code\", present = true }"));
        let wrong = Profile::parse(&pack).expect("a sound pack").prove();
        match words {
            "" => assert_eq!(wrong, []),
            words => assert!(wrong[0].message.contains(words) && wrong[0].line > 9, "{wrong:?}"),
        }
    };
    check("good = [{ replace = [[\">x<\", \">y<\"]] }]\nbad = [{ remove = [\"<code>x</code>\"] }]", "");
    check("bad = [{ replace = [[\">x<\", \">y<\"]] }]", "the rule takes it");
    check("good = [{ remove = [\"<code>x</code>\"] }]", "the rule refuses it");
    check("good = [{ replace = [[\"q\", \"y\"]] }]", "not in the base message");
    check("good = [{ replace = [[\"Actual\", \"actual\"]] }]", "no strict CAP");
    check("good = [{ replace = [[\"</alert>\", \"\"]] }]", "is no CAP");
}

#[test]
fn a_pack_of_ones_own_judges_messages_with_line_and_column() {
    let pack = rule(
        "each = \"info\"\nwhere = { path = \"language\", like = \"en*\" }\n\
         need = [{ path = \"expires\", hours = { after = \"alert.sent\", max = 24 } }, { path = \"onset\", present = true }]",
    );
    let profile = Profile::parse(&pack).unwrap();
    assert_eq!(profile.area_semantics(), AreaSemantics::Union);
    let info = |language: &str, expires: &str| {
        format!(
            "<info>\n<language>{language}</language><category>Met</category><event>e</event>\
             <urgency>Past</urgency><severity>Minor</severity><certainty>Likely</certainty>\n \
             <expires>{expires}</expires></info>\n"
        )
    };
    let alert = format!(
        "<c:alert xmlns:c='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier><sender>s</sender>\
         <sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>\n\
         {}{}</c:alert>",
        info("fr", "2027-11-21T17:00:00-06:00"),
        info("en", "2026-11-22T23:30:00-00:00"),
    );
    let alert =
        alert.replace("</", "</c:").replace("</c:c:", "</c:").replace('<', "<c:").replace("<c:/", "</");
    let alert = alert.replace("<c:c:", "<c:");
    let feed = format!("<alerts>\n{alert}\n{alert}</alerts>");
    let document = read_with(feed.as_bytes(), &Limits::default(), &mut |alert| profile.check(alert)).unwrap();
    let places: Vec<_> = document.messages[1].judged.iter().map(|f| (&*f.path, f.line, f.column)).collect();
    assert_eq!(places, [("/alert/info[2]/expires", 16, 2), ("/alert/info[2]/onset", 14, 1)]);
    assert!(document.messages[0].strict(), "{:?}", document.messages[0].findings);
    assert_eq!(document.messages[0].judged[0].line, 8);
    assert!(!Profile::conforms(&document.messages[0].judged));
}
