/**
 * Asks the engine where a function comes from, through an in-process inspector session.
 *
 * A session is opened for one lookup and closed again, so that nothing of it slows the program or is seen by a debugger. Position and scopes
 * take under a millisecond; the URL of the script is what costs, so URLs are kept. In this order:
 *
 * - Scripts on the call stack: the usual place of a function that is handed over is the module that hands it over.
 * - The engine's count of calls lists scripts by URL, which is an answer beside its purpose: 1 to 3 ms in a small program, 15 ms with the compiler
 *   of TypeScript loaded. Asked for its best effort, and with the profiler not enabled, it leaves the counts of those who measure coverage as
 *   they are (`V8ProfilerAgentImpl::getBestEffortCoverage`, `Coverage::CollectBestEffort`); what the collector has dropped is not in it.
 * - The debugger's list of all scripts, each of which is hashed for it: 13 ms and 120 ms in these programs.
 */
import type { Session } from 'node:inspector';

export interface Scope {
  /** The engine's word: `Module`, `Closure (outer)`, `Block`, … */
  description: string;
  /** The variables that are initialised by now. */
  variables: [string, unknown][];
}

export interface Location {
  scriptId: string;
  /** Of the parameter list, counted from 0. */
  line: number;
  column: number;
  /** From the innermost outwards; the global scope is left out. */
  scopes: Scope[];
  /** Absent when the debugger has to be asked. */
  url: string | undefined;
}

export interface Script {
  url: string;
  isModule: boolean;
}

interface RemoteObject {
  objectId?: string;
  description?: string;
  value?: unknown;
}
interface Property {
  name: string;
  value?: RemoteObject;
}
interface EnginePosition {
  scriptId: string;
  lineNumber: number;
  columnNumber?: number;
}
interface Listed {
  scriptId: string;
  url: string;
}

/** One session, with the calls made synchronous (they are, in-process; only their interface is not). */
class Inspection {
  readonly #session: Session;

  constructor() {
    const inspector = process.getBuiltinModule('node:inspector');
    this.#session = new inspector.Session();
    this.#session.connect();
  }

  post<T>(method: string, params: object = {}): T {
    let outcome: { error: Error | null; result: unknown } | undefined;
    this.#session.post(method, params, (error: Error | null, result: unknown) => {
      outcome = { error, result };
    });
    if (outcome === undefined) throw new Error(`the inspector did not answer ${method}`);
    if (outcome.error !== null) throw new Error(`the inspector refused ${method}: ${outcome.error.message}`, { cause: outcome.error });
    return outcome.result as T;
  }

  onScript(listener: (script: Script & { scriptId: string }) => void): void {
    this.#session.on('Debugger.scriptParsed', ({ params: { scriptId, url, isModule } }) => {
      listener({ scriptId, url, isModule: isModule ?? false });
    });
  }

  properties(objectId: string): { result: Property[]; internalProperties?: Property[] } {
    return this.post('Runtime.getProperties', { objectId, ownProperties: true });
  }

  static use<T>(work: (inspection: Inspection) => T): T {
    const inspection = new Inspection();
    try {
      return work(inspection);
    } finally {
      inspection.#session.disconnect();
    }
  }
}

/** Script ids are never used again in one thread, so what was learnt once stays true. */
const urls = new Map<string, string>();
const scripts = new Map<string, Script>();

/** Values pass between our code and the session through a global property that exists for the time of one lookup. */
const BENCH = Symbol.for('manycore.target.bench');
const BENCH_EXPRESSION = `globalThis[Symbol.for('manycore.target.bench')]`;

interface Bench {
  fn: Function;
  scope?: { object?: object };
}

function readVariables(scope: object): [string, unknown][] {
  const variables: [string, unknown][] = [];
  for (const name of Object.keys(scope)) {
    try {
      variables.push([name, (scope as Record<string, unknown>)[name]]);
    } catch {
      // Still in its temporal dead zone: nobody can have got a function out of it.
    }
  }
  return variables;
}

