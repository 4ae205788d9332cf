import { explore, verify, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { abandon, drop, NOTHING, PIECE_BYTES, putParts, READER, Sending, settle, takeParts, TAKEN, VALUE, WRITER, type Check, type Kind, type Partial, type Parts, type Receipt } from '../src/pipe/parts.js';

/** A ring of three entries of two words (kind, what); one store of HEAD puts, one store of TAIL takes. Locks as in ring.explorer.test.ts. */
const PRODUCER_LOCK = 0;
const CONSUMER_LOCK = 1;
const HEAD = 2;
const TAIL = 3;
const CELLS = 4;
const CAPACITY = 3;
const WORDS = 224;

interface Letter {
  readonly id: number;
  readonly length: number;
}

class ModelParts implements Parts<Letter, Letter> {
  constructor(readonly world: World) {}

  push(kind: number, { id }: Letter): boolean {
    return this.#put(kind, id);
  }
  pushStart(kind: number, { id, length }: Letter): boolean {
    return this.#put(kind, id + 100 * length);
  }
  pushPiece(kind: number, { id, length }: Letter, from: number): number {
    return this.#put(kind, id + 100 * from) ? Math.min(PIECE_BYTES, length - from) : 0;
  }
  pushEmpty(kind: number): boolean {
    return this.#put(kind, 0);
  }
  #put(kind: number, what: number): boolean {
    const { words } = this.world;
    const head = words.get(HEAD);
    if (head - words.load(TAIL) >= CAPACITY) return false;
    words.set(CELLS + 2 * (head % CAPACITY), kind);
    words.set(CELLS + 2 * (head % CAPACITY) + 1, what);
    words.store(HEAD, head + 1);
    return true;
  }

  peek(): { length: number; kind: number } | undefined {
    const { words } = this.world;
    const tail = words.get(TAIL);
    if (tail === words.load(HEAD)) return undefined;
    const kind = words.get(CELLS + 2 * (tail % CAPACITY));
    return { length: PIECE_BYTES, kind };
  }
  pop(): Letter {
    return { id: this.#take(), length: 1 };
  }
  popStart(kind: Kind): Partial<Letter> {
    const what = this.#take();
    return { kind, total: Math.floor(what / 100), received: 0, item: { id: what % 100, length: Math.floor(what / 100) } };
  }
  popPiece(partial: Partial<Letter>, size: number): void {
    const what = this.#take();
    if (what % 100 !== partial.item.id || Math.floor(what / 100) !== partial.received) this.world.note(`mixed ${what % 100} into ${partial.item.id}`);
    partial.received += size;
  }
  skip(): void {
    this.#take();
  }
  forget(): void {
    // Letters mention nothing.
  }
  #take(): number {
    const { words } = this.world;
    const tail = words.get(TAIL);
    const what = words.get(CELLS + 2 * (tail % CAPACITY) + 1);
    words.store(TAIL, tail + 1);
    return what;
  }
}

const ANYTHING: Check = { kind: () => undefined, length: () => undefined };

function locked<T>(world: World, lock: number, body: () => T): T | undefined {
  const { words, kernel } = world;
  const owner = words.compareExchange(lock, 0, kernel.self);
  if (owner !== 0 && (kernel.isAlive(owner) || words.compareExchange(lock, owner, kernel.self) !== owner)) return undefined;
  const result = body();
  words.store(lock, 0);
  return result;
}

/** Sends one message in at most `attempts`, and gives it up when they did not do. */
const send =
  (id: number, pieces: number, attempts: number, giveUp = abandon) =>
  (world: World): void => {
    const ring = new ModelParts(world);
    const sending = new Sending<Letter>(VALUE, { id, length: pieces === 0 ? 1 : pieces * PIECE_BYTES });
    for (let i = 0; i < attempts && !sending.isDone; i++) locked(world, PRODUCER_LOCK, () => putParts(world.words, world.kernel, ring, sending, true));
    if (sending.isDone) world.note(`sent ${id}`);
    else giveUp(world.words, sending);
  };

const receive =
  (attempts: number) =>
  (world: World): void => {
    const ring = new ModelParts(world);
    const receipt: Receipt<Letter> = { partial: undefined };
    for (let i = 0; i < attempts; i++) {
      const got = locked(world, CONSUMER_LOCK, () => takeParts(world.words, world.kernel, ring, receipt, ANYTHING, true));
      if (typeof got === 'object') world.note(`got ${got.id}`);
    }
    // A thread that closes its end gives up what it has begun.
    if (receipt.partial !== undefined) locked(world, CONSUMER_LOCK, () => drop(world.words, ring, receipt));
    world.note('left');
  };

const ids = (notes: readonly Note[], verb: string): number[] => notes.filter(({ event }) => event.startsWith(`${verb} `)).map(({ event }) => Number(event.slice(verb.length + 1)));

