//! Canonical XML: the rules by example, and against libxml2.

use beaconfire_cap::Limits;
use beaconfire_cap::sign::{C14nError, Form, canonicalize};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::{command, has};

fn canonical(xml: &str, form: &Form) -> String {
    canonicalize(xml, form, &Limits::default()).expect("a document within the limits")
}

fn inclusive(xml: &str) -> String {
    canonical(xml, &Form::INCLUSIVE)
}

fn exclusive(xml: &str) -> String {
    canonical(xml, &Form::EXCLUSIVE)
}

/// Canonical XML 1.0, section 3.1: what stands outside the outermost element.
#[test]
fn instructions_and_comments_outside() {
    let xml = "<?xml version=\"1.0\"?>\n\n<?style   a='b'\n  c='d'  ?>\n\n<!-- one\r\ntwo -->\n<doc>x<!-- three --></doc>\n\n<?bare ?>\n\n<!-- four -->\n";
    assert_eq!(inclusive(xml), "<?style a='b'\n  c='d'  ?>\n<doc>x</doc>\n<?bare?>");
    let comments = Form { comments: true, ..Form::INCLUSIVE };
    assert_eq!(
        canonical(xml, &comments),
        "<?style a='b'\n  c='d'  ?>\n<!-- one\ntwo -->\n<doc>x<!-- three --></doc>\n<?bare?>\n<!-- four -->"
    );
}

/// Section 3.2: white space in content is kept.
#[test]
fn white_space_in_content() {
    let xml =
        "<doc>\n  <clean>   </clean>\n   <dirty>   A   B   </dirty>\n\t<mixed>\n A\n <b/>\n</mixed>\n</doc>";
    assert_eq!(inclusive(xml), xml.replace("<b/>", "<b></b>"));
}

/// Section 3.3: tags, attribute order, namespaces that say nothing new.
#[test]
fn start_and_end_tags() {
    let xml = "<doc>\n<e1   />\n<e2   ></e2>\n<e3   name = \"elem3\"   id='e3'  />\n\
        <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\" xmlns:b=\"http://b.example\" \
        xmlns:a=\"http://z.example\" xmlns=\"http://d.example\"/>\n<e6 xmlns=\"\" xmlns:a=\"http://a.example\">\n\
        <e7 xmlns=\"http://d.example\"><e8 xmlns=\"\" xmlns:a=\"http://a.example\"><e9 xmlns=\"\"/></e8></e7></e6></doc>";
    let want = "<doc>\n<e1></e1>\n<e2></e2>\n<e3 id=\"e3\" name=\"elem3\"></e3>\n\
        <e5 xmlns=\"http://d.example\" xmlns:a=\"http://z.example\" xmlns:b=\"http://b.example\" attr=\"I'm\" attr2=\"all\" \
        b:attr=\"sorted\" a:attr=\"out\"></e5>\n<e6 xmlns:a=\"http://a.example\">\n\
        <e7 xmlns=\"http://d.example\"><e8 xmlns=\"\"><e9></e9></e8></e7></e6></doc>";
    assert_eq!(inclusive(xml), want);
    // Exclusive: xmlns:a of e6 is used by nobody.
    assert_eq!(exclusive(xml), want.replace(" xmlns:a=\"http://a.example\"", ""));
}

/// Section 3.4: characters and references.
#[test]
fn characters_and_references() {
    let xml = "<doc><t>First&#x0d;&#10;Second</t><v>&#x32;</v><c><![CDATA[v>\"0\" && v<\"10\" ?\"x\":\"y\"]]></c>\
        <e a='v>\"0\" &amp;&amp; v&lt;\"10\" ?\"x\":\"y\"'>x</e><n a=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\
        <w a=\"one\ttwo\r\nthree\nfour\"/>a\r\nb\rc</doc>";
    let want = "<doc><t>First&#xD;\nSecond</t><v>2</v><c>v&gt;\"0\" &amp;&amp; v&lt;\"10\" ?\"x\":\"y\"</c>\
        <e a=\"v>&quot;0&quot; &amp;&amp; v&lt;&quot;10&quot; ?&quot;x&quot;:&quot;y&quot;\">x</e>\
        <n a=\" '    &#xD;&#xA;&#x9;   ' \"></n><w a=\"one two three four\"></w>a\nb\nc</doc>";
    assert_eq!(inclusive(xml), want);
    assert_eq!(exclusive(xml), want);
}

