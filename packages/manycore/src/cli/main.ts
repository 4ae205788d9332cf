#!/usr/bin/env node
/** The command `manycore`. */
import { parseArgs } from 'node:util';
import { platform } from '../doctor/platform.js';
import { examine } from '../doctor/report.js';
import { textOf } from '../doctor/text.js';

const USAGE = `Usage: manycore doctor [--json]

  doctor     looks at this machine: CPUs, memory, limits, the native part, what a start and the main primitives cost
  --json     prints the report as JSON: times in milliseconds or nanoseconds, sizes in bytes
  --version  prints the version
  --help     prints this

Exit codes: 0; 1 when manycore does not work here; 2 for wrong arguments.
`;

function readArguments() {
  return parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    allowPositionals: true,
  });
}

function refuse(why: string): number {
  process.stderr.write(`manycore: ${why}\n\n${USAGE}`);
  return 2;
}

async function main(): Promise<number> {
  let given;
  try {
    given = readArguments();
  } catch (error) {
    return refuse((error as Error).message);
  }
  const { values, positionals } = given;
  if (values.help === true) process.stdout.write(USAGE);
  else if (values.version === true) process.stdout.write(`${platform().manycore}\n`);
  else if (positionals.length !== 1 || positionals[0] !== 'doctor') return refuse(positionals.length === 0 ? 'a command is missing' : `there is no command '${positionals.join(' ')}'`);
  else return doctor(values.json === true);
  return 0;
}

async function doctor(isJson: boolean): Promise<number> {
  const report = await examine();
  const isColoured = process.stdout.isTTY && process.stdout.hasColors();
  process.stdout.write(isJson ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report, isColoured));
  return report.problems.some(({ severity }) => severity === 'failure') ? 1 : 0;
}

process.exitCode = await main();
