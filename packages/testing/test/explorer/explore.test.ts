import { describe, expect, it } from 'vitest';
import { TestingError, explore, verify, type Actor, type Model, type World } from '../../src/index.js';

const increment: Actor = ({ plain }) => plain.set(0, plain.get(0) + 1);
const atomicIncrement: Actor = ({ words }) => void words.add(0, 1);
const twice = (run: Actor): Model['actors'] => ['A', 'B'].map((name) => ({ name, run }));
const sleeper = ({ words, kernel }: World): void => {
  while (words.load(0) === 0) kernel.wait(words, 0, 0, 50);
};

describe('the counter', () => {
  it('loses an increment that is not atomic, and the shortest schedule is shown', () => {
    const { violation } = explore({
      actors: twice(increment),
      words: 0,
      plain: 1,
      plainNames: { 0: 'total' },
      final: ({ plain }) => (plain[0] === 2 ? undefined : `total is ${plain[0]}`),
    });
    expect(violation?.report).toBe(
      [
        'final: total is 1',
        '   1  A  get(total) = 0',
        '   2  B  get(total) = 0',
        '   3  B  set(total, 1)',
        '   4  A  set(total, 1)',
        'memory: total = 1',
        'A: has ended',
        'B: has ended',
      ].join('\n'),
    );
  });

  it('is exact when it is atomic, and wraps to int32', () => {
    const { schedules, states } = verify({
      actors: twice(atomicIncrement),
      words: 1,
      initial: { 0: 2 ** 31 - 1 },
      final: ({ words }) => (words[0] === -(2 ** 31) + 1 ? undefined : `word is ${words[0]}`),
    });
    expect({ schedules, states }).toEqual({ schedules: 2, states: 4 });
  });
});

describe('coverage', () => {
  const steps =
    (count: number): Actor =>
    ({ kernel }) => {
      for (let step = 0; step < count; step++) kernel.pause(1);
    };

  it('counts every interleaving: two actors of n steps have (2n)! / (n!)² schedules', () => {
    expect(verify({ actors: twice(steps(5)), words: 0 }).schedules).toBe(252);
    expect(verify({ actors: ['A', 'B', 'C'].map((name) => ({ name, run: steps(3) })), words: 0 }).schedules).toBe(1680);
  });

  it('kills at every step: before each operation, and after the end', () => {
    const seen = new Set<string>();
    const { schedules } = verify({
      actors: [
        { name: 'A', run: ({ words }) => [1, 2, 3].forEach((value) => words.store(0, value)) },
        { name: 'B', run: ({ kernel }) => kernel.pause(1) },
      ],
      words: 1,
      maxKills: 1,
      final: ({ words }, _notes, { killed }) => void seen.add(`${killed.join()} ${words[0]}`),
    });
    expect([...seen].sort()).toEqual([' 3', 'A 0', 'A 1', 'A 2', 'A 3', 'B 3']);
    expect(schedules).toBeGreaterThan(4);
  });

  it('kills up to two actors', () => {
    const killed = new Set<string>();
    const run: Actor = ({ words }) => words.store(0, 1);
    verify({
      actors: ['A', 'B', 'C'].map((name) => ({ name, run })),
      words: 1,
      maxKills: 2,
      final: (_m, _n, situation) => void killed.add(situation.killed.join()),
    });
    expect([...killed].sort()).toEqual(['', 'A', 'A,B', 'A,C', 'B', 'B,C', 'C']);
  });

  it('with no preemption each actor runs on until it ends or waits', () => {
    const outcomes = new Set<number | undefined>();
    const model: Model = { actors: twice(increment), words: 0, plain: 1, final: ({ plain }) => void outcomes.add(plain[0]) };
    const bounded = verify({ ...model, maxPreemptions: 0 });
    expect([...outcomes]).toEqual([2]);
    expect(bounded.preempted).toBeGreaterThan(0);
    verify({ ...model, maxPreemptions: 1 });
    expect([...outcomes].sort()).toEqual([1, 2]);
  });

  it('a pause gives way without costing a preemption', () => {
    const orders = new Set<string>();
    const run: Actor = ({ kernel, note }) => {
      kernel.pause(1);
      note('paused');
      kernel.pause(1);
    };
    const final: Model['final'] = (_memory, notes) => void orders.add(notes.map(({ actor }) => actor).join(''));
    verify({ actors: twice(run), words: 0, maxPreemptions: 0, final });
    expect([...orders].sort()).toEqual(['AB', 'BA']);
  });

  it('phases forget how they got here and give the same schedules and results', () => {
    const round: Actor = ({ words }) => {
      words.add(0, 1);
      words.load(0);
    };
    const seen = [new Set<number | undefined>(), new Set<number | undefined>()] as const;
    const model = (run: Actor | Actor[], results: Set<number | undefined>): Model => ({
      actors: ['A', 'B'].map((name) => ({ name, run })),
      words: 1,
      final: ({ words }) => void results.add(words[0]),
    });
    const whole = verify(model((world) => [1, 2, 3].forEach(() => round(world)), seen[0]));
    const phased = verify(model([round, round, round], seen[1]));
    expect(phased.schedules).toBe(whole.schedules);
    expect(phased.states).toBeLessThan(whole.states);
    expect(seen[0]).toEqual(seen[1]);
  });

  it('takes views of the words for what they are', () => {
    verify({
      actors: [
        {
          name: 'A',
          run: (world) => {
            const view = world.view(2);
            view.store(1, 7);
            world.kernel.wake(view, 1, 1);
          },
        },
        { name: 'B', run: ({ words, kernel }) => kernel.wait(words, 3, 0, Infinity) },
      ],
      words: 4,
      final: ({ words }) => (words[3] === 7 ? undefined : 'word 3 was not stored'),
    });
  });
});

