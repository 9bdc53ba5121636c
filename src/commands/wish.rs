//! What the person at the keyboard wants: once Ctrl-C leaves a deploy to itself, twice undoes it.

use std::time::Duration;

use tokio::signal::ctrl_c;
use tokio::sync::watch::{Receiver, Sender, channel};

use super::report;
use crate::apply::Wish;

/// How long a second Ctrl-C is waited for.
const GRACE: Duration = Duration::from_secs(3);

/// Hears Ctrl-C from now on; `cancels` makes the first one undo what is under way.
pub(super) fn listen(cancels: bool, env: &str, flags: &str) -> Receiver<Wish> {
    let (sender, receiver) = channel(Wish::GoOn);
    tokio::spawn(hear(sender, cancels, format!("gen watch --env {env}{flags}")));
    receiver
}

async fn hear(sender: Sender<Wish>, cancels: bool, attach: String) {
    let ended = tokio::select! {
        // Without signals there is nothing to hear; the sender stays so that no one takes its end for a wish.
        heard = ctrl_c() => if heard.is_err() { return std::future::pending().await } else { false },
        () = terminated() => true,
    };
    if ended {
        report::note(&format!(
            "told to end: what is under way goes on; watch it with `{attach}`\n"
        ));
        sender.send_replace(Wish::Leave);
        return std::future::pending().await;
    }
    if cancels {
        report::note("interrupted: what is under way is undone\n");
        sender.send_replace(Wish::Cancel);
        return std::future::pending().await;
    }
    report::note(&format!(
        "interrupted: what is under way goes on; watch it with `{attach}`\nCtrl-C again within 3 seconds undoes it\n"
    ));
    let again = tokio::time::timeout(GRACE, ctrl_c()).await.is_ok();
    sender.send_replace(if again { Wish::Cancel } else { Wish::Leave });
    if again {
        report::note("interrupted again: what is under way is undone\n");
    }
    std::future::pending::<()>().await;
}

/// Hears SIGTERM, by which CI ends a job: there is no time to undo anything.
#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
