//! Pekko's specs of streams.

use super::{Case, Peer, differs, same};

pub const PEER: Peer = Peer {
    title: "Pekko",
    about: "By the specs of `stream-tests`, package `scaladsl` where no other is named.",
    cases: CASES,
};

const CASES: &[Case] = &[
    same(
        "FlowMapAsyncSpec",
        "Behind stages of any kind that promise it, the order is kept; never more than n in flight, those that wait to leave among them.",
        &[
            "peers_order::s1_order_is_kept_behind_any_stage_that_promises_it",
            "stages::s1_map_async_counts_results_that_wait_for_room",
        ],
    ),
    differs(
        "FlowMapAsyncSpec (failure)",
        "A future that fails, fails the stream though an earlier one is not done.",
        "A panic does. A result is an item: where order is kept it is tried in its turn, as `try_buffered` of `futures` does, so all before it has \
         left. `map_async_unordered` and `map_async_keyed` fail at once.",
        &["peers_order::e1_a_failed_result_waits_for_its_turn_only_where_there_is_an_order"],
    ),
    same(
        "FlowMapAsyncUnorderedSpec",
        "Results leave as they are done.",
        &["asynchronous::map_async_unordered_emits_as_they_finish"],
    ),
    same(
        "FlowMapAsyncPartitionedSpec",
        "One in flight for each key, order kept for each key.",
        &["asynchronous::map_async_keyed_runs_one_of_a_key_and_keeps_its_order"],
    ),
    same(
        "FlowMapConcatSpec",
        "What one item becomes waits for a slow sink, and nothing is doubled.",
        &["links::l5_a_remainder_is_parked_and_no_more_is_taken"],
    ),
    same(
        "FlowFlattenMergeSpec",
        "So many inner streams at once; when nothing more is wanted all are dropped.",
        &[
            "asynchronous::flatten_unordered_runs_n_streams_at_once",
            "peers_order::s3_inner_streams_are_dropped_when_nothing_more_is_wanted",
        ],
    ),
    same(
        "FlowBufferSpec",
        "Drop the oldest, drop the newest, fail at the first item too many: exactly at the capacity.",
        &[
            "links::l10_drop_oldest_keeps_the_newest",
            "links::l10_drop_newest_keeps_the_oldest",
            "links::l10_fail_fails_the_pipeline",
            "links::l10_what_is_not_full_drops_nothing",
        ],
    ),
    same(
        "FlowConflateSpec",
        "What comes while the sink is busy is folded into one; nothing is folded while there is room.",
        &[
            "timed::conflate_folds_what_comes_while_its_output_is_paused",
            "timed::conflate_passes_items_while_there_is_room",
        ],
    ),
    same(
        "FlowGroupedWithinSpec",
        "A group's time begins with its own first item, also after a group that was full.",
        &["peers_order::s2_the_time_of_a_batch_begins_with_its_own_first_item"],
    ),
    same(
        "FlowGroupedWithinSpec (end, late demand)",
        "The rest leaves at the end at once; a group that is due goes on filling while nothing can leave; none is empty.",
        &[
            "stages::s2_batch_gives_its_rest_at_the_end_at_once",
            "stages::s2_a_due_batch_goes_on_filling_while_its_output_is_paused",
            "stages::s2_batch_is_never_empty",
        ],
    ),
    same(
        "FlowThrottleSpec",
        "A rate, with bursts after a quiet time, over which no window goes.",
        &[
            "stages::s6_throttle_lets_no_window_pass_more_than_n_and_burst",
            "stages::s6_throttle_lets_a_burst_pass_at_once_after_a_quiet_time",
        ],
    ),
    differs(
        "FlowDelaySpec",
        "What waits for its time may overflow by a policy of its own.",
        "Delayed items wait in the link before the stage, so that link's capacity and policy hold.",
        &["timed::delay_holds_what_fits_into_its_link"],
    ),
    same(
        "impl.TimeoutsSpec",
        "Silence for too long is a failure of its own kind; pressure from below is not silence.",
        &[
            "ends::e1_an_overflow_and_a_timeout_have_kinds_of_their_own",
            "control::e7_timeout_does_not_count_time_while_its_output_is_paused",
        ],
    ),
    same(
        "FlowTakeWithinSpec",
        "What has already happened lets nothing through.",
        &["peers_ends::s3_take_until_what_has_already_happened_gives_nothing"],
    ),
    differs(
        "FlowSlidingSpec",
        "A stream shorter than a window gives one window that is not whole.",
        "`windows(n)` means what it means for slices: every window has n items.",
        &["operators::a_stream_shorter_than_a_window_gives_none"],
    ),
    differs(
        "HeadSinkSpec, LastSinkSpec",
        "The first or last of nothing is a failure.",
        "It is `None`.",
        &["stages::s3_first_of_nothing_is_none", "operators::of_nothing_every_sink_has_an_output"],
    ),
    same(
        "GraphMergeSpec",
        "An input that is empty, or from which nothing comes, holds nobody.",
        &["peers_order::f3_an_empty_input_and_one_that_fails_to_come_hold_nobody"],
    ),
    differs(
        "GraphMergePreferredSpec",
        "The preferred input is served for as long as it has something.",
        "The other is served once after 64 of it, so that neither starves.",
        &["fan_ins_in_turn::f3_prefer_takes_of_the_second_once_after_64_of_the_first"],
    ),
    same(
        "FlowInterleaveSpec",
        "One of each in turn; an input that has ended is left out.",
        &["fan_ins_in_turn::f3_interleave_takes_one_of_each_and_leaves_out_those_that_have_ended"],
    ),
    same(
        "GraphZipSpec, FlowConcatSpec",
        "To zip with nothing ends at once and cancels the other side; to concatenate nothing goes on.",
        &["peers_order::f4_zip_with_nothing_ends_at_once_and_concat_of_nothing_goes_on"],
    ),
    differs(
        "FlowConcatSpec (failure of a later input)",
        "A later input that fails, fails the stream before its turn.",
        "A later input is not begun before its turn, so it cannot fail before it.",
        &["fan_in::f4_a_source_of_a_later_input_is_not_asked_before_its_turn"],
    ),
    same(
        "GraphBroadcastSpec",
        "An arm that leaves lets those go whom it held; with the last the source is cancelled.",
        &[
            "peers_order::f1_the_arm_that_holds_the_others_lets_them_go_when_it_leaves",
            "broadcast::f1_when_all_arms_have_finished_the_source_is_closed",
        ],
    ),
    same(
        "GraphBalanceSpec",
        "Each item goes to one who is free, and with the last who leaves the source is cancelled.",
        &[
            "parallel::f5_a_slow_copy_holds_none_but_its_own",
            "peers_order::f5_when_all_copies_have_left_the_source_is_closed",
        ],
    ),
    same(
        "GraphPartitionSpec",
        "An item for an arm that is busy waits; one for an arm that has left is dropped, and counted.",
        &[
            "route::f2_an_item_for_an_arm_that_is_paused_waits_and_what_is_behind_it",
            "route::f2_items_for_an_arm_that_has_finished_are_dropped_and_counted",
        ],
    ),
    same(
        "QueueSourceSpec, BoundedSourceQueueSpec",
        "Each sender's items come in its order; an offer that waits learns of the end, whichever it is.",
        &[
            "peers_flow::l12_each_sender_keeps_its_order",
            "peers_ends::l12_each_end_gives_waiting_sends_their_items_back",
        ],
    ),
    same(
        "FlowKillSwitchSpec",
        "To finish lets all out, to abort drops all; an abort after a finish holds, a finish after an abort does nothing.",
        &[
            "ends::e5_finish_stops_the_source_and_lets_out_everything_inside",
            "peers_ends::e6_an_abort_overtakes_a_finish_in_progress",
        ],
    ),
    same(
        "TickSourceSpec",
        "A tick for which there is no room is left out; so is one under `pause`.",
        &["operators::interval_skips_ticks_that_find_no_room", "operators::interval_skips_ticks_under_pause"],
    ),
    same(
        "impl.fusing.InterpreterSpec",
        "Fused stages are one loop: no recursion, and others have their turns.",
        &[
            "peers_flow::many_items_that_are_all_ready_do_not_deepen_the_stack",
            "fusing::g5_a_fused_task_yields_after_1024_items",
        ],
    ),
];
