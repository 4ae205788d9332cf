/** What runs here. */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';

export interface PlatformReport {
  /** Version of this package. */
  readonly manycore: string;
  readonly node: string;
  /** As in `process.platform` and `process.arch`. */
  readonly system: string;
  readonly arch: string;
  /** The C library and its version; null where Node does not say. */
  readonly libc: string | null;
  readonly kernel: string;
}

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** Both the sources and what is built from them lie two folders below the package's. */
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;

export function platform(): PlatformReport {
  return { manycore: manifest.version, node: process.versions.node, system: process.platform, arch: process.arch, libc: libc(), kernel: release() };
}

/** As `engines` of the package has it: `>=20.19`. */
export const OLDEST_NODE = manifest.engines.node.replace('>=', '');

export function isNodeSupported(version: string): boolean {
  return version.localeCompare(OLDEST_NODE, 'en', { numeric: true }) >= 0;
}

function libc(): string | null {
  if (process.platform !== 'linux') return null;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`;
}
