//! A sign of life on standard error, for runs that are long enough to need one.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::ProgressBar;

/// How long a run may take before it says something.
const PATIENCE: Duration = Duration::from_millis(700);

/// Does the work; if it takes long and standard error is a terminal, a spinner turns meanwhile.
pub fn while_working<R>(message: &'static str, work: impl FnOnce() -> R) -> R {
    let (done, waiting) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner().with_message(message);
                spinner.enable_steady_tick(Duration::from_millis(100));
                // Ends when the sender is dropped.
                let _ = waiting.recv();
                spinner.finish_and_clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}