/// Exclusive XML Canonicalization, section 2: only what is visibly used, where it is first used.
#[test]
fn exclusive_namespaces() {
    let xml = "<n0:local xmlns:n0=\"http://n0.example\" xmlns:n3=\"ftp://n3.example\">\
        <n1:elem2 xmlns:n1=\"http://n1.example\" xml:lang=\"en\"><n3:stuff/><n3:more n0:a='1'/></n1:elem2></n0:local>";
    assert_eq!(
        exclusive(xml),
        "<n0:local xmlns:n0=\"http://n0.example\"><n1:elem2 xmlns:n1=\"http://n1.example\" xml:lang=\"en\">\
         <n3:stuff xmlns:n3=\"ftp://n3.example\"></n3:stuff>\
         <n3:more xmlns:n3=\"ftp://n3.example\" n0:a=\"1\"></n3:more></n1:elem2></n0:local>"
    );
    let listed = Form { prefixes: vec!["n3".into(), "none".into(), String::new()], ..Form::EXCLUSIVE };
    assert_eq!(
        canonical(xml, &listed),
        "<n0:local xmlns:n0=\"http://n0.example\" xmlns:n3=\"ftp://n3.example\"><n1:elem2 xmlns:n1=\"http://n1.example\" \
         xml:lang=\"en\"><n3:stuff></n3:stuff><n3:more n0:a=\"1\"></n3:more></n1:elem2></n0:local>"
    );
}

#[test]
fn two_prefixes_for_one_namespace_stay_apart() {
    let xml = "<a:r xmlns:a=\"urn:x\" xmlns:b=\"urn:x\"><b:c b:k=\"2\"></b:c></a:r>";
    assert_eq!(inclusive(xml), xml);
    assert_eq!(exclusive(xml), "<a:r xmlns:a=\"urn:x\"><b:c xmlns:b=\"urn:x\" b:k=\"2\"></b:c></a:r>");
}

