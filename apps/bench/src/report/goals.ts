import type { Goal } from '../scenario/scenario.js';

/** A goal besides the ratio to the baseline, and what came of it. */
export interface Judged {
  readonly goal: Goal;
  /** Undefined where those it compares with were not measured. */
  readonly reached?: boolean;
  /** For a goal that is a ratio: the one that was measured. */
  readonly ratio?: number;
}

/** Medians of the others: of the baseline, and of the fastest that is Node's. */
export interface Others {
  readonly baseline?: number;
  readonly node?: number;
}

export function judge(goal: Goal, median: number, { baseline, node }: Others): Judged {
  switch (goal.kind) {
    case 'most':
      return { goal, reached: median <= goal.value };
    case 'over-baseline':
      return baseline === undefined ? { goal } : { goal, reached: median <= baseline + goal.value };
    case 'times-node':
      return node === undefined ? { goal } : { goal, ratio: node / median, reached: node / median >= goal.ratio };
  }
}
