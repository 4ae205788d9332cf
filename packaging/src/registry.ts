/**
 * A registry of our own (verdaccio), on this machine and for as long as it is needed: our packages are published to it and installed from it.
 * What it does not have it takes from the registry that npm is set up with.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { run } from './run.js';

export interface Registry {
  readonly url: string;
  /** Environment in which npm and pnpm use it, with caches of their own: this machine's are neither read nor written. */
  readonly env: Record<string, string>;
  /** The `.npmrc` of all that use it; settings may be added. */
  readonly userConfig: string;
  /** Folder of the published files. */
  readonly storage: string;
  close(): Promise<void>;
}

const ours = { access: '$all', publish: '$all', unpublish: '$all' };

function listen(server: Server): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}

/** @param folder - where it keeps everything; for the caller to remove. */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: folder })).trim();
  const storage = join(folder, 'storage');
  const server = (await runServer({
    storage,
    configPath: join(folder, 'config.yaml'),
    self_path: folder,
    web: { enable: false },
    uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 20, fail_timeout: '1s' } },
    // Ours are never asked for elsewhere: what is installed is what was published here.
    packages: { manycore: ours, '@manycore/*': ours, '**': { access: '$all', proxy: 'upstream' } },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  })) as Server;
  const { port } = await listen(server);
  const url = `http://127.0.0.1:${port}/`;
  const userConfig = join(folder, 'npmrc');
  // The token is no secret: npm publishes nothing without one, and this registry looks at none.
  writeFileSync(userConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\naudit=false\nfund=false\nupdate-notifier=false\n`);
  const env = {
    NPM_CONFIG_USERCONFIG: userConfig,
    npm_config_registry: url,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_store_dir: join(folder, 'pnpm-store'),
    npm_config_cache_dir: join(folder, 'pnpm-cache'),
  };
  return {
    url,
    env,
    userConfig,
    storage,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
