/** The report for people. */
import { styleText } from 'node:util';
import type { Problem } from './problems.js';
import type { DoctorReport } from './report.js';

type Line = readonly [label: string, value: string];

/** @param isColoured - for a terminal. */
export function textOf(report: DoctorReport, isColoured: boolean): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string => (isColoured ? styleText(format, text) : text);
  const parts: string[] = [];
  for (const [title, lines] of sections(report)) {
    const width = Math.max(...lines.map(([label]) => label.length));
    parts.push(style('bold', title), ...lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`), '');
  }
  for (const { severity, what, advice } of report.problems) {
    parts.push(`${style(severity === 'failure' ? 'red' : 'yellow', `${severity}:`)} ${what}`, ...advice.split('\n').map((line) => `  ${line.trim()}`), '');
  }
  parts.push(verdict(report.problems), '');
  return parts.join('\n');
}

function sections({ platform, addon, cpus, memory, files, starts, primitives }: DoctorReport): [title: string, lines: Line[]][] {
  const machine: Line[] = [
    ['CPUs', `${cpus.machine}, of which this process may use ${cpus.usable}`],
    ['memory', `${bytes(memory.machineBytes)}, ${bytes(memory.freeBytes)} free`],
    ['of the container', memory.containerBytes === null ? 'no limit' : bytes(memory.containerBytes)],
    ['shared at most', memory.sharedLimitBytes === null ? 'nothing' : bytes(memory.sharedLimitBytes)],
    ['/dev/shm', files.shm === null ? 'not there' : `${bytes(files.shm.bytes)}, ${bytes(files.shm.freeBytes)} free (only for SharedMemory with a name)`],
    ['open files', files.mostOpen === null ? 'no limit' : `${files.mostOpen} at most`],
  ];
  const all: [string, Line[]][] = [
    [
      'Versions',
      [
        ['manycore', platform.manycore],
        ['Node', platform.node],
        ['system', [platform.system, platform.arch, platform.libc, platform.kernel].filter((part) => part !== null).join(', ')],
      ],
    ],
    ['Machine', machine],
    ['Native part', 'error' in addon ? [['addon', 'not loaded']] : [['addon', addon.file], ['shared buffers', addon.buffers === 'external' ? 'made by Node' : 'laid over the pages of growable ones']]],
  ];
  if (starts !== null) all.push(['Start and join a process that does nothing', starts.map((start) => [start.method, 'error' in start ? 'fails' : `${ms(start.nextMs)}, the first one ${ms(start.firstMs)}`])]);
  if (primitives !== null) all.push(['Time of one call', primitives.map((one) => [one.name, 'error' in one ? 'fails' : time(one.ns)])]);
  return all;
}

function verdict(problems: readonly Problem[]): string {
  if (problems.some(({ severity }) => severity === 'failure')) return 'manycore does not work here.';
  return problems.length === 0 ? 'All is well.' : 'manycore works here.';
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

function bytes(count: number): string {
  const power = count === 0 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  return `${rounded(count / 1024 ** power)} ${UNITS[power]}`;
}

const ms = (value: number): string => `${rounded(value)} ms`;
const time = (ns: number): string => (ns < 1e3 ? `${rounded(ns)} ns` : ns < 1e6 ? `${rounded(ns / 1e3)} µs` : ms(ns / 1e6));
/** Three digits say enough. */
const rounded = (value: number): string => String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
