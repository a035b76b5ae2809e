//! What the compiler refuses, and what it must accept, with the texts of `ui/` that show it. A text belongs to one of these.

/// What one of the macro's promises is called, what it says, and its texts: `topic/fail/beginning*`, without the `.rs`.
pub struct Refusal(pub &'static str, pub &'static str, pub &'static [&'static str]);

/// Refused by the macro, in its own words.
pub const BY_THE_MACRO: &[Refusal] = &[
    Refusal(
        "Unknown operator",
        "The nearest name is suggested, and `via(…)` for a stage of one's own.",
        &[
            "operators/fail/name_*",
            "operators/fail/nearest_*",
            "operators/fail/path_instead_of_a_name",
            "operators/fail/unknown_*",
        ],
    ),
    Refusal(
        "Operator or block in the wrong form",
        "Operators need parentheses; blocks have a form of their own.",
        &[
            "operators/fail/no_parentheses_*",
            "operators/fail/types_where_there_are_none",
            "blocks/fail/fan_in_without_parentheses",
            "blocks/fail/copies_without_let",
            "blocks/fail/move_before_match",
            "blocks/fail/parallel_without_a_number",
            "blocks/fail/parallel_without_braces",
            "blocks/fail/tap_with_parentheses",
        ],
    ),
    Refusal(
        "Unknown argument or option",
        "The nearest name is suggested; each is given once, with a value that can stand there.",
        &[
            "arguments/fail/argument_of_another_operator",
            "arguments/fail/given_twice",
            "arguments/fail/items_and_bytes",
            "arguments/fail/nearest_*",
            "arguments/fail/no_value",
            "arguments/fail/positional_given_by_name",
            "arguments/fail/unknown_*",
            "blocks/fail/named_argument_in_a_fan_in",
            "options/fail/*",
        ],
    ),
    Refusal(
        "Unknown or wrong unit",
        "Times and sizes have units, and say which.",
        &[
            "literals/fail/half_a_nanosecond",
            "literals/fail/nearest_unit_*",
            "literals/fail/time_without_a_unit",
            "literals/fail/too_long",
            "literals/fail/unit_*",
            "literals/fail/unknown_unit_*",
            "types/fail/count_where_a_duration_belongs",
            "types/fail/duration_where_a_count_belongs",
        ],
    ),
    Refusal(
        "Wrong number of arguments",
        "The form of the operator is shown.",
        &[
            "arguments/fail/nothing_before_a_comma",
            "arguments/fail/one_of_two",
            "arguments/fail/too_*",
            "blocks/fail/too_many_for_prefer",
        ],
    ),
    Refusal(
        "Source, stage or sink in the wrong place",
        "Sources begin chains, sinks end them, stages stand between.",
        &[
            "places/fail/expression_at_the_head",
            "places/fail/macro_at_the_head",
            "places/fail/sink_*",
            "places/fail/source_in_the_middle",
            "places/fail/stage_*",
            "blocks/fail/block_at_the_head",
            "blocks/fail/fan_in_in_an_arm",
            "blocks/fail/sink_in_a_fan_in",
            "blocks/fail/something_after_a_closed_*",
            "blocks/fail/open_end_after_a_closed_block",
            "blocks/fail/source_in_an_arm",
        ],
    ),
    Refusal(
        "Chain without a sink",
        "A chain, and an arm that must be closed, is ended by a sink.",
        &["places/fail/no_sink*", "places/fail/source_alone", "blocks/fail/open_arm_*"],
    ),
    Refusal(
        "Stream never used",
        "What nobody wants is ended with `discard()`.",
        &["streams/fail/copy_never_used", "streams/fail/never_used"],
    ),
    Refusal(
        "Stream used twice",
        "Both places are shown; `broadcast` copies.",
        &["streams/fail/twice_*", "streams/fail/used_twice"],
    ),
    Refusal(
        "Stream used where there is none",
        "A stream is named before it is used, and stands at the head of a chain.",
        &[
            "streams/fail/in_a_fan_in_before_its_let",
            "streams/fail/in_the_middle",
            "streams/fail/unknown_stream",
            "streams/fail/used_before_its_let",
            "blocks/fail/stream_in_an_arm",
        ],
    ),
    Refusal(
        "Wrong `let`",
        "A name is bound once, to something that flows on; `broadcast` has a name for each of at least two copies.",
        &[
            "streams/fail/bound_twice",
            "streams/fail/broken_pattern",
            "streams/fail/mut_before_its_name",
            "streams/fail/name_for_what_has_ended",
            "streams/fail/names_for_what_has_ended",
            "streams/fail/no_*",
            "streams/fail/one_name_for_broadcast",
            "streams/fail/something_after_copies",
            "streams/fail/two_names_*",
            "streams/fail/type_behind_its_name",
        ],
    ),
    Refusal("Open end in the wrong place", "`_` stands at the head or the end of one chain.", &["places/fail/open_*"]),
    Refusal(
        "Link in the wrong place",
        "A link leads from one stage to another, and there are never two in a row.",
        &["places/fail/latest_*", "places/fail/queue_*"],
    ),
    Refusal(
        "Low mark or policy that means nothing",
        "`low` is below the capacity, of a link that pauses; the link of a tap never does.",
        &["arguments/fail/low_*", "blocks/fail/low_in_tap", "blocks/fail/queue_that_*"],
    ),
    Refusal("Zero", "Capacities, counts, rates and periods are at least one.", &["literals/fail/zero_*"]),
    Refusal("Two stages with one name", "Also where one of the names is automatic.", &["names/fail/*"]),
    Refusal(
        "Empty or overfull block or pipeline",
        "A block has the arms it needs, a fan-in at least two inputs, a pipeline a chain; blocks nest 64 deep.",
        &[
            "blocks/fail/*_without_arms",
            "blocks/fail/fan_in_of_*",
            "blocks/fail/nested_too_deep",
            "blocks/fail/two_arms_*",
            "text/fail/empty_pipeline",
        ],
    ),
    Refusal(
        "`async` closure where nobody runs futures",
        "The operators that run them are named.",
        &["arguments/fail/async_closure_*"],
    ),
    Refusal(
        "`?` where nothing can fail",
        "The `?` belongs behind what can.",
        &["tries/fail/*", "blocks/fail/question_mark_after_a_*"],
    ),
    Refusal(
        "Copies that could get stuck where they meet (F6)",
        "The `low` that would do, or other cures, are named.",
        &["copies/fail/*"],
    ),
    Refusal(
        "Text that is no chain",
        "What is missing is named; a user's expression that is no Rust is left to rustc.",
        &[
            "text/fail/chain_cut_by_a_semicolon",
            "text/fail/comma_between_steps",
            "text/fail/missing_arrow",
            "text/fail/unfinished_closure",
            "places/fail/arrow_to_nowhere",
        ],
    ),
    Refusal(
        "Several mistakes",
        "All are reported at once, each once. One is not ours to hold back: behind a mistake the items have no type, so that a literal which \
         would have had it from them has none, and rustc asks which (E0689) where a method of it is called.",
        &["several/fail/*"],
    ),
    Refusal(
        "Queue that is kept elsewhere where none can be, or a role that is none",
        "A role is named by a string and begins at such a queue; it never loses items, and has one lower end in a process.",
        &["roles/fail/a_mark_*", "roles/fail/a_remote_*", "roles/fail/a_role_*"],
    ),
];

