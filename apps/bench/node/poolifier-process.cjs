/**
 * The worker program of poolifier's cluster pool; tasks as in src/program/pools/tasks.ts.
 *
 * CommonJS, because the pool sends its first message at once: a cluster worker whose main file is a module (Node 20) begins to listen too late for
 * it, and the pool waits for ever.
 */
const { ClusterWorker } = require('poolifier');

new ClusterWorker({ addOne: (x) => x + 1, echo: (value) => value, pid: () => process.pid });
