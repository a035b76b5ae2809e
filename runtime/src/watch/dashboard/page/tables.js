// The figures of all stages and links as tables: the same as in the graph, and more.

import { html, say, sparkline } from "./dom.js";
import { spark } from "./history.js";
import { amount, count, rate, reason, seconds, share, time } from "./words.js";

const SPARK = [120, 22];

/** A row: its name, then cells; a column with `text` stands to the left. */
function table(element, caption, columns, names) {
  const heads = columns.map(({ head, text }) => html("th", { scope: "col", ...(text && { class: "text" }) }, head));
  const rows = names.map((name) => {
    const cells = columns.slice(1).map(({ text }) => html("td", text ? { class: "text" } : {}));
    return { cells, row: html("tr", {}, html("th", { scope: "row", title: name }, name), ...cells) };
  });
  element.replaceChildren(
    html("caption", { class: "unseen" }, caption),
    html("thead", {}, html("tr", {}, ...heads)),
    html("tbody", {}, ...rows.map(({ row }) => row)),
  );
  return rows.map(({ cells }) => cells);
}

function word(cell, text, kind) {
  const mark = cell.firstElementChild ?? cell.appendChild(html("span"));
  mark.className = `word ${kind}`;
  say(mark, text);
}

/** The line of the last two minutes, and a figure beside it. */
function drawn(cell, text, points, most) {
  if (!cell.firstElementChild) cell.append(html("span"), " ", sparkline(...SPARK));
  say(cell.firstElementChild, text);
  spark(cell.lastElementChild, points, ...SPARK, most);
}

function progress(stage) {
  if (!stage.expected) return count(stage.items_out);
  return `${count(stage.items_out)} of ${count(stage.expected)} (${share(stage.items_out / stage.expected)})`;
}

export class Tables {
  constructor(graph) {
    // A link both of whose ends run elsewhere has no figures here.
    this.here = graph.links.filter(({ capacity }) => capacity > 0);
    const stages = ["Stage", "State", "Rate, last two minutes", "In", "Out", "In flight", "Busy", "Waiting", "Blocked", "Idle", "Dropped", "Task", "Place"];
    const left = new Set(["State", "Place", "Role below"]);
    const columns = (heads) => heads.map((head) => ({ head, text: left.has(head) }));
    this.stages = table(
      document.getElementById("stages"),
      "Each stage: what it does, and its share of the last two seconds",
      columns(stages),
      graph.stages.map((stage) => stage.name),
    );
    const links = ["Link", "State", "Held, last two minutes", "Capacity", "Low", "Pauses", "Paused for", "Most held", "Oldest", "Dropped"];
    this.links = table(
      document.getElementById("links"),
      "Each link: how full it is, and how often it has paused the stage above it",
      columns(links),
      this.here.map((link) => link.name),
    );
    const queues = ["Queue", "State", "Role below", "Messages waiting", "With workers", "Oldest here", "Redelivered here", "Suspects", "Dead letters", "Sent", "Sent again"];
    const kept = this.here.filter(({ remote }) => remote !== null);
    for (const element of document.querySelectorAll(".of-queues")) element.hidden = kept.length === 0;
    this.queues = table(
      document.getElementById("queues"),
      "Each queue that a broker keeps, in messages: what waits in it, and what workers have",
      columns(queues),
      kept.map(({ name }) => name),
    ).map((cells, index) => ({ cells, ...kept[index] }));
  }

  update({ snapshot }, history) {
    snapshot.stages.forEach((stage, index) => {
      const [state, speed, taken, given, flight, busy, waiting, blocked, idle, dropped, task, place] = this.stages[index];
      const recent = history.recent(index);
      const does = stage.state.toLowerCase();
      word(state, does, does);
      const { file, line, column } = stage.location;
      place.title = `${file}:${line}:${column}`;
      say(place, `${file.split(/[\\/]/).pop()}:${line}`);
      say(task, String(stage.task));
      if (does === "elsewhere") return;
      drawn(speed, rate(recent.rate), history.rates(index));
      say(taken, count(stage.items_in));
      say(given, progress(stage));
      say(flight, count(stage.in_flight));
      [busy, waiting, blocked, idle].forEach((cell, part) => say(cell, share(recent.shares[part])));
      say(dropped, count(stage.dropped));
    });
    snapshot.links.forEach((link, index) => {
      const [state, held, capacity, low, pauses, paused, most, oldest, dropped] = this.links[index];
      const unit = this.here[index].unit;
      word(state, link.paused ? "paused" : "open", link.paused ? "paused" : "");
      drawn(held, amount(link.len, unit), history.levels(index), link.capacity);
      say(capacity, amount(link.capacity, unit));
      say(low, amount(link.low, unit));
      say(pauses, count(link.pauses));
      say(paused, time(seconds(link.paused_for)));
      say(most, amount(link.max_len, unit));
      say(oldest, link.oldest ? time(seconds(link.oldest)) : "–");
      say(dropped, count(link.dropped));
    });
    for (const { cells, name, remote } of this.queues) {
      const link = snapshot.links.find((link) => link.name === name);
      const [state, role, waiting, out, oldest, redelivered, suspects, dead, sent, repeated] = cells;
      const { level, received, sent: published, oldest_unacked: age, ...queue } = link?.queue ?? {};
      const why = reason(queue);
      const figure = (cell, figure) => say(cell, figure === undefined ? "–" : count(figure));
      word(state, why ? why.word : link?.queue ? "open" : "not open yet", why ? "paused" : "");
      state.title = why?.words ?? "";
      say(role, remote.role ?? "–");
      figure(waiting, level?.pending);
      figure(out, level?.unacked);
      say(oldest, age ? time(seconds(age)) : "–");
      figure(redelivered, received?.redelivered);
      figure(suspects, level?.suspects);
      figure(dead, level?.dead);
      figure(sent, published?.messages);
      figure(repeated, published?.repeated);
    }
  }
}
