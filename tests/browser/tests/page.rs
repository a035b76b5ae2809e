//! The dashboard's page, as a person has it: it draws, it changes as the pipeline does, it outlives its end, and everybody can use it.
//!
//! Each test has a browser of its own, and a time limit: the browser's waits have one.

use aqueduct::remote::in_memory;
use aqueduct::testkit::{Gate, Probe};
use aqueduct::{Dashboard, Pipeline, dashboard, pipeline};
use aqueduct_browser_tests::{Browser, Look};
use serde_json::json;
use tokio::task::JoinHandle;

const WIDE: Look = Look { width: 1280, height: 900, dark: false, still: false };
const PHONE: Look = Look { width: 380, height: 800, dark: false, still: false };

/// Names that would be markup, if they were not text.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&amp;";

/// Serves on a free port, until the task is aborted.
async fn serve(dashboard: Dashboard) -> (String, JoinHandle<std::io::Result<()>>) {
    let serving = dashboard.bind("127.0.0.1:0").await.unwrap();
    (format!("http://{}/", serving.addr()), tokio::spawn(serving))
}

async fn open(url: &str, look: Look) -> Browser {
    let browser = Browser::start().await;
    browser.look(look).await;
    browser.go(url).await;
    browser.wait_for("document.getElementById('connection').textContent.startsWith('live')").await;
    browser
}

/// No error, no warning, nothing refused by the content security policy.
async fn assert_nothing_logged(browser: &Browser) {
    assert_eq!(browser.log().await, json!([]));
}

