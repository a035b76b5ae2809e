//! The rules of the runtime, one sentence or two each.

/// Rules that belong together. Their names begin with the same letter.
pub struct Group {
    pub title: &'static str,
    pub rules: &'static [Rule],
}

/// A rule: its name, what it is called, what it promises.
pub struct Rule(pub &'static str, pub &'static str, pub &'static str);

pub const GROUPS: &[Group] = &[
    Group { title: "Links", rules: LINKS },
    Group { title: "Fusing, tasks and runs", rules: TASKS },
    Group { title: "Stages", rules: STAGES },
    Group { title: "Blocks and fan-ins", rules: BLOCKS },
    Group { title: "Errors and ends", rules: ENDS },
];

const LINKS: &[Rule] = &[
    Rule(
        "L1",
        "Capacity is hard",
        "No link ever holds more than its capacity. At a link that counts bytes, an item heavier than the whole capacity is let in \
         alone, once the link is empty; an item that weighs nothing counts as one byte.",
    ),
    Rule(
        "L2",
        "Pause",
        "The push that fills a link pauses it; so does, at a link that counts bytes, the first item that does not fit. A paused link \
         takes nothing.",
    ),
    Rule(
        "L3",
        "Drain",
        "A paused link opens again once its level has come down to the low mark (half the capacity unless `low` says otherwise), or \
         far enough for the heavy item that waits. Pause and Drain take strict turns, Pause first.",
    ),
    Rule("L4", "Order", "Items come out of a link in the order in which they went in."),
    Rule(
        "L5",
        "Room first",
        "A stage takes an item only when there is room for what becomes of it, or parks what is left over and takes no more. A wait \
         that is cancelled loses nothing and doubles nothing.",
    ),
    Rule(
        "L6",
        "Pressure goes up",
        "Who is paused below stops taking above, link by link, until the source hears Pause and is not asked for items until it hears \
         Drain.",
    ),
    Rule(
        "L7",
        "Level, not edge",
        "A signal is a state, looked at once more after a waker is left. A wake that comes late, twice or for nothing costs time only; \
         none is lost.",
    ),
    Rule("L8", "The end needs no room", "An end, a failure and a cancellation pass links that are full."),
    Rule("L9", "Idle is free", "A pipeline that cannot go on, or has nothing to do, uses no CPU."),
    Rule(
        "L10",
        "Links that drop",
        "What may drop items always has room and never pauses; every item it drops is counted. `overflow = fail` makes the item that \
         finds no room the pipeline's failure.",
    ),
    Rule(
        "L11",
        "What the level counts",
        "An item is in the link until its consumer takes it; what a task has in its hand is not in a link.",
    ),
    Rule(
        "L12",
        "Inlets have a line",
        "Senders that wait at an inlet are served in the order in which they came; a send that is given up has sent nothing.",
    ),
];

const TASKS: &[Rule] = &[
    Rule(
        "G1",
        "Fused stages are one loop",
        "Synchronous stages run in the task above them: no link between them, and for each item no allocation and no dynamic call.",
    ),
    Rule(
        "G2",
        "Where a task begins",
        "Stages that wait have a task, with one link before each input. `queue` splits a task or sets up the link that stands there \
         anyway; two links never follow each other. An arm of synchronous steps costs a branch and no task.",
    ),
    Rule("G3", "What is in flight goes on", "Futures in flight are polled to their ends however full the output is."),
    Rule("G4", "The bound", "`bound()` is the number of items a pipeline can hold inside, and it is never exceeded."),
    Rule(
        "G5",
        "Nobody keeps a thread",
        "A task that always finds work yields after 1,024 items at the latest, and sooner when items are slow; what was asked of the \
         pipeline takes effect there. `run_local` polls only tasks that were woken, and yields after 64 polls.",
    ),
    Rule(
        "G6",
        "Runs",
        "Items move in runs, cut so that Pause still happens at the capacity and Drain at the mark. Observers are a run behind at most, \
         and a lone item is never held back.",
    ),
];

const STAGES: &[Rule] = &[
    Rule(
        "S1",
        "`map_async`",
        "At most `n` in flight, results that wait to leave among them; out in the order of the input.",
    ),
    Rule(
        "S2",
        "`batch` and `chunks`",
        "A batch leaves when it is full or when its time is over, counted from its first item; none is empty; the rest leaves at the \
         end. While nothing can leave, a batch that is due goes on filling.",
    ),
    Rule(
        "S3",
        "Enough is enough",
        "Once a stage or sink wants nothing more, all that feeds only it is cancelled at once, without another item, its source is \
         closed, and the run is a success.",
    ),
    Rule(
        "S4",
        "`finish` of the user's own stages",
        "It runs once, when the input has ended, also after no item at all, under the same signals; not after a failure, an abort, or \
         when nothing more was wanted.",
    ),
    Rule(
        "S5",
        "`close` of a source",
        "It runs exactly once, however the run ends; where nobody can await it, or after the source's own panic, only `Drop` runs.",
    ),
    Rule("S6", "`throttle`", "No window of the period lets more than `n + burst` pass; nothing is dropped."),
];

const BLOCKS: &[Rule] = &[
    Rule(
        "F1",
        "`broadcast`",
        "Each arm that still wants items gets each item; the slowest sets the pace; arms leave one by one, and with the last the source \
         is cancelled. One clone less than there are arms.",
    ),
    Rule(
        "F2",
        "`match`",
        "The first arm that fits gets the item. If that arm is paused, the item waits and holds what is behind it; if it has finished, \
         the item is dropped and counted. Behind synchronous arms the input's order is kept.",
    ),
    Rule(
        "F3",
        "`merge`, `prefer`, `interleave`",
        "`merge` keeps each input's order and starves none; `prefer` serves its second when the first has nothing, and now and then; \
         `interleave` takes one of each in turn.",
    ),
    Rule(
        "F4",
        "`zip` and `concat`",
        "`zip` ends with the first input that has no partner to give, and cancels the others; `concat` begins an input only after the \
         one before has ended.",
    ),
    Rule(
        "F5",
        "`parallel`",
        "Each item goes to one copy that is free; a slow copy keeps none but its own; each copy has its own arguments and outputs, and \
         may leave.",
    ),
    Rule(
        "F6",
        "Copies that meet again",
        "Where copies of one stream meet and one could wait for ever for another, the compiler refuses it and says what would do; what \
         it accepts does not get stuck.",
    ),
    Rule(
        "F7",
        "`tap`",
        "A tap never holds the main flow: what it has no room for it loses, uncloned and counted. At the end it is waited for, and its \
         failure is the pipeline's.",
    ),
];

const ENDS: &[Rule] = &[
    Rule(
        "E1",
        "The first failure wins",
        "It is reported with its stage, kind and cause, after every other task has ended and every item inside was dropped once.",
    ),
    Rule(
        "E2",
        "A panic is a failure",
        "A panic in the user's code is the failure of the stage it happened in, with its message.",
    ),
    Rule("E3", "Failures get through", "A failure reaches the caller though links are full and sinks stand still."),
    Rule("E4", "Nothing after the end", "Nothing of the user's is called after it has ended, failed or been finished."),
    Rule(
        "E5",
        "`finish`",
        "Sources stop, all that is inside comes out, sinks finish, and the run is a success, also when it was paused; with a deadline, \
         an abort follows it.",
    ),
    Rule(
        "E6",
        "`abort`",
        "An abort, and dropping what the caller holds of a run, ends all tasks and drops all items; who still listens hears `Aborted`.",
    ),
    Rule(
        "E7",
        "`pause`",
        "It holds the sources while what is inside flows on; `resume` lets them go. `timeout` does not count that time, nor the time in \
         which its own output is paused.",
    ),
    Rule("E8", "Twice is once", "A second finish, abort, pause or resume, or one after the end, does nothing."),
];
