import type { WriteStream } from 'node:tty';
import type { Group, Row } from './run/groups.js';

/** Says on stderr what is being measured: one line that is rewritten on a terminal, one line per round elsewhere. */
export class Progress {
  readonly #out: WriteStream;
  readonly #rounds: number;
  #round = -1;

  constructor(rounds: number, out: WriteStream = process.stderr) {
    this.#rounds = rounds;
    this.#out = out;
  }

  show(round: number, { scenario, placement }: Group, { contender }: Row): void {
    const name = round === 0 ? 'warm-up round' : `round ${round} of ${this.#rounds}`;
    if (this.#out.isTTY) {
      const text = `${name}: ${scenario.id}${placement === 'pinned' ? ' (pinned)' : ''}, ${contender.name}`;
      this.#out.write(`\r\x1b[K${text.slice(0, this.#out.columns - 1)}`);
    } else if (round !== this.#round) {
      this.#out.write(`${name}\n`);
    }
    this.#round = round;
  }

  /** Leaves the terminal line empty. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }
}
