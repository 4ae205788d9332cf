/** Ends well if the number that another process has written is seen here too. @throws Error when it is not. */
export function mustHold(value: Int32Array, expected: number): void {
  if (value[0] !== expected) throw new Error(`The value is ${value[0]} here and ${expected} where it was written.`);
}
