//! How items become bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::BoxError;

/// Writes items as bytes and reads them back. Both sides of a queue must use the same.
pub trait Codec: Clone + Send + Sync + 'static {
    /// Names the codec in the head of each frame, so that no side reads what was written otherwise. Those below 128 are the library's.
    fn id(&self) -> u8;

    /// Writes `item` into `bytes`, which is empty.
    ///
    /// # Errors
    /// Those of the item's `Serialize`, and of what the format cannot say.
    fn encode<T: Serialize + ?Sized>(&self, item: &T, bytes: &mut Vec<u8>) -> Result<(), BoxError>;

    /// Reads an item from all of `bytes`.
    ///
    /// # Errors
    /// When they are not what `encode` writes for a `T`.
    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, BoxError>;
}

/// Small and fast, and not self-describing: fields go by their position, so both sides must have the same type.
///
/// When the type changes, change the queue's `schema`, or let the queue run empty before the new version starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Postcard;

impl Codec for Postcard {
    fn id(&self) -> u8 {
        1
    }

    fn encode<T: Serialize + ?Sized>(&self, item: &T, bytes: &mut Vec<u8>) -> Result<(), BoxError> {
        *bytes = postcard::to_extend(item, std::mem::take(bytes))?;
        Ok(())
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, BoxError> {
        match postcard::take_from_bytes(bytes)? {
            (item, []) => Ok(item),
            (_, rest) => Err(format!("{} bytes are left behind the item", rest.len()).into()),
        }
    }
}

/// Larger and slower, for types that change and for readers in other languages: fields go by their name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json;

impl Codec for Json {
    fn id(&self) -> u8 {
        2
    }

    fn encode<T: Serialize + ?Sized>(&self, item: &T, bytes: &mut Vec<u8>) -> Result<(), BoxError> {
        Ok(serde_json::to_writer(bytes, item)?)
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, BoxError> {
        Ok(serde_json::from_slice(bytes)?)
    }
}
