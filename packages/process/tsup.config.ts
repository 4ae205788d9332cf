import { isBuiltin } from 'node:module';
import { defineConfig, type Options } from 'tsup';
import { base } from '../../tsup.base.js';

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

export default defineConfig([
  // Both run at a time: each cleans up after itself only.
  {
    ...base,
    clean: ['**/*', '!entry/child.cjs*'],
    entry: { index: 'src/index.ts', 'entry/full': 'src/entry/full.ts' },
    plugins: [builtinsAtHand],
  },
  // The first file a child loads: CommonJS in one piece, because that boots fastest. Modules that it imports later are found beside it.
  {
    ...base,
    entry: { 'entry/child': 'src/entry/child.ts' },
    format: 'cjs',
    outExtension: () => ({ js: '.cjs' }),
    clean: false,
    splitting: false,
  },
]);
