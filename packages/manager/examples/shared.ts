import { Manager, type DictProxy, type ListProxy } from '@manycore/manager';
import { isMainProcess, Process } from '@manycore/process';

export async function work(dict: DictProxy, list: ListProxy<number>): Promise<void> {
  await Promise.all([dict.set(1, '1'), dict.set('2', 2), dict.set(0.25, null), list.reverse()]);
}

if (isMainProcess) {
  await using manager = await Manager();
  const dict = await manager.dict();
  const list = await manager.list([0, 1, 2, 3, 4]);
  await new Process({ target: work, args: [dict, list] }).start().join();
  console.log(await dict.copy());
  console.log(await list.copy());
}
