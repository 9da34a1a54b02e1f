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

/// Refuses statements beyond choosing, and multiplication, which repeats texts.
fn only_chooses_and_fills(template: &str) -> Result<(), TextError> {
    let mut rest = template;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (opening, inside) = rest[at..].split_at(2);
        if opening == "{#" {
            rest = inside.split_once("#}").map_or("", |(_, after)| after);
            continue;
        }
        let (code, after) = tag(inside, if opening == "{{" { "}}" } else { "%}" });
        if code.contains('*') {
            return Err(TextError("`*` is not for texts".to_owned()));
        }
        let word = code.trim_start_matches(['-', '+']).split_whitespace().next().unwrap_or_default();
        let word = word.trim_end_matches(['-', '+']);
        if opening == "{%" && !STATEMENTS.contains(&word) {
            return Err(TextError(format!("it may only {}, not `{word}`", STATEMENTS.join(", "))));
        }
        rest = after;
    }
    Ok(())
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
        ] {
            assert!(fill(grows, &facts).is_err(), "{grows}");
        }
    }
}
