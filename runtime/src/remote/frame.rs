//! A frame: one message of the broker, with the items of one stretch of the stream.
//!
//! | bytes | what |
//! |---|---|
//! | 2 | magic, `AQ` |
//! | 1 | version of this layout |
//! | 1 | codec of the items |
//! | 8 | hash of the schema tag |
//! | 8 | epoch of the publisher |
//! | 8 | position of the first item: how many came before it in this run |
//! | 4 | count of items |
//! | 1, then so many | name of the run |
//! | a varint, then so many, for each item | the item |
//!
//! Numbers are little endian. Each item has its length, so that a frame can be taken apart by whoever cannot read the items.

use bytes::{Buf, Bytes};

use super::RemoteError;

const MAGIC: [u8; 2] = *b"AQ";
const VERSION: u8 = 1;
const COUNT_AT: usize = 28;
/// The longest name of a run.
pub(crate) const LONGEST_RUN: usize = u8::MAX as usize;

/// What a frame says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) codec: u8,
    pub(crate) schema: u64,
    pub(crate) epoch: u64,
    pub(crate) first: u64,
    pub(crate) count: u32,
    pub(crate) run: String,
}

impl Head {
    /// The position behind the last item.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// What the broker knows the frame by. The run and both ends: another cut of the same items is another message, never a repetition.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}-{}", self.run, self.first, self.end().saturating_sub(1))
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(COUNT_AT + 5 + self.run.len() + 256);
        bytes.extend(MAGIC);
        bytes.extend([VERSION, self.codec]);
        bytes.extend(self.schema.to_le_bytes());
        bytes.extend(self.epoch.to_le_bytes());
        bytes.extend(self.first.to_le_bytes());
        bytes.extend(self.count.to_le_bytes());
        debug_assert!(self.run.len() <= LONGEST_RUN, "checked when the queue was opened");
        bytes.push(self.run.len() as u8);
        bytes.extend(self.run.as_bytes());
        bytes
    }
}

/// A frame that is being filled.
pub(crate) struct Builder {
    head: Head,
    bytes: Vec<u8>,
}

impl Builder {
    /// An empty frame; the count of `head` does not matter.
    pub(crate) fn new(head: Head) -> Self {
        let head = Head { count: 0, ..head };
        Self { bytes: head.write(), head }
    }

    pub(crate) fn count(&self) -> u32 {
        self.head.count
    }

    /// How large the frame would be with one more item of `len` bytes.
    pub(crate) fn size_with(&self, len: usize) -> usize {
        self.bytes.len() + len + varint_len(len)
    }

    pub(crate) fn push(&mut self, item: &[u8]) {
        write_varint(item.len(), &mut self.bytes);
        self.bytes.extend_from_slice(item);
        self.head.count += 1;
    }

    /// Closes the frame and begins the next one.
    pub(crate) fn close(&mut self) -> Frame {
        let next = Head { first: self.head.end(), count: 0, ..self.head.clone() };
        let closed = std::mem::replace(self, Self::new(next));
        let mut bytes = closed.bytes;
        bytes[COUNT_AT..COUNT_AT + 4].copy_from_slice(&closed.head.count.to_le_bytes());
        Frame { end: closed.head.end(), id: closed.head.id(), payload: bytes.into() }
    }
}

/// A frame to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The position behind its last item.
    pub(crate) end: u64,
    pub(crate) id: String,
    pub(crate) payload: Bytes,
}

/// One item alone, in a frame of its own.
pub(crate) fn single(head: &Head, index: u32, item: &[u8]) -> Frame {
    let mut alone = Builder::new(Head { first: head.first.saturating_add(u64::from(index)), ..head.clone() });
    alone.push(item);
    alone.close()
}

/// The items of a frame that has been read, each behind its length.
#[derive(Clone, Debug)]
pub(crate) struct Items(Bytes);

impl Items {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || read_item(&mut rest))
    }
}

/// Reads a frame: what it says of itself, and its items.
pub(crate) fn read(payload: &Bytes) -> Result<(Head, Items), RemoteError> {
    let mut rest = &payload[..];
    let head = read_head(&mut rest).ok_or_else(|| not_ours(payload))?;
    let items = Items(payload.slice_ref(rest));
    for index in 0..head.count {
        read_item(&mut rest).ok_or_else(|| damaged(&head, &format!("it ends inside item {index}")))?;
    }
    if !rest.is_empty() {
        return Err(damaged(&head, &format!("{} bytes are left behind its items", rest.len())));
    }
    Ok((head, items))
}

fn read_item<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = read_varint(rest)?;
    rest.split_off(..len)
}

fn read_head(rest: &mut &[u8]) -> Option<Head> {
    if rest.len() <= COUNT_AT + 4 || rest[..2] != MAGIC || rest[2] != VERSION {
        return None;
    }
    rest.advance(3);
    let (codec, schema, epoch) = (rest.get_u8(), rest.get_u64_le(), rest.get_u64_le());
    let (first, count, run) = (rest.get_u64_le(), rest.get_u32_le(), usize::from(rest.get_u8()));
    let run = std::str::from_utf8(rest.split_off(..run)?).ok()?.to_owned();
    Some(Head { codec, schema, epoch, first, count, run })
}

fn not_ours(payload: &Bytes) -> RemoteError {
    let what = match payload.get(..3) {
        Some([b'A', b'Q', version]) if *version != VERSION => {
            format!(
                "a frame of version {version}, and this program reads version {VERSION}: bring both sides to the same version of aqueduct"
            )
        }
        _ => "a message that is no frame: let nothing else publish to the queue's subjects".to_owned(),
    };
    RemoteError::Codec(format!("the queue holds {what}"))
}

fn damaged(head: &Head, how: &str) -> RemoteError {
    RemoteError::Codec(format!("the frame {} is damaged: {how}", head.id()))
}

/// A hash that is the same in every build (FNV-1a).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn varint_len(n: usize) -> usize {
    (usize::BITS - (n | 1).leading_zeros()).div_ceil(7) as usize
}

fn write_varint(mut n: usize, bytes: &mut Vec<u8>) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

/// At most five bytes: no item has 4 GiB.
fn read_varint(rest: &mut &[u8]) -> Option<usize> {
    let mut n = 0u64;
    for shift in [0, 7, 14, 21, 28] {
        let byte = *rest.split_off_first()?;
        n |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return usize::try_from(n).ok();
        }
    }
    None
}
