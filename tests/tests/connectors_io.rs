//! Readers and writers as users meet them: files, sockets, child processes, stdin and stdout; and what an end in mid-flight leaves.
//!
//! Here the clock is the real one: the only waits are for the other end.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aqueduct::testkit::expect_tasks;
use aqueduct::{Control, ErrorKind, PipelineError, pipeline};
use aqueduct_tests::connectors::{after, counted};
use aqueduct_tests::ends::{assert_aborted, within};
use std::error::Error as _;
use tokio::fs::{self, File};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc;

/// Real data, 1.2 MB of lines.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/birdstrikes.csv")
}

/// A file of the test's own.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("connectors_io_{name}"))
}

async fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (there, listener.accept().await.unwrap().0)
}

fn cause(error: &PipelineError) -> std::io::ErrorKind {
    error.source().unwrap().downcast_ref::<std::io::Error>().unwrap().kind()
}

// Files

#[tokio::test]
async fn a_file_copied_by_bytes_and_by_lines_is_the_same_file() {
    within(async {
        let text = fs::read(data()).await.unwrap();
        for (name, chunk) in [("small", 1000), ("large", 1 << 20)] {
            let copy = scratch(name);
            let (from, to) = (File::open(data()).await.unwrap(), File::create(&copy).await.unwrap());
            let written =
                pipeline! { bytes(from, chunk = chunk)? -> queue(bytes = 64KiB) -> write(to) }.run().await.unwrap();
            assert_eq!(written, text.len() as u64);
            assert!(fs::read(&copy).await.unwrap() == text, "chunks of {chunk}");
        }
        let copy = scratch("lines");
        let (from, to) = (File::open(data()).await.unwrap(), File::create(&copy).await.unwrap());
        let to = tokio::io::BufWriter::new(to);
        let written =
            pipeline! { lines(from)? -> map_async(4, async |line| line) -> write_lines(to) }.run().await.unwrap();
        let (text, copy) = (String::from_utf8(text).unwrap(), fs::read_to_string(&copy).await.unwrap());
        assert_eq!(written as usize, text.lines().count());
        assert!(copy.lines().eq(text.lines()) && copy.ends_with('\n') && !copy.contains('\r'), "ends of its own");
        expect_tasks(0).await;
    })
    .await;
}

/// Fills whatever buffer it is given, ten times, and notes where that was.
struct Filling(Arc<Mutex<Vec<usize>>>);

impl AsyncRead for Filling {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let mut places = self.0.lock().unwrap();
        if places.len() < 10 {
            let free = buffer.initialize_unfilled();
            places.push(free.as_ptr().addr());
            let all = free.len();
            buffer.advance(all);
        }
        Poll::Ready(Ok(()))
    }
}

/// Notes where what it is given stands.
struct Noting(Arc<Mutex<Vec<usize>>>);

