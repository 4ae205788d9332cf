/** What `manycore doctor` finds out. Its `--json` prints this. */
import { isNodeSupported, platform, type PlatformReport } from './platform.js';
import { addon, type AddonReport } from './addon.js';
import { cpus, files, memory, type CpuReport, type FileReport, type MemoryReport } from './machine.js';
import { problemsOf, type Problem } from './problems.js';
import type { PrimitiveReport } from './primitives.js';
import type { StartReport } from './starts.js';

export interface DoctorReport {
  readonly platform: PlatformReport;
  readonly addon: AddonReport;
  readonly cpus: CpuReport;
  readonly memory: MemoryReport;
  readonly files: FileReport;
  /** Null where nothing can be measured, as there is no addon. */
  readonly starts: readonly StartReport[] | null;
  readonly primitives: readonly PrimitiveReport[] | null;
  readonly problems: readonly Problem[];
}

/** Looks at the machine, then starts a process by each method and takes the time of the main primitives: a few seconds. Never rejects: what fails is in the report. */
export async function examine(): Promise<DoctorReport> {
  const found = { platform: platform(), addon: addon(), cpus: cpus(), memory: memory(), files: files() };
  const works = 'file' in found.addon && isNodeSupported(found.platform.node);
  // Not imported before: without an addon there is nothing that they could do.
  const starts = works ? await (await import('./starts.js')).measureStarts() : null;
  const primitives = works ? await (await import('./primitives.js')).measurePrimitives() : null;
  const report = { ...found, starts, primitives };
  return { ...report, problems: problemsOf(report) };
}
