/**
 * Measures one codec on one sample.
 *
 * The clock runs for a batch of operations, then stands while the results are compared with the originals. What an `encode` made cannot be compared as it is: each item is encoded and
 * decoded once more, and the message must have the length of the one that was made in the clock.
 */
import { isDeepStrictEqual } from 'node:util';
import { codecs, type Codec } from '../serialization/codec.js';
import { sampleWithId } from '../serialization/sample.js';
import type { SerializationWork, Step } from '../serialization/scenario.js';
import { now, orderedWork, report } from './protocol.js';

const work = orderedWork() as SerializationWork;
const make = codecs[process.argv[3] ?? ''];
if (make === undefined) throw new Error(`There is no codec '${process.argv[3]}'.`);
const codec: Codec = await make();
const sample = sampleWithId(work.sample);
const items = Array.from({ length: sample.ring }, (_, i) => sample.make(i));

const BATCH: Readonly<Record<Step, (count: number) => bigint>> = { encode: encodeBatch, decode: decodeBatch, both: bothBatch };
const kept = items.map((item) => codec.keep(codec.encode(item)));
const results = new Array<unknown>(sample.ring).fill(undefined);
const lengths = new Array<number>(sample.ring).fill(0);

run(work.warmup);
report(work, run(work.operations), { checked: work.operations });

function run(operations: number): bigint {
  let elapsed = 0n;
  for (let left = operations; left > 0; left -= sample.ring) elapsed += BATCH[work.step](Math.min(left, sample.ring));
  return elapsed;
}

function encodeBatch(count: number): bigint {
  const start = now();
  for (let i = 0; i < count; i++) lengths[i] = codec.bytes(codec.encode(items[i]));
  const elapsed = now() - start;
  for (let i = 0; i < count; i++) {
    const message = codec.encode(items[i]);
    if (codec.bytes(message) !== lengths[i]) throw new Error(`Item ${i} was encoded to ${lengths[i]} bytes, then to ${codec.bytes(message)}.`);
    mustBeEqual(codec.decode(message), i);
  }
  return elapsed;
}

function decodeBatch(count: number): bigint {
  const start = now();
  for (let i = 0; i < count; i++) results[i] = codec.decodeKept(kept[i]);
  return checked(count, now() - start);
}

function bothBatch(count: number): bigint {
  const start = now();
  for (let i = 0; i < count; i++) results[i] = codec.decode(codec.encode(items[i]));
  return checked(count, now() - start);
}

function checked(count: number, elapsed: bigint): bigint {
  for (let i = 0; i < count; i++) mustBeEqual(results[i], i);
  return elapsed;
}

function mustBeEqual(value: unknown, i: number): void {
  if (isDeepStrictEqual(value, items[i])) return;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const wanted = Object.prototype.toString.call(items[i]).slice(8, -1);
  throw new Error(kind === wanted ? `Item ${i} came back with other contents.` : `Item ${i}, a ${wanted}, came back as a ${kind}.`);
}
