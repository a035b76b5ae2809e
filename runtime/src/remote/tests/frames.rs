//! Frames and codecs: what is written is read; what is foreign is refused, and never panics.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::link::tests::random::Dice;
use crate::remote::frame::{Builder, Head, read, single};
use crate::remote::{Codec, Json, Postcard, RemoteError};

fn head(run: &str, first: u64) -> Head {
    Head { codec: 1, schema: 7, epoch: 3, first, count: 0, run: run.to_owned() }
}

fn draw(dice: &mut Dice, most: usize) -> Vec<u8> {
    (0..dice.below(most + 1)).map(|_| dice.below(256) as u8).collect()
}

fn drawn_frame(dice: &mut Dice) -> (Head, Vec<Vec<u8>>, Bytes) {
    let run = "run".repeat(dice.below(20));
    let items = Vec::from_iter((0..1 + dice.below(20)).map(|_| draw(dice, 300)));
    let head = head(&run, dice.below(1 << 40) as u64);
    let mut builder = Builder::new(head.clone());
    items.iter().for_each(|item| builder.push(item));
    let payload = builder.close().payload;
    (Head { count: items.len() as u32, ..head }, items, payload)
}

#[test]
fn what_is_written_is_read() {
    let mut dice = Dice::new(1);
    for _ in 0..500 {
        let (head, items, payload) = drawn_frame(&mut dice);
        let (read_head, read_items) = read(&payload).unwrap();
        assert_eq!(read_head, head);
        assert!(read_items.iter().eq(&items));
    }
}

#[test]
fn the_size_is_known_before() {
    let mut dice = Dice::new(2);
    for _ in 0..500 {
        let mut builder = Builder::new(head("r", 0));
        let item = draw(&mut dice, 40_000);
        let size = builder.size_with(item.len());
        builder.push(&item);
        assert_eq!(builder.close().payload.len(), size);
    }
}

#[test]
fn frames_follow_each_other() {
    let mut builder = Builder::new(head("r", 5));
    builder.push(b"a");
    builder.push(b"b");
    let first = builder.close();
    builder.push(b"c");
    let second = builder.close();
    assert_eq!((first.end, first.id.as_str()), (7, "r.5-6"));
    assert_eq!((second.end, second.id.as_str()), (8, "r.7-7"));
}

#[test]
fn an_item_alone_keeps_its_position() {
    let mut builder = Builder::new(head("r", 5));
    builder.push(b"a");
    builder.push(b"b");
    let (head, items) = read(&builder.close().payload).unwrap();
    let alone = single(&head, 1, items.iter().nth(1).unwrap());
    let (alone_head, alone_items) = read(&alone.payload).unwrap();
    assert_eq!(alone.id, "r.6-6");
    assert_eq!(alone_head, Head { first: 6, count: 1, ..head });
    assert!(alone_items.iter().eq([b"b"]));
}

#[test]
fn foreign_bytes_are_refused() {
    let mut dice = Dice::new(3);
    for _ in 0..20_000 {
        let mut bytes = draw(&mut dice, 80);
        // Half of them begin as ours do.
        if dice.one_in(2) && bytes.len() >= 3 {
            bytes[..3].copy_from_slice(b"AQ\x01");
        }
        if let Ok((head, items)) = read(&bytes.clone().into()) {
            assert_eq!(head.count as usize, items.iter().count(), "{bytes:?}");
        }
    }
}

#[test]
fn damaged_frames_are_refused_or_read_as_something_else() {
    let mut dice = Dice::new(4);
    for _ in 0..3_000 {
        let (_, _, payload) = drawn_frame(&mut dice);
        let cut = payload.slice(..dice.below(payload.len()));
        assert!(matches!(read(&cut), Err(RemoteError::Codec(_))), "a frame that was cut off");
        let mut longer = payload.to_vec();
        longer.push(0);
        assert!(matches!(read(&longer.into()), Err(RemoteError::Codec(_))), "a frame with more behind it");
        let mut flipped = payload.to_vec();
        let at = dice.below(flipped.len());
        flipped[at] ^= 1 << dice.below(8);
        let _ = read(&flipped.into());
    }
}

#[test]
fn refusals_say_what_it_is() {
    let said = |bytes: &'static [u8]| read(&Bytes::from_static(bytes)).unwrap_err().to_string();
    assert_eq!(
        said(b"hello"),
        "the queue holds a message that is no frame: let nothing else publish to the queue's subjects"
    );
    assert_eq!(
        said(b"AQ\x09 something later"),
        "the queue holds a frame of version 9, and this program reads version 1: bring both sides to the same version of aqueduct"
    );
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u64,
    lines: Vec<(String, f64)>,
    note: Option<String>,
}

fn orders() -> Vec<Order> {
    let order = |id, lines: &[(&str, f64)], note: Option<&str>| Order {
        id,
        lines: lines.iter().map(|(name, price)| ((*name).to_owned(), *price)).collect(),
        note: note.map(str::to_owned),
    };
    vec![order(0, &[], None), order(u64::MAX, &[("pear", 1.5), ("", -0.0)], Some("ü\n"))]
}

fn round_trip(codec: impl Codec) {
    let mut dice = Dice::new(5);
    for order in orders() {
        let mut bytes = Vec::new();
        codec.encode(&order, &mut bytes).unwrap();
        assert_eq!(codec.decode::<Order>(&bytes).unwrap(), order);
        bytes.push(b'x');
        assert!(codec.decode::<Order>(&bytes).is_err(), "a byte too many");
    }
    for _ in 0..5_000 {
        let _ = codec.decode::<Order>(&draw(&mut dice, 60));
    }
}

#[test]
fn postcard_reads_what_it_writes() {
    round_trip(Postcard);
}

#[test]
fn json_reads_what_it_writes() {
    round_trip(Json);
}
