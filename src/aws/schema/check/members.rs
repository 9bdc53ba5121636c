//! Objects and arrays: which members they may have, must have, and how many.

use serde_json::{Map, Value};

use super::{Check, Place, may_have, meaning, nearest, pointer, quoted, surely_has};
use crate::aws::intrinsic::Meaning;
use crate::aws::schema::shape::Shape;

type Object = Map<String, Value>;

impl Check<'_> {
    pub(super) fn object(&mut self, shape: &Shape, object: &Object, place: &Place) {
        for (key, value) in object {
            // `Fn::ForEach::…` makes members whose names only the deployment knows.
            if !key.starts_with("Fn::ForEach") {
                self.member(shape, key, value, place);
            }
        }
        if !object.keys().any(|key| key.starts_with("Fn::ForEach")) {
            self.presence(shape, object, place);
            self.dependencies(shape, object, place);
            self.count(shape.min_properties, shape.max_properties, object.len(), place);
        }
    }

    fn member(&mut self, shape: &Shape, key: &str, value: &Value, place: &Place) {
        let place = place.child(key);
        let read_only = self.resource.read_only().iter();
        if read_only.into_iter().any(|pattern| pointer::matches(pattern, &place.path)) {
            return self.report(&place, format!("`{key}` is read-only: AWS sets it"));
        }
        let mut known = false;
        if let Some(child) = shape.properties.get(key) {
            known = true;
            self.value(child, value, &place);
        }
        for (pattern, child) in &shape.pattern_properties {
            match pattern.occurs_in(key) {
                Some(true) => self.value(child, value, &place),
                Some(false) => continue,
                None => {}
            }
            known = true;
        }
        if !known && shape.additional_properties == Some(false) {
            self.unknown(shape, key, &place);
        }
    }

    fn unknown(&mut self, shape: &Shape, key: &str, place: &Place) {
        let message = match shape.pattern_properties.as_slice() {
            [(pattern, _)] if shape.properties.is_empty() => {
                format!("name `{key}` does not match `{}`", pattern.text())
            }
            _ => format!("unknown property `{key}`"),
        };
        let near = nearest(key, shape.properties.keys().copied());
        self.suggest(place, message, near);
    }

    fn presence(&mut self, shape: &Shape, object: &Object, place: &Place) {
        for name in shape.required.iter().filter(|name| !surely_has(object, name)) {
            self.report(place, format!("required property `{name}` is missing"));
        }
        for names in [&shape.required_or, &shape.required_xor] {
            if !names.is_empty() && !names.iter().any(|name| may_have(object, name)) {
                self.report(place, format!("one of {} is needed", quoted(names)));
            }
        }
        if shape.required_xor.iter().filter(|name| surely_has(object, name)).count() > 1 {
            let names = quoted(&shape.required_xor);
            self.report(place, format!("only one of {names} may be given"));
        }
    }

    fn dependencies(&mut self, shape: &Shape, object: &Object, place: &Place) {
        for (name, others) in &shape.dependent_required {
            let lacking = others.iter().filter(|other| !may_have(object, other));
            for other in lacking.filter(|_| surely_has(object, name)) {
                self.report(place, format!("`{name}` needs `{other}` beside it"));
            }
        }
        for (name, others) in &shape.dependent_excluded {
            let clashing = others.iter().filter(|other| surely_has(object, other));
            for other in clashing.filter(|_| surely_has(object, name)) {
                self.report(place, format!("`{name}` and `{other}` exclude each other"));
            }
        }
    }

    pub(super) fn array(&mut self, shape: &Shape, items: &[Value], place: &Place) {
        if let Some(child) = &shape.items {
            for (at, item) in items.iter().enumerate() {
                self.value(child, item, &place.child(&at.to_string()));
            }
        }
        // An item that is a function may be none, or many.
        if items.iter().all(|item| matches!(meaning(item), Meaning::Literal)) {
            self.count(shape.min_items, shape.max_items, items.len(), place);
        }
        if shape.unique_items {
            self.repeated(items, place);
        }
    }

    fn repeated(&mut self, items: &[Value], place: &Place) {
        let mut seen = std::collections::BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            if !seen.insert(item.to_string()) {
                self.report(&place.child(&at.to_string()), "the same item stands above");
            }
        }
    }

    fn count(&mut self, min: Option<usize>, max: Option<usize>, count: usize, place: &Place) {
        if let Some(min) = min.filter(|min| count < *min) {
            self.report(place, format!("expected at least {min} items, found {count}"));
        }
        if let Some(max) = max.filter(|max| count > *max) {
            self.report(place, format!("expected at most {max} items, found {count}"));
        }
    }
}
