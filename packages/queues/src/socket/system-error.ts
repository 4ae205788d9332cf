/** Errors of the operating system, as causes of ours. */
import { getSystemErrorName } from 'node:util';

/** What the addon returned instead of a result: a negated errno. */
export type Errno = number;

export const nameOf = (errno: Errno): string => getSystemErrorName(errno);

/** Looks as Node's own do. */
export function systemError(errno: Errno, syscall: string): NodeJS.ErrnoException {
  const code = nameOf(errno);
  return Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall });
}
