// The job of linked.rs with Node's streams: object mode, 1,024 items in each buffer (a transform has two). `node node.mjs ITEMS` runs it
// once to warm up and once more, and prints the sum and the nanoseconds an item.

import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const highWaterMark = 1024;

function range(items) {
  let n = 0;
  return new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      while (n < items) {
        if (!this.push(n++)) return;
      }
      this.push(null);
    },
  });
}

function map(f) {
  return new Transform({
    objectMode: true,
    highWaterMark,
    transform(n, _, done) {
      done(null, f(n));
    },
  });
}

async function sum(items) {
  let total = 0;
  const add = new Writable({
    objectMode: true,
    highWaterMark,
    write(n, _, done) {
      total += n;
      done();
    },
  });
  await pipeline(range(items), map((n) => n + 1), map((n) => n ^ 3), add);
  return total;
}

const items = Number(process.argv[2]);
await sum(items);
const start = process.hrtime.bigint();
const total = await sum(items);
console.log(total, Number(process.hrtime.bigint() - start) / items);
