/** Names for segments of tests, and what is there of them. Several test files run at a time: each sees only its own. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';

const PREFIX = `named-test-${process.pid}-`;

export const freshName = (): string => PREFIX + randomBytes(6).toString('hex');
export const exists = (name: string): boolean => existsSync(`/dev/shm/${name}`);
/** Those of this file. */
export const segments = (): string[] => readdirSync('/dev/shm').filter((name) => name.startsWith(PREFIX));
