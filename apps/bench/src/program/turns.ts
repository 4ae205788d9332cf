/**
 * Takes the turn with this number: the counter has come to it, and goes to the next. It is a plain read and a plain write, so that a turn
 * that was handed over too early, twice or not at all shows here, or as another count at the end.
 * @throws Error when it is not this turn.
 */
export function takeTurn(counter: Int32Array, turn: number): void {
  if (counter[0] !== turn) throw new Error(`Turn ${turn} was handed over when the counter said ${counter[0]}.`);
  counter[0] = turn + 1;
}