describe('sleeping', () => {
  it('a wait ends at once when the word has changed, else by a wake', () => {
    const waker: Actor = ({ words, kernel }) => {
      words.store(0, 1);
      kernel.wake(words, 0, 1);
    };
    const model: Model = {
      actors: [
        { name: 'W', run: waker },
        { name: 'S', run: sleeper },
      ],
      words: 1,
      slices: 'when-stuck',
    };
    expect(verify(model).slicesUsed).toBe(0);
    expect(verify({ ...model, slices: 'never' }).ends).toBe(1);
  });

  it('a change without a wake needs a slice, or is a deadlock', () => {
    const model: Model = {
      actors: [
        { name: 'W', run: ({ words }) => words.store(0, 1) },
        { name: 'S', run: sleeper },
      ],
      words: 1,
      names: { 0: 'ready' },
    };
    expect(verify({ ...model, slices: 'when-stuck' }).slicesUsed).toBe(1);
    const { violation } = explore(model);
    expect(violation?.report).toBe(
      [
        'deadlock: S sleeps and nobody can wake anyone',
        '   1  S  load(ready) = 0',
        '   2  S  wait(ready while 0, 50 ms): sleeps',
        '   3  W  store(ready, 1)',
        'memory: ready = 1',
        'W: has ended',
        'S: sleeps in wait(ready while 0, 50 ms)',
      ].join('\n'),
    );
  });

  it('a sleep without a limit does not end by itself', () => {
    const run: Actor = ({ words, kernel }) => kernel.wait(words, 0, 0, Infinity);
    expect(explore({ actors: [{ name: 'S', run }], words: 1, slices: 'when-stuck' }).violation?.kind).toBe('deadlock');
  });

  it('a timed wait sees the clock move with each slice', () => {
    const run: Actor = ({ words, kernel, plain }) => {
      const deadline = kernel.now() + 120;
      for (let left = 120; left > 0; left = deadline - kernel.now()) kernel.wait(words, 0, 0, Math.min(50, left));
      plain.set(0, kernel.now());
    };
    const result = verify({
      actors: [{ name: 'S', run }],
      words: 1,
      plain: 1,
      slices: 'when-stuck',
      final: ({ plain }) => (plain[0] === 120 ? undefined : `clock is ${plain[0]}`),
    });
    expect(result.slicesUsed).toBe(3);
  });

  it('any-time slices end a sleep also before the wake-up that is on its way, up to maxSlices times', () => {
    const found = (more: Partial<Model>): string[] => {
      const values = new Set<string>();
      const waits: Actor = ({ words, kernel, note }) => {
        kernel.wait(words, 0, 0, 50);
        note(`finds ${words.load(0)}`);
      };
      const wakes: Actor = ({ words, kernel }) => {
        words.store(0, 1);
        kernel.wake(words, 0, 2);
      };
      const final: Model['final'] = (_memory, notes) =>
        void values.add(
          notes
            .map(({ event }) => event)
            .sort()
            .join(),
        );
      verify({
        actors: [
          { name: 'W', run: wakes },
          { name: 'S', run: waits },
          { name: 'T', run: waits },
        ],
        words: 1,
        final,
        ...more,
      });
      return [...values].sort();
    };
    expect(found({ slices: 'when-stuck' })).toEqual(['finds 1,finds 1']);
    expect(found({ slices: 'any-time', maxSlices: 1 })).toEqual(['finds 0,finds 1', 'finds 1,finds 1']);
    expect(found({ slices: 'any-time', maxSlices: 2 })).toEqual(['finds 0,finds 0', 'finds 0,finds 1', 'finds 1,finds 1']);
  });

  it('tries every choice of the kernel whom to wake', () => {
    const woken = new Set<string>();
    const waits = (world: World): void => {
      world.kernel.wait(world.words, 0, 0, Infinity);
      world.note('awake');
    };
    const wakes: Actor = ({ words, kernel }) => {
      kernel.wake(words, 0, 1);
      words.store(0, 1);
      kernel.wake(words, 0, 2);
    };
    verify({
      actors: [
        { name: 'S', run: waits },
        { name: 'T', run: waits },
        { name: 'W', run: wakes },
      ],
      words: 1,
      final: (_memory, notes) => void woken.add(notes.map(({ actor }) => actor).join('')),
    });
    expect([...woken].sort()).toEqual(['ST', 'TS']);
  });

  it('a killed sleeper takes no wake-up', () => {
    const [W, S, T] = [1, 2, 3];
    // As many wakes as there are living sleepers; the clock tells a sleeper whether a slice had to help while the waker lived.
    const wakes: Actor = ({ words, kernel }) => {
      const living = [S, T].filter((owner) => kernel.isAlive(owner)).length;
      words.store(0, 1);
      kernel.wake(words, 0, living);
    };
    const waits: Actor = ({ words, kernel, note }) => {
      while (words.load(0) === 0 && kernel.isAlive(W)) kernel.wait(words, 0, 0, 50);
      if (kernel.now() > 0 && kernel.isAlive(W)) note('was forgotten');
    };
    const actors = [
      { name: 'W', run: wakes },
      { name: 'S', run: waits },
      { name: 'T', run: waits },
    ];
    const invariant: Model['invariant'] = (_memory, notes) => notes[0]?.event;
    verify({ actors, words: 1, maxKills: 1, slices: 'when-stuck', invariant });
    const tooFew: Actor = ({ words, kernel }) => {
      words.store(0, 1);
      kernel.wake(words, 0, 1);
    };
    const forgetful = explore({ actors: [{ name: 'W', run: tooFew }, ...actors.slice(1)], words: 1, slices: 'when-stuck', invariant });
    expect(forgetful.violation?.message).toBe('was forgotten');
  });
});

