//! Node's tests of its streams.

use super::{Case, Peer, differs, same};

pub const PEER: Peer = Peer {
    title: "Node",
    about: "By the files `test/parallel/test-stream-….js`, whose beginning is left out here. Pause and Drain are Node's pair.",
    cases: CASES,
};

const CASES: &[Case] = &[
    same(
        "backpressure",
        "A sink that stands still stops the source, and however it goes on, the source is asked for no more than that makes room for.",
        &[
            "peers_flow::l6_a_source_is_asked_as_the_sink_goes_on",
            "links::l6_every_link_fills_and_pauses_up_to_the_source",
        ],
    ),
    same(
        "writable-needdrain-state",
        "Who pushes from outside sees the pause with the push that fills the link, and the drain at the low mark.",
        &["inlets::l1_l2_l3_an_inlet_pauses_at_its_capacity_and_drains_at_half"],
    ),
    differs(
        "write-drain",
        "What is pushed after the pause is taken and waits in the buffer.",
        "Capacity is hard: a push that finds no room waits outside, or comes back as `Full`.",
        &["links::l2_a_paused_link_takes_nothing", "links::l1_capacity_is_hard"],
    ),
    differs(
        "writable-ended-state, writable-end-multiple",
        "After its end a stream tells of no drain any more.",
        "Pause and Drain take strict turns to the last: a link that was full at the end of the stream drains too.",
        &["peers_flow::l3_a_link_that_is_full_at_the_end_drains"],
    ),
    differs(
        "readable-hwm-0",
        "A capacity of zero works, one item at a time by hand.",
        "It is refused, by the compiler or when the pipeline is built: a link of one does the same.",
        &["bad_input::a_capacity_of_zero_panics_when_the_pipeline_is_built_and_names_the_link"],
    ),
    same(
        "big-packet, writev",
        "What is larger than the whole buffer passes, alone.",
        &["links_bytes::l1_bytes_an_item_heavier_than_the_capacity_is_taken_alone"],
    ),
    same(
        "unshift-empty-chunk",
        "Items without a byte are items.",
        &["peers_flow::items_without_bytes_are_written_like_others", "links_bytes::l1_bytes_a_weight_of_0_counts_as_1"],
    ),
    differs(
        "pipe-multiple-pipes, pipe-cleanup-pause",
        "One stream is piped to several, at the pace of the slowest, and one of them may be taken away.",
        "Who gets the items is written in the text (`broadcast`); an arm leaves by having had enough.",
        &[
            "broadcast::f1_the_slowest_arm_governs",
            "peers_order::f1_the_arm_that_holds_the_others_lets_them_go_when_it_leaves",
        ],
    ),
    same(
        "pipeline (both ways)",
        "A failure in the middle ends what is above and what is below, in progress or not.",
        &["peers_ends::e1_a_failure_drops_what_is_in_progress_above_it_and_below"],
    ),
    same(
        "error-once",
        "Of several failures one is told, the first.",
        &[
            "ends::e1_a_failure_while_the_rest_ends_does_not_replace_the_first",
            "ends::a_failure_is_told_before_the_rest_of_the_stages_input_is_dropped",
        ],
    ),
    same(
        "writable-final-throw, writable-final-async",
        "The end of a run waits for the sink's own end, and a failure there is the run's.",
        &["stages::s4_a_finish_that_fails_fails_the_pipeline", "ends::e5_finish_within_covers_the_finish_of_a_sink"],
    ),
    same(
        "writable-end-cb-error, writable-destroy",
        "A sink that has failed is neither written to nor finished.",
        &["peers_ends::e4_what_has_failed_is_left_alone"],
    ),
    differs(
        "finished (premature close)",
        "A stream that is closed before its end is an error of its own kind.",
        "A source can only end, fail or panic. A connection that is gone is the failure its reader or writer reports.",
        &[
            "io::a_reader_that_hangs_up_is_a_broken_pipe",
            "connectors_io::a_child_process_that_ends_early_is_a_broken_pipe",
            "segments_spawned::s3_a_dropped_outlet_ends_the_segment_well",
        ],
    ),
    differs(
        "destroy (with an error)",
        "Who ends a stream by force may give the reason.",
        "`abort` always reads `Aborted`; a stage that returns `Err` gives a reason.",
        &["peers_ends::e6_an_abort_drops_a_write_in_progress", "ends::e5_a_stage_can_finish_or_abort_its_own_pipeline"],
    ),
    same(
        "transform-final, transform-flush-data",
        "What a stage emits at its end goes through all that follows before that ends.",
        &["peers_order::s4_what_a_finish_emits_goes_through_the_next_stage_before_that_finishes"],
    ),
    same(
        "issue 49302 (drain while flushing)",
        "What a stage emits at its end waits for room like any item.",
        &["stages::s4_transform_finish_emits_under_the_same_signals"],
    ),
    same(
        "duplex-end, duplex-destroy",
        "The two sides of a duplex end each in its turn: the input's end lets all out.",
        &["segments_spawned::a_spawned_transform_is_a_duplex"],
    ),
    same(
        "map, forEach (concurrency)",
        "So many calls at once and never more, results in the order of the input.",
        &["stages::s1_map_async_runs_n_at_once_and_never_more", "stages::s1_map_async_emits_in_the_order_of_the_input"],
    ),
    same(
        "forEach (order)",
        "Calls begin in the order of the items, also where they run at once.",
        &["peers_order::calls_of_for_each_async_begin_in_the_order_of_the_items"],
    ),
    same(
        "drop-take",
        "Who takes n does not wait for another item, and what is above is closed.",
        &["stages::s3_take_cancels_a_source_that_would_wait_and_closes_it", "stages::s3_take_of_zero_asks_for_nothing"],
    ),
    same(
        "reduce, toArray",
        "Of nothing there is a defined outcome.",
        &["operators::of_nothing_every_sink_has_an_output"],
    ),
    same(
        "readable-async-iterators",
        "Who stops reading lets go of the source; who reads to the end gets all, then the end, again and again.",
        &[
            "segments_spawned::s3_a_dropped_outlet_ends_the_segment_well",
            "segments_spawned::an_outlet_gives_the_end_again_and_again",
        ],
    ),
    same(
        "write-drain (again from the handler)",
        "A pipeline may be fed from inside itself.",
        &["peers_flow::an_inlet_may_be_fed_from_inside_its_own_pipeline"],
    ),
];