#[test]
fn identifiers_name_the_forms() {
    let name = |uri: &str| Form::of(uri).map(|f| (f.exclusive, f.comments, f.v1_1));
    assert_eq!(name("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), Some((false, false, false)));
    assert_eq!(
        name("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"),
        Some((false, true, false))
    );
    assert_eq!(name("http://www.w3.org/2006/12/xml-c14n11"), Some((false, false, true)));
    assert_eq!(name("http://www.w3.org/2006/12/xml-c14n11#WithComments"), Some((false, true, true)));
    assert_eq!(name("http://www.w3.org/2001/10/xml-exc-c14n#"), Some((true, false, false)));
    assert_eq!(name("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), Some((true, true, false)));
    for uri in [
        "",
        "WithComments",
        "#WithComments",
        "http://www.w3.org/2001/10/xml-exc-c14n",
        "http://www.w3.org/2001/10/xml-exc-c14nWithComments",
        "http://www.w3.org/2006/12/xml-c14n11WithComments",
    ] {
        assert_eq!(name(uri), None, "{uri}");
    }
}

/// Small documents whose canonical form would be huge, deep ones, wide ones: refused, soon.
#[test]
fn hostile_documents_are_refused() {
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    let long = "u".repeat(100_000);
    let many = format!("<r xmlns:p='urn:{long}'>{}</r>", "<p:a/>".repeat(10_000));
    assert_eq!(canonicalize(&many, &Form::EXCLUSIVE, &limits), Err(C14nError::TooLong { limit: 1 << 20 }));
    assert!(canonicalize(&many, &Form::INCLUSIVE, &limits).is_ok());
    let deep = "<a>".repeat(100_000);
    let attributes: String = (0..5000).map(|i| format!(" a{i}='1'")).collect();
    let declarations: String = (0..5000).map(|i| format!(" xmlns:a{i}='u'")).collect();
    for xml in [
        deep,
        format!("<r{attributes}/>"),
        format!("<r{declarations}/>"),
        "<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>".to_owned(),
        "<r>".to_owned(),
        "<r a='1' a='2'/>".to_owned(),
        "<p:r/>".to_owned(),
        "<r xmlns:p=''/>".to_owned(),
        "<r/><r/>".to_owned(),
        String::new(),
        format!("<r>{}</r>", "x".repeat(2 << 20)),
    ] {
        assert!(canonicalize(&xml, &Form::INCLUSIVE, &limits).is_err(), "{}", &xml[..xml.len().min(60)]);
    }
}

/// XML 1.0, section 2.6: what looks like a declaration would be one in the canonical form.
#[test]
fn an_instruction_without_a_name_is_refused() {
    for xml in [
        "<d><?xml=\"a\"?></d>",
        "<d><?1?></d>",
        "<d><?XML a?></d>",
        "<?a=b?><d/>",
        "<d><?xml\t?></d>",
        "<d/><?xml\n a?>",
    ] {
        assert!(canonicalize(xml, &Form::INCLUSIVE, &Limits::default()).is_err(), "{xml}");
    }
    assert_eq!(inclusive("<d><?a:b c?></d>"), "<d><?a:b c?></d>");
}

/// A namespace is escaped as an attribute is (section 2.3); libxml2 2.9 leaves `&` bare, so it is not asked.
#[test]
fn namespaces_are_escaped() {
    let xml = "<r xmlns:q=\"urn:b&amp;c&lt;\"><q:x></q:x></r>";
    assert_eq!(inclusive(xml), xml);
}

/// Documents with everything that canonicalization knows, as text.
fn document() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("text"),
        Just(" \n\t "),
        Just("&#13;&#10;"),
        Just("a\r\nb\rc"),
        Just("<![CDATA[<&]]>"),
        Just("]]&gt;"),
        Just("<!-- c -->"),
        Just("<?pi  d ?>"),
        Just("<?pi?>"),
        Just("&amp;&lt;\"'"),
        Just("é漢😀\u{85}\u{2028}"),
    ];
    let attribute = prop_oneof![
        Just(" b='1'"),
        Just(" a=\"2\""),
        Just(" p:a='\t\n&#9;&#10;&#13;\"'"),
        Just(" q:a='3 &lt; >'"),
        Just(" q:b=''"),
        Just(" xml:lang='fr'"),
        Just(" xml:space='preserve'"),
        Just(" xmlns='urn:d'"),
        Just(" xmlns='urn:e'"),
        Just(" xmlns=''"),
        Just(" xmlns:p='urn:z'"),
        Just(" xmlns:p='urn:y'"),
        Just(" xmlns:q='urn:a'"),
        Just(" xmlns:unused='urn:u'"),
        Just(" xmlns:q='urn:b'"),
    ];
    let tag =
        (prop_oneof![Just("e"), Just("p:e"), Just("q:f")], prop::collection::btree_set(attribute, 0..4));
    let leaf = text.prop_map(str::to_owned);
    let node = leaf.prop_recursive(4, 24, 5, move |inner| {
        (tag.clone(), prop::collection::vec(inner, 0..5)).prop_map(|((name, attributes), children)| {
            // One of a kind: `xmlns:p` and the like come with several values.
            let mut seen = std::collections::BTreeSet::new();
            let attributes: String =
                attributes.into_iter().filter(|a| seen.insert(a.split('=').next())).collect();
            format!("<{name}{attributes}>{}</{name}>", children.concat())
        })
    });
    (prop::collection::vec(node, 1..4), prop_oneof![Just(""), Just("<?a b?>\n<!-- c -->")]).prop_map(
        |(nodes, outside)| {
            format!("{outside}<root xmlns:p='urn:p' xmlns:q='urn:q'>{}</root>{outside}\n", nodes.concat())
        },
    )
}

fn generated(count: usize) -> Vec<String> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| document().new_tree(&mut runner).expect("a document").current()).collect()
}

#[test]
fn the_canonical_form_is_its_own_canonical_form() {
    for xml in generated(300) {
        for form in [Form::INCLUSIVE, Form::EXCLUSIVE] {
            let form = Form { comments: true, ..form };
            let once = canonical(&xml, &form);
            assert_eq!(canonical(&once, &form), once, "{xml}");
        }
    }
}

#[test]
fn libxml2_gives_the_same_bytes() {
    if !has("xmllint") {
        return;
    }
    let file = std::env::temp_dir().join(format!("cap-c14n-{}.xml", std::process::id()));
    for xml in generated(120) {
        std::fs::write(&file, &xml).unwrap();
        for (option, form) in
            [("--c14n", Form::INCLUSIVE), ("--c14n11", Form::INCLUSIVE), ("--exc-c14n", Form::EXCLUSIVE)]
        {
            let output = command("xmllint").arg(option).arg(&file).output().unwrap();
            assert!(output.status.success(), "{xml}\n{}", String::from_utf8_lossy(&output.stderr));
            // xmllint keeps comments.
            let ours = canonical(&xml, &Form { comments: true, ..form });
            assert_eq!(ours, String::from_utf8(output.stdout).unwrap(), "{option} of {xml}");
        }
    }
    std::fs::remove_file(&file).unwrap();
}
