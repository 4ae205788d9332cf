/** Installs the published packages into an empty project, as a stranger would, with each package manager. No script of any package runs. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from './registry.js';
import { program, readManifest, root } from './repository.js';
import { run } from './run.js';

const yarnSettings = (url: string): string =>
  `${[
    'nodeLinker: node-modules',
    `npmRegistryServer: "${url}"`,
    'unsafeHttpWhitelist: ["127.0.0.1"]',
    'enableScripts: false',
    'enableTelemetry: false',
    'enableImmutableInstalls: false',
    'enableGlobalCache: false',
    // What was published a minute ago is too young for yarn otherwise.
    'npmMinimalAgeGate: 0',
  ].join('\n')}\n`;

type Place = Pick<Registry, 'url' | 'env'>;
type Install = (folder: string, packages: readonly string[], registry: Place) => Promise<unknown>;

const installs = {
  npm: (cwd, packages, { env }) => run('npm', ['install', '--ignore-scripts', ...packages], { cwd, env }),
  pnpm: (cwd, packages, { env }) => run(process.execPath, [program('pnpm', 'bin/pnpm.cjs'), 'add', '--ignore-scripts', ...packages], { cwd, env }),
  yarn: (cwd, packages, { url }) => {
    writeFileSync(join(cwd, '.yarnrc.yml'), yarnSettings(url));
    // Says that the project ends here.
    writeFileSync(join(cwd, 'yarn.lock'), '');
    return run(process.execPath, [program('@yarnpkg/cli-dist', 'bin/yarn.js'), 'add', ...packages], { cwd, env: { YARN_GLOBAL_FOLDER: join(cwd, '.yarn-global') } });
  },
} satisfies Record<string, Install>;

export type PackageManager = keyof typeof installs;
export const packageManagers = Object.keys(installs) as PackageManager[];

/** Folder of a new project with `manycore`, and the programs of `fixtures/project`. */
export async function install(manager: PackageManager, folder: string, registry: Place): Promise<string> {
  const project = join(folder, manager);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), `${JSON.stringify({ name: 'stranger', private: true })}\n`);
  const types = readManifest(join(root, 'packaging/node_modules/@types/node')).version;
  await installs[manager](project, ['manycore', `@types/node@${types}`], registry);
  cpSync(join(root, 'packaging/fixtures/project'), project, { recursive: true });
  return project;
}
