/** Says that it ran. */
export function mark(cell: Uint8Array): void {
  cell[0] = 1;
}
