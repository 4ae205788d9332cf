import { ManycoreError } from '@manycore/core';

/** Counts what calls come to, and fails where a call comes to something that it must not. */
export class Outcomes {
  #counts = new Map();

  /** A value, or an error of ours; any other error is a failure. */
  note(name, call) {
    let result;
    try {
      result = call();
    } catch (error) {
      this.#caught(name, error);
      return undefined;
    }
    this.#count(name);
    return result;
  }

  async noteLater(name, call) {
    try {
      await call();
      this.#count(name);
    } catch (error) {
      this.#caught(name, error);
    }
  }

  #caught(name, error) {
    if (!(error instanceof ManycoreError)) throw new Error(`${name} threw what is no error of ours: ${error}`, { cause: error });
    this.#count(error.name);
  }

  #count(what) {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  summary() {
    return [...this.#counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${count} ${what}`).join(', ');
  }
}
