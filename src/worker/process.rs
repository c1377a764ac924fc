//! Runs a program within limits of time and output, and ends it with its children.
//!
//! In: a command and what it reads. Out: what it wrote, or why that can't be used. Never waits longer than the
//! deadline, whatever the program or what it started does, and never keeps more of its output than the limit.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what a program says on standard error is kept.
const COMPLAINT: usize = 4 << 10;
/// How long a program that has closed its output may take to end.
const GRACE: Duration = Duration::from_secs(2);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(5);

/// Why a program's output can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    NotStarted(String),
    TooSlow,
    TooMuch,
}

/// What a program left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    pub output: Vec<u8>,
    /// `None` if a signal ended it.
    pub status: Option<i32>,
    /// The last thing it said on standard error.
    pub complaint: String,
}

/// Runs the command with this input. Its standard input is closed when this returns.
pub(super) fn run(mut command: Command, input: Vec<u8>, deadline: Instant, limit: usize) -> Result<Left, Trouble> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn().map_err(|error| Trouble::NotStarted(error.to_string()))?;
    let mut group = Group { child, status: None };
    let stdin = group.child.stdin.take();
    let (stay, wait_for_end) = channel::<()>();
    thread::spawn(move || {
        let Some(mut stdin) = stdin else { return };
        // A program that doesn't read what it is told will give no answer, and that is said then.
        let _ = stdin.write_all(&input).and_then(|()| stdin.flush());
        let _ = wait_for_end.recv();
    });
    let output = group.child.stdout.take().map(|stdout| collected(stdout, limit));
    let complaint = group.child.stderr.take().map(last_of);
    let output = output.map_or(Err(Trouble::TooMuch), |output| received(&output, deadline, limit))?;
    group.wait_until(deadline.min(Instant::now() + GRACE));
    drop(stay);
    let status = group.status;
    drop(group);
    let complaint = complaint.and_then(|complaint| complaint.recv_timeout(GRACE).ok()).unwrap_or_default();
    Ok(Left { output, status: status.flatten(), complaint })
}

/// A program and what it started.
struct Group {
    child: Child,
    /// Once it has ended.
    status: Option<Option<i32>>,
}

impl Group {
    fn wait_until(&mut self, deadline: Instant) {
        while self.status.is_none() && Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(Some(status)) => self.status = Some(status.code()),
                Ok(None) => thread::sleep(GLANCE),
                Err(_) => return,
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        end_group(self.child.id());
        // Fails if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends every process of a group; none is left if all have ended by themselves.
#[cfg(unix)]
fn end_group(leader: u32) {
    let script = format!("kill -9 -{leader}");
    let mut command = Command::new("/bin/sh");
    let command = command.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.status();
}

#[cfg(windows)]
fn end_group(leader: u32) {
    let mut command = Command::new("taskkill");
    let command = command.args(["/T", "/F", "/PID", &leader.to_string()]);
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[cfg(not(any(unix, windows)))]
fn end_group(_: u32) {}

/// Reads to the end, or to one byte more than the limit.
fn collected(stream: impl Read + Send + 'static, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is as good as what came before an end.
        let _ = stream.take(limit as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

fn received(output: &Receiver<Vec<u8>>, deadline: Instant, limit: usize) -> Result<Vec<u8>, Trouble> {
    match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(bytes) if bytes.len() > limit => Err(Trouble::TooMuch),
        Ok(bytes) => Ok(bytes),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(Trouble::TooSlow),
    }
}

/// Reads everything and keeps the last line.
fn last_of(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let (mut kept, mut buffer) = (Vec::new(), [0u8; 4096]);
        while let Ok(read) = stream.read(&mut buffer) {
            if read == 0 {
                break;
            }
            kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
            let surplus = kept.len().saturating_sub(COMPLAINT);
            kept.drain(..surplus);
        }
        let text = String::from_utf8_lossy(&kept);
        let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
        let _ = sender.send(last.chars().take(300).collect());
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, seconds: u64, limit: usize) -> Result<Left, Trouble> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command, b"in\n".to_vec(), Instant::now() + Duration::from_secs(seconds), limit)
    }

    #[test]
    fn output_status_and_complaint_are_kept() {
        let left = shell("read x; echo got $x; echo no >&2; echo why >&2; exit 4", 20, 100).expect("it ends");
        assert_eq!((left.output.as_slice(), left.status, left.complaint.as_str()), (&b"got in\n"[..], Some(4), "why"));
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let mark = folder.path().join("mark");
        let script = format!("(sleep 3; echo alive > {}) & sleep 60", mark.display());
        let started = Instant::now();
        assert_eq!(shell(&script, 1, 100), Err(Trouble::TooSlow));
        assert!(started.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_secs(3));
        assert!(!mark.exists(), "a child lives on");
    }

    #[test]
    fn a_flood_is_cut_off() {
        assert_eq!(shell("yes", 20, 1000), Err(Trouble::TooMuch));
        assert_eq!(shell("yes >&2", 1, 1000), Err(Trouble::TooSlow));
    }

    #[test]
    fn what_can_t_be_started_says_so() {
        let found = run(Command::new("/nowhere/python"), vec![], Instant::now() + GRACE, 10);
        assert!(matches!(found, Err(Trouble::NotStarted(_))));
    }
}
