import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/prebuilds/**', '**/.turbo/**', '**/.vitepress/{cache,.temp}/**', '**/.readme-*/**', '**/test/fixtures/syntax-error.mjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'examples/*.ts', 'examples/tutorial/*.ts', 'packaging/src/**/*.ts'],
    ignores: ['**/*.config.ts'],
    extends: [js.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['tsconfig.json', 'apps/demo/src/report/client/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Functions and classes of users are data here.
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // Bytes off the wire are compared with enum members; methods taken off a prototype are called with `call`.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-this-alias': 'off',
      // Primitives of unknown kind in error messages; objects are described before.
      '@typescript-eslint/no-base-to-string': 'off',
      // The reason of an AbortSignal is whatever the user gave.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'No default exports.' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/test/**/*.ts', '**/*.config.ts', '*.ts'],
    extends: [js.configs.recommended, ...tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // A test lets go of an object to see it collected.
      'no-useless-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '*.js'],
    extends: [js.configs.recommended],
    rules: { 'no-useless-assignment': 'off', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask', 'performance', 'structuredClone',
          'AbortController', 'AbortSignal', 'require', 'module', 'exports', '__dirname', '__filename', 'globalThis', 'fetch', 'EventTarget', 'Event'].map((name) => [name, 'readonly']),
      ),
    },
  },
);
