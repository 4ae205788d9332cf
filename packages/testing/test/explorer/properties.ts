import type { Property } from '../../src/index.js';

/** Two living actors are never inside at the same time. */
export const mutualExclusion: Property = (_memory, notes, { killed }) => {
  const inside = notes.filter(({ actor, event }) => event === 'inside' && !killed.includes(actor)).map(({ actor }) => actor);
  return inside.length > 1 ? `${inside.join(' and ')} are inside at the same time` : undefined;
};
