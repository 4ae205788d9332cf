/** How long it takes to start a process that does nothing, and to join it. */
import { setTimeout } from 'node:timers/promises';
import { functionRef } from '@manycore/core';
import { getAllStartMethods, getContext, type StartMethod } from '@manycore/process';
import type * as targets from './targets.js';

export type StartReport =
  | {
      readonly method: StartMethod;
      /** The first one of a program. */
      readonly firstMs: number;
      /** The fastest of some more, with a pause before each in which a standby can be booted. */
      readonly nextMs: number;
    }
  | { readonly method: StartMethod; readonly error: string };

const MORE = 4;
const PAUSE_MS = 250;
const TIMEOUT_MS = 30_000;

const nothing = functionRef<typeof targets, 'nothing'>(new URL('./targets.js', import.meta.url), 'nothing');

export async function measureStarts(): Promise<StartReport[]> {
  const reports: StartReport[] = [];
  for (const method of getAllStartMethods()) {
    try {
      const firstMs = await startAndJoin(method);
      let nextMs = Infinity;
      for (let i = 0; i < MORE; i++) {
        await setTimeout(PAUSE_MS);
        nextMs = Math.min(nextMs, await startAndJoin(method));
      }
      reports.push({ method, firstMs, nextMs });
    } catch (error) {
      reports.push({ method, error: (error as Error).message });
    }
  }
  return reports;
}

async function startAndJoin(method: StartMethod): Promise<number> {
  const since = performance.now();
  const child = new (getContext(method).Process)({ target: nothing });
  child.start();
  await child.join({ timeout: TIMEOUT_MS });
  const took = performance.now() - since;
  if (child.isAlive()) {
    child.kill();
    throw new Error(`a child that does nothing did not end within ${TIMEOUT_MS} ms`);
  }
  if (child.exitCode !== 0) throw new Error(`a child that does nothing ended with ${child.exitCode}`);
  return took;
}
