import type { Actor, Property } from './contract.js';

export interface ActorSpec {
  readonly name: string;
  /**
   * What it does. As a list of phases, each starts with no memory of the one before but the shared one: what an earlier phase went through
   * no longer tells states apart, which makes repetition cheap to explore.
   */
  readonly run: Actor | readonly Actor[];
  /** `kernel.self`; default: position + 1. */
  readonly owner?: number;
  /** `kernel.slot`; default: position. */
  readonly slot?: number;
}

/** What to explore, up to which bound, and what must hold. */
export interface Model {
  readonly actors: readonly ActorSpec[];
  /** Number of shared words. */
  readonly words: number;
  /** Number of payload cells; default 0. */
  readonly plain?: number;
  /** First value of each word that is not 0. */
  readonly initial?: Readonly<Record<number, number>>;
  readonly initialPlain?: Readonly<Record<number, number>>;
  /** Names of words in reports; default `[index]`. */
  readonly names?: Readonly<Record<number, string>>;
  readonly plainNames?: Readonly<Record<number, string>>;
  /** How many actors may be killed in one schedule; default 0. */
  readonly maxKills?: 0 | 1 | 2;
  /** How often a schedule may leave an actor that could go on (a `pause` gives way freely); default: no limit. */
  readonly maxPreemptions?: number;
  /**
   * Steps of one actor (in one phase) after which a schedule is cut while others could run, and a livelock when it then makes as many again
   * alone. Default 200.
   */
  readonly maxSteps?: number;
  /** States after which the exploration gives up with an error; default 5 million. */
  readonly maxStates?: number;
  /**
   * When a sleep may end without a wake-up. `'never'` (default): sleepers nobody wakes are a deadlock. `'when-stuck'`: only when nobody
   * else can run, which `slicesUsed` counts. `'any-time'`: at every moment too, up to `maxSlices` times in a schedule, for code with
   * timeouts.
   */
  readonly slices?: 'never' | 'when-stuck' | 'any-time';
  /** For `'any-time'`; default 2. */
  readonly maxSlices?: number;
  /** Must hold after every step. */
  readonly invariant?: Property;
  /** Must hold at the end of every schedule, when every actor has returned or was killed. */
  readonly final?: Property;
}

export interface CheckedActor {
  readonly name: string;
  readonly phases: readonly Actor[];
  readonly owner: number;
  readonly slot: number;
}

export interface CheckedModel extends Required<Omit<Model, 'actors' | 'invariant' | 'final'>> {
  readonly actors: readonly CheckedActor[];
  readonly invariant: Property | undefined;
  readonly final: Property | undefined;
}

const MAX_ACTORS = 8;

/** Fills in the defaults and refuses what cannot be explored. */
export function checkModel(model: Model): CheckedModel {
  if (model.actors.length < 1 || model.actors.length > MAX_ACTORS) {
    throw new RangeError(`explore: 1 to ${MAX_ACTORS} actors, not ${model.actors.length}`);
  }
  const actors = model.actors.map((actor, index) => ({
    name: actor.name,
    phases: typeof actor.run === 'function' ? [actor.run] : actor.run,
    owner: integer('owner', actor.owner ?? index + 1, -(2 ** 31)) | 0,
    slot: integer('slot', actor.slot ?? index, 0),
  }));
  for (const { name, phases } of actors) if (phases.length === 0) throw new RangeError(`explore: actor ${name} has nothing to do`);
  refuseTwice(
    'name',
    actors.map((actor) => actor.name),
  );
  refuseTwice(
    'slot',
    actors.map((actor) => actor.slot),
  );
  const checked: CheckedModel = {
    actors,
    words: integer('words', model.words, 0),
    plain: integer('plain', model.plain ?? 0, 0),
    initial: model.initial ?? {},
    initialPlain: model.initialPlain ?? {},
    names: model.names ?? {},
    plainNames: model.plainNames ?? {},
    maxKills: integer('maxKills', model.maxKills ?? 0, 0) as 0 | 1 | 2,
    maxPreemptions: model.maxPreemptions === undefined ? Infinity : integer('maxPreemptions', model.maxPreemptions, 0),
    maxSteps: integer('maxSteps', model.maxSteps ?? 200, 1),
    maxStates: integer('maxStates', model.maxStates ?? 5_000_000, 1),
    slices: model.slices ?? 'never',
    maxSlices: integer('maxSlices', model.maxSlices ?? 2, 0),
    invariant: model.invariant,
    final: model.final,
  };
  refuseOutside('initial', checked.initial, checked.words);
  refuseOutside('initialPlain', checked.initialPlain, checked.plain);
  refuseOutside('names', checked.names, checked.words);
  refuseOutside('plainNames', checked.plainNames, checked.plain);
  return checked;
}

function integer(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`explore: ${what} must be an integer of at least ${least}, not ${value}`);
  return value;
}

function refuseTwice(what: string, values: readonly (string | number)[]): void {
  if (new Set(values).size !== values.length)
    throw new RangeError(`explore: every actor needs a ${what} of its own, got ${values.join(', ')}`);
}

function refuseOutside(what: string, table: Readonly<Record<number, unknown>>, size: number): void {
  for (const key of Object.keys(table)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError(`explore: ${what} names cell ${key} of ${size}`);
  }
}
