import { Op, type Operation } from './operation.js';

/** Whether an operation of this kind does nothing but read and write words or payload. */
export const isMemory = (kind: number): boolean => kind <= Op.PlainSet;

/** Does such an operation and returns what it returns. Words begin at cell 0, payload at `plainAt`. */
export function performOnMemory(cells: Int32Array, plainAt: number, { kind, target, a, b }: Operation): number {
  const old = cells[target] as number;
  switch (kind) {
    case Op.Load:
      return old;
    case Op.Store:
      cells[target] = a;
      return 0;
    case Op.Exchange:
      cells[target] = a;
      return old;
    case Op.CompareExchange:
      if (old === a) cells[target] = b;
      return old;
    case Op.Add:
      cells[target] = old + a;
      return old;
    case Op.Or:
      cells[target] = old | a;
      return old;
    case Op.And:
      cells[target] = old & a;
      return old;
    case Op.PlainGet:
      return cells[plainAt + target] as number;
    default:
      cells[plainAt + target] = a;
      return 0;
  }
}
