/** What the machine has, and how much of it the container and the limits of this process leave. */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { memoryUsage } from '@manycore/core';
import { cpuCount, processCpuCount } from '@manycore/process';

export interface CpuReport {
  readonly machine: number;
  /** Those that affinity and control group leave: what a pool uses. */
  readonly usable: number;
}

export interface MemoryReport {
  readonly machineBytes: number;
  readonly freeBytes: number;
  /** Of the control group; null without one. */
  readonly containerBytes: number | null;
  /** What all processes of a tree may share; null when there is no shared memory. */
  readonly sharedLimitBytes: number | null;
}

export interface FileReport {
  readonly hasProc: boolean;
  /** Descriptors that a process may have; null for any number, and where nobody says. */
  readonly mostOpen: number | null;
  /** Where `SharedMemory` with a name lives, and nothing else of manycore; null when there is no such folder. */
  readonly shm: { readonly bytes: number; readonly freeBytes: number } | null;
}

export function cpus(): CpuReport {
  return { machine: cpuCount(), usable: processCpuCount() };
}

export function memory(): MemoryReport {
  const machineBytes = totalmem();
  const constrained = process.constrainedMemory();
  // 0 or more than there is: no limit is set.
  const containerBytes = constrained > 0 && constrained < machineBytes ? constrained : null;
  return { machineBytes, freeBytes: freemem(), containerBytes, sharedLimitBytes: sharedLimit() };
}

function sharedLimit(): number | null {
  try {
    return memoryUsage().limitBytes;
  } catch {
    // The addon's part of the report says why.
    return null;
  }
}

export function files(): FileReport {
  return { hasProc: existsSync('/proc/self/fd'), mostOpen: mostOpen(), shm: shm() };
}

function mostOpen(): number | null {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined || soft === 'unlimited' ? null : Number(soft);
  } catch {
    return null;
  }
}

function shm(): FileReport['shm'] {
  try {
    const { bsize, blocks, bavail } = statfsSync('/dev/shm');
    return { bytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    return null;
  }
}
