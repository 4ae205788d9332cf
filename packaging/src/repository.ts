import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file is in. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

export const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

export interface Package {
  /** Below the checkout, e.g. `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All packages of a checkout. */
export function packagesOf(checkout: string): Package[] {
  return readdirSync(join(checkout, 'packages')).map((name) => ({ folder: `packages/${name}`, manifest: readManifest(join(checkout, 'packages', name)) }));
}

/** Those that are published. */
export const publishable = (checkout: string): Package[] => packagesOf(checkout).filter(({ manifest }) => manifest.private !== true);

/** The program of a package that this workspace depends on, to be run by this Node. */
export const program = (name: string, path: string): string => join(root, 'packaging', 'node_modules', name, path);
