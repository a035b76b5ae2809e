//! P6: bytes from a file into a socket over loopback, and into another file.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::sync::LazyLock;

use aqueduct::pipeline;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, Take};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::harness::{Case, Side};

const CHUNK: usize = 64 * 1024;

/// How many chunks the file has.
const CHUNKS: u64 = 1_024;

/// An item is a chunk.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for workers in [0, 2] {
        let case = |name, ours, theirs| Case {
            name,
            against: "copy_buf with a buffer of 64 KiB",
            wanted: Some(0.95),
            workers,
            ours: Side::new(ours, CHUNKS),
            theirs: Side::new(theirs, CHUNKS),
        };
        cases.extend([
            case("p6 file to tcp", file_to_tcp::<256>, copy_to_tcp),
            case("p6 file to tcp, queue(4)", file_to_tcp::<4>, copy_to_tcp),
            case("p6 file to file", file_to_file::<256>, copy_to_file),
            case("p6 file to file, queue(4)", file_to_file::<4>, copy_to_file),
        ]);
    }
    cases
}

/// A file without a name: it is gone when the process is.
fn scratch(name: &str) -> File {
    let path = std::env::temp_dir().join(format!("aqueduct-benches-{}-{name}", std::process::id()));
    let file = File::options().create(true).truncate(true).read(true).write(true).open(&path).expect("a scratch file");
    std::fs::remove_file(&path).expect("a file that can be removed");
    file
}

/// What is sent; it stays in the page cache.
static SOURCE: LazyLock<File> = LazyLock::new(|| {
    let mut file = scratch("source");
    file.write_all(&vec![7u8; CHUNK * CHUNKS as usize]).expect("a file to send");
    file
});

/// What is written.
static TARGET: LazyLock<File> = LazyLock::new(|| scratch("target"));

/// The file from its beginning.
fn rewound(file: &File) -> tokio::fs::File {
    let mut file = file.try_clone().expect("a second handle");
    file.rewind().expect("a file");
    tokio::fs::File::from_std(file)
}

/// A connection over loopback; a thread reads what comes, and leaves how much it was.
async fn connection() -> (TcpStream, std::thread::JoinHandle<u64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (accepted, _) = accepted.expect("a connection");
    let mut far = accepted.into_std().expect("a socket");
    far.set_nonblocking(false).expect("a socket that waits");
    let reader = std::thread::spawn(move || {
        let mut buffer = vec![0; CHUNK];
        let mut read = 0;
        loop {
            match far.read(&mut buffer).expect("what was sent") {
                0 => return read,
                more => read += more as u64,
            }
        }
    });
    (client.expect("a connection"), reader)
}

fn source(chunks: u64) -> Take<tokio::fs::File> {
    rewound(&SOURCE).take(chunks * CHUNK as u64)
}

fn file_to_tcp<const QUEUE: usize>(runtime: &Runtime, chunks: u64) -> u64 {
    let reader = runtime.block_on(async {
        let (socket, reader) = connection().await;
        let file = source(chunks);
        let sending = pipeline! { bytes(file, chunk = CHUNK)? -> queue(QUEUE) -> write(socket) };
        tokio::spawn(sending.run()).await.expect("a task that ends").expect("a file that is sent");
        reader
    });
    reader.join().expect("the reader")
}

fn copy_to_tcp(runtime: &Runtime, chunks: u64) -> u64 {
    let reader = runtime.block_on(async {
        let (mut socket, reader) = connection().await;
        let mut file = BufReader::with_capacity(CHUNK, source(chunks));
        let sending = async move {
            tokio::io::copy_buf(&mut file, &mut socket).await?;
            socket.shutdown().await
        };
        tokio::spawn(sending).await.expect("a task that ends").expect("a file that is sent");
        reader
    });
    reader.join().expect("the reader")
}

fn target() -> tokio::fs::File {
    TARGET.set_len(0).expect("an empty file");
    rewound(&TARGET)
}

fn file_to_file<const QUEUE: usize>(runtime: &Runtime, chunks: u64) -> u64 {
    runtime.block_on(async {
        let (file, copy) = (source(chunks), target());
        let copying = pipeline! { bytes(file, chunk = CHUNK)? -> queue(QUEUE) -> write(copy) };
        tokio::spawn(copying.run()).await.expect("a task that ends").expect("a file that is copied")
    })
}

fn copy_to_file(runtime: &Runtime, chunks: u64) -> u64 {
    runtime.block_on(async {
        let (mut file, mut copy) = (BufReader::with_capacity(CHUNK, source(chunks)), target());
        let copying = async move {
            let copied = tokio::io::copy_buf(&mut file, &mut copy).await?;
            copy.shutdown().await?;
            std::io::Result::Ok(copied)
        };
        tokio::spawn(copying).await.expect("a task that ends").expect("a file that is copied")
    })
}
