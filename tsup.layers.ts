/**
 * One file for each entry of a package, without chunks: every module is in the file of the first entry that needs it, and the entries after that take it from there. To find and read one more file costs each process that
 * loads it half a millisecond, and a child loads only the first entries.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Options } from 'tsup';
import ts from 'typescript';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** A module that an entry has for entries after it, with the names that they import. */
type Wanted = Map<string, Set<string>>;

/** @param entries - name of the file and source; each before those that may need what it has. */
export function layers(entries: Readonly<Record<string, string>>): Pick<Options, 'entry' | 'splitting' | 'esbuildPlugins'> {
  return { entry: { ...entries }, splitting: false, esbuildPlugins: [inLayers(Object.entries(entries).map(([file, source]) => ({ file, source: resolve(source) })))] };
}

const inLayers = (entries: readonly { file: string; source: string }[]): Plugin => ({
  name: 'layers',
  async setup(build) {
    /** Of each module, the first entry that needs it. */
    const owners = new Map<string, number>();
    for (const [layer, { source }] of entries.entries()) {
      const { metafile } = await build.esbuild.build({ entryPoints: [source], bundle: true, packages: 'external', platform: 'node', format: 'esm', write: false, metafile: true, logLevel: 'silent', absWorkingDir: process.cwd() });
      for (const file of Object.keys(metafile.inputs)) if (!owners.has(resolve(file))) owners.set(resolve(file), layer);
    }
    const sources = new Map(entries.map(({ source }, layer) => [source, layer]));
    /** Where a module's own imports are resolved. An entry that one before it exports with all the rest (`export *`) is a file nevertheless. */
    const layerOf = (file: string): number | undefined => sources.get(file) ?? owners.get(file);
    const wanted = entries.map((): Wanted => new Map());
    for (const file of owners.keys()) {
      for (const { from, names } of importsOf(file)) {
        const provider = owners.get(from);
        if (provider === undefined || provider === layerOf(file)) continue;
        const known = wanted[provider]!.get(from) ?? new Set();
        names.forEach((name) => known.add(name));
        wanted[provider]!.set(from, known);
      }
    }

    build.onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      const [from, to] = [layerOf(importer), owners.get(sourceOf(importer, path))];
      if (from === undefined || to === undefined || from === to) return undefined;
      const file = relative(dirname(entries[from]!.file), `${entries[to]!.file}.js`);
      return { path: file.startsWith('.') ? file : `./${file}`, external: true };
    });
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const layer = sources.get(path);
      if (layer === undefined) return undefined;
      return { loader: 'ts', contents: `${readFileSync(path, 'utf8')}\n${additions(path, wanted[layer]!)}` };
    });
  },
});

const sourceOf = (importer: string, path: string): string => resolve(dirname(importer), path.replace(/\.js$/, '.ts'));

/** What a file takes from others of its package at run time. */
function importsOf(file: string): { readonly from: string; readonly names: readonly string[] }[] {
  const found = [];
  for (const statement of parsed(file).statements) {
    const isImport = ts.isImportDeclaration(statement);
    if (!(isImport || ts.isExportDeclaration(statement)) || statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const path = statement.moduleSpecifier.text;
    if (!path.startsWith('.') || (isImport ? statement.importClause?.isTypeOnly : statement.isTypeOnly)) continue;
    const clause = isImport ? statement.importClause?.namedBindings : statement.exportClause;
    if (clause !== undefined && !ts.isNamedImports(clause) && !ts.isNamedExports(clause)) throw new Error(`${file}: layers need named imports, found that of ${path}.`);
    const names = clause === undefined ? [] : clause.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ propertyName, name }) => (propertyName ?? name).text);
    found.push({ from: sourceOf(file, path), names });
  }
  return found;
}

/** Exports of an entry for those after it, besides its own. */
function additions(entry: string, wanted: Wanted): string {
  /** What is behind each name. */
  const own = new Map<string, string>();
  for (const statement of parsed(entry).statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue;
    const from = statement.moduleSpecifier === undefined ? entry : sourceOf(entry, (statement.moduleSpecifier as ts.StringLiteral).text);
    for (const { propertyName, name } of statement.exportClause.elements) own.set(name.text, `${from} ${(propertyName ?? name).text}`);
  }
  const lines = [];
  for (const [from, names] of wanted) {
    if (from === entry) continue;
    for (const name of names) {
      const [known, meant] = [own.get(name), `${from} ${name}`];
      if (known === meant) continue;
      if (known !== undefined) throw new Error(`${entry}: two of its modules export ${name}, and others need both: ${known}; ${meant}. Give one of them another name.`);
      own.set(name, meant);
      const path = relative(dirname(entry), from).replace(/\.ts$/, '.js');
      lines.push(`export { ${name} } from '${path.startsWith('.') ? path : `./${path}`}';`);
    }
  }
  return lines.join('\n');
}

const parsed = (file: string): ts.SourceFile => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, false);
