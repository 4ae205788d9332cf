import { describe, expect, it } from 'vitest';
import { takeTurn } from '../src/program/turns.js';

describe('takeTurn', () => {
  it('raises the counter by one when it is this turn', () => {
    const counter = new Int32Array(1);
    takeTurn(counter, 0);
    takeTurn(counter, 1);
    expect(counter[0]).toBe(2);
  });

  it.each([['early', 1], ['twice', 3]])('refuses a turn that was handed over too %s, and leaves the counter', (_, at) => {
    const counter = Int32Array.of(at);
    expect(() => takeTurn(counter, 2)).toThrow(`Turn 2 was handed over when the counter said ${at}.`);
    expect(counter[0]).toBe(at);
  });
});
