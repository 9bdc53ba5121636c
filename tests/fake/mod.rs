//! AWS as the documentation describes it, as far as a deploy meets it: one port for all services, a time of its own that goes on
//! with each request, and a script of what goes wrong.

#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod cloudformation;
pub(crate) mod faults;
mod form;
mod http;
mod intrinsics;
mod others;
pub(crate) mod s3;
pub(crate) mod speed;
pub(crate) mod stack;
pub(crate) mod steps;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use self::cloudformation::CloudFormation;
use self::faults::Faults;
use self::s3::S3;
use self::speed::Speed;

pub(crate) const ACCOUNT: &str = "111122223333";

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Seconds since 1970.
    pub(crate) now: u64,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) cloudformation: CloudFormation,
    pub(crate) s3: S3,
    pub(crate) faults: Faults,
    pub(crate) speed: Option<Speed>,
    /// Requests in their order, such as `cloudformation:CreateChangeSet data-pipeline-dev-network`.
    pub(crate) log: Vec<String>,
    /// Physical ids of what is there and in no stack.
    pub(crate) existing: Vec<String>,
    /// Databases of the Glue catalog that no stack made.
    pub(crate) databases: Vec<String>,
    /// E-mail addresses that have not confirmed their subscription.
    pub(crate) unconfirmed: Vec<String>,
    /// Schedules that somebody switched off, by name.
    pub(crate) switched_off: Vec<String>,
    /// What was changed beside CloudFormation: the path of a property, or nothing where the resource was deleted, by logical id.
    pub(crate) drifted: BTreeMap<String, String>,
    /// State machines with a running execution, by name.
    pub(crate) running: Vec<String>,
    /// How things stood a while ago, for reads that are stale.
    pub(crate) before: Option<Box<World>>,
}

impl World {
    pub(crate) fn new(account: &str, region: &str) -> Self {
        Self {
            now: 1_790_000_000,
            account: account.to_owned(),
            region: region.to_owned(),
            cloudformation: CloudFormation::default(),
            s3: S3::default(),
            faults: Faults::default(),
            speed: None,
            log: Vec::new(),
            existing: Vec::new(),
            databases: vec!["default".to_owned()],
            unconfirmed: Vec::new(),
            switched_off: Vec::new(),
            drifted: BTreeMap::new(),
            running: Vec::new(),
            before: None,
        }
    }

    /// Returns the requests that change something, in their order.
    pub(crate) fn changes(&self) -> Vec<&str> {
        let reads = ["Describe", "Get", "List", "Head"];
        let reads_only = |line: &&String| {
            line.split(':').nth(1).is_some_and(|name| reads.iter().any(|one| name.starts_with(one)))
        };
        self.log.iter().filter(|line| !reads_only(line)).map(String::as_str).collect()
    }
}

/// What a service says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// A request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The running server.
pub(crate) struct Fake {
    world: Arc<Mutex<World>>,
    address: SocketAddr,
    /// Hears each request that is held for good.
    pub(crate) held: std::sync::mpsc::Receiver<()>,
}

impl Fake {
    pub(crate) fn start(world: World) -> Self {
        let world = Arc::new(Mutex::new(world));
        let (holds, held) = std::sync::mpsc::channel();
        let address = http::serve(Arc::clone(&world), holds);
        Self { world, address, held }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no request panics")
    }
}
