//! The specification of Reactive Streams for the JVM: publishers (1), subscribers (2), subscriptions (3).

use super::{Case, Peer, differs, same};

pub const PEER: Peer = Peer {
    title: "Reactive Streams",
    about: "By the numbers of the specification's sections 1 to 3. Rules about the form of its interfaces have no counterpart.",
    cases: CASES,
};

const CASES: &[Case] = &[
    same(
        "1.1",
        "A source is asked for as many items as there is room for, and for no more while the link below is paused.",
        &["links::l6_a_source_is_not_asked_while_the_link_below_is_paused", "links::l1_capacity_is_hard"],
    ),
    same("1.2", "A source may end with room left.", &["operators::once_gives_one"]),
    same(
        "1.3",
        "Calls of one source, or of one sink, never overlap, on whatever threads they run.",
        &["peers_flow::calls_of_a_source_and_of_a_sink_never_overlap"],
    ),
    same(
        "1.4",
        "A source that fails says so once, with its cause, and is closed.",
        &["stages::s5_close_runs_once_after_an_error_of_its_own", "ends::e1_the_first_failure_wins"],
    ),
    same(
        "1.5",
        "A source that ends, ends the stream, also behind a full link.",
        &["links::l8_the_end_passes_a_full_link"],
    ),
    same(
        "1.6, 1.7",
        "After its end a source is not asked again.",
        &["ends::e4_an_iterator_is_not_asked_after_its_end", "ends::e4_a_stream_is_not_polled_after_its_end"],
    ),
    same(
        "1.8, 2.6",
        "A sink that wants no more cancels the source, also one that waits.",
        &[
            "stages::s3_take_cancels_a_source_that_would_wait_and_closes_it",
            "segments_spawned::s3_a_dropped_outlet_ends_the_segment_well",
        ],
    ),
    differs(
        "1.11",
        "Several may read one stream.",
        "A stream is moved by use and has one reader; `broadcast` says in the text that there are more, and who sets their pace.",
        &["broadcast::f1_every_arm_gets_every_item", "broadcast::f1_the_slowest_arm_governs"],
    ),
    differs(
        "2.1",
        "The reader says how much it can take.",
        "Nobody counts requests: whether there is room is a state that both sides read, so no request can be lost, doubled or overflow.",
        &["links::l7_no_wake_up_is_lost", "links::l7_no_wake_up_is_lost_by_pause_and_resume"],
    ),
    same(
        "2.4",
        "A sink that has been finished is left alone.",
        &["ends::e4_a_futures_sink_is_closed_once_and_not_used_after_it"],
    ),
    differs(
        "2.8",
        "What was under way when a reader cancelled may still reach it.",
        "It does not: what is above is dropped, each item once, and no closure of the reader is called again.",
        &["stages::s3_being_satisfied_drops_what_is_in_flight_above"],
    ),
    same(
        "2.9",
        "The end arrives though nobody made room for it.",
        &["links::l8_the_end_comes_out_behind_a_link_that_is_just_full"],
    ),
    same(
        "2.10",
        "A failure arrives though nobody made room for it.",
        &["ends::e3_a_failure_passes_full_links_and_a_stalled_sink", "links::l8_a_failure_above_passes_a_full_link"],
    ),
    differs(
        "2.13",
        "A reader never throws.",
        "A panic in the user's code is caught and is the failure of its stage, wherever it happens.",
        &["panics::e2_a_panic_in_a_sink", "panics::e2_a_panic_while_everything_else_waits"],
    ),
    same(
        "3.2, 3.4",
        "Who is told that there is room, or not, may use the pipeline there and then.",
        &["peers_flow::l6_who_hears_a_signal_may_use_the_pipelines_control"],
    ),
    same(
        "3.3",
        "Items that are all ready do not deepen the stack.",
        &["peers_flow::many_items_that_are_all_ready_do_not_deepen_the_stack"],
    ),
    same("3.5, 3.7", "To cancel twice is to cancel once.", &["control::e8_second_calls_do_nothing"]),
    same("3.6", "To ask for more after the end does nothing.", &["control::e8_calls_after_the_end_do_nothing"]),
    differs(
        "3.9",
        "To ask for none, or fewer, is an error of the stream.",
        "A capacity or count of zero never gets so far: the compiler refuses a literal, and building the pipeline any other value.",
        &[
            "bad_input::a_count_of_zero_panics_when_the_pipeline_is_built_and_names_the_stage",
            "bad_input::a_capacity_of_zero_panics_when_the_pipeline_is_built_and_names_the_link",
        ],
    ),
    same("3.12", "A cancellation reaches those who wait.", &["ends::e6_abort_ends_all_tasks_though_everything_waits"]),
    same(
        "3.13",
        "When a run is over, nothing of it is kept.",
        &[
            "control::e1_nothing_of_a_run_is_kept_when_all_its_handles_are_gone",
            "memory::a_pipeline_leaves_nothing_behind",
        ],
    ),
    same(
        "3.15, 3.16",
        "Controls may be used at any time, before the run too.",
        &["control::e8_calls_before_the_run_hold_for_it"],
    ),
    same("3.17", "The largest numbers mean no limit.", &["bad_input::the_largest_counts_are_as_good_as_none"]),
];
