import { sharedBuffer, type Process } from 'manycore';
import { SCOREBOARD_BYTES, Scoreboard } from './scoreboard.js';

/**
 * Runs two processes to their end. When one fails the other, which may wait for it for ever, is killed.
 * @returns the scoreboard both wrote to. @throws Error with the failed process's own error as its cause.
 */
export async function runPair(make: (memory: Uint8Array) => readonly [Process, Process]): Promise<Scoreboard> {
  const memory = sharedBuffer(SCOREBOARD_BYTES);
  const pair = make(memory);
  for (const member of pair) member.start();
  try {
    await Promise.all(pair.map(succeed));
  } catch (error) {
    for (const member of pair) if (member.isAlive()) member.kill();
    await Promise.all(pair.map((member) => member.join()));
    throw error;
  }
  return new Scoreboard(memory);
}

/** Waits for the end of a process. @throws Error when it did not end well. */
export async function succeed(member: Process): Promise<void> {
  await member.join();
  if (member.exitCode === 0) return;
  throw new Error(`${member.name} ended with exit code ${member.exitCode}.`, { cause: member.error });
}
