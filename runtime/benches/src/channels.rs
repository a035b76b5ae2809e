//! Bounded channels behind one face, so that what is written over them stands once.

/// A bounded channel with an asynchronous `send` and `receive`, whose waiting sides sleep.
pub trait Channel: 'static {
    type Sender<T: Send + 'static>: Send + Sync + 'static;
    type Receiver<T: Send + 'static>: Send + Sync + 'static;

    fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>);

    /// The receiver outlives all sends.
    fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) -> impl Future<Output = ()> + Send;

    fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> impl Future<Output = Option<T>> + Send;
}

/// `tokio::sync::mpsc`
pub struct Tokio;

impl Channel for Tokio {
    type Sender<T: Send + 'static> = tokio::sync::mpsc::Sender<T>;
    type Receiver<T: Send + 'static> = tokio::sync::mpsc::Receiver<T>;

    fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        tokio::sync::mpsc::channel(capacity)
    }

    async fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) {
        assert!(to.send(item).await.is_ok(), "a receiver");
    }

    async fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> Option<T> {
        from.recv().await
    }
}

/// A channel, by what its crate calls the parts.
macro_rules! channel {
    ($(#[$doc:meta])* $name:ident, $bounded:path, $sender:path, $send:ident, $receiver:path, $receive:ident) => {
        $(#[$doc])*
        pub struct $name;

        impl Channel for $name {
            type Sender<T: Send + 'static> = $sender;
            type Receiver<T: Send + 'static> = $receiver;

            fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
                $bounded(capacity)
            }

            async fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) {
                assert!(to.$send(item).await.is_ok(), "a receiver");
            }

            async fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> Option<T> {
                from.$receive().await.ok()
            }
        }
    };
}

channel!(
    /// `flume`
    Flume,
    flume::bounded,
    flume::Sender<T>,
    send_async,
    flume::Receiver<T>,
    recv_async
);
channel!(
    /// `kanal`, its asynchronous half
    Kanal,
    kanal::bounded_async,
    kanal::AsyncSender<T>,
    send,
    kanal::AsyncReceiver<T>,
    recv
);
channel!(
    /// `async-channel`
    AsyncChannel,
    async_channel::bounded,
    async_channel::Sender<T>,
    send,
    async_channel::Receiver<T>,
    recv
);
