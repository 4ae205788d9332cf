/** The command line: what can be asked for, and what is refused before anything starts. */

import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from './skip.js';

export interface Options {
  /** Absolute. */
  root: string;
  workers: number;
  serial: boolean;
  json: boolean;
  /** Absolute path of the report, or null for none. */
  report: string | null;
  watch: boolean;
  /** Of the page that `watch` serves; 0: any that is free. */
  port: number;
}

const MAX_WORKERS = 256;

/** The packages this workspace has installed: always there, and big. Both `src` and `dist` lie three folders below them. */
const DEFAULT_ROOT = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/**
 * Reads the arguments after the program's name. Anything wrong with them ends the process with exit code 2 and a line on stderr;
 * `--help` ends it with 0.
 */
export function parseOptions(args: readonly string[], cpus: number): Options {
  const command = new Command('codemap')
    .description('Maps a source tree with worker processes: lines, comments, blanks and identifiers by language.')
    .argument('[folder]', "what to map (default: this workspace's node_modules)")
    .option('-w, --workers <n>', `worker processes, 1 to ${MAX_WORKERS}`, parseWorkers, cpus)
    .option('--serial', 'first do it all in one process, then in parallel on the same warm files, and compare', false)
    .option('--out <file>', 'where the report goes', 'report.html')
    .option('--no-report', 'write no report')
    .option('--watch', 'stay, count again what changes, and serve the report as a page that follows', false)
    .option('--port <n>', 'where --watch serves the page (default: any free port)', parsePort, 0)
    .option('--json', 'print the result as JSON instead of a table', false)
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse(args, { from: 'user' });
  const given = command.opts<{ workers: number; serial: boolean; out: string; report: boolean; json: boolean; watch: boolean; port: number }>();

  const refuse = (message: string): never => command.error(`error: ${message}`);
  if (given.serial && given.watch) refuse('--serial compares two runs, and --watch goes on with one: choose one of them');
  const root = path.resolve(command.args[0] ?? DEFAULT_ROOT);
  try {
    if (!statSync(root).isDirectory()) refuse(`${root} is not a folder`);
  } catch (error) {
    refuse(`cannot map ${root}: ${messageOf(error)}`);
  }
  const report = given.report ? path.resolve(given.out) : null;
  if (report !== null) {
    try {
      accessSync(path.dirname(report), constants.W_OK);
    } catch (error) {
      refuse(`cannot write the report to ${report}: ${messageOf(error)}; choose another place with --out, or --no-report`);
    }
  }
  return { root, workers: given.workers, serial: given.serial, json: given.json, report, watch: given.watch, port: given.port };
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > MAX_WORKERS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_WORKERS}.`);
  return workers;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return port;
}
