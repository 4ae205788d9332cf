import { expect, test, vi } from 'vitest';
import { roundTrip } from './round-trip.js';

// In a file of its own: the codec remembers for the life of its thread that code generation is refused.
test('objects are rebuilt where the process does not allow to generate code', () => {
  const refuse = vi.fn(function () {
    throw new EvalError('Code generation from strings disallowed for this context');
  });
  vi.stubGlobal('Function', Object.assign(refuse, { prototype: Function.prototype }));
  try {
    for (let i = 0; i < 600; i++) expect(roundTrip({ id: i, nested: { a: [i] } })).toEqual({ id: i, nested: { a: [i] } });
    expect(refuse).toHaveBeenCalled();
  } finally {
    vi.unstubAllGlobals();
  }
});
