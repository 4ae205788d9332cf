import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@manycore/testing';

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** A folder for what children write, removed with `using`. Not named as what manycore makes: a leak check in another test file would take it for that. */
export function folder(): Disposable & { file(name: string): string; read(name: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'process-test-'));
  const file = (name: string): string => join(path, name);
  return { file, read: (name) => readFileSync(file(name), 'utf8'), [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Whether a process with this number exists and is no zombie. */
export function exists(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export const gone = (...pids: number[]): Promise<unknown> =>
  until(() => !pids.some(exists), { what: `processes ${pids.join(', ')} are gone` });

/** All that a stream gives until its end. */
export async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream !== null) for await (const chunk of stream) text += String(chunk);
  return text;
}

export const numbersIn = (text: string): number[] => [...text.matchAll(/\d+/g)].map(Number);