/** What a survivor takes after everything, when all others are dead. */
function drain(final: Int32Array): number[] {
  const copy = Int32Array.from(final);
  const words = { load: (i: number) => copy[i] as number, get: (i: number) => copy[i] as number, store: (i: number, v: number) => void (copy[i] = v), set: (i: number, v: number) => void (copy[i] = v) };
  const mixed: string[] = [];
  const world = { words, kernel: { self: 99, isAlive: () => false }, note: (event: string) => void mixed.push(event) } as unknown as World;
  const receipt: Receipt<Letter> = { partial: undefined };
  const rest: number[] = [];
  for (;;) {
    const got = takeParts(world.words, world.kernel, new ModelParts(world), receipt, ANYTHING, true);
    if (got === NOTHING) break;
    if (got === TAKEN) return [-1];
    rest.push(got.id);
  }
  if (receipt.partial !== undefined || mixed.length > 0) return [-2];
  return rest;
}

function accounted(words: Int32Array, notes: readonly Note[], { killed }: Situation): string | undefined {
  const mixed = notes.find(({ event }) => event.startsWith('mixed'));
  if (mixed !== undefined) return mixed.event;
  const rest = drain(words);
  if (rest.some((id) => id < 0)) return `the survivor is stuck (${rest.join(' ')})`;
  const seen = [...ids(notes, 'got'), ...rest];
  if (new Set(seen).size !== seen.length) return `doubled: ${seen.join(' ')}`;
  const lost = ids(notes, 'sent').filter((id) => !seen.includes(id));
  const readers = killed.filter((name) => name.startsWith('R')).length;
  // A reader that leaves in the middle of a message loses it as a killed one does.
  const left = notes.filter(({ event }) => event === 'left').length;
  return lost.length > readers + left ? `lost ${lost.join(' ')}` : undefined;
}

const names = { 0: 'P', 1: 'C', [HEAD]: 'HEAD', [TAIL]: 'TAIL', [WRITER]: 'WRITER', [READER]: 'READER' };
const final = ({ words }: { words: Int32Array }, notes: readonly Note[], situation: Situation): string | undefined => accounted(words, notes, situation);

describe('messages in parts under the explorer', () => {
  it('never mixes two long messages, nor loses one, in any schedule of two writers and a reader', () => {
    verify({
      actors: [
        { name: 'W1', run: send(1, 2, 4) },
        { name: 'W2', run: send(2, 2, 4) },
        { name: 'R', run: receive(5) },
      ],
      words: WORDS, names, maxPreemptions: 3, maxSteps: 600, final,
    });
  });

  it('leaves nothing of a long message whose writer is killed at any step, and lets the next one through', () => {
    verify({
      actors: [
        { name: 'W1', run: send(1, 3, 4) },
        { name: 'W2', run: send(2, 0, 3) },
        { name: 'R', run: receive(5) },
      ],
      words: WORDS, names, maxKills: 1, maxPreemptions: 2, maxSteps: 600, final,
    });
  });

  it('loses at most the message that a killed reader was taking, and the next reader gets the next one', () => {
    verify({
      actors: [
        { name: 'W', run: [send(1, 2, 4), send(2, 2, 4)] },
        { name: 'R1', run: receive(3) },
        { name: 'R2', run: receive(3) },
      ],
      words: WORDS, names, maxKills: 1, maxPreemptions: 2, maxSteps: 600, final,
    });
  });

  it('would see writers that do not wait for one another', () => {
    const hasty = (world: World): void => {
      const ring = new ModelParts(world);
      const message = { id: 3, length: PIECE_BYTES };
      locked(world, PRODUCER_LOCK, () => ring.pushPiece(4, message, 0));
    };
    const { violation } = explore({
      actors: [
        { name: 'W1', run: send(1, 3, 4) },
        { name: 'W2', run: hasty },
        { name: 'R', run: receive(4) },
      ],
      words: WORDS, names, maxPreemptions: 3, maxSteps: 600, final,
    });
    expect(violation?.report).toContain('mixed');
  });

  it('would see a writer that leaves without a word', () => {
    const silent = send(1, 3, 2, () => undefined);
    const stuck = ({ words }: { words: Int32Array }, notes: readonly Note[]): string | undefined => (words[WRITER] !== 0 && notes.length === 0 ? 'WRITER is somebody who left' : undefined);
    expect(explore({ actors: [{ name: 'W', run: silent }], words: WORDS, names, maxSteps: 600, final: stuck }).violation).toBeDefined();
  });

  it('tells that another reader is at a message', () => {
    const seen: string[] = [];
    verify({
      actors: [
        { name: 'W', run: send(1, 3, 1) },
        {
          name: 'R1',
          run: (world) => {
            const receipt: Receipt<Letter> = { partial: undefined };
            locked(world, CONSUMER_LOCK, () => takeParts(world.words, world.kernel, new ModelParts(world), receipt, ANYTHING, true));
            const other = { ...world, kernel: { ...world.kernel, self: 77, isAlive: () => true } } as unknown as World;
            const front = receipt.partial === undefined ? undefined : settle(other.words, other.kernel, new ModelParts(other), { partial: undefined }, true);
            if (receipt.partial !== undefined) world.note(front === TAKEN ? 'taken' : 'free');
          },
        },
      ],
      words: WORDS, names, maxPreemptions: 1, maxSteps: 600,
      final: (_memory, notes) => {
        seen.push(...notes.map(({ event }) => event));
        return notes.some(({ event }) => event === 'free') ? 'two readers at one message' : undefined;
      },
    });
    expect(seen).toContain('taken');
  });
});
