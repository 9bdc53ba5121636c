//! Holds properties against the shape of their resource type.

use serde_json::{Map, Value};

use super::pointer;
use super::shape::{Kind, Shape};
use super::{ResourceType, Violation};
use crate::aws::intrinsic::{Meaning, is_dynamic, may_have, meaning, surely_has};
use crate::aws::token;
use crate::diagnostic::nearest;

mod members;
mod scalar;

/// Deeper than any property of AWS, and shallow enough for every stack.
const DEPTH: usize = 64;

pub(super) fn properties(resource: &ResourceType, properties: &Value) -> Vec<Violation> {
    let mut check = Check { resource, found: Vec::new() };
    let nothing = Value::Object(Map::new());
    let given = if properties.is_null() { &nothing } else { properties };
    check.value(&resource.schema, given, &Place { path: String::new(), depth: 0 });
    check.found
}

/// Where the check is: a value, and how many shapes were entered on the way.
struct Place {
    path: String,
    depth: usize,
}

struct Check<'a> {
    resource: &'a ResourceType,
    found: Vec<Violation>,
}

impl Place {
    fn child(&self, key: &str) -> Self {
        Self { path: format!("{}/{}", self.path, token(key)), depth: self.depth + 1 }
    }

    fn inner(&self) -> Self {
        Self { path: self.path.clone(), depth: self.depth + 1 }
    }
}

impl Check<'_> {
    fn report(&mut self, place: &Place, message: impl Into<String>) {
        self.suggest(place, message, None);
    }

    fn suggest(&mut self, place: &Place, message: impl Into<String>, instead: Option<&str>) {
        let violation = Violation::error(&place.path, message).suggest(instead);
        // Alternatives look at the same members again.
        if !self.found.contains(&violation) {
            self.found.push(violation);
        }
    }

    fn value(&mut self, shape: &Shape, value: &Value, place: &Place) {
        if place.depth > DEPTH {
            return self.report(place, format!("nested deeper than {DEPTH} levels"));
        }
        match meaning(value) {
            Meaning::Literal => self.literal(shape, value, place),
            Meaning::Either(branches) => {
                for (at, branch) in branches.into_iter().enumerate() {
                    self.value(shape, branch, &place.child("Fn::If").child(&(at + 1).to_string()));
                }
            }
            Meaning::Absent | Meaning::Unknown => {}
        }
    }

    fn literal(&mut self, shape: &Shape, value: &Value, place: &Place) {
        if value.as_str().is_some_and(is_dynamic) {
            return;
        }
        if let Some(target) = shape.reference.and_then(|r| self.resource.resolve(r)) {
            self.value(target, value, &place.inner());
        }
        if !shape.kinds.is_empty() && !shape.kinds.iter().any(|kind| kind.accepts(value)) {
            return self.wrong_kind(&shape.kinds, value, place);
        }
        match value {
            Value::Object(object) => self.object(shape, object, place),
            Value::Array(items) => self.array(shape, items, place),
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                self.scalar(shape, value, place);
            }
            Value::Null => {}
        }
        self.alternatives(shape, value, place);
    }

    fn wrong_kind(&mut self, kinds: &[Kind], value: &Value, place: &Place) {
        let wanted: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        let found = Kind::of(value).name();
        self.report(place, format!("expected {}, found {found}", wanted.join(" or ")));
    }

    fn alternatives(&mut self, shape: &Shape, value: &Value, place: &Place) {
        for part in &shape.all_of {
            self.value(part, value, &place.inner());
        }
        if !shape.any_of.is_empty() {
            self.alternative(&shape.any_of, value, place);
        }
        if !shape.one_of.is_empty() && self.alternative(&shape.one_of, value, place) > 1 {
            let named = names_only(&shape.one_of);
            // Alternatives that differ in more than what they require may overlap in AWS's own schemas.
            if let (Some(names), Value::Object(object)) = (named, value)
                && names.iter().filter(|name| surely_has(object, name)).count() > 1
            {
                self.report(place, format!("only one of {} may be given", quoted(&names)));
            }
        }
    }

    /// Returns how many alternatives fit; where none does, says what the closest one lacks.
    fn alternative(&mut self, shapes: &[Shape], value: &Value, place: &Place) -> usize {
        let mut fits = 0;
        let mut closest: Option<Vec<Violation>> = None;
        for shape in shapes {
            let mut check = Check { resource: self.resource, found: Vec::new() };
            check.value(shape, value, &place.inner());
            fits += usize::from(check.found.is_empty());
            if closest.as_ref().is_none_or(|found| found.len() > check.found.len()) {
                closest = Some(check.found);
            }
        }
        if fits == 0 {
            match names_only(shapes) {
                Some(names) => self.report(place, format!("one of {} is needed", quoted(&names))),
                None => self.found.extend(closest.unwrap_or_default()),
            }
        }
        fits
    }
}

/// The names where every alternative does no more than to require one property.
fn names_only(shapes: &[Shape]) -> Option<Vec<&'static str>> {
    let name = |shape: &'_ Shape| shape.properties.is_empty() && shape.required.len() == 1;
    shapes.iter().all(name).then(|| shapes.iter().map(|shape| shape.required[0]).collect())
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}
