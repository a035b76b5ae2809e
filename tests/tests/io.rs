//! Readers and writers: `lines`, `bytes`, `write`, `write_lines`, with good input and with bad.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aqueduct::testkit::{Tracker, expect_tasks};
use aqueduct::{ErrorKind, PipelineError, pipeline};
use aqueduct_tests::ends::{After, recorded, within};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::sleep;

/// Fails unless `error` is an io error of `kind` in `stage`.
#[track_caller]
fn assert_io(error: &PipelineError, stage: &str, kind: io::ErrorKind) {
    assert_eq!((error.stage(), error.kind()), (stage, ErrorKind::Failed));
    let cause = error.source().expect("a cause").downcast_ref::<io::Error>().expect("an io error");
    assert_eq!(cause.kind(), kind, "{cause}");
}

/// Gives what it was told to, read by read; then the end.
#[derive(Clone)]
struct Script(VecDeque<Result<&'static [u8], io::ErrorKind>>);

impl Script {
    fn new(reads: impl IntoIterator<Item = Result<&'static [u8], io::ErrorKind>>) -> Self {
        Self(reads.into_iter().collect())
    }
}

impl AsyncRead for Script {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Some(read) = self.0.pop_front() else { return Poll::Ready(Ok(())) };
        let mut read = read?;
        let fits = read.len().min(buffer.remaining());
        buffer.put_slice(&read[..fits]);
        read = &read[fits..];
        if !read.is_empty() {
            self.0.push_front(Ok(read));
        }
        Poll::Ready(Ok(()))
    }
}

async fn lines_of(text: &'static [u8]) -> Vec<Result<String, io::ErrorKind>> {
    pipeline! { lines(text) -> map(|line| line.map_err(|error| error.kind())) -> collect::<Vec<_>>() }
        .run()
        .await
        .unwrap()
}

fn ok<const N: usize>(lines: [&str; N]) -> Vec<Result<String, io::ErrorKind>> {
    lines.map(|line| Ok(line.to_owned())).into()
}

// lines

