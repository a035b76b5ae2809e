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

/// `flume`
pub struct Flume;

impl Channel for Flume {
    type Sender<T: Send + 'static> = flume::Sender<T>;
    type Receiver<T: Send + 'static> = flume::Receiver<T>;

    fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        flume::bounded(capacity)
    }

    async fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) {
        assert!(to.send_async(item).await.is_ok(), "a receiver");
    }

    async fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> Option<T> {
        from.recv_async().await.ok()
    }
}

/// `kanal`, its asynchronous half
pub struct Kanal;

impl Channel for Kanal {
    type Sender<T: Send + 'static> = kanal::AsyncSender<T>;
    type Receiver<T: Send + 'static> = kanal::AsyncReceiver<T>;

    fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        kanal::bounded_async(capacity)
    }

    async fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) {
        assert!(to.send(item).await.is_ok(), "a receiver");
    }

    async fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> Option<T> {
        from.recv().await.ok()
    }
}

/// `async-channel`
pub struct AsyncChannel;

impl Channel for AsyncChannel {
    type Sender<T: Send + 'static> = async_channel::Sender<T>;
    type Receiver<T: Send + 'static> = async_channel::Receiver<T>;

    fn bounded<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        async_channel::bounded(capacity)
    }

    async fn send<T: Send + 'static>(to: &Self::Sender<T>, item: T) {
        assert!(to.send(item).await.is_ok(), "a receiver");
    }

    async fn receive<T: Send + 'static>(from: &mut Self::Receiver<T>) -> Option<T> {
        from.recv().await.ok()
    }
}
