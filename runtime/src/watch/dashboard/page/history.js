// What a pipeline did in the last two minutes.

import { seconds } from "./words.js";

const SPAN = 120;

// A sample a second, as the server keeps them.
const EACH = 0.9;

// A line is stretched to its width when there is less than that, but not a few seconds.
const LEAST = 10;

// Rates and shares are those of so many seconds.
const RECENT = 2;

/** A stage's progress: a sink gives nothing, so what it takes counts. */
const moved = (stage) => Math.max(stage.items_in, stage.items_out);

export const TIMES = ["busy", "waiting", "blocked", "idle"];

export class History {
  /** `samples` as the server has kept them: `{ at, items, len }`. */
  constructor(samples) {
    this.samples = samples;
    this.snapshots = [];
  }

  add(snapshot) {
    const at = seconds(snapshot.elapsed);
    const last = this.samples.at(-1);
    if (last && at < last.at) this.samples = this.snapshots = []; // another run
    this.snapshots = [...this.snapshots.filter((old) => seconds(old.elapsed) >= at - RECENT && seconds(old.elapsed) < at), snapshot];
    if (last && at < last.at + EACH && this.samples.length > 0) return;
    this.samples = [...this.samples, { at, items: snapshot.stages.map(moved), len: snapshot.links.map((link) => link.len) }].filter(
      (sample) => sample.at >= at - SPAN,
    );
  }

  /** Of a stage, in the last seconds: items a second, and its shares of the time. */
  recent(stage) {
    const [first, last] = [this.snapshots[0], this.snapshots.at(-1)];
    const span = seconds(last.elapsed) - seconds(first.elapsed);
    if (span <= 0 || last.ended) return { rate: 0, shares: TIMES.map(() => 0) };
    const [before, now] = [first.stages[stage], last.stages[stage]];
    const spent = TIMES.map((time) => Math.max(0, seconds(now[time]) - seconds(before[time])));
    const all = spent.reduce((sum, part) => sum + part, 0);
    return { rate: (moved(now) - moved(before)) / span, shares: spent.map((part) => (all > 0 ? part / all : 0)) };
  }

  /** Points `[seconds ago, items a second]` of a stage. */
  rates(stage) {
    return this.points((sample, before) => (sample.items[stage] - before.items[stage]) / (sample.at - before.at));
  }

  /** Points `[seconds ago, how much it held]` of a link. */
  levels(link) {
    return this.points((sample) => sample.len[link]);
  }

  points(value) {
    const end = this.samples.at(-1)?.at ?? 0;
    return this.samples.slice(1).map((sample, index) => [end - sample.at, value(sample, this.samples[index])]);
  }
}

/** Draws points as a line, from left to right, of two minutes or what there is of them, into an `svg` of this size; `most` is its height, if it is known. */
export function spark(svg, points, width, height, most) {
  const top = most ?? Math.max(...points.map((point) => point[1]), 1e-9);
  const span = Math.max(LEAST, points[0]?.[0] ?? 0);
  const line = points.map(([ago, value]) => {
    return `${(width * (1 - ago / span)).toFixed(1)},${(height * (1 - Math.min(1, value / top))).toFixed(1)}`;
  });
  svg.firstElementChild.setAttribute("points", line.join(" "));
}
