// The graph, live: stages coloured by what they do, links filled by their level.

import { cut, say, sparkline, svg } from "./dom.js";
import { Grid, HEIGHT } from "./grid.js";
import { TIMES, spark } from "./history.js";
import { count, level, rate, reason, unnamed } from "./words.js";

const LETTERS = ["B", "W", "X", "I"];
const SPARK = [60, 14];
const INSET = 16; // of what stands in a stage's box

/** Of a broker's queue what is worst, as far as there is room for it. */
function inShort(queue) {
  const { level: kept, received, paused } = queue;
  const some = (figure, what) => (figure > 0 ? `${count(figure)} ${what}` : "");
  const bad = [reason({ paused })?.word, some(kept?.dead, "dead"), some(kept?.suspects, "suspect"), some(received?.redelivered, "redelivered")];
  return [...bad, some(kept?.unacked, "out")].filter(Boolean).join(", ");
}

export class GraphView {
  constructor(container, { graph, drawing, name }) {
    Object.assign(this, { container, graph, drawing, name });
    this.room = 0;
  }

  /** Draws it anew if the room has changed. */
  fit() {
    if (this.room === this.container.clientWidth) return false;
    this.room = this.container.clientWidth;
    this.grid = new Grid(this.drawing, this.room);
    const [width, height] = this.grid.size;
    const label = `${this.name}: ${this.inWords()}. The tables below have the same figures.`;
    const tip = svg("path", { d: "M0 0L10 5L0 10Z", class: "tip" });
    const marker = { id: "tip", viewBox: "0 0 10 10", refX: 10, refY: 5, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" };
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    picture.append(svg("defs", {}, svg("marker", marker, tip)));
    this.container.replaceChildren(picture);
    for (const box of this.grid.boxes()) picture.append(...this.role(box));
    this.links = new Map();
    for (const arrow of this.drawing.arrows) {
      const drawn = arrow.link === null ? this.fused(arrow) : this.link(arrow);
      picture.append(drawn.group);
      if (arrow.link !== null) this.links.set(arrow.link, [...(this.links.get(arrow.link) ?? []), drawn]);
    }
    this.stages = new Map();
    for (const node of this.drawing.nodes) picture.append(this.node(node));
    return true;
  }

  inWords() {
    const { nodes, arrows } = this.drawing;
    const called = (node) => node.name || "the end of its arms";
    const ways = arrows.map(({ from, to }) => `${called(nodes[from])} to ${called(nodes[to])}`).join(", ") || called(nodes[0]);
    const named = (part) => nodes.filter((node) => node.part === part && node.name).map(({ name }) => name);
    return [ways, ...this.graph.roles.map((role, part) => `in the role ${role}: ${named(part).join(", ")}`)].join("; ");
  }

  role({ part, x, y, width, height }) {
    const name = this.graph.roles[part];
    return [
      svg("rect", { class: "role", x, y, width, height, rx: 12 }),
      svg("text", { class: "role-name quiet", x: x + 10, y: y + 13 }, svg("title", {}, `role ${name}`), cut(name, width - 20, "700 11px")),
    ];
  }

  /** Lines of text beside an arrow. */
  texts(corners, lines) {
    const { places, room } = this.grid.texts(corners, lines.length);
    return lines.map(({ text, kind, title }, line) => {
      return svg("text", { ...places[line], class: `label quiet ${kind}` }, svg("title", {}, title ?? text), cut(text, room, "11px"));
    });
  }

  fused({ arm, ...arrow }) {
    const corners = this.grid.way(arrow);
    const group = svg("g", { class: "arrow" }, svg("path", { d: this.grid.path(corners), class: "fused", "marker-end": "url(#tip)" }));
    if (arm) group.append(...this.texts(corners, [{ text: arm, kind: "arm" }]));
    return { group };
  }

  link({ arm, link, ...arrow }) {
    const corners = this.grid.way(arrow);
    // The level is drawn from the end that is taken from.
    const d = this.grid.path(corners.toReversed());
    const track = svg("path", { d, class: "track" });
    const full = svg("path", { d, class: "level", pathLength: 100, "stroke-dasharray": "0 100" });
    const { name, capacity, low, remote } = this.graph.links[link];
    const parts = [track, full];
    // One that a broker keeps is dashed.
    if (remote) parts.push(svg("path", { d, class: "gaps" }));
    // Nobody here knows how much there is between two other processes.
    if (capacity > 0) {
      const { x, y } = this.at(d, low / capacity);
      parts.push(svg("circle", { cx: x, cy: y, r: 2.5, class: "mark" }, svg("title", {}, "low: here a pause ends")));
    }
    const [stopX, stopY] = corners[0];
    const stop = this.grid.across
      ? svg("path", { d: `M${stopX + 4},${stopY - 11}h5v22h-5zM${stopX + 12},${stopY - 11}h5v22h-5z`, class: "stop" })
      : svg("path", { d: `M${stopX - 11},${stopY + 4}v5h22v-5zM${stopX - 11},${stopY + 12}v5h22v-5z`, class: "stop" });
    const lines = [{ text: "", kind: "state" }];
    if (arm) lines.push({ text: arm, kind: "arm" });
    if (!unnamed(name)) lines.push({ text: name.split("/").pop(), kind: "name", title: name });
    if (remote) lines.push({ text: "", kind: "queue", title: "of the queue that the broker keeps" });
    const texts = this.texts(corners, lines);
    const group = svg("g", { class: `arrow link${remote ? " remote" : ""}` }, svg("title", {}, name), ...parts, stop, ...texts);
    return { group, full, state: texts[0], queue: remote && texts.at(-1), room: this.grid.texts(corners, lines.length).room };
  }

  /** A point of a path, by its part of the whole. */
  at(d, part) {
    const path = svg("path", { d });
    return path.getPointAtLength(path.getTotalLength() * part);
  }

  node({ stage, name, detail, ...cell }) {
    const [x, y] = this.grid.place({ name, ...cell });
    if (!name) return svg("circle", { cx: x, cy: y, r: 6, class: "meeting" });
    const { width } = this.grid;
    const line = (y, kind, text) => svg("text", { class: kind, x: INSET, y }, text);
    const group = svg("g", { transform: `translate(${x} ${y})`, class: "stage" }, svg("title", {}, name));
    group.append(svg("rect", { class: "box", width, height: HEIGHT, rx: 9 }));
    group.append(line(21, "name", cut(name, width - INSET - 8, "600 14px")));
    if (stage === null) {
      group.classList.add("inlet");
      group.append(line(37, "quiet", "the program's inlet"));
      return group;
    }
    const { operator } = this.graph.stages[stage];
    const about = [name.split("/").pop() === operator ? "" : operator, detail].filter(Boolean).join(", ");
    const [state, speed] = [line(53, "", ""), line(70, "quiet", "")];
    const rates = sparkline(...SPARK);
    rates.setAttribute("x", width - SPARK[0] - 8);
    rates.setAttribute("y", 58);
    const shares = TIMES.map((time) => svg("rect", { class: `share ${time}`, y: 78, height: 12, width: 0 }));
    const letters = TIMES.map((time) => svg("text", { class: `letter ${time}`, y: 88 }));
    group.append(svg("rect", { class: "edge", x: 6, y: 9, width: 4, height: HEIGHT - 18, rx: 2 }));
    group.append(line(37, "quiet", cut(about, width - INSET - 8, "11px")), state, speed, rates, ...shares, ...letters);
    this.stages.set(stage, { group, state, speed, rates, shares, letters });
    return group;
  }

  update({ snapshot, bottlenecks }, history) {
    const causes = new Set(bottlenecks.map((bottleneck) => bottleneck.stage));
    for (const [index, parts] of this.stages) {
      const stage = snapshot.stages[index];
      const { rate: speed, shares } = history.recent(index);
      const does = stage.state.toLowerCase();
      const elsewhere = does === "elsewhere";
      parts.group.setAttribute("class", `stage ${does}${causes.has(stage.name) ? " cause" : ""}`);
      say(parts.state, elsewhere ? "runs elsewhere" : stage.in_flight > 0 ? `${does}, ${stage.in_flight} in flight` : does);
      say(parts.speed, elsewhere ? "" : rate(speed));
      spark(parts.rates, history.rates(index), ...SPARK);
      this.bar(parts, shares);
    }
    for (const [index, arrows] of this.links) {
      const { name, unit } = this.graph.links[index];
      const link = snapshot.links.find((link) => link.name === name);
      if (!link) {
        arrows.forEach(({ state }) => say(state, "elsewhere"));
        continue;
      }
      const held = level(link.len, link.capacity, unit);
      for (const { group, full, state, queue, room } of arrows) {
        const paused = `paused ${held}`;
        if (queue && link.queue) say(queue, cut(inShort(link.queue), room, "11px"));
        group.classList.toggle("paused", link.paused);
        full.setAttribute("stroke-dasharray", `${Math.min(100, (100 * link.len) / link.capacity)} 200`);
        say(state, !link.paused ? held : cut(paused, room, "700 11px") === paused ? paused : `‖ ${held}`);
      }
    }
  }

  /** The shares of a stage's time, each with its letter where there is room. */
  bar({ shares, letters }, parts) {
    let x = INSET;
    parts.forEach((part, index) => {
      const width = (this.grid.width - INSET - 8) * part;
      shares[index].setAttribute("x", x);
      shares[index].setAttribute("width", width);
      letters[index].setAttribute("x", x + width / 2);
      say(letters[index], width > 14 ? LETTERS[index] : "");
      x += width;
    });
  }

  /** A pause: the link flashes where it stops the stage above. */
  flash(index) {
    for (const { group } of this.links.get(index) ?? []) {
      group.classList.remove("flash");
      group.getBoundingClientRect(); // so that the animation begins anew
      group.classList.add("flash");
      group.addEventListener("animationend", () => group.classList.remove("flash"), { once: true });
    }
  }
}