describe('doorbells and liveness', () => {
  it('a ring is remembered until the event loop looks, several count as one, and none is lost', () => {
    const ringer: Actor = ({ kernel, words }) => {
      words.store(0, 1);
      kernel.ring(1);
      kernel.ring(1);
    };
    const loop = ({ words, awaitRing }: World): void => {
      while (words.load(0) === 0) awaitRing();
    };
    verify({
      actors: [
        { name: 'R', run: ringer },
        { name: 'L', run: loop },
      ],
      words: 1,
    });
    const twoRings: Actor = (world) => {
      world.awaitRing();
      world.awaitRing();
    };
    expect(
      explore({
        actors: [
          { name: 'R', run: ringer },
          { name: 'L', run: twoRings },
        ],
        words: 1,
      }).violation?.kind,
    ).toBe('deadlock');
  });

  it('a dead actor is not alive and its bell does not ring', () => {
    const told = new Set<string>();
    const asks: Actor = ({ kernel, note }) => note(`${kernel.isAlive(100)} ${kernel.ring(7)}`);
    verify({
      actors: [
        { name: 'A', run: asks },
        { name: 'B', owner: 100, slot: 7, run: ({ kernel }) => kernel.pause(1) },
      ],
      words: 0,
      maxKills: 1,
      final: (_memory, notes, { killed }) => void (killed.includes('A') || told.add(`${killed.join()}: ${notes[0]?.event}`)),
    });
    expect([...told].sort()).toEqual([': true true', 'B: false false', 'B: true false', 'B: true true']);
  });
});

