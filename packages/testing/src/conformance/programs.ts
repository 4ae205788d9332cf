/** Every program of every suite, by name: what a participant looks them up in. */
import { barrierPrograms } from './barrier.js';
import { conditionPrograms } from './condition.js';
import { eventPrograms } from './event.js';
import { latchPrograms } from './latch.js';
import { lockPrograms } from './lock.js';
import { oncePrograms } from './once.js';
import { pipePrograms } from './pipe.js';
import { queuePrograms } from './queue.js';
import { rlockPrograms } from './rlock.js';
import { rwlockPrograms } from './rwlock.js';
import { semaphorePrograms } from './semaphore.js';
import { sharedPrograms } from './shared.js';

type Program = (...args: never[]) => unknown;

const suites: Record<string, Record<string, Program>> = {
  lock: lockPrograms,
  rlock: rlockPrograms,
  semaphore: semaphorePrograms,
  condition: conditionPrograms,
  event: eventPrograms,
  barrier: barrierPrograms,
  rwlock: rwlockPrograms,
  latch: latchPrograms,
  once: oncePrograms,
  pipe: pipePrograms,
  queue: queuePrograms,
  shared: sharedPrograms,
};

const programs = new Map<string, Program>(Object.entries(suites).flatMap(([suite, all]) => Object.entries(all).map(([name, program]) => [`${suite}.${name}`, program] as const)));

/** The name under which a participant finds that program. @throws Error for a function that no suite lists. */
export function nameOfProgram(program: (...args: never[]) => unknown): string {
  for (const [name, candidate] of programs) if (candidate === program) return name;
  throw new Error(`${program.name} is not among the programs of its suite`);
}

/** Runs the program of that name. */
export async function runProgram(name: string, args: unknown[]): Promise<unknown> {
  const program = programs.get(name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  return await program(...(args as never[]));
}
