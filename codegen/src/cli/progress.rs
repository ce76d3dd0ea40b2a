//! On a terminal, shows the current stage if it takes a while.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long to wait before showing anything.
const PATIENCE: Duration = Duration::from_millis(700);

/// A line on stderr with the current stage, which is cleared at the end.
pub struct Progress {
    running: Option<(Sender<&'static str>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts the display. Without a terminal nothing is ever written.
    pub fn start() -> Self {
        if !io::stderr().is_terminal() {
            return Progress { running: None };
        }
        let (sender, stages) = mpsc::channel::<&'static str>();
        let thread = std::thread::spawn(move || {
            let (mut stage, mut shown) = ("starting", false);
            loop {
                match stages.recv_timeout(PATIENCE) {
                    Ok(next) if shown => {
                        stage = next;
                        show(stage);
                    }
                    Ok(next) => stage = next,
                    Err(RecvTimeoutError::Timeout) => {
                        shown = true;
                        show(stage);
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            if shown {
                let _ = write!(io::stderr().lock(), "\r\x1b[K");
            }
        });
        Progress { running: Some((sender, thread)) }
    }

    /// Sets the stage that begins.
    pub fn at(&self, stage: &'static str) {
        if let Some((sender, _)) = &self.running {
            let _ = sender.send(stage);
        }
    }
}

fn show(stage: &str) {
    let mut err = io::stderr().lock();
    let _ = write!(err, "\r\x1b[Ksqlward: {stage} ...");
    let _ = err.flush();
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.running.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}
