//! The port: requests are read whole, met by the faults, answered by their service.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::faults::Fate;
use super::{Answer, Asked, World, form, others, s3};

type Shared = Arc<Mutex<World>>;

pub(super) fn serve(world: Shared, holds: Sender<()>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(accept(listener, world, holds));
    });
    address
}

async fn accept(listener: std::net::TcpListener, world: Shared, holds: Sender<()>) {
    let listener = TcpListener::from_std(listener).expect("it does not block");
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (world, holds) = (Arc::clone(&world), holds.clone());
        tokio::spawn(async move {
            let service =
                service_fn(move |request| met(request, Arc::clone(&world), holds.clone()));
            let connection = hyper::server::conn::http1::Builder::new();
            // Dropped connections are part of the play.
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn met(
    request: Request<Incoming>,
    world: Shared,
    holds: Sender<()>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let asked = read(request).await;
    let speed = world.lock().expect("no request panics").speed;
    if let Some(speed) = speed {
        tokio::time::sleep(speed.request).await;
    }
    let (fate, name) = {
        let mut world = world.lock().expect("no request panics");
        let name = name(&asked, &world);
        world.now += 1;
        world.log.push(name.clone());
        let sequence = world.log.len();
        (world.faults.meet(&name, sequence), name)
    };
    let dropped = || std::io::Error::other("dropped");
    match fate {
        Fate::DropBefore => return Err(dropped()),
        Fate::HoldBefore => hold(&holds).await,
        Fate::Answer(status, code) => return Ok(response(&error(&asked, status, &code), &world)),
        _ => {}
    }
    let answer = {
        let mut world = world.lock().expect("no request panics");
        remember(&mut world);
        let is_read = [":Describe", ":Get"].iter().any(|read| name.contains(read));
        match world.before.clone().filter(|_| fate == Fate::Stale && is_read) {
            Some(mut before) => answered(&mut before, &asked, &name),
            None => answered(&mut world, &asked, &name),
        }
    };
    match fate {
        Fate::DropAfter => Err(dropped()),
        Fate::HoldAfter => {
            hold(&holds).await;
            Err(dropped())
        }
        _ => Ok(response(&answer, &world)),
    }
}

/// Requests after which another state is remembered.
const MEMORY: usize = 5;

fn remember(world: &mut World) {
    if world.faults.rate > 0 && world.log.len().is_multiple_of(MEMORY) {
        world.before = None;
        world.before = Some(Box::new(world.clone()));
    }
}

/// Keeps a request for good; who asked is about to be killed.
async fn hold(holds: &Sender<()>) {
    let _ = holds.send(());
    std::future::pending::<()>().await;
}

async fn read(request: Request<Incoming>) -> Asked {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let headers = head.headers.iter();
    let headers = headers.map(|(key, value)| {
        (key.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    });
    let query = head.uri.query().map(form::pairs).unwrap_or_default();
    let path = form::decoded(head.uri.path(), false);
    Asked { method: head.method.to_string(), path, query, headers: headers.collect(), body }
}

/// Returns service and action, and what it is about.
fn name(asked: &Asked, world: &World) -> String {
    let target = asked.header("x-amz-target").unwrap_or_default();
    if let Some((service, action)) = target.split_once('.') {
        let service = if service == "AWSGlue" { "glue" } else { "states" };
        return format!("{service}:{action}");
    }
    if asked.path.starts_with("/2015-03-31/functions/") {
        return format!("lambda:GetFunction {}", asked.path.rsplit('/').next().unwrap_or_default());
    }
    if asked.path.starts_with("/schedules/") {
        return "scheduler:GetSchedule".to_owned();
    }
    if asked.path == "/" && asked.method == "POST" {
        let form = form::Form::new(&asked.body);
        let service = match form.get("Version") {
            Some("2010-05-15") => "cloudformation",
            Some("2011-06-15") => "sts",
            Some("2010-03-31") => "sns",
            _ => "ec2",
        };
        let set =
            form.get("ChangeSetName").and_then(|arn| world.cloudformation.change_sets.get(arn));
        let stack = form.get("StackName").or(set.map(|set| set.stack.as_str())).unwrap_or_default();
        let about = stack
            .rsplit(":stack/")
            .next()
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default();
        let name = format!("{service}:{} {about}", form.get("Action").unwrap_or_default());
        return name.trim_end().to_owned();
    }
    format!("s3:{} {}", s3::action(asked), asked.path.trim_start_matches('/'))
}

fn answered(world: &mut World, asked: &Asked, name: &str) -> Answer {
    match name.split(':').next().unwrap_or_default() {
        "cloudformation" => world.cloudformation(&form::Form::new(&asked.body)),
        "s3" => world.s3(asked),
        _ => others::answer(world, asked),
    }
}

/// Returns an error in the way of the service that was asked.
/// A code may have words of its own behind it: `ValidationError: No updates are to be performed.`
fn error(asked: &Asked, status: u16, code: &str) -> Answer {
    let (code, words) = code.split_once(": ").unwrap_or((code, "as the script says"));
    let is_json = asked.header("x-amz-target").is_some()
        || asked.path.starts_with("/2015-")
        || asked.path.starts_with("/schedules/");
    if is_json {
        let body = serde_json::json!({"__type": code, "message": words}).to_string();
        return Answer {
            status,
            body: body.into(),
            headers: vec![("x-amzn-errortype", code.to_owned())],
        };
    }
    if asked.path == "/" && asked.method == "POST" {
        return form::error(status, code, words);
    }
    s3::error(status, code)
}

fn response(answer: &Answer, world: &Shared) -> Response<Full<Bytes>> {
    let now = world.lock().expect("no request panics").now;
    let mut response =
        Response::builder().status(answer.status).header("date", form::http_date(now));
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    response.body(Full::new(Bytes::from(answer.body.clone()))).expect("headers are plain")
}
