/** What is serialized: for each sample a few different items, made anew by each measuring program. */

export interface Sample {
  readonly id: string;
  readonly title: string;
  /** Operations of a full run, so that the clock runs for some tens of milliseconds. */
  readonly operations: number;
  /** How many different items there are, and how many operations lie between two looks at the clock. */
  readonly ring: number;
  make(i: number): unknown;
}

const NODES = 200;
const CHILDREN = 4;

interface TreeNode {
  readonly id: number;
  readonly label: string;
  readonly weight: number;
  readonly isOpen: boolean;
  readonly children: TreeNode[];
}

/** A tree of 200 nodes, each but the last ones with four children. */
function tree(seed: number): TreeNode {
  const nodes = Array.from({ length: NODES }, (_, k): TreeNode => ({ id: seed + k, label: `node ${k} of ${seed}`, weight: k * 0.25, isOpen: k % 3 === 0, children: [] }));
  for (let k = 1; k < NODES; k++) nodes[Math.floor((k - 1) / CHILDREN)]!.children.push(nodes[k]!);
  return nodes[0]!;
}

/** An article: short keys and words, a body of 2 000 characters of Latin-1, and one of 500 that are none. */
function article(i: number): unknown {
  return {
    title: `Notes on serialization, part ${i}`,
    author: { name: 'Zoë Ångström', mail: `zoe+${i}@example.org`, city: 'Malmö' },
    tags: Array.from({ length: 20 }, (_, k) => `tag-${i}-${k}`),
    body: `${i} `.padEnd(2000, 'The quick brown fox jumps over the lazy dog. '),
    summary: `${i} `.padEnd(500, '素早い茶色の狐がのろまな犬を飛び越える。'),
  };
}

const bytes = (length: number, seed: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, j) => (seed + j * 7) & 0xff));

export const samples: readonly Sample[] = [
  { id: 'small', title: '{ id, name, values: [10] }', operations: 100_000, ring: 64, make: (id) => ({ id, name: 'sample item', values: Array.from({ length: 10 }, (_, k) => k * 1.5) }) },
  { id: 'nested', title: 'Tree of 200 nodes', operations: 2_000, ring: 16, make: (i) => tree(i * 1000) },
  { id: 'doubles', title: 'Array of 1000 doubles', operations: 10_000, ring: 16, make: (i) => Array.from({ length: 1000 }, (_, k) => (i + k) / 3) },
  { id: 'integers', title: 'Array of 1000 small integers', operations: 10_000, ring: 16, make: (i) => Array.from({ length: 1000 }, (_, k) => (i + k * 7) % 1000) },
  { id: 'float64array', title: 'Float64Array of 10 000', operations: 3_000, ring: 16, make: (i) => Float64Array.from({ length: 10_000 }, (_, k) => (i + k) / 3) },
  { id: 'strings', title: 'Article, 3 200 characters', operations: 20_000, ring: 16, make: article },
  { id: 'bytes-1k', title: 'Buffer of 1 KiB', operations: 50_000, ring: 64, make: (i) => bytes(1024, i) },
  { id: 'bytes-1m', title: 'Buffer of 1 MiB', operations: 200, ring: 5, make: (i) => bytes(1024 * 1024, i) },
];

/** @throws Error for an id that does not exist. */
export function sampleWithId(id: string): Sample {
  const sample = samples.find((each) => each.id === id);
  if (sample === undefined) throw new Error(`There is no sample '${id}'.`);
  return sample;
}