/// A pipeline with an error route and copies; while the gate is closed the link `waiting` fills, and pauses `double`.
fn branching(name: &str, gate: &Gate) -> Pipeline<((), u64, u64)> {
    let (name, passes) = (name.to_owned(), gate.clone());
    pipeline! {
        #![name = name]
        iter(0..40u32) as numbers
            -> match {
                13 => 13u32 -> queue(8) -> for_each_async(1, async |_| ()) as bad,
                n => n,
            }
            -> map(|n| 2 * n) as double
            -> queue(4) as waiting
            -> then(async move |n| { passes.pass().await; n }) as slow
            -> broadcast { count() as all, filter(|n| n % 3 == 0) as thirds -> count() as some }
    }
    .boxed()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_draws_and_changes_as_the_pipeline_does() {
    let gate = Gate::new();
    let numbers = branching("import", &gate);
    let control = numbers.control();
    let (url, server) = serve(dashboard(control.clone())).await;
    let browser = open(&url, WIDE).await;

    // Before the run.
    browser.wait_for("document.getElementById('facts').textContent.startsWith('not started')").await;
    let names = "[...document.querySelectorAll('#graph .stage .name')].map(name => name.textContent)";
    for stage in ["numbers", "match", "bad", "double", "slow", "broadcast", "all", "thirds", "some"] {
        assert!(browser.eval(names).await.as_array().unwrap().contains(&json!(stage)), "{stage}");
    }
    assert_eq!(browser.eval("document.querySelectorAll('#graph .link').length").await, 2);
    assert_eq!(browser.eval("document.querySelectorAll('#graph .link.paused').length").await, 0);
    let of_queues =
        "[...document.querySelectorAll('.of-queues, .role, .gaps')].filter(part => part.checkVisibility()).length";
    assert_eq!(browser.eval(of_queues).await, 0, "what belongs to queues of a broker is not there");
    browser
        .eval(
            "window.flashes = 0, new MutationObserver(changes => changes.forEach(({ target }) => {
                 if (target.matches('.link.flash')) window.flashes += 1;
             })).observe(document.getElementById('graph'), { subtree: true, attributeFilter: ['class'] })",
        )
        .await;

    // Stuck: the link is full and red, it has flashed, and the cause is named.
    let running = numbers.spawn();
    let mut waiting = Probe::new(&control, "waiting");
    waiting.expect_paused().await;
    browser.wait_for("document.querySelector('#graph .link.paused .state')?.textContent === 'paused 3/4'").await;
    browser.wait_for("window.flashes > 0").await;
    browser.wait_for("document.querySelector('#graph .stage.cause .name')?.textContent === 'slow'").await;
    browser.wait_for("document.querySelector('#bottlenecks.found').textContent.includes('slow')").await;
    browser.wait_for("document.getElementById('said').textContent.includes('slow')").await;
    browser.wait_for("document.querySelector('#graph .stage.blocked .name')?.textContent === 'numbers'").await;
    let row = "[...document.querySelectorAll('#links tbody tr')].find(row => row.cells[0].textContent === 'waiting')";
    assert_eq!(browser.eval(&format!("{row}.cells[1].textContent")).await, "paused");

    // It flows, and ends; the page shows how it was.
    gate.open();
    assert_eq!(running.await.unwrap(), ((), 39, 14));
    browser.wait_for("document.getElementById('facts').textContent.startsWith('ended')").await;
    assert_eq!(browser.eval("document.querySelectorAll('#graph .link.paused').length").await, 0);
    let cell = |stage: &str, column: usize| {
        format!(
            "[...document.querySelectorAll('#stages tbody tr')].find(row => row.cells[0].textContent === '{stage}').cells[{column}].textContent"
        )
    };
    let snapshot = control.snapshot();
    for stage in &snapshot.stages {
        assert_eq!(browser.eval(&cell(&stage.name, 3)).await, stage.items_in.to_string(), "{}", stage.name);
    }
    assert_eq!(browser.eval(&cell("all", 3)).await, "39");
    assert_nothing_logged(&browser).await;

    // The program goes too: the page says so, and keeps what it has.
    server.abort();
    browser.wait_for("document.getElementById('connection').textContent.includes('does not answer')").await;
    assert_eq!(browser.eval(&cell("all", 3)).await, "39");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_comes_again_is_shown_again() {
    let first = branching("first", &Gate::new());
    let serving = dashboard(first.control()).bind("127.0.0.1:0").await.unwrap();
    let addr = serving.addr();
    let server = tokio::spawn(serving);
    let browser = open(&format!("http://{addr}/"), WIDE).await;
    server.abort();
    browser.wait_for("document.getElementById('connection').className === 'gone'").await;

    let second = branching("second", &Gate::new());
    let server = tokio::spawn(dashboard(second.control()).serve(addr));
    browser.wait_for("document.getElementById('title').textContent === 'second'").await;
    browser.wait_for("document.getElementById('connection').className === ''").await;
    server.abort();
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_opened_after_the_end_shows_it() {
    let gate = Gate::new();
    gate.open();
    let numbers = branching("import", &gate);
    let control = numbers.control();
    numbers.run().await.unwrap();
    let (url, server) = serve(dashboard(control)).await;
    let browser = open(&url, WIDE).await;
    browser.wait_for("document.getElementById('bottlenecks').textContent.startsWith('The run has ended')").await;
    assert_eq!(
        browser.eval("document.querySelector('#stages tbody tr').cells[4].textContent").await,
        "40 of 40 (100 %)"
    );
    server.abort();
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_text() {
    let (first, second) = (branching(HOSTILE, &Gate::new()), branching(HOSTILE, &Gate::new()));
    let (url, server) = serve(dashboard(first.control()).and(second.control())).await;
    let browser = open(&url, WIDE).await;
    assert_eq!(browser.eval("document.getElementById('title').textContent").await, HOSTILE);
    let list = browser.eval("[...document.querySelectorAll('#list a')].map(link => link.firstChild.data)").await;
    assert_eq!(list, json!([HOSTILE, format!("{HOSTILE}_2")]));
    assert_eq!(browser.eval("document.querySelectorAll('img').length").await, 0);
    assert_nothing_logged(&browser).await;
    server.abort();
    browser.close().await;
}

/// What axe finds wrong: the name of each rule, and where.
async fn violations(browser: &Browser) -> Vec<String> {
    let found = browser
        .wait_for(
            "window.found ?? (window.asked ??= axe.run(document, { resultTypes: ['violations'] }).then(found => { window.found = found; }), null)",
        )
        .await;
    let describe = |found: &serde_json::Value| {
        let where_: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|node| node["target"].to_string()).collect();
        format!("{}: {} ({})", found["id"], found["help"], where_.join(", "))
    };
    found["violations"].as_array().unwrap().iter().map(describe).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_a_phone_in_dark_and_light_and_axe_finds_nothing() {
    let gate = Gate::new();
    let (first, second) =
        (branching("import", &gate), branching("a_rather_long_name_for_a_pipeline_that_has_no_space_in_it", &gate));
    let control = first.control();
    let running = first.spawn();
    let (url, server) = serve(dashboard(control).and(second.control()).allow_control()).await;
    let axe = std::fs::read_to_string(std::env::var("AXE").expect("`bash tests/browser/run` sets AXE")).unwrap();
    let browser = open(&url, WIDE).await;
    let mut grounds = Vec::new();
    for look in [WIDE, Look { dark: true, ..WIDE }, PHONE, Look { dark: true, ..PHONE }] {
        browser.look(look).await;
        browser.go(&url).await;
        browser.wait_for("document.querySelector('#graph .link.paused')").await;
        let width = browser.eval("document.documentElement.scrollWidth").await;
        assert!(width.as_u64().unwrap() <= look.width.into(), "nothing stands out at the side: {width}");
        browser.eval(&format!("(0, eval)({})", json!(format!("{axe}\n;0")))).await;
        assert_eq!(violations(&browser).await, Vec::<String>::new(), "{look:?}");
        grounds.push(browser.eval("getComputedStyle(document.body).backgroundColor").await);
    }
    assert!(grounds[0] != grounds[1] && grounds[0] == grounds[2] && grounds[1] == grounds[3], "{grounds:?}");

    assert_ne!(browser.eval("getComputedStyle(document.querySelector('.level')).transitionDuration").await, "0s");
    browser.look(Look { still: true, ..WIDE }).await;
    assert_eq!(browser.eval("getComputedStyle(document.querySelector('.level')).transitionDuration").await, "0s");
    drop(running);
    server.abort();
    browser.close().await;
}

/// Of three parts this process runs the first; nobody takes from its queue.
fn selling() -> Pipeline<Option<u64>> {
    let (orders, rows) = (in_memory("orders").per_message(4), in_memory("rows"));
    pipeline! {
        #![name = "shop"]
        #![role = Some("ingest")]
        iter(0..1_000u32) as numbers -> map(|n| n) as parse -> queue(orders, capacity = 64, role = "enrich") as orders
            -> map_async(4, async |n: u32| n) as ask -> queue(8) as asked -> filter(|_| true) as keep
            -> queue(rows, capacity = 64, role = "store") as rows -> count() as insert
    }
    .boxed()
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_boxes_and_a_link_that_a_broker_keeps_is_dashed_and_has_a_table() {
    let shop = selling();
    let control = shop.control();
    let running = shop.spawn();
    Probe::new(&control, "orders").expect_paused().await;
    let (url, server) = serve(dashboard(control)).await;
    let axe = std::fs::read_to_string(std::env::var("AXE").expect("`bash tests/browser/run` sets AXE")).unwrap();
    let browser = open(&url, WIDE).await;
    for look in [WIDE, Look { dark: true, ..PHONE }] {
        browser.look(look).await;
        browser.go(&url).await;
        browser
            .wait_for("document.querySelector('#graph .link.remote.paused .state')?.textContent.includes('64/64')")
            .await;
        let names =
            browser.eval("[...document.querySelectorAll('#graph .role-name')].map(name => name.lastChild.data)").await;
        assert_eq!(names, json!(["ingest", "enrich", "store"]));
        // Each stage is in one box, and the boxes are apart.
        let inside = browser
            .eval(
                "(() => {
                     const boxes = [...document.querySelectorAll('#graph .role')].map(box => box.getBoundingClientRect());
                     const stages = [...document.querySelectorAll('#graph .stage .box')].map(box => box.getBoundingClientRect());
                     const holds = (a, b) => a.left <= b.left && b.right <= a.right && a.top <= b.top && b.bottom <= a.bottom;
                     const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
                     const apart = boxes.every((a, n) => boxes.every((b, m) => n === m || !meet(a, b)));
                     return [stages.map(stage => boxes.flatMap((box, part) => holds(box, stage) ? [part] : [])), apart];
                 })()",
            )
            .await;
        assert_eq!(inside, json!([[[0], [0], [1], [1], [2]], true]), "{look:?}");
        assert_eq!(browser.eval("document.querySelectorAll('#graph .link.remote .gaps').length").await, 2);
        assert_eq!(browser.eval("document.querySelectorAll('#graph .stage.elsewhere').length").await, 3);
        let states =
            browser.eval("[...document.querySelectorAll('#graph .link .state')].map(state => state.textContent)").await;
        assert_eq!((&states[1], &states[2]), (&json!("elsewhere"), &json!("elsewhere")), "{states}");

        let row = "document.querySelector('#queues tbody tr')";
        browser.wait_for(&format!("{row}.cells[3].textContent === '16'")).await;
        let cells = browser.eval(&format!("[...{row}.cells].map(cell => cell.textContent)")).await;
        assert_eq!(cells, json!(["orders", "full", "enrich", "16", "0", "–", "–", "0", "0", "16", "0"]));
        browser
            .wait_for(
                "document.getElementById('bottlenecks').textContent === 'Link orders is paused: the queue is full.'",
            )
            .await;
        let width = browser.eval("document.documentElement.scrollWidth").await;
        assert!(width.as_u64().unwrap() <= look.width.into(), "nothing stands out at the side: {width}");
        browser.eval(&format!("(0, eval)({})", json!(format!("{axe}\n;0")))).await;
        assert_eq!(violations(&browser).await, Vec::<String>::new(), "{look:?}");
        assert_nothing_logged(&browser).await;
    }
    drop(running);
    server.abort();
    browser.close().await;
}

/// WebDriver's names for keys.
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_is_done_by_keyboard() {
    let gate = Gate::new();
    let (first, second) = (branching("first", &gate), branching("second", &gate));
    let control = second.control();
    let running = second.spawn();
    let (url, server) = serve(dashboard(first.control()).and(control.clone()).allow_control()).await;
    let browser = open(&url, WIDE).await;
    let focus =
        "(focus => focus.id || focus.getAttribute('aria-labelledby') || focus.textContent)(document.activeElement)";
    let ring = "getComputedStyle(document.activeElement).outlineStyle";
    let reach = async |wanted: &str| {
        let mut passed = Vec::new();
        while passed.len() < 30 {
            browser.press(TAB).await;
            assert_ne!(browser.eval(ring).await, "none", "it is seen where the focus is");
            passed.push(browser.eval(focus).await.as_str().unwrap().to_owned());
            if passed.last().unwrap().starts_with(wanted) {
                return passed;
            }
        }
        panic!("{wanted} is not reached: {passed:?}");
    };
    reach("second").await;
    browser.press(ENTER).await;
    browser.wait_for("document.getElementById('title').textContent === 'second'").await;
    browser.wait_for("document.querySelector('[data-action=pause]').disabled === false").await;
    reach("Pause").await;
    browser.press(ENTER).await;
    browser.wait_for("document.getElementById('answer').textContent === 'pause: done'").await;
    assert!(control.snapshot().paused);
    browser.wait_for("document.getElementById('facts').textContent.startsWith('held by pause')").await;
    browser.go(&url).await;
    browser.wait_for("document.querySelector('#list a[aria-current]')").await;
    let passed = reach("metrics").await;
    for stop in ["Skip", "first", "second", "graph", "stages-title", "links-title", "snapshot", "metrics"] {
        assert!(passed.iter().any(|name| name.starts_with(stop)), "{stop} is not reached: {passed:?}");
    }
    drop(running);
    server.abort();
    browser.close().await;
}

/// Unless it is told so, the page offers nothing that would change the pipeline.
#[tokio::test(flavor = "multi_thread")]
async fn read_only_it_has_no_buttons() {
    let numbers = branching("import", &Gate::new());
    let (url, server) = serve(dashboard(numbers.control())).await;
    let browser = open(&url, WIDE).await;
    assert_eq!(browser.eval("document.getElementById('connection').textContent").await, "live, read-only");
    assert_eq!(browser.eval("document.getElementById('controls').checkVisibility()").await, false);
    server.abort();
    browser.close().await;
}
