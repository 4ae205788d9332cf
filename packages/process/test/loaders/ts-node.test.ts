import { describe, expect, it } from 'vitest';
import { program } from './program.js';
import { project } from './project.js';

const sorted = (texts: readonly string[]): string[] => [...texts].sort();
const config = (module: string): Record<string, string> => ({
  'tsconfig.json': JSON.stringify({ compilerOptions: { module, moduleResolution: module, target: 'es2022', esModuleInterop: true }, 'ts-node': { transpileOnly: true } }),
});
const tools = ['ts-node', 'typescript'];
const quiet = { NODE_NO_WARNINGS: '1' };

describe('a program in TypeScript under ts-node hands over functions in every way', () => {
  const { files, lines } = program({ ending: '.js' });
  const register = `import { register } from 'node:module';\nimport { pathToFileURL } from 'node:url';\nregister('ts-node/esm', pathToFileURL('./'));\n`;

  it.each<[string, string[]]>([
    ['--loader ts-node/esm', ['--loader', 'ts-node/esm', 'main.ts']],
    ['--import of a module that registers it', ['--import', './register.mjs', 'main.ts']],
    ['--import of a data: URL that registers it', ['--import', `data:text/javascript,${encodeURIComponent(register)}`, 'main.ts']],
  ])('%s', async (_how, args) => {
    using folder = project({ ...files, ...config('node16'), 'register.mjs': register }, { tools });
    await using running = folder.node(args, { env: quiet });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(lines));
  });

  const commonJs = program({ ending: '', format: 'commonjs' });

  it.each<[string, string[]]>([
    ['--require ts-node/register, as CommonJS', ['-r', 'ts-node/register', 'main.ts']],
    ['the command ts-node, as CommonJS', ['node_modules/ts-node/dist/bin.js', 'main.ts']],
  ])('%s', async (_how, args) => {
    using folder = project({ ...commonJs.files, ...config('node16') }, { type: 'commonjs', tools });
    await using running = folder.node(args, { env: quiet });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(commonJs.lines));
  });
});
