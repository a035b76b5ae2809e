//! What can go wrong between a pipeline and the broker that keeps its queue.

use std::error::Error;
use std::fmt;

/// Why a remote queue cannot go on. Each message says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoteError {
    /// The broker gives no answer. A link retries for ever, unless it has `give_up_after`.
    Unreachable(String),
    /// A newer publisher has taken over the queue.
    Fenced(String),
    /// The queue cannot be as it was asked for.
    Config(String),
    /// An item cannot be encoded, or a frame or an item not decoded.
    Codec(String),
    /// An item does not fit into a message of the broker.
    TooLarge {
        /// Its size with the head of its frame, in bytes.
        size: usize,
        /// What the broker takes.
        most: usize,
    },
    /// The broker no longer has so many of the messages that it had confirmed.
    BrokerLost(u64),
    /// The broker knows us, and does not let us.
    Denied(String),
}

impl RemoteError {
    /// Whether the same may succeed later, with nothing changed here.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => {
                write!(
                    f,
                    "the broker cannot be reached ({why}): see whether it runs, and whether this program may use its JetStream API"
                )
            }
            Self::Fenced(by) => {
                write!(
                    f,
                    "a newer publisher has taken over the queue ({by}): run one at a time, or give each a queue of its own"
                )
            }
            Self::Config(what) => f.write_str(what),
            Self::Codec(what) => f.write_str(what),
            Self::TooLarge { size, most } => {
                write!(
                    f,
                    "an item has {size} bytes in its message, and the broker takes {most}: make it smaller, or raise the broker's `max_payload`"
                )
            }
            Self::BrokerLost(n) => write!(
                f,
                "the broker has lost {n} messages that it had confirmed: start again with another run, from where the source still has them; \
                 replicas on separate hosts avoid this"
            ),
            Self::Denied(why) => {
                write!(f, "the broker refuses ({why}): give this account JetStream and its permissions")
            }
        }
    }
}

impl Error for RemoteError {}
