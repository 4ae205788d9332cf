/** A line that the parent writes to the control channel for one who waits for it, blocked and without a thought for its event loop. */
export const CONTROL_FD = 3;

const LINE_BYTES = 256;

/**
 * Without the line's end, and without empty lines before it.
 *
 * @param onPart - called each time something came, with whether that is all of it.
 */
export function controlLine(onPart: (isWhole: boolean) => void = () => undefined): string {
  const { readSync } = process.getBuiltinModule('node:fs');
  const bytes = Buffer.alloc(LINE_BYTES);
  let text = '';
  for (;;) {
    const count = readSync(CONTROL_FD, bytes, 0, LINE_BYTES, null);
    // The parent is gone, or needs this process no more. No work has begun here that would have to be tidied up.
    if (count === 0) process.kill(process.pid, 'SIGKILL');
    text = (text + bytes.toString('latin1', 0, count)).trimStart();
    const isWhole = text.endsWith('\n');
    onPart(isWhole);
    if (isWhole) return text.trimEnd();
  }
}
