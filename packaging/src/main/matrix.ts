/**
 * Runs the programs of a stranger's project on other Nodes than the one that installed it: MANYCORE_NODES is a list of folders with a program `node`,
 * separated by colons. See README.md for how to get them.
 */
import { delimiter, join } from 'node:path';
import { install } from '../install.js';
import { rehearse } from '../rehearsal.js';
import { run } from '../run.js';

const nodes = (process.env['MANYCORE_NODES'] ?? '').split(delimiter).filter(Boolean);
if (nodes.length === 0) throw new Error('Set MANYCORE_NODES to the folders of the Nodes to try, separated by colons, e.g. /opt/node-22/bin:/opt/node-24/bin.');

const { folder, registry, close } = await rehearse();
let failures = 0;

async function attempt(node: string, version: string, file: string, cwd: string): Promise<void> {
  const output = await run(join(node, 'node'), [file], { cwd, env: { PATH: `${node}${delimiter}${process.env['PATH']}` } }).catch((error: unknown) => String(error));
  const isRight = output === '[1,4,9]\n';
  if (!isRight) failures++;
  console.log(`${isRight ? 'ok    ' : 'FAILED'} Node ${version} ${file}${isRight ? '' : `\n${output}`}`);
}

try {
  const project = await install('npm', join(folder, 'projects'), registry);
  for (const node of nodes) {
    const [version, stripsTypes] = (await run(join(node, 'node'), ['-p', '`${process.versions.node} ${Boolean(process.features.typescript)}`'], { cwd: project })).trim().split(' ');
    const files = ['main.mjs', 'main.cjs', ...(stripsTypes === 'true' ? ['typescript/main.ts'] : [])];
    for (const file of files) await attempt(node, version!, file, project);
  }
} finally {
  await close();
}
process.exitCode = failures === 0 ? 0 : 1;
