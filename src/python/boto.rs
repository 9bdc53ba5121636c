//! What things outside the project mean: boto3, environment variables, and functions that hand on what they get.

use super::run::Reading;
use super::value::{Arguments, Value, Values};

/// Functions whose result holds what their arguments hold.
const HAND_ON: [&str; 26] = [
    "asyncio.to_thread",
    "contextlib.closing",
    "contextlib.nullcontext",
    "copy.copy",
    "dict",
    "enumerate",
    "filter",
    "functools.cache",
    "functools.lru_cache",
    "functools.partial",
    "functools.reduce",
    "itertools.chain",
    "itertools.islice",
    "iter",
    "list",
    "next",
    "reversed",
    "set",
    "sorted",
    "tuple",
    "types.MappingProxyType",
    "types.SimpleNamespace",
    "typing.cast",
    "weakref.proxy",
    "weakref.ref",
    "zip",
];

/// Functions by which code reaches names that its text does not show, or AWS without boto3's clients.
const OPEN: [&str; 12] = [
    "__import__",
    "delattr",
    "eval",
    "exec",
    "globals",
    "importlib.import_module",
    "importlib.reload",
    "locals",
    "operator.attrgetter",
    "operator.methodcaller",
    "setattr",
    "vars",
];

impl<'a> Reading<'a> {
    /// Calls something outside the project.
    pub(super) fn external(&mut self, path: &str, arguments: &Arguments<'a>) -> Values<'a> {
        match path {
            "boto3.client" | "botocore.session.Session.create_client" => {
                let services = arguments.get(0, "service_name");
                self.services(&services, Value::Client)
            }
            "boto3.resource" => {
                let services = arguments.get(0, "service_name");
                self.services(&services, Value::Resource)
            }
            "boto3.Session" | "boto3.session.Session" => external("boto3"),
            "botocore.session.get_session" | "botocore.session.Session" => {
                external("botocore.session.Session")
            }
            "os.environ.get" | "os.getenv" | "os.environ.pop" | "os.environ.setdefault" => {
                variables(arguments)
            }
            "getattr" => self.by_word(arguments),
            _ if HAND_ON.contains(&path) => arguments.all().cloned().collect(),
            _ => {
                self.found.is_open |= OPEN.contains(&path) || path.starts_with("subprocess.");
                Values::new()
            }
        }
    }

    /// Returns what `make` gives for each service; one that is not written out is unknown.
    fn services(
        &mut self,
        services: &Values<'a>,
        make: impl Fn(&'a str) -> Value<'a>,
    ) -> Values<'a> {
        let mut made = Values::new();
        for service in services {
            if let Value::Text(service) = service {
                made.insert(make(service));
            }
        }
        self.found.is_open |= made.is_empty() || made.len() < services.len();
        for value in &made {
            match value {
                Value::Client(service) => self.found.clients.insert((*service).to_owned()),
                Value::Resource(service) => self.found.resources.insert((*service).to_owned()),
                _ => false,
            };
        }
        made
    }

    /// `getattr(client, "list_clusters")` is `client.list_clusters`.
    fn by_word(&mut self, arguments: &Arguments<'a>) -> Values<'a> {
        let (objects, words) = (arguments.get(0, "object"), arguments.get(1, "name"));
        let mut found = arguments.get(2, "default");
        let texts =
            words.iter().filter_map(|w| if let Value::Text(w) = w { Some(*w) } else { None });
        let texts: Vec<_> = texts.collect();
        let is_followed = |v: &Value| matches!(v, Value::Module(_) | Value::Client(_));
        self.found.is_open |= texts.is_empty() && objects.iter().any(is_followed);
        for word in texts {
            found.extend(self.attribute(&objects, word));
        }
        found
    }
}

pub(super) fn external<'a>(path: &str) -> Values<'a> {
    Values::from([Value::External(path.to_owned())])
}

/// Returns the variables that the first argument names, beside the default.
pub(super) fn variables<'a>(arguments: &Arguments<'a>) -> Values<'a> {
    let names = arguments.get(0, "key");
    let variable = |value: &Value<'a>| match value {
        Value::Text(name) => Some(Value::Variable(name)),
        _ => None,
    };
    names.iter().filter_map(variable).chain(arguments.get(1, "default")).collect()
}
