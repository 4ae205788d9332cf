interface Waiting {
  readonly match: string | RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

const fits = (line: string, match: string | RegExp): boolean => (typeof match === 'string' ? line === match : line.search(match) !== -1);

/** Lines as they come, each handed to at most one taker. */
export class LineLog {
  readonly lines: string[] = [];
  private readonly untaken: string[] = [];
  private readonly waiting: Waiting[] = [];
  private end: Error | undefined;

  add(line: string): void {
    this.lines.push(line);
    const position = this.waiting.findIndex(({ match }) => fits(line, match));
    if (position === -1) this.untaken.push(line);
    else this.waiting.splice(position, 1)[0]?.resolve(line);
  }

  /** The first untaken line that matches, waiting for it; rejects with the error of `close` when none comes. */
  take(match: string | RegExp): Promise<string> {
    const position = this.untaken.findIndex((line) => fits(line, match));
    if (position !== -1) return Promise.resolve(this.untaken.splice(position, 1)[0] as string);
    if (this.end !== undefined) return Promise.reject(this.end);
    return new Promise((resolve, reject) => this.waiting.push({ match, resolve, reject }));
  }

  /** No more lines: whoever waits gets `error`, and so does whoever comes later. The first call counts. */
  close(error: Error): void {
    this.end ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.end);
  }
}
