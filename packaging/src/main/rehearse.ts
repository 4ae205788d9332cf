/** Rehearses a release and leaves it for a look: the copy with its changelogs, the tarballs, and a registry to install from until Ctrl-C. */
import { rehearse } from '../rehearsal.js';

const { copy, registry, packages, close } = await rehearse();
console.log(`A release was made in ${copy}:`);
for (const { name, version, tarball } of packages) console.log(`  ${name}@${version}  ${tarball}`);
console.log(`Install from it: npm install --registry ${registry.url} manycore. Ctrl-C ends the registry and removes everything.`);
process.once('SIGINT', () => void close());
