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
 * Leaves out the comments that esbuild keeps, those in classes: declarations have them. They are a twelfth of the code, and one letter in them beyond ASCII doubles the memory of all of it while V8 reads it.
 * Lines stay, for source maps.
 */
const noComments: Plugin = {
  name: 'no-comments',
  renderChunk(code) {
    return { code: code.replace(/^[ \t]*(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/|\/\/ .*)[ \t]*$/gm, (comment) => comment.replace(/.+/g, '')) };
  },
};

/** Packages whose `internal.ts` has all that their `index.ts` has. */
const WHOLE = ['@manycore/core', '@manycore/process', '@manycore/manager'];

/** Takes what our packages need of one another by one way: each way to a package is looked up for each file that names it, and each file costs. */
const byOneWay: Plugin = {
  name: 'by-one-way',
  renderChunk(code) {
    return { code: code.replace(/^(import \{ [^}]* \} from) (['"])([^'"]+)\2;$/gm, (line: string, names: string, quote: string, module: string) => (WHOLE.includes(module) ? `${names} ${quote}${module}/internal${quote};` : line)) };
  },
};

/** The `index.js` of such a package where nearly all of it is needed anyway: nothing but names of what is in `internal.js`, so that there are two files instead of three and more. */
export const face: Options = {
  entry: ['src/index.ts'],
  clean: false,
  esbuildPlugins: [
    {
      name: 'face',
      setup(build) {
        build.onResolve({ filter: /^\./ }, ({ kind }) => (kind === 'entry-point' ? undefined : { path: './internal.js', external: true }));
      },
    },
  ],
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
  plugins: [builtinsAtHand, noComments, byOneWay],
};