function readScopes(inspection: Inspection, bench: Bench, benchId: string, list: RemoteObject | undefined): Scope[] {
  if (list?.objectId === undefined) return [];
  const scopes: Scope[] = [];
  for (const { value } of inspection.properties(list.objectId).result) {
    if (value?.objectId === undefined || value.description === undefined || value.description === 'Global') continue;
    inspection.post('Runtime.callFunctionOn', {
      objectId: benchId,
      functionDeclaration: 'function (scope) { this.scope = scope; }',
      arguments: [{ objectId: value.objectId }],
      silent: true,
    });
    scopes.push({ description: value.description, variables: readVariables(bench.scope?.object ?? {}) });
  }
  return scopes;
}

/** Of the scripts that are running right now. The thrown value never reaches a debugger: `silent`. */
function scriptsOnStack(inspection: Inspection): readonly Listed[] {
  inspection.post('Runtime.enable');
  const { exceptionDetails } = inspection.post<{ exceptionDetails?: { stackTrace?: { callFrames: Listed[] } } }>('Runtime.evaluate', {
    expression: 'throw null',
    silent: true,
  });
  inspection.post('Runtime.disable');
  return exceptionDetails?.stackTrace?.callFrames ?? [];
}

function urlOf(inspection: Inspection, id: string): string | undefined {
  const sources = [
    () => scriptsOnStack(inspection),
    () => inspection.post<{ result: Listed[] }>('Profiler.getBestEffortCoverage').result,
  ];
  for (const list of sources) {
    if (urls.has(id)) break;
    for (const { scriptId, url } of list()) urls.set(scriptId, url);
  }
  return urls.get(id);
}

/**
 * Where `fn` was written and what it can see; `undefined` when the engine keeps no position for it.
 *
 * @throws what the inspector throws when it is not to be had: `ERR_ACCESS_DENIED` under `--permission`, `ERR_INSPECTOR_NOT_AVAILABLE`
 * in a Node built without it.
 */
export function locate(fn: Function): Location | undefined {
  return Inspection.use((inspection) => {
    const bench: Bench = { fn };
    const shelf = globalThis as { [BENCH]?: Bench };
    shelf[BENCH] = bench;
    try {
      return inspect(inspection, bench);
    } finally {
      delete shelf[BENCH];
    }
  });
}

function inspect(inspection: Inspection, bench: Bench): Location | undefined {
  const objectId = (expression: string): string =>
    inspection.post<{ result: { objectId: string } }>('Runtime.evaluate', { expression, silent: true }).result.objectId;
  const internal = inspection.properties(objectId(`${BENCH_EXPRESSION}.fn`)).internalProperties ?? [];
  const internalValue = (name: string): RemoteObject | undefined => internal.find((property) => property.name === name)?.value;
  const position = internalValue('[[FunctionLocation]]')?.value as EnginePosition | undefined;
  if (position === undefined) return undefined;
  const { scriptId, lineNumber, columnNumber = 0 } = position;
  const scopes = readScopes(inspection, bench, objectId(BENCH_EXPRESSION), internalValue('[[Scopes]]'));
  return { scriptId, line: lineNumber, column: columnNumber, scopes, url: urlOf(inspection, scriptId) };
}

/** The script's URL and kind, from the engine's list of all scripts. */
export function scriptOf(scriptId: string): Script | undefined {
  if (!scripts.has(scriptId)) {
    Inspection.use((inspection) => {
      inspection.onScript(({ scriptId: id, url, isModule }) => scripts.set(id, { url, isModule }));
      inspection.post('Debugger.enable');
      inspection.post('Debugger.disable');
    });
  }
  return scripts.get(scriptId);
}

/** The text the engine compiled, after all loaders. */
export function scriptText(scriptId: string): string {
  return Inspection.use((inspection) => {
    inspection.post('Debugger.enable');
    const { scriptSource } = inspection.post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId });
    inspection.post('Debugger.disable');
    return scriptSource;
  });
}