#[tokio::test(start_paused = true)]
async fn lines_end_at_newlines_and_need_none_at_the_end() {
    within(async {
        assert_eq!(lines_of(b"a\nbc\n\nd").await, ok(["a", "bc", "", "d"]));
        assert_eq!(lines_of(b"a\n").await, ok(["a"]));
        assert_eq!(lines_of(b"\n").await, ok([""]));
        assert_eq!(lines_of(b"").await, ok([]));
        assert_eq!(lines_of("grüß\nдень\n".as_bytes()).await, ok(["grüß", "день"]));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_lose_the_carriage_return_before_a_newline_only() {
    within(async {
        assert_eq!(lines_of(b"a\r\nb\r\n\r\nc").await, ok(["a", "b", "", "c"]));
        assert_eq!(lines_of(b"a\rb\n").await, ok(["a\rb"]));
        assert_eq!(lines_of(b"a\r\r\n").await, ok(["a\r"]));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_come_whole_however_they_are_read() {
    within(async {
        let reads: [&'static [u8]; 7] = [b"on", b"e\r", b"\ntw", b"o\nth\xc3", b"\xbcr", b"ee", b"\n"];
        let run = pipeline! { lines(Script::new(reads.map(Ok)))? -> collect::<Vec<_>>() };
        assert_eq!(run.run().await.unwrap(), ["one", "two", "th\u{fc}ree"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_that_are_not_utf8_are_errors_in_their_place() {
    within(async {
        let bad = Err(io::ErrorKind::InvalidData);
        let expected: Vec<_> = [ok(["a"]), vec![bad], ok(["c"])].concat();
        assert_eq!(lines_of(b"a\nb\xff\nc\n").await, expected);
        let error =
            pipeline! { lines(&b"a\nb\xff\nc\n"[..])? as input -> queue(2) -> discard() }.run().await.unwrap_err();
        assert_io(&error, "input", io::ErrorKind::InvalidData);
        assert!(format!("{error:?}").contains("UTF-8"), "{error:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_longer_than_max_are_errors_in_their_place() {
    within(async {
        async fn short(text: &'static [u8]) -> Vec<Result<String, io::ErrorKind>> {
            pipeline! { lines(text, max = 4) -> map(|line| line.map_err(|error| error.kind())) -> collect::<Vec<_>>() }
                .run()
                .await
                .unwrap()
        }
        let bad = || vec![Err(io::ErrorKind::InvalidData)];
        assert_eq!(short(b"four\nfour\r\nfour").await, ok(["four", "four", "four"]));
        assert_eq!(short(b"five!\nok\n").await, [bad(), ok(["ok"])].concat());
        assert_eq!(short(b"ok\nfive!\r\nok").await, [ok(["ok"]), bad(), ok(["ok"])].concat());
        assert_eq!(short(b"ok\nmuch too long").await, [ok(["ok"]), bad()].concat());
        assert_eq!(short(b"much too long\n\nok").await, [bad(), ok(["", "ok"])].concat());
        let error = pipeline! { lines(&b"much too long\n"[..], max = 4B)? -> discard() }.run().await.unwrap_err();
        assert_io(&error, "lines", io::ErrorKind::InvalidData);
        assert!(format!("{error:?}").contains("longer than 4 bytes"), "{error:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_have_a_limit_of_one_mebibyte_by_default() {
    within(async {
        let lengths = |length: usize| {
            let text = vec![b'x'; length];
            async move { pipeline! { lines(io::Cursor::new(text))? -> map(|line| line.len()) -> first() }.run().await }
        };
        assert_eq!(lengths(1024 * 1024).await.unwrap(), Some(1024 * 1024));
        assert_io(&lengths(1024 * 1024 + 1).await.unwrap_err(), "lines", io::ErrorKind::InvalidData);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_endless_line_is_an_error_and_no_hang() {
    within(async {
        let error = pipeline! { lines(tokio::io::repeat(b'x'))? -> count() }.run().await.unwrap_err();
        assert_io(&error, "lines", io::ErrorKind::InvalidData);
        expect_tasks(0).await;
    })
    .await;
}

/// Gives a byte as often as it is asked, without ever waiting, up to a number no test should reach.
struct Tireless {
    byte: u8,
    left: usize,
    dry: Arc<AtomicBool>,
}

impl AsyncRead for Tireless {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.left == 0 {
            self.dry.store(true, Ordering::SeqCst);
            return Poll::Ready(Ok(()));
        }
        let fill = buffer.remaining().min(self.left);
        buffer.initialize_unfilled_to(fill).fill(self.byte);
        buffer.advance(fill);
        self.left -= fill;
        Poll::Ready(Ok(()))
    }
}

/// The rest of a line that is too long is read away, and for as long as that takes the pipeline must still hear an abort.
#[tokio::test(start_paused = true)]
async fn an_endless_line_does_not_keep_an_abort_from_taking_effect() {
    within(async {
        let dry = Arc::new(AtomicBool::new(false));
        let reader = Tireless { byte: b'x', left: 256 << 20, dry: Arc::clone(&dry) };
        let running = pipeline! { lines(reader, max = 16) -> count() }.spawn();
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        running.control().abort();
        assert_eq!(running.await.unwrap_err().kind(), ErrorKind::Aborted);
        assert!(!dry.load(Ordering::SeqCst), "256 MiB were read first");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_reader_comes_after_what_was_read_and_is_the_last() {
    within(async {
        for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::InvalidData, io::ErrorKind::Other] {
            let reads = [Ok(&b"a\nb\n"[..]), Err(kind), Err(kind), Err(kind), Ok(&b"c\n"[..])];
            let run = pipeline! { lines(Script::new(reads)) -> map(|line| line.map_err(|error| error.kind())) -> collect::<Vec<_>>() };
            let expected = vec![Ok("a".to_owned()), Ok("b".to_owned()), Err(kind)];
            assert_eq!(run.run().await.unwrap(), expected, "{kind:?}");
            let error = pipeline! { lines(Script::new(reads))? -> discard() }.run().await.unwrap_err();
            assert_io(&error, "lines", kind);
            let run = pipeline! { bytes(Script::new(reads)) -> map(|chunk| chunk.map_err(|error| error.kind())) -> collect::<Vec<_>>() };
            assert_eq!(run.run().await.unwrap(), [Ok(Bytes::from_static(b"a\nb\n")), Err(kind)]);
            let error = pipeline! { bytes(Script::new(reads))? as input -> discard() }.run().await.unwrap_err();
            assert_io(&error, "input", kind);
        }
    })
    .await;
}

// bytes

#[tokio::test(start_paused = true)]
async fn bytes_come_in_chunks_of_at_most_the_given_size() {
    within(async {
        let text: Vec<u8> = (0..1000u32).map(|n| n as u8).collect();
        let chunks = pipeline! { bytes(io::Cursor::new(text.clone()), chunk = 64B)? -> collect::<Vec<_>>() }
            .run()
            .await
            .unwrap();
        assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= 64));
        assert_eq!(chunks.concat(), text);
        let chunks =
            pipeline! { bytes(io::Cursor::new(text.clone()), chunk = 1)? -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!((chunks.len(), chunks.concat()), (1000, text));
        let big = vec![7u8; 200_000];
        let chunks = pipeline! { bytes(io::Cursor::new(big))? -> map(|chunk| chunk.len()) -> collect::<Vec<_>>() }
            .run()
            .await
            .unwrap();
        assert_eq!(chunks.iter().sum::<usize>(), 200_000);
        assert!(chunks.iter().all(|len| *len <= 64 * 1024));
        assert_eq!(pipeline! { bytes(tokio::io::empty())? -> count() }.run().await.unwrap(), 0);
    })
    .await;
}

/// What was read is given at once, it does not wait for a chunk to be full.
#[tokio::test(start_paused = true)]
async fn bytes_that_are_there_do_not_wait_for_more() {
    within(async {
        let (mut writer, reader) = duplex(64);
        let (sender, mut chunks) = mpsc::channel(4);
        let running = pipeline! { bytes(reader)? -> send(sender) }.spawn();
        writer.write_all(b"abc").await.unwrap();
        assert_eq!(chunks.recv().await.unwrap(), &b"abc"[..]);
        writer.write_all(b"d").await.unwrap();
        assert_eq!(chunks.recv().await.unwrap(), &b"d"[..]);
        drop(writer);
        assert_eq!(running.await.unwrap(), 2);
    })
    .await;
}

// write, write_lines

/// Keeps what was written, and what of it was flushed.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    written: Vec<u8>,
    flushed: usize,
    flushes: usize,
    shut: usize,
    late: usize,
    /// The most it takes in one write; 0 for all.
    most: usize,
    /// It fails when it holds so many bytes.
    broken_at: Option<(usize, io::ErrorKind)>,
}

impl AsyncWrite for Book {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut pages = self.0.lock().unwrap();
        if pages.shut > 0 {
            pages.late += 1;
        }
        if let Some((at, kind)) = pages.broken_at
            && pages.written.len() >= at
        {
            return Poll::Ready(Err(kind.into()));
        }
        let taken = if pages.most == 0 { bytes.len() } else { bytes.len().min(pages.most) };
        pages.written.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut pages = self.0.lock().unwrap();
        pages.flushed = pages.written.len();
        pages.flushes += 1;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.lock().unwrap().shut += 1;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn write_writes_all_and_tells_how_many_bytes() {
    within(async {
        for most in [0, 1, 3] {
            let book = Book::default();
            book.0.lock().unwrap().most = most;
            let written = pipeline! { iter(["ab", "", "cde"]) -> write(book.clone()) }.run().await.unwrap();
            assert_eq!(written, 5);
            let pages = book.0.lock().unwrap();
            assert_eq!((&pages.written[..], pages.flushed, pages.shut, pages.late), (&b"abcde"[..], 5, 1, 0));
        }
        let book = Book::default();
        assert_eq!(pipeline! { iter(Vec::<Bytes>::new()) -> write(book.clone()) }.run().await.unwrap(), 0);
        assert_eq!(book.0.lock().unwrap().shut, 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn write_lines_writes_lines_and_tells_how_many() {
    within(async {
        let book = Book::default();
        assert_eq!(pipeline! { iter([1.5, 2.0]) -> write_lines(book.clone()) }.run().await.unwrap(), 2);
        {
            let pages = book.0.lock().unwrap();
            assert_eq!((&pages.written[..], pages.flushed, pages.shut), (&b"1.5\n2\n"[..], 6, 1));
        }
        // More than is gathered for one write.
        let book = Book::default();
        let text = "x".repeat(999);
        let lines = pipeline! { iter(vec![text; 100]) -> write_lines(book.clone()) }.run().await.unwrap();
        assert_eq!((lines, book.0.lock().unwrap().written.len()), (100, 100_000));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn writers_are_flushed_when_nothing_waits() {
    within(async {
        let (sender, receiver) = mpsc::channel(8);
        let book = Book::default();
        let running = pipeline! { recv(receiver) -> write(book.clone()) }.spawn();
        for n in 1..4usize {
            sender.send("ab").await.unwrap();
            sleep(Duration::from_millis(1)).await;
            assert_eq!(book.0.lock().unwrap().flushed, 2 * n, "a lone item is not held back");
        }
        drop(sender);
        running.await.unwrap();

        let (sender, receiver) = mpsc::channel(8);
        let book = Book::default();
        let running = pipeline! { recv(receiver) -> write_lines(book.clone()) }.spawn();
        for n in 1..4usize {
            sender.send("ab").await.unwrap();
            sleep(Duration::from_millis(1)).await;
            assert_eq!(book.0.lock().unwrap().flushed, 3 * n);
        }
        running.control().finish();
        assert_eq!(running.await.unwrap(), 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn writers_are_not_flushed_while_more_waits() {
    within(async {
        let book = Book::default();
        pipeline! { iter(vec!["ab"; 1000]) -> queue(100) -> write(book.clone()) }.run().await.unwrap();
        assert!(book.0.lock().unwrap().flushes < 50, "{} flushes", book.0.lock().unwrap().flushes);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_fails_fails_the_pipeline_with_its_cause() {
    within(async {
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset, io::ErrorKind::StorageFull] {
            let (source, record) = recorded(1000, After::Wait);
            let book = Book::default();
            book.0.lock().unwrap().broken_at = Some((6, kind));
            let run =
                pipeline! { from(source) -> map(|n| format!("{n:03}")) -> queue(4) -> write(book.clone()) as out };
            assert_io(&run.run().await.unwrap_err(), "out", kind);
            record.assert_closed_once();
            let run = pipeline! { iter(0..100u8) -> queue(4) -> write_lines(book.clone()) };
            assert_io(&run.run_local().await.unwrap_err(), "write_lines", kind);
            assert_eq!(book.0.lock().unwrap().shut, 0);
        }
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_hangs_up_is_a_broken_pipe() {
    within(async {
        let (writer, mut reader) = duplex(16);
        let tracker = Tracker::default();
        let running =
            pipeline! { iter(tracker.items(0..1000)) -> map(|item| item.number().to_string()) -> queue(4) -> write(writer) }
                .spawn();
        let mut some = [0; 40];
        reader.read_exact(&mut some).await.unwrap();
        drop(reader);
        assert_io(&running.await.unwrap_err(), "write", io::ErrorKind::BrokenPipe);
        tracker.assert_all_dropped_once();
        expect_tasks(0).await;
    })
    .await;
}

/// Gives an error in the place of text.
struct Unspeakable;

impl std::fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_cannot_be_shown_fails_write_lines() {
    within(async {
        let error = pipeline! { once(Unspeakable) -> write_lines(tokio::io::sink()) }.run().await.unwrap_err();
        assert_io(&error, "write_lines", io::ErrorKind::Other);
    })
    .await;
}

// A real connection. Its clock is the real one, and its only wait is for the other end.

async fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (there, listener.accept().await.unwrap().0)
}

#[tokio::test]
async fn a_connection_that_is_reset_fails_write() {
    within(async {
        let (here, there) = connection().await;
        // To close with unread bytes, and at once, resets the connection.
        socket_reset(&there);
        let running =
            pipeline! { repeat_with(|| Bytes::from(vec![1u8; 64 * 1024])) -> queue(4) -> write(here) }.spawn();
        there.readable().await.unwrap();
        drop(there);
        let error = running.await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("write", ErrorKind::Failed));
        let kind = error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind();
        assert!([io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe].contains(&kind), "{kind:?}");
        expect_tasks(0).await;
    })
    .await;
}

#[expect(deprecated, reason = "it blocks only where there is something to send, and nothing is sent here")]
fn socket_reset(stream: &TcpStream) {
    stream.set_linger(Some(Duration::ZERO)).unwrap();
}

#[tokio::test]
async fn bytes_arrive_over_a_connection_as_they_were_sent() {
    within(async {
        let (here, there) = connection().await;
        let text: Vec<u8> = (0..1_000_000u32).map(|n| ((n * 31) >> 3) as u8).collect();
        let sent = text.clone();
        let sending = pipeline! { bytes(io::Cursor::new(sent), chunk = 4KiB)? -> queue(bytes = 16KiB) -> write(here) }.spawn();
        let received = pipeline! { bytes(there)? -> fold(Vec::new(), |mut all: Vec<u8>, chunk| { all.extend_from_slice(&chunk); all }) }.run().await;
        assert_eq!(sending.await.unwrap(), 1_000_000);
        assert!(received.unwrap() == text);
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lines_in_and_lines_out_are_the_same_text() {
    within(async {
        let text: String = (0..2000).map(|n| format!("line {n} {}\n", "~".repeat(n % 90))).collect();
        let (writer, mut reader) = duplex(777);
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let given = text.clone();
        let running = pipeline! {
            lines(io::Cursor::new(given))? -> inspect(move |_| { counted.fetch_add(1, Ordering::SeqCst); }) -> queue(bytes = 1KiB)
            -> map_async(3, async |line| line) -> write_lines(writer)
        }
        .spawn();
        let mut out = String::new();
        reader.read_to_string(&mut out).await.unwrap();
        assert_eq!(out, text);
        assert_eq!(running.await.unwrap(), 2000);
        assert_eq!(count.load(Ordering::SeqCst), 2000);
    })
    .await;
}
