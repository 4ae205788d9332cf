import { isBuiltin } from 'node:module';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

/**
 * Takes what is needed from Node's own modules without importing them: an `import` of one makes a module of it first, which costs each
 * process half a millisecond and more for each.
 * One line for one line, so that source maps hold.
 */
const builtinsAtHand: Plugin = {
  name: 'builtins-at-hand',
  renderChunk(code) {
    return {
      code: code.replace(/^import \{ ([^}]*) \} from ['"]([^'"]+)['"];$/gm, (line: string, names: string, module: string) =>
        isBuiltin(module) ? `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule('${module}');` : line,
      ),
    };
  },
};

/**
 * What our other packages take from core by name comes from its `internal`, which has all that its `index` has: to look for one module instead of two saves a worker 2 ms of its start.
 */
const byInternal: Plugin = {
  name: 'by-internal',
  renderChunk(code) {
    return { code: code.replace(/^((?:import|export) \{.*from ['"]@manycore\/core)(['"];)$/gm, '$1/internal$2') };
  },
};

/** Shared by every package: ESM for the oldest Node line we support, declarations by `tsc` (faster than a bundler's). */
export const base: Options = {
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
  splitting: true,
  treeshake: true,
  silent: true,
  plugins: [builtinsAtHand, byInternal],
};
