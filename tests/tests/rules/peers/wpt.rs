//! The web platform's tests of streams.

use super::{Case, Peer, differs, same};

pub const PEER: Peer = Peer {
    title: "Web platform",
    about: "By the files of `streams/` in the web platform tests, without `.any.js`.",
    cases: CASES,
};

const CASES: &[Case] = &[
    same(
        "piping/flow-control",
        "A sink that wants nothing yet gets nothing yet; what waits stays with the source.",
        &[
            "links::l6_a_source_is_not_asked_while_the_link_below_is_paused",
            "control::e8_calls_before_the_run_hold_for_it",
        ],
    ),
    same(
        "piping/close-propagation-forward",
        "The end comes after the last write is done.",
        &["peers_order::s4_what_a_finish_emits_goes_through_the_next_stage_before_that_finishes"],
    ),
    differs(
        "piping/close-propagation-forward (preventClose)",
        "The sink may be left open when the source has ended.",
        "A sink belongs to its pipeline. To write from several in turn, `concat` them, or send into an `Inlet`, which is open until its last \
         clone goes.",
        &["fan_in::f4_concat_and_zip_nest", "peers_flow::l12_each_sender_keeps_its_order"],
    ),
    same(
        "piping/close-propagation-backward",
        "A sink that has ended cancels the source, at once.",
        &["stages::s3_send_notices_at_once_that_its_receiver_goes_while_nothing_comes"],
    ),
    differs(
        "piping/error-propagation-forward",
        "The writes of what was read before the failure are done first.",
        "The first failure cancels the rest: what is inside is dropped, once each, a write in progress too. Where what came before a failure must be \
         written, the failure is an item: `match` routes it.",
        &[
            "peers_ends::e1_a_failure_drops_what_is_in_progress_above_it_and_below",
            "ends::e1_items_are_dropped_once_after_a_failure",
            "route::e1_a_question_mark_in_an_arm",
        ],
    ),
    same(
        "piping/error-propagation-backward",
        "A sink that fails ends the source, also one that waits.",
        &[
            "ends::e3_a_failure_reaches_a_caller_whose_source_waits_for_ever",
            "links::l8_a_failure_below_passes_full_links",
        ],
    ),
    same(
        "piping/multiple-propagation",
        "Where both ends fail, the first failure is told.",
        &["ends::e1_a_failure_while_the_rest_ends_does_not_replace_the_first"],
    ),
    same(
        "piping/abort",
        "An abort reaches all parts, whatever they wait for, and once is enough.",
        &["ends::e6_abort_ends_all_tasks_though_everything_waits", "control::e8_second_calls_do_nothing"],
    ),
    same(
        "piping/transform-streams",
        "A chain of transforms passes the end on, one after the other.",
        &["peers_order::s4_what_a_finish_emits_goes_through_the_next_stage_before_that_finishes"],
    ),
    differs(
        "writable-streams/aborting (write in flight)",
        "An abort waits for the write in progress.",
        "It drops it where it waits; only a call on the blocking pool runs on. Who wants whole writes asks for `finish_within`.",
        &[
            "peers_ends::e6_an_abort_drops_a_write_in_progress",
            "asynchronous::a_blocking_call_runs_on_after_the_end_and_its_result_is_dropped",
        ],
    ),
    same(
        "writable-streams/aborting (close in flight)",
        "An abort overtakes an end that is in progress.",
        &[
            "peers_ends::e6_an_abort_overtakes_a_finish_in_progress",
            "peers_ends::e6_an_abort_drops_a_finish_in_progress",
        ],
    ),
    same(
        "writable-streams/aborting (queued writes)",
        "What waits outside when a stream ends comes back to who wanted to write it.",
        &["peers_ends::l12_each_end_gives_waiting_sends_their_items_back"],
    ),
    same(
        "writable-streams/close",
        "The end of a sink waits for the write in progress.",
        &["peers_order::s4_finish_of_a_sink_waits_for_the_write_in_progress"],
    ),
    same(
        "writable-streams/backpressure",
        "`ready` wakes who waits when there is room, all of them.",
        &["inlets::l12_ready_wakes_all_who_wait"],
    ),
    same(
        "writable-streams/write",
        "Writes are done one after the other, in order.",
        &[
            "peers_flow::calls_of_a_source_and_of_a_sink_never_overlap",
            "inlets::l12_waiting_senders_are_served_first_come_first_served",
        ],
    ),
    same(
        "writable-streams/reentrant-strategy, bad-strategies",
        "The weight of an item is asked once: it leaves with the weight it entered with.",
        &["peers_flow::l1_bytes_an_item_that_has_entered_leaves_with_the_weight_it_had"],
    ),
    same(
        "readable-streams/floating-point-total-queue-size",
        "Sums of weights are exact, up to the largest there are.",
        &["peers_flow::l1_bytes_the_heaviest_weights_that_there_are_pass_one_by_one"],
    ),
    same(
        "byte-length-queuing-strategy",
        "What has bytes weighs its bytes.",
        &["links_bytes::l1_bytes_the_weights_of_what_is_usually_sent"],
    ),
    same(
        "readable-streams/bad-underlying-sources",
        "A source that throws is a failed stream, and not asked again.",
        &["panics::e2_a_panic_in_a_source", "peers_ends::e4_what_has_failed_is_left_alone"],
    ),
    same(
        "readable-streams/cancel",
        "A cancellation closes the source once, and waits for it.",
        &[
            "stages::s3_a_satisfied_sink_waits_for_the_close_of_the_source",
            "stages::s5_close_runs_also_when_next_was_never_called",
        ],
    ),
    differs(
        "readable-streams/tee",
        "Two branches are read each at its own pace; what the slower has not read is kept, without a bound.",
        "Memory is bounded: the slowest arm sets the pace, a longer `queue` gives it a lead, and a `tap` loses what it has no room for.",
        &["broadcast::f1_the_slowest_arm_governs", "tap::f7_it_never_holds_the_main_flow"],
    ),
    same(
        "readable-streams/tee (cancel)",
        "When all branches want no more the source is cancelled, not before.",
        &[
            "broadcast::f1_when_all_arms_have_finished_the_source_is_closed",
            "broadcast::f1_an_arm_that_finishes_early_drops_out",
        ],
    ),
    same(
        "transform-streams/backpressure",
        "A transform is called only where what it emits has room, or waits with the rest.",
        &[
            "links::l5_an_item_is_taken_only_when_there_is_room_for_what_comes_of_it",
            "links::l5_a_remainder_is_parked_and_no_more_is_taken",
        ],
    ),
    same(
        "transform-streams/terminate",
        "A stage that wants no more ends the stream well, both ways.",
        &["iterator_namesakes::s3_take_while_map_while_and_scan_end_as_soon_as_they_fail"],
    ),
    same(
        "transform-streams/cancel",
        "The end of a transform is not run when nobody wants what it gives, or cancelled when it is running.",
        &[
            "stages::s4_transform_finish_does_not_run_when_downstream_was_satisfied",
            "peers_ends::s4_a_finish_that_emits_without_end_is_cancelled_when_nothing_more_is_wanted",
        ],
    ),
    same(
        "transform-streams/lipfuzz",
        "Where the pieces of the input are cut does not matter.",
        &["io::lines_come_whole_however_they_are_read"],
    ),
];
