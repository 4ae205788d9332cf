/** Checked by the compiler alone: what must and must not compile. */
import { BaseManager, Manager, RemoteObject, SyncManager, type Creator, type DictProxy, type ListProxy, type Remote } from '@manycore/manager';

class Counter {
  count = 0;
  add(n: number): number {
    return n;
  }
  async later(text: string, n?: number): Promise<string> {
    return `${text}${n}`;
  }
  *items(): Generator<number> {
    yield 1;
  }
  generic<T>(value: T): T {
    return value;
  }
  child(): Remote<Counter> {
    throw new Error('elsewhere');
  }
  _hidden(): void {}
  *[Symbol.iterator](): Generator<string> {
    yield 'x';
  }
}

export class MyManager extends SyncManager {
  declare readonly Counter: Creator<typeof Counter>;
  declare readonly made: Creator<(n: number) => Promise<Counter>>;
}
MyManager.register('Counter', { factory: Counter, exposed: ['add'], methodToTypeid: { child: 'Counter' } });
// @ts-expect-error -- there is no such option
MyManager.register('made', { factory: () => new Counter(), expose: [] });

export async function proxies(manager: MyManager): Promise<void> {
  const counter = await manager.Counter();
  const sum: number = await counter.add(1);
  const text: string = await counter.later('x');
  const remote: RemoteObject<Counter> = counter;
  for await (const value of await counter.items()) value.toFixed();
  for await (const value of counter) value.toUpperCase();
  await (await counter.child()).add(sum);
  await counter.transact((held) => held.add(1) + held.count);
  await (await manager.made(5)).add(text.length);
  void remote;
  // @ts-expect-error -- an argument is missing
  await counter.add();
  // @ts-expect-error -- another type
  await counter.add('1');
  // @ts-expect-error -- a promise is no number
  counter.add(1).toFixed();
  // @ts-expect-error -- fields stay in the server
  await counter.count;
  // @ts-expect-error -- so do names with an underscore
  await counter._hidden();
  // @ts-expect-error -- an argument too many
  await manager.Counter(1);
  // @ts-expect-error -- another type
  await manager.made('5');
}

export async function types(manager: SyncManager): Promise<void> {
  const dict: DictProxy<string, number> = await manager.dict<string, number>({ a: 1 });
  const value: number | undefined = await dict.get('a');
  const other: number | string = await dict.get('a', 'none');
  await dict.modify('a', (old = 0) => old + 1);
  for await (const [key, n] of dict) key.at(n);
  for await (const change of dict.watch('a')) if (change.type === 'set') change.value.toFixed();
  // @ts-expect-error -- a value of another type
  await dict.set('a', 'x');
  // @ts-expect-error -- there is no such event
  for await (const change of dict.watch()) if (change.type === 'add') break;
  const list: ListProxy<number> = await manager.list([1, 2]);
  await list.sort((a, b) => a - b);
  const nested = await manager.dict<string, ListProxy<number>>({ list });
  await (await nested.get('list'))?.append(1);
  const big: bigint = await (await manager.Value('q', 5n)).get();
  await (await manager.Array('d', [1, 2])).set(0, value ?? Number(other) + Number(big));
}

export const managers: Promise<SyncManager>[] = [Manager(), new SyncManager({ address: ['127.0.0.1', 0] }).start(), new SyncManager().connect({ timeout: 5 })];
// @ts-expect-error -- there is no such option
new BaseManager({ adress: 'x' });
