import { BaseManager, type Creator, type Remote } from '@manycore/manager';
import { isMainProcess, Process } from '@manycore/process';

export class Counter {
  #counts = new Map<string, number>();

  add(word: string): number {
    const count = (this.#counts.get(word) ?? 0) + 1;
    this.#counts.set(word, count);
    return count;
  }

  *[Symbol.iterator](): Generator<[string, number]> {
    yield* [...this.#counts].sort();
  }
}

/** The server imports this module, and so has the type. */
export class WordManager extends BaseManager {
  declare readonly Counter: Creator<typeof Counter>;
}
WordManager.register('Counter', { factory: Counter });

export async function count(text: string, counter: Remote<Counter>): Promise<void> {
  // All calls go out at once.
  await Promise.all(text.split(' ').map((word) => counter.add(word)));
}

if (isMainProcess) {
  await using manager = await new WordManager().start();
  const counter = await manager.Counter();
  const texts = ['to be or', 'not to be', 'that is', 'the question'];
  const children = texts.map((text) => new Process({ target: count, args: [text, counter] }).start());
  for (const child of children) await child.join();
  for await (const [word, n] of counter) console.log(word, n);
}
