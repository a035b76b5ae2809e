//! Codecs of tokio-util by `stream` and `into`, compressors by `bytes` and `write`: what comes out is what went in, and an end in
//! mid-flight leaves whole frames and whole archives, or something that says it is not whole.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

use aqueduct::testkit::expect_tasks;
use aqueduct::{ErrorKind, pipeline};
use aqueduct_tests::connectors::{after, counted};
use aqueduct_tests::ends::{assert_aborted, within};
use async_compression::tokio::bufread::GzipDecoder;
use async_compression::tokio::write::GzipEncoder;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, duplex};
use tokio::sync::mpsc;
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec, LinesCodec, LinesCodecError};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/seattle-weather.csv")
}

/// A frame of a length of its own, which says which one it is.
fn frame(n: u32) -> Bytes {
    let mut frame = BytesMut::from(&n.to_be_bytes()[..]);
    frame.resize(4 + (n as usize * 7) % 300, b'.');
    frame.freeze()
}

fn number(bytes: &[u8]) -> u32 {
    let number = u32::from_be_bytes(bytes[..4].try_into().unwrap());
    assert_eq!(bytes, frame(number), "frame {number} is whole");
    number
}

// Frames

#[tokio::test(start_paused = true)]
async fn frames_go_in_by_into_and_come_out_by_stream() {
    within(async {
        // Smaller than a frame: neither side can rely on a frame a read, or a write.
        for size in [7, 64, 10_000] {
            let (here, there) = duplex(size);
            let sending = pipeline! {
                iter(0..2000u32) -> map(frame) -> queue(bytes = 1KiB) -> into(FramedWrite::new(here, LengthDelimitedCodec::new()))
            }
            .spawn();
            let received = pipeline! {
                stream(FramedRead::new(there, LengthDelimitedCodec::new()))? -> map(|frame| number(&frame)) -> queue(3)
                -> collect::<Vec<_>>()
            };
            assert_eq!(received.run().await.unwrap(), (0..2000).collect::<Vec<_>>());
            sending.await.unwrap();
        }
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_lone_frame_is_flushed() {
    within(async {
        let (here, there) = duplex(1 << 16);
        let (sender, receiver) = mpsc::channel(4);
        let sending = pipeline! { recv(receiver) -> into(FramedWrite::new(here, LinesCodec::new())) }.spawn();
        let mut lines = FramedRead::new(there, LinesCodec::new());
        for word in ["one", "two", "three"] {
            sender.send(word).await.unwrap();
            assert_eq!(lines.next().await.unwrap().unwrap(), word);
        }
        drop(sender);
        sending.await.unwrap();
        assert!(lines.next().await.is_none());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_codec_refuses_fails_the_stage_with_the_codecs_error() {
    within(async {
        let (mut here, there) = duplex(64);
        here.write_all(b"short\nmuch too long\n").await.unwrap();
        let run = pipeline! { stream(FramedRead::new(there, LinesCodec::new_with_max_length(8)))? as input -> collect::<Vec<_>>() };
        let error = run.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("input", ErrorKind::Failed));
        let cause = error.source().unwrap().downcast_ref::<LinesCodecError>().unwrap();
        assert!(matches!(cause, LinesCodecError::MaxLineLengthExceeded), "{cause}");

        let (here, there) = duplex(64);
        let codec = LengthDelimitedCodec::builder().max_frame_length(10).new_codec();
        let run = pipeline! { iter([&b"short"[..], &[0; 11]]) -> map(Bytes::from_static) -> into(FramedWrite::new(here, codec)) as output };
        let error = run.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("output", ErrorKind::Failed));
        assert_eq!(error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::InvalidInput);
        drop(there);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_finish_the_peer_has_whole_frames_and_after_abort_at_most_the_last_is_cut() {
    within(async {
        for (finishes, size) in [(true, 11), (false, 11), (true, 5000), (false, 5000)] {
            let (here, there) = duplex(size);
            let (sender, seen) = mpsc::unbounded_channel();
            let mut next = 0;
            let sending = pipeline! {
                #![queue = 4]
                repeat_with(move || { next += 1; frame(next - 1) }) -> inspect(counted(sender))
                -> into(FramedWrite::new(here, LengthDelimitedCodec::new()))
            }
            .spawn();
            let control = sending.control();
            let mut frames = FramedRead::new(there, LengthDelimitedCodec::new());
            let reading = tokio::spawn(async move {
                let mut numbers = Vec::new();
                loop {
                    match frames.next().await {
                        Some(Ok(frame)) => numbers.push(number(&frame)),
                        Some(Err(error)) => return (numbers, Some(error)),
                        None => return (numbers, None),
                    }
                }
            });
            after(500, seen, || if finishes { control.finish() } else { control.abort() }).await;
            let outcome = sending.await;
            let (numbers, error) = reading.await.unwrap();
            assert_eq!(numbers, (0..numbers.len() as u32).collect::<Vec<_>>(), "none lost, none doubled");
            if finishes {
                outcome.unwrap();
                assert!(error.is_none(), "{error:?}");
                assert!(numbers.len() >= 500, "all that was taken: {}", numbers.len());
            } else {
                assert_aborted(outcome);
            }
            expect_tasks(0).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_finish_of_the_reading_side_lets_out_each_frame_it_took() {
    within(async {
        for finishes in [true, false] {
            let (here, there) = duplex(1000);
            let mut frames = FramedRead::new(there, LengthDelimitedCodec::new());
            let (sender, seen) = mpsc::unbounded_channel();
            let mut taken = Vec::new();
            let mut next = 0;
            let feeding = pipeline! {
                repeat_with(move || { next += 1; frame(next - 1) }) -> into(FramedWrite::new(here, LengthDelimitedCodec::new()))
            }
            .spawn();
            {
                // It borrows the reader, so that what it leaves can be seen.
                let run = pipeline! {
                    #![queue = 4]
                    stream(&mut frames)? -> inspect(counted(sender)) -> queue(4) -> for_each(|frame| taken.push(number(&frame)))
                };
                let control = run.control();
                let ending = after(100, seen, || if finishes { control.finish() } else { control.abort() });
                let (outcome, ()) = tokio::join!(run.run_local(), ending);
                assert_eq!(outcome.is_ok(), finishes);
            }
            assert_eq!(taken, (0..taken.len() as u32).collect::<Vec<_>>());
            let next = number(&frames.next().await.unwrap().unwrap()) as usize;
            if finishes {
                assert!(taken.len() >= 100);
                assert_eq!(next, taken.len(), "the next frame is the one after the last that came out");
            } else {
                assert!((taken.len()..=taken.len() + 4 + 2).contains(&next), "what was inside is dropped: {next}, {}", taken.len());
            }
            feeding.control().abort();
            assert_aborted(feeding.await);
        }
    })
    .await;
}

// Compressors

async fn unpacked(archive: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    GzipDecoder::new(BufReader::new(&archive[..])).read_to_end(&mut all).await?;
    Ok(all)
}

#[tokio::test]
async fn a_file_is_the_same_after_gzip_and_back() {
    within(async {
        let text = fs::read(data()).await.unwrap();
        let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join("connectors_codecs_whole.gz");
        let (from, to) = (File::open(data()).await.unwrap(), File::create(&archive).await.unwrap());
        let written =
            pipeline! { bytes(from, chunk = 1000)? -> queue(9) -> write(GzipEncoder::new(to)) }.run().await.unwrap();
        assert_eq!(written, text.len() as u64, "the bytes that went in");
        let packed = fs::metadata(&archive).await.unwrap().len();
        assert!(packed < written, "{packed}");
        let back = GzipDecoder::new(BufReader::new(File::open(&archive).await.unwrap()));
        let all =
            pipeline! { bytes(back)? -> fold(Vec::new(), |mut all, chunk| { all.extend_from_slice(&chunk); all }) };
        assert!(all.run().await.unwrap() == text);
        let back = GzipDecoder::new(BufReader::new(File::open(&archive).await.unwrap()));
        let lines = pipeline! { lines(back)? -> collect::<Vec<_>>() }.run().await.unwrap();
        assert!(lines.iter().eq(String::from_utf8(text).unwrap().lines()));
        expect_tasks(0).await;
    })
    .await;
}

#[tokio::test]
async fn a_codec_over_a_compressor_is_closed_and_the_compressor_with_it() {
    within(async {
        // Not over a file: tokio-util's `FramedWrite` flushes again while a close waits, which async-compression refuses (also without a
        // pipeline). A compressor goes straight into `write`.
        let mut packed = Vec::new();
        let lines = || (0..5000u32).map(|n| format!("line {n}"));
        let to = FramedWrite::new(GzipEncoder::new(&mut packed), LinesCodec::new());
        pipeline! { iter(lines()) -> queue(16) -> into(to) }.run_local().await.unwrap();
        // The end of the archive is written by nothing but the close.
        let back = FramedRead::new(GzipDecoder::new(BufReader::new(io::Cursor::new(packed))), LinesCodec::new());
        let all = pipeline! { stream(back)? -> collect::<Vec<_>>() }.run().await.unwrap();
        assert!(all.iter().cloned().eq(lines()), "{} lines", all.len());
    })
    .await;
}

#[tokio::test]
async fn after_finish_an_archive_is_whole_and_after_abort_it_says_that_it_is_not() {
    within(async {
        for finishes in [true, false] {
            let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join("connectors_codecs_cut.gz");
            let to = File::create(&archive).await.unwrap();
            let (sender, seen) = mpsc::unbounded_channel();
            let mut next = 0u32;
            let running = pipeline! {
                #![queue = 8]
                repeat_with(move || { next += 1; frame(next - 1) }) -> inspect(counted(sender)) -> write(GzipEncoder::new(to))
            }
            .spawn();
            let control = running.control();
            after(3000, seen, || if finishes { control.finish() } else { control.abort() }).await;
            let outcome = running.await;
            let unpacked = unpacked(fs::read(&archive).await.unwrap()).await;
            if finishes {
                let all = unpacked.expect("the end of the archive is there");
                assert_eq!(all.len() as u64, outcome.unwrap());
                let expected: Vec<u8> = (0..).map(frame).scan(0, |len, frame| {
                    let goes_on = *len < all.len();
                    *len += frame.len();
                    goes_on.then_some(frame)
                }).flatten().collect();
                assert!(all == expected, "whole frames, each once");
            } else {
                assert_aborted(outcome);
                assert_eq!(unpacked.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_archive_that_is_cut_or_none_fails_the_stage_that_reads_it() {
    within(async {
        let mut packed = Vec::new();
        pipeline! { iter(0..1000u32) -> map(frame) -> write(GzipEncoder::new(&mut packed)) }.run_local().await.unwrap();
        assert_eq!(unpacked(packed.clone()).await.unwrap().len(), (0..1000).map(|n| frame(n).len()).sum::<usize>());
        let cut = packed[..packed.len() / 2].to_vec();
        let run = pipeline! { bytes(GzipDecoder::new(BufReader::new(io::Cursor::new(cut))))? as unpack -> discard() };
        let error = run.run().await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), ("unpack", ErrorKind::Failed));
        assert_eq!(error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::UnexpectedEof);
        let run = pipeline! { lines(GzipDecoder::new(BufReader::new(&b"no archive"[..])))? as unpack -> discard() };
        assert_eq!(run.run().await.unwrap_err().stage(), "unpack");
    })
    .await;
}
