/** What the operating system said, as the `cause` of an error of ours. */
import { getSystemErrorName } from 'node:util';

export interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path: string;
}

/** @param errno - negative, as the addon gives it. */
export function systemError(errno: number, syscall: string, path: string): SystemError {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, errno, syscall, path });
}
