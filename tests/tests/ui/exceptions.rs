//! Words of the runtime's inside that rustc says and we cannot keep from it.

/// Words that stay in some goldens.
pub struct Exception {
    pub reason: &'static str,
    /// `topic/fail/name`.
    pub texts: &'static [&'static str],
    pub words: &'static [&'static str],
}

impl Exception {
    pub fn allows(&self, text: &str, word: &str) -> bool {
        self.texts.contains(&text) && self.words.contains(&word)
    }
}

/// Words of the inside that are also words of the standard library or of a crate that users know, which the goldens mean.
pub const ORDINARY: &[&str] = &["Display", "Error", "File", "Stream"];

pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        reason: "rustc names the trait that a bound asks for, the function that asks, and shows its first line; our own words come before",
        texts: &[
            "types/fail/bytes_of_no_reader",
            "types/fail/filter_async_with_no_future",
            "types/fail/flatten_unordered_of_no_streams",
            "types/fail/for_each_async_with_no_future",
            "types/fail/from_no_source",
            "types/fail/from_no_source_and_run",
            "types/fail/iter_blocking_over_no_iterator",
            "types/fail/lines_of_no_reader",
            "types/fail/map_async_keyed_with_no_future",
            "types/fail/map_async_keyed_with_what_is_no_key",
            "types/fail/map_async_with_no_future",
            "types/fail/map_async_with_no_future_and_run",
            "types/fail/stream_over_no_stream",
            "types/fail/take_until_no_future",
            "types/fail/then_with_no_future",
            "types/fail/via_no_transform",
            "types/fail/via_no_transform_and_run",
            "types/fail/write_to_no_writer",
            "types/fail/wrong_item_at_an_asynchronous_closure",
            "types/fail/wrong_item_at_filter_async",
            "types/fail/wrong_item_at_map_blocking",
            "types/fail/wrong_item_at_then",
            "types/fail/wrong_item_at_then_without_async",
        ],
        words: &[
            "Blocks",
            "Given",
            "IsBlockingIterator",
            "IsFuture",
            "IsReader",
            "IsStream",
            "IsWriter",
            "Items",
            "Lends",
            "LendsEach",
            "LendsToFilter",
            "OfStreams",
            "ReturnsFuture",
            "ReturnsFutureOfBool",
            "ReturnsKey",
            "TransformOf",
            "aqueduct::operators",
        ],
    },
    Exception {
        reason: "the trait is named after our message, as it is of every bound",
        texts: &[
            "roles/fail/a_capacity_without_the_feature",
            "types/fail/broadcast_of_what_is_not_clone",
            "types/fail/collect_of_results_and_run",
            "types/fail/collection_of_other_items",
            "types/fail/copies_of_what_is_not_clone",
            "types/fail/tap_of_what_is_not_clone",
        ],
        words: &["Broker", "Collects", "Copied", "Tapped"],
    },
    Exception {
        reason: "a missing `Send` is asked for by a list of what the user's is: rustc names that list once, behind the closure it points at",
        texts: &[
            "types/fail/closure_that_is_not_send",
            "types/fail/closure_that_is_not_send_in_an_arm",
            "types/fail/closure_that_is_not_send_in_parallel",
            "types/fail/closure_that_is_not_send_in_tap",
            "types/fail/guard_that_is_not_send",
            "types/fail/item_that_is_not_send",
            "types/fail/item_that_is_not_send_in_an_arm",
            "types/fail/spawn_of_what_is_not_send",
        ],
        words: &["CanMove", "Held", "aqueduct::movable"],
    },
    Exception {
        reason: "a stage's future has no name that could stand in that list, and rustc shows the implementation that asks; it points at the value it holds",
        texts: &["types/fail/future_that_is_not_send"],
        words: &["Built", "CanMove", "Held", "Holds", "Output", "SendTasks", "aqueduct::pipeline"],
    },
    Exception {
        reason: "`?` asks a trait of the items, whose implementation and whose function rustc shows",
        texts: &[
            "types/fail/try_on_items_that_are_no_results",
            "types/fail/try_on_items_that_are_no_results_and_run",
            "types/fail/try_with_an_error_that_is_none",
            "types/fail/try_with_an_error_that_is_not_send_and_run",
        ],
        words: &["Cause", "Fallible", "Part", "aqueduct::stage"],
    },
    Exception {
        reason: "where a stream does not fit, rustc names the stream's type: it is the value that our functions take",
        texts: &[
            "types/fail/concat_of_different_types",
            "types/fail/fan_in_of_different_types",
            "types/fail/flatten_unordered_of_no_streams",
            "types/fail/iter_over_no_iterator",
            "types/fail/open_arms_of_different_types",
            "types/fail/open_arms_of_different_types_behind_tasks",
            "types/fail/queue_of_what_is_no_number",
        ],
        words: &[
            "AnyReceiver",
            "At",
            "Branch",
            "Direct",
            "Gives",
            "HasItem",
            "Head",
            "Inputs",
            "ItemCount",
            "Iter",
            "Map",
            "Open",
            "Part",
            "Receiver",
            "SameItem",
            "Then",
            "aqueduct::link",
            "aqueduct::stage",
        ],
    },
];
