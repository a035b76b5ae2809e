// Figures as words.

/** A duration as serde writes it, in seconds. */
export const seconds = (duration) => duration.secs + duration.nanos / 1e9;

export function count(number) {
  return Math.round(number).toLocaleString("en-US");
}

/** Three digits and a letter: `12.3k`. */
export function short(number) {
  for (const [size, letter] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (number >= size) return (number / size).toPrecision(3) + letter;
  }
  return number >= 10 || Number.isInteger(number) ? String(Math.round(number)) : number.toFixed(1);
}

export const rate = (perSecond) => `${short(perSecond)}/s`;

export function time(seconds) {
  if (seconds < 1e-3) return seconds === 0 ? "0 s" : `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(0)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export const share = (part) => `${Math.round(part * 100)} %`;

/** A number of items, or of bytes: `192 KiB`. */
export function amount(number, unit) {
  if (unit !== "bytes") return count(number);
  for (const [size, word] of [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (number >= size) return `${Number((number / size).toFixed(1))} ${word}`;
  }
  return `${number} B`;
}

/** `192/256 KiB`: the unit stands once where it is the same. */
export function level(len, capacity, unit) {
  const [held, whole] = [amount(len, unit), amount(capacity, unit)];
  const same = held.split(" ")[1] === whole.split(" ")[1];
  return `${same ? held.split(" ")[0] : held}/${whole}`;
}

/** Whether nobody gave a link its name. */
export const unnamed = (name) => name.includes("->") || name.split("/").pop().startsWith("queue");

/** Why a link is paused whose queue a broker keeps: `full`, or `no answer`; with the words of the program. */
export function reason({ paused }) {
  if (!paused) return null;
  return paused === "Full" ? { word: "full", words: "the queue is full" } : { word: "no answer", words: paused.Disconnected };
}

/** What a pipeline does, in a word or two. */
export function condition({ snapshot }) {
  if (snapshot.ended) return "ended";
  if (snapshot.paused) return "held by pause";
  return seconds(snapshot.elapsed) === 0 ? "not started" : "running";
}
