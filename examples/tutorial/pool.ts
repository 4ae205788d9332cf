/** Eight processes square the numbers from 0 to 99. */
import { isMainProcess, Pool } from 'manycore';

export function square(x: number): number {
  return x * x;
}

if (isMainProcess) {
  await using pool = new Pool(8);
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const squares = await pool.map(square, numbers);
  console.log(squares.length, squares.slice(-3));
}
