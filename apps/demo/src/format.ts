/** Numbers for people. */

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

export const count = (value: number): string => whole.format(value);

/** `1.23M`. */
export const compact = (value: number): string => short.format(value);

/** A noun with its number: `1 file`, `1,200 files`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

export function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  let amount = value;
  let unit = -1;
  for (; amount >= 1024 && unit < 3; unit++) amount /= 1024;
  return `${amount.toFixed(amount < 10 ? 2 : amount < 100 ? 1 : 0)} ${'KMGT'[unit]}iB`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const percent = (part: number, all: number): string => (all === 0 ? '0%' : `${((100 * part) / all).toFixed(1)}%`);
