//! The other end of the slow network: a server on loopback that reads no faster than it is told to.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::checksum::Checksum;

/// The kernel's buffers of a loopback connection hold megabytes by default; with small ones, what waits is in the pipeline's link.
const SOCKET_BUFFER: u32 = 32 * 1024;

/// How a receiver behaves.
#[derive(Clone, Copy, Debug)]
pub struct Receiver {
    /// Bytes a second.
    pub rate: f64,
    /// After how many bytes it closes the connection; never, if `None`.
    pub hang_up_after: Option<u64>,
}

impl Receiver {
    /// Starts a receiver in a task of its own, and connects to it. The task gives the checksum of all it has read.
    ///
    /// # Errors
    /// What listening or connecting gives.
    pub async fn connect(self) -> io::Result<(TcpStream, JoinHandle<io::Result<Checksum>>)> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(SOCKET_BUFFER)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        let received = tokio::spawn(self.receive(listener));

        let socket = TcpSocket::new_v4()?;
        socket.set_send_buffer_size(SOCKET_BUFFER)?;
        Ok((socket.connect(address).await?, received))
    }

    async fn receive(self, listener: TcpListener) -> io::Result<Checksum> {
        let (connection, _) = listener.accept().await?;
        let mut connection = connection.take(self.hang_up_after.unwrap_or(u64::MAX));
        let start = Instant::now();
        let mut received = Checksum::default();
        let mut buffer = vec![0; 8 * 1024];
        loop {
            match connection.read(&mut buffer).await? {
                0 => return Ok(received),
                read => received.update(&buffer[..read]),
            }
            sleep_until(start + Duration::from_secs_f64(received.bytes() as f64 / self.rate)).await;
        }
    }
}
