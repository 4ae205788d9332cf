/** The dict of a server by itself. */
import { NotFoundError } from '@manycore/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManagedDict } from '../../src/types/dict.js';
import { LastKeys } from '../../src/types/last-keys.js';

const key = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('popItem' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

it('popItem takes the item whose key was set last, whatever was set, deleted and taken before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const dict = new ManagedDict<number, number>();
      const model = new Map<number, number>();
      for (const [at, action] of steps.entries()) {
        if (action.do === 'set') {
          dict.set(action.key, at);
          model.set(action.key, at);
        } else if (action.do === 'delete') {
          expect(dict.delete(action.key)).toBe(model.delete(action.key));
        } else if (action.do === 'clear') {
          dict.clear();
          model.clear();
        } else if (model.size === 0) {
          expect(() => dict.popItem()).toThrow(NotFoundError);
        } else {
          const last = [...model].at(-1)!;
          model.delete(last[0]);
          expect(dict.popItem()).toEqual(last);
        }
      }
      expect(dict.entries()).toEqual([...model]);
    }),
    { numRuns: 300 },
  );
});

it('the last key of a map is found in one walk, however often it is asked for', () => {
  let walks = 0;
  class CountedMap extends Map<number, string> {
    override keys(): MapIterator<number> {
      walks++;
      return super.keys();
    }
  }
  const map = new CountedMap(Array.from({ length: 1000 }, (_, i) => [i, 'x']));
  const lastKeys = new LastKeys(map);
  for (let i = 999; i >= 0; i--) {
    expect(lastKeys.last()).toBe(i);
    map.delete(i);
  }
  expect(walks).toBe(1);
});
