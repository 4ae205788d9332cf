/** Loads binaries of the addon without Node (native-host.c): also one for a C library for which there is no Node here, as musl on Debian. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { root } from './repository.js';
import { run } from './run.js';

/** The binary of a C library, for this machine, and the compiler that makes a host for it. */
export interface Binary {
  readonly file: string;
  readonly compiler: string;
  /** How to get the compiler. */
  readonly packages: string;
}

const binary = (libc: '' | '-musl', compiler: string, packages: string): Binary => ({
  file: join(root, `packages/core/prebuilds/${process.platform}-${process.arch}${libc}/manycore.node`),
  compiler,
  packages,
});

/** By C library. */
export const binaries = { glibc: binary('', 'gcc', 'gcc libc6-dev'), musl: binary('-musl', 'musl-gcc', 'musl-tools') };

/** Why it cannot be tried here, and what to do about it; undefined when it can. */
export function obstacle({ file, compiler, packages }: Binary): string | undefined {
  if (!existsSync(file)) return `there is no ${file}: npx --yes pnpm@10 --filter @manycore/core run build:prebuilds`;
  const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, compiler)));
  return isThere ? undefined : `there is no ${compiler}: apt-get install -y ${packages}`;
}

/** Whatever is named like a function of Node or libuv, to be given way to by what the host has itself. What is only looked up at run time has another prefix. */
function standIns(file: string): string {
  const names = new Set([...readFileSync(file, 'latin1').matchAll(/\0((?:napi|uv)_[a-z0-9_]+)(?=\0)/g)].map((match) => match[1]!));
  const functions = [...names].map((name) => `__attribute__((weak)) void ${name}(void) { fputs("${name}() is not of this host\\n", stderr); _Exit(1); }\n`);
  return `#include <stdio.h>\n#include <stdlib.h>\n${functions.join('')}`;
}

/**
 * Has the loader of the binary's C library load it, and calls some of its functions: memory, liveness, waiting, bells, processes.
 *
 * @param folder - for the host; it may be there already.
 * @returns the version of the binary's interface.
 * @throws Error with what was printed.
 */
export async function tryBinary({ file, compiler }: Binary, folder: string): Promise<number> {
  const { include_dir: headers } = createRequire(join(root, 'packages/core/package.json'))('node-api-headers') as { include_dir: string };
  const [host, rest] = [join(folder, `${compiler}-host`), join(folder, `${compiler}-stand-ins.c`)];
  writeFileSync(rest, standIns(file));
  const sources = [join(root, 'packaging/src/native-host.c'), rest];
  await run(compiler, ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-rdynamic', `-I${headers}`, ...sources, '-ldl', '-o', host], { cwd: folder });
  return Number(await run(host, [file], { cwd: folder }));
}
