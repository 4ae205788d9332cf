import { sharedBuffer, type Process } from 'manycore';
import { SCOREBOARD_BYTES, Scoreboard } from './scoreboard.js';

/** As `runTogether`, with two. */
export function runPair(make: (memory: Uint8Array) => readonly [Process, Process]): Promise<Scoreboard> {
  return runTogether(make);
}

/**
 * Runs processes to their end. When one fails the others, which may wait for it for ever, are killed.
 * @returns the scoreboard all wrote to, with a side for each. @throws Error with the failed process's own error as its cause.
 */
export async function runTogether(make: (memory: Uint8Array) => readonly Process[]): Promise<Scoreboard> {
  const memory = sharedBuffer(SCOREBOARD_BYTES);
  const members = make(memory);
  for (const member of members) member.start();
  try {
    await Promise.all(members.map(succeed));
  } catch (error) {
    for (const member of members) if (member.isAlive()) member.kill();
    await Promise.all(members.map((member) => member.join()));
    throw error;
  }
  return new Scoreboard(memory, members.length);
}

/** Waits for the end of a process. @throws Error when it did not end well. */
export async function succeed(member: Process): Promise<void> {
  await member.join();
  if (member.exitCode === 0) return;
  throw new Error(`${member.name} ended with exit code ${member.exitCode}.`, { cause: member.error });
}
