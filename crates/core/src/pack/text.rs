//! Filling a template from an incident, in a sandbox: no includes, no loops without end.

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

/// Why a text could not be filled.
#[derive(Debug, thiserror::Error)]
#[error("fill the template: {0}; check its placeholders")]
pub struct TextError(String);

/// Instructions that one template may use.
const FUEL: u64 = 10_000;

/// The statements that a template may use. None of them keeps a value, and there is no `*`, so a
/// text grows no faster than its template: what `set` and loops double is bounded by nothing.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Fills `template` from `facts`. A placeholder that `facts` does not have is an error: a warning
/// never leaves with a hole in it.
///
/// # Errors
/// A template that does not parse, does more than choose and fill, names an unknown placeholder,
/// or runs too long.
pub fn fill<S: Serialize>(template: &str, facts: &S) -> Result<String, TextError> {
    only_chooses_and_fills(template)?;
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
        .render_str(template, minijinja::value::Serde(facts))
        .map(|text| text.trim().to_owned())
        .map_err(|error| TextError(error.to_string()))
}

/// The longest template, bytes.
const MAX_TEMPLATE: usize = 64 << 10;
/// The longest tag, bytes, and the most statements: what is nested deeper than that cannot be read either.
const MAX_TAG: usize = 1000;
const MAX_STATEMENTS: usize = 200;

/// Refuses statements beyond choosing, and multiplication, which repeats texts. A `{` inside a tag
/// is refused too: only there does a tag go on beyond the first `}}`.
fn only_chooses_and_fills(template: &str) -> Result<(), TextError> {
    let refuse = |words: String| Err(TextError(words));
    if template.len() > MAX_TEMPLATE {
        return refuse(format!("it is longer than {MAX_TEMPLATE} bytes"));
    }
    let (mut rest, mut statements) = (template, 0);
    while let Some(at) = rest.find('{') {
        let inside = &rest[at + 1..];
        let (closing, body) = match inside.as_bytes().first() {
            Some(b'#') => {
                rest = inside.split_once("#}").map_or("", |(_, after)| after);
                continue;
            }
            Some(b'{') => ("}}", &inside[1..]),
            Some(b'%') => ("%}", &inside[1..]),
            _ => {
                rest = inside;
                continue;
            }
        };
        let (code, after) = tag(body, closing);
        if body.len() - after.len() > MAX_TAG {
            return refuse(format!("a tag is longer than {MAX_TAG} bytes"));
        }
        if let Some(sign) = code.chars().find(|letter| matches!(letter, '*' | '{')) {
            return refuse(format!("`{sign}` in a tag is not for texts"));
        }
        if has_stepped_slice(&code) {
            return refuse("a slice with a step, `[a:b:c]`, is not for texts".to_owned());
        }
        let word =
            code.trim_matches(['-', '+', ' ', '\n', '\t']).split_whitespace().next().unwrap_or_default();
        if closing == "%}" && !STATEMENTS.contains(&word) {
            return refuse(format!("it may only {}, not `{word}`", STATEMENTS.join(", ")));
        }
        statements += usize::from(closing == "%}");
        if statements > MAX_STATEMENTS {
            return refuse(format!("it has more than {MAX_STATEMENTS} statements"));
        }
        rest = after;
    }
    Ok(())
}

/// Whether two colons stand in one pair of brackets. Steps backwards over a list that is too short are a panic in
/// minijinja 3.0.5 (`value/ops.rs`).
fn has_stepped_slice(code: &str) -> bool {
    let mut colons = vec![0];
    for letter in code.chars() {
        match letter {
            '[' => colons.push(0),
            ']' if colons.len() > 1 => drop(colons.pop()),
            ':' => {
                if let Some(inner) = colons.last_mut() {
                    *inner += 1;
                    if *inner > 1 {
                        return true;
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// What a tag says without its string literals, and what comes after it.
fn tag<'a>(inside: &'a str, closing: &str) -> (String, &'a str) {
    let (mut code, mut quote, mut escaped) = (String::new(), None, false);
    for (at, letter) in inside.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if letter == '\\' => escaped = true,
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if inside[at..].starts_with(closing) => return (code, &inside[at + closing.len()..]),
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None => code.push(letter),
        }
    }
    (code, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_placeholder_is_refused_never_left_empty() {
        let facts = std::collections::BTreeMap::from([("place", "Houston")]);
        assert_eq!(fill("Flood at {{ place }}", &facts).expect("known"), "Flood at Houston");
        assert!(fill("Flood at {{ river }}", &facts).is_err());
    }

    #[test]
    fn a_template_chooses_and_fills_and_grows_no_faster_than_it_is_long() {
        let facts = std::collections::BTreeMap::from([("place", "Houston")]);
        let chosen = "{# said so #}{%- if place == '%} * }}' -%}a{%+ elif place %}b * {{ place }}{% else %}c{% endif %}";
        assert_eq!(fill(chosen, &facts).expect("chooses"), "b * Houston");
        for grows in [
            "{% set a = place %}{% set a = a ~ a %}{{ a }}",
            "{%-set a = place %}",
            "{% for x in place %}{{ x }}{% endfor %}",
            "{% raw %}{% set a = place %}{% endraw %}",
            "{{ 'a' * 999999999 }}",
            "{{ '}}' * 999999999 }}",
            r#"{{ "\"}}" * 999999999 }}"#,
            "{% if 'a' * 999999999 %}b{% endif %}",
            "{{ {'a':{}} ~ 'a' * 99999999 }}",
            "{{ {'a':{}} ~ '{#' }}{% set a = 'xxxxxxxx' %}{% set a = a ~ a %}{{ a }}",
            "{{ ('a' }} * 99999999) }}",
            "{%if place%}{%for x in place%}{%endfor%}{%endif%}",
        ] {
            assert!(fill(grows, &facts).is_err(), "{grows}");
        }
    }

    #[test]
    fn slices_have_no_step() {
        let facts = std::collections::BTreeMap::from([("place", "Houston")]);
        assert_eq!(fill("{{ place[:2] }}{{ place[5:] }}{{ '::' }}", &facts).expect("slices"), "Hoon::");
        for stepped in [
            "{{[][:5][2::-57][:6]}}",
            "{{ place[6:0:-1] }}",
            "{{ place[place[1:]:2 : 1] }}",
            "{% if [][::-1] %}a{% endif %}",
        ] {
            assert!(
                fill(stepped, &facts).is_err_and(|error| error.to_string().contains("step")),
                "{stepped}"
            );
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_before_anything_reads_it() {
        let facts = std::collections::BTreeMap::from([("place", "Houston")]);
        for deep in [
            format!("{{{{ 1{} }}}}", "+1".repeat(30_000)),
            format!("{}b{}", "{% if place %}".repeat(1_000), "{% endif %}".repeat(1_000)),
            format!("{{% if place %}}a{}{{% endif %}}", "{% elif place %}b".repeat(1_000)),
            "{{ place }}".repeat(10_000),
        ] {
            assert!(fill(&deep, &facts).is_err());
        }
    }
}
