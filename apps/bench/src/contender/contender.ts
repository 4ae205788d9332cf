import { fileURLToPath } from 'node:url';
import type { Work } from '../scenario/work.js';

/** A program to start, without a shell. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Somebody who can do some of the scenarios. Each measurement is a fresh process, so that contenders cannot influence one another. */
export interface Contender {
  readonly name: string;
  /** Whose ratios are judged against a goal ('manycore'), and who may be the baseline of a scenario. */
  readonly family: 'manycore' | 'cpython' | 'node';
  /** The program that measures this work and prints its outcome; undefined when the contender has nothing of this kind. */
  command(work: Work): Command | undefined;
}

/** A measuring program of ours, run by the Node that runs the bench. */
export function nodeProgram(name: string, work: Work, ...more: string[]): Command {
  const path = fileURLToPath(new URL(`../program/${name}.js`, import.meta.url));
  return { file: process.execPath, args: [path, JSON.stringify(work), ...more] };
}
