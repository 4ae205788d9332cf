/**
 * Children of tests start as those of an ordinary program: without the module that vitest has its own processes preload. With a preloaded module they would load all others the long way (plain-module.ts of process), which users
 * seldom see.
 */
const option = process.execArgv.findIndex((file) => file.endsWith('suppress-warnings.cjs')) - 1;
if (process.execArgv[option] === '--require') process.execArgv.splice(option, 2);
