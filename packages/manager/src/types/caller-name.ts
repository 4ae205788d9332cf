import type { CallerClient } from '../server/caller.js';

/** A client in messages: `Process-1 (pid 12)`. */
export const nameOf = ({ pid, name }: Pick<CallerClient, 'pid' | 'name'>): string => `${name} (pid ${pid})`;
