//! What can go wrong in a run, and where.

use std::any::Any;
use std::error::Error;
use std::fmt;

use crate::{Graph, Location, Name};

/// Any error, as stages give it: what `?` after an operator accepts turns into this.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A result whose error type need not be written, for closures that use `?` themselves.
///
/// ```
/// use aqueduct::pipeline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aqueduct::PipelineError> {
/// let sum = pipeline! {
///     iter(["1", "2"])
///     -> map(|text| -> aqueduct::Result<_> { Ok(text.parse::<u32>()? * 10) })?
///     -> fold(0, |sum, n| sum + n)
/// }
/// .run()
/// .await?;
/// assert_eq!(sum, 30);
/// # Ok(())
/// # }
/// ```
pub type Result<T, E = BoxError> = std::result::Result<T, E>;

/// Why a pipeline did not end well: the first failure of the run (`E1`).
///
/// It names the stage, where that stands, and the kind; the cause is its [`source`](Error::source). `{}` is one line without the cause, as error
/// reporters expect (``stage `map` failed at src/main.rs:12:9``); `{:?}` adds the causes, one a line, so that `fn main() -> Result<(), PipelineError>` tells all.
pub struct PipelineError {
    stage: Name,
    kind: ErrorKind,
    cause: Option<BoxError>,
    location: Option<Location>,
}

/// What kind of end a [`PipelineError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A stage gave an `Err`.
    Failed,
    /// A closure, future or type of the user panicked; the message is the cause (`E2`).
    Panicked,
    /// The run was ended by `abort()`, by a deadline, or by dropping what was waiting for it (`E6`).
    Aborted,
    /// An item came to a full link with `overflow = fail` (`L10`).
    Overflow,
    /// No item came to a `timeout` in its time.
    TimedOut,
    /// A queue that a broker keeps cannot go on: the cause is a `RemoteError` (feature `remote`), which says what to do.
    Remote,
}

impl PipelineError {
    pub(crate) fn failed(stage: &Name, cause: BoxError) -> Self {
        #[cfg(feature = "remote")]
        let kind = if cause.is::<crate::remote::RemoteError>() { ErrorKind::Remote } else { ErrorKind::Failed };
        #[cfg(not(feature = "remote"))]
        let kind = ErrorKind::Failed;
        Self { stage: stage.clone(), kind, cause: Some(cause), location: None }
    }

    pub(crate) fn timed_out(stage: &Name, after: std::time::Duration) -> Self {
        let cause = Message(format!("no item came for {after:?}")).into();
        Self { stage: stage.clone(), kind: ErrorKind::TimedOut, cause: Some(cause), location: None }
    }

    pub(crate) fn overflow(link: &Name, capacity: usize) -> Self {
        let cause = Message(format!("an item came while the link held all of its capacity of {capacity}")).into();
        Self { stage: link.clone(), kind: ErrorKind::Overflow, cause: Some(cause), location: None }
    }

    pub(crate) fn aborted() -> Self {
        Self { stage: Name::from("pipeline"), kind: ErrorKind::Aborted, cause: None, location: None }
    }

    pub(crate) fn panicked(stage: Name, payload: &(dyn Any + Send)) -> Self {
        let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "a panic whose payload is not text".to_owned(),
        };
        Self { stage, kind: ErrorKind::Panicked, cause: Some(Message(text).into()), location: None }
    }

    /// The name of the stage at fault; `"pipeline"` for an abort, the link's name for an overflow.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// Where the stage at fault, or the link's lower stage, stands in the program's text; none for an abort.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// Looks up in the pipeline's shape where the stage at fault stands.
    pub(crate) fn locate(&mut self, graph: &Graph) {
        let stage = |name: &Name| graph.stages.iter().find(|stage| stage.name == *name);
        let below = || graph.links.iter().find(|link| link.name == self.stage).and_then(|link| stage(&link.to));
        let at_fault = if self.kind == ErrorKind::Overflow { below() } else { stage(&self.stage).or_else(below) };
        self.location = at_fault.map(|stage| stage.location);
    }

    /// What kind of end this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = &self.stage;
        match self.kind {
            ErrorKind::Failed => write!(f, "stage `{stage}` failed"),
            ErrorKind::Panicked => write!(f, "stage `{stage}` panicked"),
            ErrorKind::Aborted => f.write_str("the pipeline was aborted"),
            ErrorKind::Overflow => write!(f, "link `{stage}` overflowed"),
            ErrorKind::TimedOut => write!(f, "stage `{stage}` timed out"),
            ErrorKind::Remote => write!(f, "`{stage}` cannot use its queue"),
        }?;
        self.location.map_or(Ok(()), |location| write!(f, " at {location}"))
    }
}

impl fmt::Debug for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for PipelineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// A cause that is only words.
#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Message {}
