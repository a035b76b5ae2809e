use std::fmt::{Display, Write as _};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use crate::Token;
use crate::stage::{Head, Input, Out, Told};

/// The lines of a reader, without their ends (`\n`, `\r\n`).
///
/// A line that is too long, or is not UTF-8, is an error in its place; the lines after it go on. An error of the reader is the
/// last item.
pub(crate) fn lines_of<R: AsyncRead>(reader: R, max: usize) -> impl Stream<Item = io::Result<String>> + use<R> {
    let lines = Lines { reader: Box::pin(BufReader::new(reader)), line: Vec::new(), max, skipping: false };
    futures_util::stream::unfold(Some(lines), async |lines| {
        let mut lines = lines?;
        match lines.next().await {
            Ok(None) => None,
            Ok(Some(line)) => Some((line, Some(lines))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// So many bytes of one line are read, then others get their turn: a line may be endless (G5).
const RUN: usize = 64 * 1024;

/// Lets the task go back to the scheduler once.
async fn give_way() {
    let mut given = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

struct Lines<R> {
    reader: Pin<Box<BufReader<R>>>,
    line: Vec<u8>,
    max: usize,
    /// The rest of a line that was too long is read away.
    skipping: bool,
}

impl<R: AsyncRead> Lines<R> {
    /// The next line, or what is wrong with it; an error of the reader's own is the end of all lines.
    async fn next(&mut self) -> io::Result<Option<io::Result<String>>> {
        self.line.clear();
        let mut any = false;
        let mut read = 0;
        loop {
            if read >= RUN {
                read = 0;
                give_way().await;
            }
            let buffer = self.reader.fill_buf().await?;
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let used = end.map_or(buffer.len(), |end| end + 1);
            read += used;
            if self.skipping {
                self.skipping = end.is_none();
                self.reader.as_mut().consume(used);
                continue;
            }
            any = true;
            // One byte more than `max` may be the `\r` of the line's end.
            if self.line.len() + part.len() > self.max.saturating_add(1) {
                self.skipping = end.is_none();
                self.reader.as_mut().consume(used);
                return Ok(Some(Err(self.too_long())));
            }
            self.line.extend_from_slice(part);
            self.reader.as_mut().consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.line.len() > self.max {
            return Ok(Some(Err(self.too_long())));
        }
        match String::from_utf8(std::mem::take(&mut self.line)) {
            Ok(line) => Ok(Some(Ok(line))),
            Err(error) => {
                let text = format!("a line is not UTF-8: {}", error.utf8_error());
                Ok(Some(Err(io::Error::new(io::ErrorKind::InvalidData, text))))
            }
        }
    }

    fn too_long(&self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, format!("a line is longer than {} bytes", self.max))
    }
}

/// A block is not larger than this, whatever the chunks may be.
const LARGEST_BLOCK: usize = 16 * 1024 * 1024;

/// What a reader gives, in chunks of at most `chunk` bytes. An error is the last item.
///
/// Chunks that come of short reads share a block of memory: what a chunk keeps alive is not much more than itself.
pub(crate) fn chunks_of<R: AsyncRead>(reader: R, chunk: usize) -> impl Stream<Item = io::Result<Bytes>> + use<R> {
    let block = chunk.min(LARGEST_BLOCK);
    let state = Some((Box::pin(reader), BytesMut::new()));
    futures_util::stream::unfold(state, move |state| async move {
        let (mut reader, mut buffer) = state?;
        if buffer.capacity() < block.div_ceil(4) {
            buffer.reserve(block);
        }
        match (&mut reader).take(chunk as u64).read_buf(&mut buffer).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(buffer.split().freeze()), Some((reader, buffer)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Writes every item; flushes whenever nothing waits, and at the end, where it also shuts the writer down. Leaves the number of bytes.
///
/// The tokens of what was written wait for the flush.
pub(crate) async fn write_all<A, Tok, H, W>(mut input: Input<H>, writer: W, out: Out<u64>) -> Result<(), Told>
where
    A: AsRef<[u8]>,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    W: AsyncWrite,
{
    let stage = Arc::clone(input.stage());
    let failed = |cause: io::Error| stage.failed(cause);
    let mut writer = pin!(writer);
    let mut written = 0;
    let mut unflushed = Tok::Group::default();
    while let Some(item) = input.next().await {
        let mut item = Some(item);
        while let Some((bytes, token)) = item {
            writer.write_all(bytes.as_ref()).await.map_err(failed)?;
            written += bytes.as_ref().len() as u64;
            token.add_to(&mut unflushed);
            item = input.try_next().await;
        }
        writer.flush().await.map_err(failed)?;
        Tok::join(&mut unflushed).done();
    }
    writer.flush().await.map_err(failed)?;
    writer.shutdown().await.map_err(failed)?;
    out.set(written);
    Ok(())
}

/// Writes every item as a line of its own; flushes as [`write_all`] does. Leaves the number of lines.
///
/// A line is written before the next item is taken: what is gathered here would count in no bound (G4).
pub(crate) async fn write_lines<A, Tok, H, W>(mut input: Input<H>, writer: W, out: Out<u64>) -> Result<(), Told>
where
    A: Display,
    Tok: Token,
    H: Head<Item = (A, Tok)>,
    W: AsyncWrite,
{
    let stage = Arc::clone(input.stage());
    let failed = |cause: io::Error| stage.failed(cause);
    let mut writer = pin!(writer);
    let mut text = String::new();
    let mut lines = 0;
    let mut unflushed = Tok::Group::default();
    while let Some(item) = input.next().await {
        let mut item = Some(item);
        while let Some((line, token)) = item {
            text.clear();
            if writeln!(text, "{line}").is_err() {
                let told = failed(io::Error::other("an item's `Display` gave an error"));
                token.failed();
                return Err(told);
            }
            writer.write_all(text.as_bytes()).await.map_err(failed)?;
            lines += 1;
            token.add_to(&mut unflushed);
            item = input.try_next().await;
        }
        writer.flush().await.map_err(failed)?;
        Tok::join(&mut unflushed).done();
    }
    writer.flush().await.map_err(failed)?;
    writer.shutdown().await.map_err(failed)?;
    out.set(lines);
    Ok(())
}
