//! Any two texts as templates, YAML or JSON, in every form of the report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipeline::diff::{Files, Screen, diff, json, markdown, problems, text};

fuzz_target!(|texts: (&str, &str)| {
    let side = |text: &str| Files::from([("a.template.yaml".to_owned(), text.to_owned())]);
    let Ok(changes) = diff(&side(texts.0), &side(texts.1)) else { return };
    assert!(texts.0 != texts.1 || changes.is_empty());
    text(std::slice::from_ref(&changes), Screen { width: 80, coloured: true });
    problems(&changes);
    json(std::slice::from_ref(&changes));
    assert!(markdown(&[changes]).chars().count() < 65_536);
});
