// The page: asks for the pipelines once, then listens.

import { html, say } from "./dom.js";
import { GraphView } from "./graph.js";
import { History } from "./history.js";
import { Tables } from "./tables.js";
import { condition, count, reason, seconds, time } from "./words.js";

const $ = (id) => document.getElementById(id);

// A screen reader hears of a new bottleneck no more often than this.
const QUIET = 5000;

/** A pipeline as it was last told, and what is drawn of it. */
let pipelines = [];
let control = false;
let shown = null;
let known = "";

/** What was told last. */
let views = [];
let latest = null;

function choose() {
  const wanted = Number(location.hash.slice(1)) || 0;
  shown = pipelines[wanted] ?? pipelines[0];
  const { graph, name } = shown.outline;
  document.title = `${name} · aqueduct`;
  say($("title"), name);
  $("graph").replaceChildren();
  shown.graph = new GraphView($("graph"), shown.outline);
  shown.tables = new Tables(graph);
  pipelines.forEach(({ entry }, index) => {
    if (index === shown.outline.pipeline) entry.link.setAttribute("aria-current", "page");
    else entry.link.removeAttribute("aria-current");
  });
  $("controls").hidden = !control;
  say($("answer"), "");
  draw();
}

function draw() {
  shown?.graph.fit();
  if (!shown?.view) return;
  const { view, history, outline } = shown;
  shown.graph.update(view, history);
  shown.tables.update(view, history);
  const { stages, links, bound } = outline.graph;
  const facts = [
    `${condition(view)}, ${time(seconds(view.snapshot.elapsed))}`,
    `${count(stages.length)} stages, ${count(links.length)} links`,
    bound === null ? "no bound is known" : `never more than ${count(bound)} inside`,
  ];
  say($("facts"), facts.join(" · "));
  const words = inWords(view);
  $("bottlenecks").classList.toggle("found", view.bottlenecks.length > 0 && !view.snapshot.ended);
  const items = [...$("bottlenecks").children];
  words.forEach((text, index) => say(items[index] ?? $("bottlenecks").appendChild(html("li")), text));
  items.slice(words.length).forEach((item) => item.remove());
  tell(words[0], view);
  for (const button of $("controls").querySelectorAll("button")) {
    const { ended, paused } = view.snapshot;
    const idle = { pause: paused, resume: !paused }[button.dataset.action] ?? false;
    button.disabled = ended || idle;
  }
}

function inWords({ snapshot, bottlenecks }) {
  if (snapshot.ended) return [`The run has ended after ${time(seconds(snapshot.elapsed))}. What is shown is how it was at its end.`];
  if (snapshot.paused) return ["The sources are held; what is inside flows on."];
  if (seconds(snapshot.elapsed) === 0) return ["The run has not started."];
  const waits = snapshot.links.filter(({ queue }) => queue?.paused).map(({ name, queue }) => `Link ${name} is paused: ${reason(queue).words}.`);
  if (bottlenecks.length + waits.length === 0) return ["No stage holds another back."];
  return [...bottlenecks.map(({ text }) => `In the last seconds ${text}`), ...waits];
}

let told = { key: "", at: -QUIET };

/** The same words for a screen reader, only when they are about something else than before. */
function tell(text, { snapshot, bottlenecks, pipeline }) {
  const key = JSON.stringify([pipeline, snapshot.ended, snapshot.paused, bottlenecks.map(({ stage }) => stage)]);
  if (key === told.key || performance.now() < told.at + QUIET) return;
  told = { key, at: performance.now() };
  say($("said"), text);
}

function entry({ pipeline, name }) {
  const state = html("small");
  const link = html("a", { href: `#${pipeline}` }, name, state);
  return { link, state, item: html("li", {}, link) };
}

/** Asks which pipelines there are. */
async function load() {
  const overview = await (await fetch("/api/pipelines")).json();
  // After a break: the same program, or another at its place?
  const key = JSON.stringify(overview.pipelines.map(({ name, graph }) => [name, graph]));
  if (key === known) return;
  known = key;
  control = overview.control;
  pipelines = overview.pipelines.map((outline) => {
    return { outline, entry: entry(outline), history: new History(outline.history), view: null };
  });
  $("list").firstElementChild.replaceChildren(...pipelines.map((pipeline) => pipeline.entry.item));
  $("list").hidden = pipelines.length < 2;
  choose();
  take();
}

/** Gives each pipeline what was told of it. */
function take() {
  for (const view of views) {
    const pipeline = pipelines[view.pipeline];
    if (pipeline?.outline.graph.stages.length !== view.snapshot.stages.length) continue; // not asked for yet
    pipeline.view = view;
    pipeline.history.add(view.snapshot);
    const causes = view.bottlenecks.map(({ stage }) => stage).join(", ");
    say(pipeline.entry.state, causes && !view.snapshot.ended ? `${condition(view)}, held back by ${causes}` : condition(view));
  }
  draw();
}

function listen() {
  const events = new EventSource("/api/events");
  events.addEventListener("open", async () => {
    await load();
    $("connection").className = "";
    say($("connection"), control ? "live" : "live, read-only");
  });
  events.addEventListener("snapshot", ({ data }) => {
    views = JSON.parse(data);
    latest = new Date();
    take();
  });
  events.addEventListener("signal", ({ data }) => {
    const { pipeline, link, signal } = JSON.parse(data);
    if (signal !== "Pause" || pipelines[pipeline] !== shown || !shown) return;
    shown.graph.flash(shown.outline.graph.links.findIndex(({ name }) => name === link));
  });
  events.addEventListener("error", () => {
    const since = latest ? `; this is how it was at ${latest.toLocaleTimeString()}` : "";
    $("connection").className = "gone";
    say($("connection"), `the program does not answer${since}. Trying again.`);
  });
}

async function act({ target }) {
  const action = target.dataset?.action;
  if (!action || (action === "abort" && !confirm("Abort? What is inside is dropped."))) return;
  const path = `/api/pipelines/${shown.outline.pipeline}/${action}`;
  try {
    const answer = await fetch(path, { method: "POST", headers: { "aqueduct-control": "page" } });
    say($("answer"), answer.ok ? `${action}: done` : await answer.text());
  } catch (error) {
    say($("answer"), `${action}: ${error.message}`);
  }
}

$("controls").addEventListener("click", act);
addEventListener("hashchange", () => pipelines.length > 0 && choose());
new ResizeObserver(draw).observe($("graph"));
listen();