describe('what an actor may not do', () => {
  const failing = (run: Actor, more: Partial<Model> = {}): { kind: string | undefined; message: string | undefined } => {
    const { violation } = explore({ actors: [{ name: 'A', run }], words: 1, ...more });
    return { kind: violation?.kind, message: violation?.message };
  };

  it('swallow exceptions it does not know', () => {
    const swallows: Actor = ({ words }) => {
      try {
        words.load(0);
      } catch {
        return;
      }
    };
    expect(failing(swallows)).toEqual({
      kind: 'swallowed',
      message: expect.stringMatching(/^A caught the explorer's private exception and returned normally/),
    });
    const wraps: Actor = ({ words }) => {
      try {
        words.load(0);
      } catch {
        throw new Error('wrapped');
      }
    };
    expect(failing(wraps)).toEqual({ kind: 'swallowed', message: expect.stringMatching(/threw Error: wrapped/) });
  });

  it('but it may clean up in finally, which is no part of a schedule', () => {
    const cleans: Actor = ({ words }) => {
      try {
        words.add(0, 1);
      } finally {
        words.add(0, 10);
      }
    };
    verify({ actors: [{ name: 'A', run: cleans }], words: 1, final: ({ words }) => (words[0] === 11 ? undefined : `word is ${words[0]}`) });
  });

  it('throw, be asynchronous, keep state outside its call, leave the memory, or retract what it has not noted', () => {
    const cause = new Error('not held');
    const throws: Actor = ({ words }) => {
      words.load(0);
      throw cause;
    };
    const { violation } = explore({ actors: [{ name: 'A', run: throws }], words: 1 });
    expect(violation).toMatchObject({ kind: 'error', message: 'A threw Error: not held', cause, schedule: ['   1  A  load([0]) = 0'] });
    expect(failing((async () => undefined) as unknown as Actor)).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/synchronous/),
    });
    let runs = 0;
    expect(failing(({ words }) => words.store(0, runs++)).kind).toBe('nondeterminism');
    expect(failing(({ words }) => words.store(1, 0))).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/word 1 .* does not exist/),
    });
    expect(failing((world) => world.retract('x'))).toMatchObject({ kind: 'error', message: expect.stringMatching(/retracts "x"/) });
  });

  it('go on for ever alone; a spinner that others may still release is cut and counted instead', () => {
    const spins: Actor = ({ words }) => {
      while (words.load(0) === 0);
    };
    expect(failing(spins, { maxSteps: 20 })).toMatchObject({ kind: 'livelock', message: expect.stringMatching(/^A has made 40 steps/) });
    const released = explore({
      actors: [
        { name: 'A', run: spins },
        { name: 'B', run: ({ words }) => words.store(0, 1) },
      ],
      words: 1,
      maxSteps: 20,
    });
    expect(released.violation).toBeUndefined();
    expect(released.cut).toBe(1);
  });
});

describe('properties', () => {
  it('an invariant is asked in every state, the first one included, and may throw', () => {
    const model: Model = { actors: twice(atomicIncrement), words: 1 };
    expect(explore({ ...model, invariant: () => 'never' }).violation).toMatchObject({ kind: 'invariant', schedule: [] });
    const cause = new RangeError('above 1');
    const throwing = explore({
      ...model,
      invariant: ({ words }) => {
        if ((words[0] as number) > 1) throw cause;
      },
    });
    expect(throwing.violation).toMatchObject({ message: 'above 1', cause, schedule: [expect.any(String), expect.any(String)] });
  });

  it('verify throws the report', () => {
    const broken = (): unknown => verify({ actors: twice(atomicIncrement), words: 1, final: () => 'wrong' });
    expect(broken).toThrow(TestingError);
    expect(broken).toThrow(/^final: wrong\n {3}1 {2}A {2}add\(\[0\], 1\) = 0\n/);
  });

  it('gives up loudly when there are too many states', () => {
    const run: Actor = ({ kernel }) => [1, 2, 3, 4].forEach((n) => kernel.pause(n));
    expect(() => explore({ actors: twice(run), words: 0, maxStates: 10 })).toThrow(/more than 10 states/);
  });

  it.each<{ what: string; model: Partial<Model> }>([
    { what: 'no actor', model: { actors: [] } },
    { what: 'two of one name', model: { actors: [...twice(increment), ...twice(increment)] } },
    { what: 'an actor with nothing to do', model: { actors: [{ name: 'A', run: [] }] } },
    { what: 'a negative size', model: { words: -1 } },
    { what: 'a name for a word that is not there', model: { names: { 5: 'x' } } },
    { what: 'half a preemption', model: { maxPreemptions: 0.5 } },
  ])('a model with $what is refused', ({ model }) => {
    expect(() => explore({ actors: twice(increment), words: 1, ...model })).toThrow(RangeError);
  });
});

describe('size', () => {
  it('two actors of 40 operations with a kill anywhere are explored whole', () => {
    const run: Actor = ({ words }) => {
      for (let step = 0; step < 20; step++) {
        words.add(0, 1);
        words.or(1, 1);
      }
    };
    const rounds = Array.from({ length: 20 }, () => (world: World) => {
      world.words.add(0, 1);
      world.words.or(1, 1);
    });
    const { states, longest } = verify({
      actors: [
        { name: 'A', run: rounds },
        { name: 'B', run: rounds },
      ],
      words: 2,
      maxKills: 1,
    });
    expect(longest).toBe(81);
    expect(states).toBeLessThan(100_000);
    // Without phases every sum seen on the way tells histories apart: that is what a bound on preemptions is for.
    const bounded = verify({ actors: twice(run), words: 2, maxKills: 1, maxPreemptions: 2 });
    expect(bounded.preempted).toBeGreaterThan(0);
  });
});
