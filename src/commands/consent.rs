//! A person's consent, asked on the terminal.

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::bail;
use tokio::sync::oneshot;
use tokio::sync::watch::Receiver;

use super::report;
use crate::apply::Wish;

/// Asks for `word` and tells whether it came; Ctrl-C is a no.
///
/// # Errors
/// Nobody is there to ask.
pub(super) async fn given(
    question: &str,
    word: &str,
    mut wish: Receiver<Wish>,
) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        let flag = if word == "yes" { "--yes".to_owned() } else { format!("--confirm {word}") };
        bail!("nobody is there to consent\nhelp: look at what is shown, then give `{flag}`");
    }
    report::note(&format!("{question} Type `{word}` to go on: "));
    let (sender, receiver) = oneshot::channel();
    // A thread of its own, which nobody waits for: reading from a terminal cannot be given up.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = stdin().lock().read_line(&mut line);
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(read.map(|_| line));
    });
    tokio::select! {
        line = receiver => Ok(matches!(line, Ok(Ok(line)) if line.trim() == word)),
        _ = wish.changed() => Ok(false),
    }
}
