//! Values of outputs: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::stack::{Resource, Stack};

pub(super) struct Values<'a> {
    pub(super) stack: &'a Stack,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

impl Values<'_> {
    pub(super) fn outputs(&self) -> BTreeMap<String, String> {
        let template = self.stack.template();
        let outputs = template["Outputs"].as_object().into_iter().flatten();
        outputs.map(|(name, output)| (name.clone(), self.text(&output["Value"]))).collect()
    }

    pub(super) fn text(&self, value: &Value) -> String {
        let call =
            value.as_object().filter(|call| call.len() == 1).and_then(|call| call.iter().next());
        match (value, call) {
            (Value::String(text), _) => text.clone(),
            (_, Some((name, argument))) => self.called(name, argument),
            (other, None) => other.to_string(),
        }
    }

    fn called(&self, name: &str, argument: &Value) -> String {
        match (name, argument) {
            ("Ref", Value::String(name)) => self.named(name),
            ("Fn::GetAtt", Value::String(path)) => self.attribute(path),
            ("Fn::GetAtt", Value::Array(path)) => {
                let parts: Vec<_> = path.iter().filter_map(Value::as_str).collect();
                self.attribute(&parts.join("."))
            }
            ("Fn::Sub", Value::String(text)) => self.filled(text),
            ("Fn::Join", Value::Array(parts)) => {
                let items = parts.get(1).and_then(Value::as_array).into_iter().flatten();
                let items: Vec<_> = items.map(|item| self.text(item)).collect();
                items.join(parts[0].as_str().unwrap_or_default())
            }
            (other, _) => format!("{other}-value"),
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            filled += &if name.contains('.') { self.attribute(name) } else { self.named(name) };
            filled += rest;
        }
        filled
    }

    fn named(&self, name: &str) -> String {
        match name {
            "AWS::AccountId" => self.account.to_owned(),
            "AWS::Region" => self.region.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::StackName" => self.stack.name.clone(),
            _ => {
                let resource = self.stack.resources.get(name);
                let parameter = || self.stack.parameters.get(name).cloned();
                resource.map(|one| one.physical.clone()).or_else(parameter).unwrap_or_default()
            }
        }
    }

    fn attribute(&self, path: &str) -> String {
        let (name, attribute) = path.split_once('.').unwrap_or((path, ""));
        let Some(resource) = self.stack.resources.get(name) else { return String::new() };
        if attribute.ends_with("Arn") {
            self.arn(resource)
        } else {
            format!("{}-{attribute}", resource.physical)
        }
    }

    fn arn(&self, resource: &Resource) -> String {
        let service = resource.kind.split("::").nth(1).unwrap_or_default().to_lowercase();
        let short = resource.kind.rsplit("::").next().unwrap_or_default().to_lowercase();
        let physical = &resource.physical;
        match service.as_str() {
            "s3" => format!("arn:aws:s3:::{physical}"),
            "iam" => format!("arn:aws:iam::{}:{short}/{physical}", self.account),
            "kms" => format!("arn:aws:kms:{}:{}:key/{physical}", self.region, self.account),
            _ => format!("arn:aws:{service}:{}:{}:{short}:{physical}", self.region, self.account),
        }
    }
}
