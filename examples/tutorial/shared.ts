/** Numbers in shared memory, and a dict and a list that a manager keeps. */
import { type DictProxy, isMainProcess, type ListProxy, Manager, Process, SharedArray, Value } from 'manycore';

export async function work(number: Value<'d'>, array: SharedArray<'i'>, dict: DictProxy, list: ListProxy<number>): Promise<void> {
  number.value = 3.1415927;
  array.view.forEach((n, i) => (array.view[i] = -n));
  await dict.set('pi', number.value);
  await list.reverse();
}

if (isMainProcess) {
  const [number, array] = [new Value('d', 0), new SharedArray('i', [0, 1, 2, 3])];
  await using manager = await Manager();
  const [dict, list] = [await manager.dict(), await manager.list([1, 2, 3])];
  await new Process({ target: work, args: [number, array, dict, list] }).start().join();
  console.log(number.value, [...array]);
  console.log(await dict.copy(), await list.copy());
}
