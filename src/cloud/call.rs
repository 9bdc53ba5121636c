//! One signed request to a service of which a deploy needs one or two reads.
//!
//! The SDK's crates for EC2, Glue, Lambda, SNS and Step Functions take eight minutes to build and say nothing more; this is
//! the part of the SDK below them: it signs, sends, sends again and judges the answer.

use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::{
    StaticAuthSchemeOptionResolver, StaticAuthSchemeOptionResolverParams,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use regex_lite::Regex;

use super::trouble::unanswered;
use super::{Cloud, Trouble};

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service's name in its host and in signatures.
    pub service: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with the query.
    pub path: String,
    /// Headers beside those of the signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Call {
    /// Returns a call of the query protocol: a form, answered by XML.
    pub fn query(
        service: &'static str,
        action: &str,
        version: &str,
        form: &[(&str, &str)],
    ) -> Self {
        let head = [("Action", action), ("Version", version)];
        let pairs = head.iter().chain(form).map(|(key, value)| format!("{key}={}", encoded(value)));
        Self {
            service,
            method: "POST",
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: pairs.collect::<Vec<_>>().join("&"),
        }
    }

    /// Returns a call of the JSON protocol; `target` is such as `AWSGlue.GetDatabase`, `version` 1.0 or 1.1.
    pub fn json(
        service: &'static str,
        target: &str,
        version: &str,
        body: &serde_json::Value,
    ) -> Self {
        Self {
            service,
            method: "POST",
            path: "/".to_owned(),
            headers: vec![
                ("content-type", format!("application/x-amz-json-{version}")),
                ("x-amz-target", target.to_owned()),
            ],
            body: body.to_string(),
        }
    }

    /// Returns a call that reads what is at `path`, answered by JSON.
    pub fn get(service: &'static str, path: String) -> Self {
        Self { service, method: "GET", path, headers: Vec::new(), body: String::new() }
    }
}

/// Encodes all but unreserved characters (RFC 3986).
pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

impl Cloud {
    /// Sends a call and returns the body of its answer.
    ///
    /// # Errors
    /// The request failed.
    pub async fn call(&self, call: Call) -> Result<String, Trouble> {
        let region = self.region();
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let host = format!("https://{}.{region}.amazonaws.com{suffix}", call.service);
        let config = &self.config;
        let retries = config.retry_config().expect("it is set in `config`");
        let timeouts = config.timeout_config().expect("it is set in `config`");
        let operation = Operation::builder()
            .service_name(call.service)
            .operation_name("call")
            .http_client(config.http_client().expect("it is set in `config`"))
            .endpoint_url(config.endpoint_url().unwrap_or(&host))
            .standard_retry(retries)
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<Trouble>::new())
            .timeout_config(timeouts.clone())
            .sleep_impl(config.sleep_impl().expect("it is set by default"))
            .time_source(config.time_source().expect("it is set by default"))
            .runtime_plugin(self.signature(call.service))
            .serializer(|call: Call| request(&call))
            .deserializer::<String, Trouble>(answer)
            .build();
        operation.invoke(call).await.map_err(judged)
    }

    fn signature(&self, service: &'static str) -> StaticRuntimePlugin {
        let mut layer = Layer::new("signature");
        layer.store_put(AuthSchemeOptionResolverParams::new(
            StaticAuthSchemeOptionResolverParams::new(),
        ));
        let region = self.config.region().cloned().expect("checked in `connect`");
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(region)),
            region_set: None,
            name: Some(SigningName::from_static(service)),
            signing_options: SigningOptions::default(),
        });
        let mut parts = RuntimeComponentsBuilder::new("signature");
        let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        parts.set_auth_scheme_option_resolver(Some(schemes));
        parts.push_auth_scheme(SigV4AuthScheme::new());
        parts.set_identity_cache(self.config.identity_cache());
        if let Some(credentials) = self.config.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, credentials);
        }
        StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(parts)
    }
}

fn request(call: &Call) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(call.body.as_str()));
    request.set_method(call.method)?;
    request.set_uri(call.path.as_str())?;
    for (name, value) in &call.headers {
        request.headers_mut().insert(*name, value.clone());
    }
    Ok(request)
}

fn answer(response: &HttpResponse) -> Result<String, OrchestratorError<Trouble>> {
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
    if response.status().is_success() {
        return Ok(body);
    }
    let header = response.headers().get("x-amzn-errortype").unwrap_or_default();
    let code = first(&body, r#"<Code>([^<]*)</Code>|"(?:__type|code)"\s*:\s*"([^"]*)""#);
    let code = if code.is_empty() { header.to_owned() } else { code };
    // A name space before it, or a page about it behind it.
    let code = code.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let message = first(&body, r#"<Message>([^<]*)</Message>|"[Mm]essage"\s*:\s*"([^"]*)""#);
    Err(OrchestratorError::operation(Trouble::of(code, &message, response.status().as_u16())))
}

/// Returns the first group that matches.
pub(super) fn first(text: &str, pattern: &str) -> String {
    let pattern = Regex::new(pattern).expect("patterns are fixed");
    let groups = pattern.captures(text);
    let group =
        groups.and_then(|groups| groups.iter().skip(1).flatten().next().map(|one| one.as_str()));
    group.unwrap_or_default().to_owned()
}

fn judged(error: SdkError<Trouble, HttpResponse>) -> Trouble {
    match error {
        SdkError::ServiceError(service) => service.into_err(),
        other => unanswered(&super::trouble::chain(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded() {
        let call = Call::query("ec2", "Describe", "2016-11-15", &[("Filter.1.Value.1", "a b/ä")]);
        assert_eq!(call.body, "Action=Describe&Version=2016-11-15&Filter.1.Value.1=a%20b%2F%C3%A4");
    }
}