/// Refused by rustc, aimed by our spans and notes.
pub const BY_RUSTC: &[Refusal] = &[
    Refusal(
        "Item of the wrong type",
        "At the stage that takes it, or where the streams meet.",
        &[
            "types/fail/arm_*",
            "types/fail/bare_arms_of_different_types",
            "types/fail/collection_of_other_items",
            "types/fail/concat_of_different_types",
            "types/fail/count_of_copies_that_is_a_string",
            "types/fail/fan_in_of_different_types",
            "types/fail/method_*",
            "types/fail/named_copy_with_a_wrong_item",
            "types/fail/queue_of_what_is_no_number",
            "types/fail/open_arms_of_*",
            "types/fail/wrong_item_*",
            "types/fail/zip_whose_pairs_are_taken_for_triples",
        ],
    ),
    Refusal(
        "Argument that cannot do what the operator needs",
        "At the argument or the operator's word, with what would do.",
        &[
            "types/fail/bytes_of_what_has_no_weight",
            "types/fail/collect_of_results_and_run",
            "types/fail/filter_that_returns_no_bool",
            "types/fail/bytes_of_no_reader",
            "types/fail/filter_async_with_no_future",
            "types/fail/flatten_of_no_iterators",
            "types/fail/flatten_unordered_of_no_streams",
            "types/fail/for_each_async_with_no_future",
            "types/fail/iter_blocking_over_no_iterator",
            "types/fail/iter_over_no_iterator",
            "types/fail/lines_of_no_reader",
            "types/fail/map_async_keyed_with_*",
            "types/fail/map_async_with_no_future*",
            "types/fail/stream_over_no_stream",
            "types/fail/then_with_no_future",
            "types/fail/from_no_source*",
            "types/fail/into_no_sink",
            "types/fail/take_until_no_future",
            "types/fail/via_no_transform*",
            "types/fail/write_*",
        ],
    ),
    Refusal(
        "`match` that misses a case or does not fit",
        "At the word `match`, or at the pattern or guard.",
        &["types/fail/match_*"],
    ),
    Refusal(
        "Missing `Clone`",
        "At `broadcast` or `tap`, which copy items, or at what each copy of `parallel` needs.",
        &["types/fail/*_of_what_is_not_clone", "types/fail/capture_moved_into_each_copy"],
    ),
    Refusal(
        "Missing `Send`",
        "At the `run` or `spawn` that asks for it, with a label at the closure that lacks it. What a source or a stage's future holds is found by rustc in \
         the task's own type; it then points at the value and the `.await` over which it is held.",
        &[
            "types/fail/closure_that_is_not_send*",
            "types/fail/future_that_is_not_send",
            "types/fail/guard_that_is_not_send",
            "types/fail/item_that_is_not_send*",
            "types/fail/spawn_of_what_is_not_send",
        ],
    ),
    Refusal(
        "Borrow that ends too early",
        "At what is borrowed.",
        &["types/fail/borrow_that_ends_*", "types/fail/closure_that_borrows", "types/fail/guard_that_borrows_*"],
    ),
    Refusal(
        "Open start without a type",
        "At the first closure that needs it; `_: type` says it.",
        &["types/fail/open_start_whose_type_is_not_known"],
    ),
    Refusal(
        "`?` that was forgotten",
        "At the user's word that wants the item and gets a `Result`.",
        &["types/fail/question_mark_forgotten*"],
    ),
    Refusal(
        "`?` on what is no `Result`, or whose error is none",
        "At the `?`'s operator or its function.",
        &["types/fail/try_*"],
    ),
    Refusal(
        "Feature that is not in the build",
        "At the word that needs it, with the features that have it.",
        &["roles/fail/a_capacity_without_the_feature"],
    ),
];

/// What must compile.
pub const ACCEPTED: &[Refusal] = &[
    Refusal(
        "Wherever the user's code stands",
        "Under names of the prelude that are shadowed or absent, with all lints denied, with the crate renamed, inside other macros, \
         with `?` and `await` of the user's own.",
        &["hygiene/pass/*"],
    ),
    Refusal(
        "All of the language",
        "Every form of a chain, of a link and of an operator's function.",
        &["language/pass/*"],
    ),
];
