/** Layers (docs/architecture.md): a package imports only packages below it, through their public entries, and no file takes part in a cycle. */
// A type that is imported back is no cycle at run time.
const layers = ['core', 'sync', 'shared', 'queues', 'process', 'manager', 'futures', 'manycore'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    // There is nothing above the last one.
    ...layers.slice(0, -1).map((layer, index) => ({
      name: `${layer}-imports-downwards`,
      severity: 'error',
      from: { path: `^packages/${layer}/src` },
      to: { path: layers.slice(index + 1).map((above) => `^packages/${above}/`) },
    })),
    {
      name: 'queues-and-sync-are-independent-of-each-other',
      comment: 'queues builds on the raw locks of core.',
      severity: 'error',
      from: { path: '^packages/sync/src' },
      to: { path: '^packages/(queues|process)/' },
    },
    {
      name: 'queues-does-not-import-shared',
      severity: 'error',
      from: { path: '^packages/queues/src' },
      to: { path: '^packages/shared/' },
    },
    { name: 'no-apps-in-packages', severity: 'error', from: { path: '^packages/' }, to: { path: '^(apps|examples)/' } },
    { name: 'no-test-harness-in-products', severity: 'error', from: { path: '^(packages/(?!testing)[^/]+|apps/[^/]+)/src' }, to: { path: '^packages/testing/' } },
    { name: 'no-deep-imports', severity: 'error', from: { path: '^(packages|apps)/([^/]+)/' }, to: { path: '^(packages|apps)/[^/]+/src/', pathNot: '^$1/$2/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: { pathNot: '/test/fixtures/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    // Programs of tests come and go while lint runs.
    exclude: { path: ['/test/', '/dist/', '/[.]readme-'] },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
