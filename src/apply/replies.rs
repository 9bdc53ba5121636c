//! A server for tests that gives replies in their order, one a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};

use serde_json::json;

use crate::plan::Wanted;

/// Serves `replies`, each a status, headers, an empty line and a body; returns the address, and at the end the requests.
pub(super) fn serve(replies: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |reply: String| {
        let (mut stream, _) = listener.accept().unwrap();
        let asked = request(&mut stream);
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let length = body.len();
        let whole = format!(
            "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(whole.as_bytes()).unwrap();
        asked
    };
    (url, spawn(move || replies.into_iter().map(answer).collect()))
}

/// Reads the head of a request and as much of its body as it says.
fn request(stream: &mut TcpStream) -> String {
    let (mut text, mut bytes) = (String::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut bytes).unwrap();
        text += &String::from_utf8_lossy(&bytes[..count]);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

/// Returns an environment without stacks.
pub(super) fn wanted() -> Wanted {
    let whole = json!({
        "format": 1, "pipeline": "p", "environment": "dev", "account": "1", "region": "us-east-1",
        "workarea_bucket": "data", "artifact_bucket": "code", "tags": {}, "deployer_role": "",
        "execution_role": "arn:aws:iam::1:role/x", "bootstrap": null, "stacks": [], "assets": [],
    });
    serde_json::from_value(whole).unwrap()
}
