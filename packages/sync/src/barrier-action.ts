/** What the last party of a barrier runs: named when the barrier is made, found again in whichever process is last. */
import { nameTarget, resolveTarget, resolveTargetBlocking, type TargetName } from '@manycore/core/internal';
import { refusePromise } from './shared/promise.js';

/** No parameters; what it returns is dropped. */
export type BarrierAction = () => unknown;

export class Action {
  #fn: BarrierAction | undefined;

  private constructor(
    readonly target: TargetName,
    fn?: BarrierAction,
  ) {
    this.#fn = fn;
  }

  /** @throws TypeError when it is no function; TargetError when no other process could find it. */
  static of(fn: BarrierAction): Action {
    return new Action(nameTarget(fn, 'new Barrier({ action })'), fn);
  }

  static named(target: TargetName): Action {
    return new Action(target);
  }

  /** @throws TargetError when it is not to be found here; what the action throws. */
  async run(): Promise<void> {
    const fn = (this.#fn ??= (await resolveTarget(this.target)) as BarrierAction);
    await fn();
  }

  /** @throws as `run`; TypeError when the action is async; TargetError also when its module cannot be loaded without waiting. */
  runBlocking(): void {
    const fn = (this.#fn ??= resolveTargetBlocking(this.target) as BarrierAction);
    refusePromise(fn(), 'Barrier.waitSync: the action returned a promise, and a blocked thread cannot wait for it. Use an action that is not async, or `await barrier.wait()`.');
  }
}