impl AsyncWrite for Noting {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.0.lock().unwrap().push(bytes.as_ptr().addr());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What the reader filled is what the writer gets: no stage, link or block between them copies a chunk.
#[tokio::test]
async fn chunks_are_written_from_where_they_were_read() {
    within(async {
        let [read, written] = [(); 2].map(|()| Arc::default());
        let (from, to) = (Filling(Arc::clone(&read)), Noting(Arc::clone(&written)));
        let bytes = pipeline! {
            bytes(from)? -> queue(4) -> filter(|chunk| !chunk.is_empty()) -> queue(bytes = 1MiB) -> then(async |chunk| chunk)
            -> map_async(2, async |chunk| chunk)
            -> match { chunk if chunk.len() < 7 => chunk -> discard(), chunk => chunk }
            -> broadcast { queue(2) -> count(), map(|chunk| chunk) }
            -> write(to)
        };
        assert_eq!(bytes.run().await.unwrap(), ((), 10, 640 * 1024));
        assert_eq!(read.lock().unwrap().len(), 10);
        assert_eq!(*read.lock().unwrap(), *written.lock().unwrap());
    })
    .await;
}

#[tokio::test]
async fn after_finish_a_file_has_what_was_taken_to_the_last_byte_and_after_abort_a_beginning_of_it() {
    within(async {
        let text = fs::read(data()).await.unwrap();
        for (round, finishes) in [true, false, true, false].into_iter().enumerate() {
            let copy = scratch("cut");
            let (from, to) = (File::open(data()).await.unwrap(), File::create(&copy).await.unwrap());
            let (sender, seen) = mpsc::unbounded_channel();
            let running = pipeline! {
                #![queue = 8]
                bytes(from, chunk = 100)? -> inspect(counted(sender)) -> write(tokio::io::BufWriter::with_capacity(700, to))
            }
            .spawn();
            let control = running.control();
            after(50 + 100 * round, seen, || if finishes { control.finish() } else { control.abort() }).await;
            let outcome = running.await;
            let file = fs::read(&copy).await.unwrap();
            assert!(text.starts_with(&file), "nothing is lost in the middle, nothing doubled");
            assert!(file.len() < text.len(), "it ended before its input");
            if finishes {
                assert_eq!(outcome.unwrap(), file.len() as u64);
                assert!(file.len() >= (50 + 100 * round) * 100 && file.len() % 100 == 0, "{}", file.len());
            } else {
                assert_aborted(outcome);
            }
            expect_tasks(0).await;
        }
    })
    .await;
}

#[tokio::test]
async fn lines_of_a_file_are_whole_at_every_end() {
    within(async {
        let text = fs::read_to_string(data()).await.unwrap();
        for finishes in [true, false] {
            let (sender, mut came) = mpsc::unbounded_channel();
            let (count, seen) = mpsc::unbounded_channel();
            let file = File::open(data()).await.unwrap();
            let running = pipeline! {
                #![queue = 8] lines(file)? -> inspect(counted(count)) -> queue(8) -> for_each(move |line| drop(sender.send(line)))
            }
            .spawn();
            let control = running.control();
            after(300, seen, || if finishes { control.finish() } else { control.abort() }).await;
            assert_eq!(running.await.is_ok(), finishes);
            let mut lines = Vec::new();
            while let Ok(line) = came.try_recv() {
                lines.push(line);
            }
            assert!(lines.iter().eq(text.lines().take(lines.len())), "whole, in order, each once");
            assert!(lines.len() < text.lines().count());
            if finishes {
                assert!(lines.len() >= 300, "what was taken came out: {}", lines.len());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn of_a_reader_that_is_lent_lines_lose_what_they_read_ahead_and_no_more() {
    within(async {
        let text = fs::read(data()).await.unwrap();
        let mut reader = &text[..];
        let (sender, seen) = mpsc::unbounded_channel();
        let mut taken = Vec::new();
        {
            let run = pipeline! {
                #![queue = 4] lines(&mut reader)? -> inspect(counted(sender)) -> queue(4) -> for_each(|line| taken.push(line))
            };
            let control = run.control();
            let (outcome, ()) = tokio::join!(run.run_local(), after(200, seen, || control.finish()));
            outcome.unwrap();
        }
        let came: usize = taken.iter().map(|line| line.len() + 2).sum();
        let read = text.len() - reader.len();
        assert!(taken.len() >= 200 && (came..=came + 8 * 1024).contains(&read), "{read} bytes read, {came} came");
    })
    .await;
}

// Sockets

#[tokio::test]
async fn after_finish_the_peer_gets_all_that_was_written_and_then_the_end() {
    within(async {
        for finishes in [true, false] {
            let (here, mut there) = connection().await;
            let (sender, seen) = mpsc::unbounded_channel();
            let mut next = 0u32;
            let running = pipeline! {
                #![queue = 8]
                repeat_with(move || { next += 1; next.to_be_bytes() }) -> inspect(counted(sender)) -> write(here)
            }
            .spawn();
            let control = running.control();
            let ending =
                tokio::spawn(after(5000, seen, move || if finishes { control.finish() } else { control.abort() }));
            let mut received = Vec::new();
            let read = there.read_to_end(&mut received).await;
            ending.await.unwrap();
            let outcome = running.await;
            if finishes {
                assert_eq!(read.unwrap() as u64, outcome.unwrap());
                assert!(received.len() >= 5000 * 4 && received.len() % 4 == 0, "{}", received.len());
            } else {
                assert_aborted(outcome);
            }
            for (n, word) in received.chunks_exact(4).enumerate() {
                assert_eq!(u32::from_be_bytes(word.try_into().unwrap()) as usize, n + 1, "none lost, none doubled");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_bytes_did_not_take_before_finish_is_still_in_the_socket() {
    within(async {
        let (mut here, mut there) = connection().await;
        let text: Vec<u8> = (0..60_000u32).flat_map(u32::to_be_bytes).collect();
        let sent = text.clone();
        let sending = tokio::spawn(async move { here.write_all(&sent).await });
        let (sender, seen) = mpsc::unbounded_channel();
        let mut taken = Vec::new();
        let rest = {
            let run = pipeline! {
                bytes(&mut there, chunk = 1000)? -> inspect(counted(sender)) -> queue(4)
                -> for_each(|chunk| taken.extend_from_slice(&chunk))
            };
            let control = run.control();
            let (outcome, ()) = tokio::join!(run.run_local(), after(30, seen, || control.finish()));
            outcome.unwrap();
            let mut rest = Vec::new();
            there.read_to_end(&mut rest).await.unwrap();
            rest
        };
        sending.await.unwrap().unwrap();
        assert!(taken.len() >= 30 && !rest.is_empty());
        assert!([taken, rest].concat() == text, "each byte once, on one side or the other");
    })
    .await;
}

#[tokio::test]
async fn lines_over_a_socket_leave_at_once_and_a_half_line_waits_for_its_end() {
    within(async {
        let (mut here, there) = connection().await;
        let (sender, mut came) = mpsc::channel(8);
        let running = pipeline! { lines(there)? -> send(sender) }.spawn();
        here.write_all(b"one\ntw").await.unwrap();
        assert_eq!(came.recv().await.as_deref(), Some("one"));
        here.write_all(b"o\nthr").await.unwrap();
        assert_eq!(came.recv().await.as_deref(), Some("two"));
        // At finish the half line is lost with its reader, as `lines` says; no other is made of it.
        running.control().finish();
        assert_eq!(running.await.unwrap(), 2);
        assert_eq!(came.recv().await, None);
    })
    .await;
}

// Child processes, stdin and stdout

#[tokio::test]
async fn a_file_goes_through_a_child_process_and_comes_back_the_same() {
    within(async {
        let text = fs::read(data()).await.unwrap();
        for (program, argument) in [("cat", "-"), (env!("CARGO_BIN_EXE_relay"), "bytes")] {
            let mut child = Command::new(program)
                .arg(argument)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            let file = File::open(data()).await.unwrap();
            let feeding = pipeline! { bytes(file)? -> write(stdin) }.spawn();
            let back = pipeline! { bytes(stdout)? -> fold(Vec::new(), |mut all, chunk| { all.extend_from_slice(&chunk); all }) };
            let back = back.run().await.unwrap();
            assert_eq!(feeding.await.unwrap(), text.len() as u64, "{program}");
            assert!(back == text, "{program}");
            assert!(child.wait().await.unwrap().success(), "{program}: it saw the end of its input");
        }
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test]
async fn a_child_process_that_ends_early_is_a_broken_pipe() {
    within(async {
        let mut child =
            Command::new("head").args(["-c", "1000"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let feeding = pipeline! { repeat_with(|| [b'x'; 4096]) -> write(stdin) as to_head }.spawn();
        let got = pipeline! { bytes(stdout)? -> map(|chunk| chunk.len()) -> fold(0, |sum, len| sum + len) };
        assert_eq!(got.run().await.unwrap(), 1000);
        let error = feeding.await.unwrap_err();
        assert_eq!(
            (error.stage(), error.kind(), cause(&error)),
            ("to_head", ErrorKind::Failed, std::io::ErrorKind::BrokenPipe)
        );
        child.wait().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_abort_lets_go_of_a_child_process() {
    within(async {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let feeding = pipeline! { repeat_with(|| [b'x'; 4096]) -> write(stdin) }.spawn();
        let (sender, seen) = mpsc::unbounded_channel();
        let back = pipeline! { bytes(stdout)? -> inspect(counted(sender)) -> discard() }.spawn();
        after(3, seen, || feeding.control().abort()).await;
        assert_aborted(feeding.await);
        // Its stdin is closed: it ends, and with it what it writes.
        back.await.unwrap();
        assert!(child.wait().await.unwrap().success());
    })
    .await;
}

/// Runs the relay with `input`; gives what it wrote to stdout and to stderr, and whether all was well.
async fn relay(what: &str, input: &[u8]) -> (Vec<u8>, String, bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_relay"))
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = async {
        stdin.write_all(input).await.unwrap();
        drop(stdin);
    };
    let (output, ()) = tokio::join!(child.wait_with_output(), feeding);
    let output = output.unwrap();
    (output.stdout, String::from_utf8(output.stderr).unwrap(), output.status.success())
}

#[tokio::test]
async fn stdin_goes_to_stdout_line_by_line() {
    within(async {
        let text = fs::read_to_string(data()).await.unwrap();
        let (out, count, well) = relay("lines", text.as_bytes()).await;
        assert!(well);
        assert_eq!(count, text.lines().count().to_string());
        assert!(String::from_utf8(out).unwrap().lines().eq(text.to_uppercase().lines()));
        assert_eq!(relay("lines", b"").await, (vec![], "0".into(), true));
        let (out, error, well) = relay("lines", b"good\nb\xffd\n").await;
        assert!(!well && error.starts_with("lines: a line is not UTF-8"), "{error}");
        assert!(out.is_empty() || out == b"GOOD\n");
    })
    .await;
}

#[tokio::test]
async fn a_reader_of_stdout_that_has_enough_ends_the_program_with_an_error_it_can_name() {
    within(async {
        let mut child = Command::new(env!("CARGO_BIN_EXE_relay"))
            .arg("lines")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let stdin = child.stdin.take().unwrap();
        let feeding = pipeline! { repeat_with(|| "a line") -> write_lines(stdin) }.spawn();
        let first = pipeline! { lines(BufReader::new(stdout))? -> take(3) -> collect::<Vec<_>>() };
        assert_eq!(first.run().await.unwrap(), ["A LINE"; 3]);
        // The reader went with its pipeline: the child cannot write any more, and so does not read.
        let output = child.wait_with_output().await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.starts_with("write_lines: Broken pipe"), "{error}");
        assert_eq!(cause(&feeding.await.unwrap_err()), std::io::ErrorKind::BrokenPipe);
    })
    .await;
}

/// What a user with a `Control` in hand and a file behind it relies on: the end of the run is the end of the write.
#[tokio::test]
async fn two_finishes_in_a_row_and_a_late_abort_leave_the_file_whole() {
    within(async {
        let copy = scratch("late");
        let to = File::create(&copy).await.unwrap();
        let (sender, seen) = mpsc::unbounded_channel();
        let running =
            pipeline! { #![queue = 4] repeat_with(|| "0123456789\n") -> inspect(counted(sender)) -> write(to) }.spawn();
        let control: Control = running.control();
        after(100, seen, || control.finish()).await;
        control.finish();
        let written = running.await.unwrap();
        control.abort();
        let file = fs::read_to_string(&copy).await.unwrap();
        assert_eq!((file.len() as u64, file.lines().all(|line| line == "0123456789")), (written, true));
        assert!(written >= 1100 && written % 11 == 0);
    })
    .await;
}
