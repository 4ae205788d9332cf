/** Names for segments of tests, and what is there of them. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';

export const freshName = (): string => `manycore-test-${randomBytes(6).toString('hex')}`;
export const exists = (name: string): boolean => existsSync(`/dev/shm/${name}`);
export const segments = (): string[] => readdirSync('/dev/shm').sort();
