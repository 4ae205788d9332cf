/** The options for Node that a child takes over from its parent. */

/** Make no sense, or do harm, in a child: they give it another program to run, watch its files, or just print and exit. */
const DROPPED = new Set([
  '-e',
  '--eval',
  '-p',
  '--print',
  '-pe',
  '--input-type',
  '--entry-url',
  '--run',
  '-i',
  '--interactive',
  '-c',
  '--check',
  '-h',
  '--help',
  '-v',
  '--version',
  '--snapshot-blob',
  '--build-snapshot',
  '--build-snapshot-config',
  '--build-sea',
  '--experimental-sea-config',
  '--debug-port',
]);
/** So do all that begin like this: the parent has the debugger's port; a child is no test run and restarts nothing. */
const FAMILIES = ['--inspect', '--test', '--experimental-test', '--watch'];

/**
 * `process.execArgv` without what is meant for the parent alone; loaders (`--import`, `--require`), conditions, memory limits and
 * permissions stay.
 */
export function inheritedOptions(execArgv: readonly string[]): string[] {
  const kept: string[] = [];
  let keeping = true;
  for (const item of execArgv) {
    // Whatever is no option is the value of the option before it.
    if (item.startsWith('-')) keeping = !isDropped(item);
    if (keeping) kept.push(item);
  }
  return kept;
}

function isDropped(option: string): boolean {
  const name = option.split('=', 1)[0]!.replaceAll('_', '-');
  return DROPPED.has(name) || FAMILIES.some((family) => name === family || name.startsWith(`${family}-`));
}
