const KEPT = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'MANYCORE_MEMORY_LIMIT'];

/**
 * What measured programs see of the environment: what they need to run and no more. Options for Node or Python, and extra certificates
 * (which cost some Node versions tens of milliseconds at each start), would measure the shell the bench was started from.
 */
export function measuredEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(KEPT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
