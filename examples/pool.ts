/** A pool of eight processes squares the numbers from 0 to 99. */
import { isMainProcess, Pool } from 'manycore';

export function square(x: number): number {
  return x * x;
}

if (isMainProcess) {
  await using pool = new Pool(8);
  const squares = await pool.map(square, Array.from({ length: 100 }, (_, x) => x));
  console.log(squares.join(' '));
}
