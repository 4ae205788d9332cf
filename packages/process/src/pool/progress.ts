/** `progress: true` of a map: a bar on stderr where that is a terminal; else plain lines, at most one a second and a last one. */
import { now } from '@manycore/core/internal';
import type { SingleBar } from 'cli-progress';
import type { MapListener } from './map-run.js';

/** Of plain lines. */
const LINE_MS = 1000;

interface View {
  show(done: number): void;
  end(done: number): void;
}

/**
 * A listener that shows what it hears, and hands it on.
 * @param label - what is counted.
 * @param total - how many items there are.
 */
export function shown(listener: MapListener, label: string, total: number, stream: NodeJS.WriteStream = process.stderr): MapListener {
  const view: View = stream.isTTY ? new Bar(label, total, stream) : new Lines(label, total, stream);
  let last = 0;
  return {
    done: (results) => {
      view.end(total);
      listener.done(results);
    },
    failed: (error) => {
      view.end(last);
      listener.failed(error);
    },
    progress: (done, all, taskId, value) => {
      // What a task reports does not move it.
      if (done > last) view.show((last = done));
      listener.progress?.(done, all, taskId, value);
    },
  };
}

class Lines implements View {
  /** The first comes after a while, too: a short map has one line only. */
  #writtenAt = now();

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly stream: NodeJS.WritableStream,
  ) {}

  show(done: number): void {
    if (done === this.total || now() - this.#writtenAt < LINE_MS) return;
    this.#writtenAt = now();
    this.#write(done);
  }

  end(done: number): void {
    this.#write(done);
  }

  #write(done: number): void {
    const { label, total, stream } = this;
    stream.write(`${label}: ${done} of ${total} (${total === 0 ? 100 : Math.floor((done / total) * 100)} %)\n`);
  }
}

/** The library is loaded when it is first wanted; what happens until then is drawn then. */
class Bar implements View {
  #done = 0;
  #isOver = false;
  #bar: SingleBar | undefined;
  /** In place of the bar, where the library is not to be had. */
  #lines: Lines | undefined;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream,
  ) {
    void this.#open();
  }

  show(done: number): void {
    this.#done = done;
    this.#bar?.update(done);
    this.#lines?.show(done);
  }

  end(done: number): void {
    this.#done = done;
    this.#isOver = true;
    this.#bar?.update(done);
    this.#bar?.stop();
    this.#lines?.end(done);
  }

  async #open(): Promise<void> {
    const { label, total, stream } = this;
    try {
      const { default: library } = await import('cli-progress');
      const format = `${label} {bar} {value}/{total} ({percentage} %) {eta_formatted} left`;
      // The terminal and the signals stay as they are: a process that is killed leaves no hidden cursor behind.
      this.#bar = new library.SingleBar({ stream, format, hideCursor: false, linewrap: true, gracefulExit: false, emptyOnZero: true }, library.Presets.shades_classic);
      this.#bar.start(total, this.#done);
    } catch (error) {
      process.emitWarning(`No progress bar can be drawn, there are lines instead: ${String(error)}`);
      this.#lines = new Lines(label, total, stream);
    }
    if (this.#isOver) this.end(this.#done);
  }
}
