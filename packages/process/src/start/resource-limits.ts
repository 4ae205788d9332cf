/** Limits on the memory of a child, as worker threads have them; for processes, the options of V8 that say the same. */
import { describe } from '@manycore/core/internal';

/** Limits of the heap of a process or thread. */
export interface ResourceLimits {
  /** MiB of the heap for objects that live long. What goes beyond ends the child: exit code 1 of a thread, SIGABRT of a process. */
  maxOldGenerationSizeMb?: number | undefined;
  /** MiB of the heap for young objects. */
  maxYoungGenerationSizeMb?: number | undefined;
  /** MiB for generated code. Of threads only: V8 has no such option for a process. */
  codeRangeSizeMb?: number | undefined;
  /** MiB of stack. Of a process it must be less than the system allows (`ulimit -s`, usually 8 MiB), or deep recursion ends it by SIGSEGV. */
  stackSizeMb?: number | undefined;
}

const NAMES = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'] as const;
const KIB_PER_MIB = 1024;
/** The young generation of V8 is three semi-spaces. */
const SEMI_SPACES = 3;

/** @throws TypeError for what is no object of numbers; RangeError for a number that is not above 0. */
export function checkResourceLimits(limits: unknown, call: string): ResourceLimits | undefined {
  if (limits === undefined) return undefined;
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits))
    throw new TypeError(`${call}: expected an object, got ${describe(limits)}.`);
  const checked: ResourceLimits = {};
  for (const [name, value] of Object.entries(limits)) {
    if (!NAMES.includes(name as never)) throw new TypeError(`${call}: there is no limit ${name}. There are: ${NAMES.join(', ')}.`);
    if (value === undefined) continue;
    if (typeof value !== 'number' || Number.isNaN(value))
      throw new TypeError(`${call}: ${name} must be a number of MiB, got ${describe(value)}.`);
    if (!(value > 0 && value < Infinity)) throw new RangeError(`${call}: ${name} must be above 0 and finite, got ${value}.`);
    checked[name as (typeof NAMES)[number]] = value;
  }
  return checked;
}

/** The same for a process, as options of Node. */
export function limitOptions(limits: ResourceLimits | undefined): string[] {
  const { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young, stackSizeMb: stack } = limits ?? {};
  return [
    ...(old === undefined ? [] : [`--max-old-space-size=${Math.ceil(old)}`]),
    ...(young === undefined ? [] : [`--max-semi-space-size=${Math.ceil(young / SEMI_SPACES)}`]),
    ...(stack === undefined ? [] : [`--stack-size=${Math.ceil(stack * KIB_PER_MIB)}`]),
  ];
}
