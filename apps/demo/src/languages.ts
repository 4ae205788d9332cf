/** Which language a file is in, by its name, and for files without an extension by its first line. */

import type { TokenizerName } from './tokenize/tokenize.js';

export interface Language {
  name: string;
  tokenizer: TokenizerName;
}

/** A row of the table: a language and what tells that a file is in it. All in lower case; extensions without the dot. */
export interface LanguageEntry extends Language {
  extensions?: string[];
  fileNames?: string[];
  interpreters?: string[];
}

const ext = (list: string): string[] => list.split(' ');

const TABLE: LanguageEntry[] = [
  { name: 'JavaScript', tokenizer: 'js', extensions: ext('js mjs cjs es6 jsm'), interpreters: ['node', 'bun', 'deno'] },
  { name: 'JSX', tokenizer: 'jsx', extensions: ['jsx'] },
  { name: 'TypeScript', tokenizer: 'ts', extensions: ext('ts mts cts'), interpreters: ['tsx', 'ts-node'] },
  { name: 'TSX', tokenizer: 'tsx', extensions: ['tsx'] },
  {
    name: 'JSON',
    tokenizer: 'plain',
    extensions: ext('json webmanifest geojson'),
    fileNames: ['.eslintrc', '.nycrc', '.babelrc', '.prettierrc'],
  },
  { name: 'JSON with comments', tokenizer: 'jsonc', extensions: ext('jsonc json5') },
  { name: 'Source map', tokenizer: 'plain', extensions: ['map'] },
  { name: 'Markdown', tokenizer: 'plain', extensions: ext('md mdx markdown') },
  {
    name: 'Text',
    tokenizer: 'plain',
    extensions: ext('txt rst adoc log'),
    fileNames: ['license', 'licence', 'readme', 'changelog', 'authors', 'notice', 'copying'],
  },
  { name: 'CSV', tokenizer: 'plain', extensions: ext('csv tsv') },
  { name: 'CSS', tokenizer: 'css', extensions: ext('css pcss') },
  { name: 'Sass', tokenizer: 'scss', extensions: ext('scss sass less styl') },
  { name: 'HTML', tokenizer: 'markup', extensions: ext('html htm xhtml ejs hbs handlebars mustache') },
  { name: 'Vue', tokenizer: 'markup', extensions: ['vue'] },
  { name: 'Svelte', tokenizer: 'markup', extensions: ext('svelte astro') },
  { name: 'XML', tokenizer: 'markup', extensions: ext('xml xsd xsl xslt plist svg rss csproj vcxproj') },
  { name: 'YAML', tokenizer: 'hash', extensions: ext('yml yaml') },
  { name: 'TOML', tokenizer: 'hash', extensions: ['toml'] },
  {
    name: 'INI',
    tokenizer: 'ini',
    extensions: ext('ini cfg conf properties editorconfig npmrc env'),
    fileNames: ['.npmrc', '.editorconfig', '.env'],
  },
  {
    name: 'Ignore list',
    tokenizer: 'hash',
    fileNames: ['.gitignore', '.npmignore', '.eslintignore', '.prettierignore', '.dockerignore', '.gitattributes'],
  },
  { name: 'C', tokenizer: 'c', extensions: ['c'] },
  { name: 'C/C++ header', tokenizer: 'c', extensions: ext('h hh hpp hxx inl') },
  { name: 'C++', tokenizer: 'c', extensions: ext('cc cpp cxx c++') },
  { name: 'Objective-C', tokenizer: 'c', extensions: ext('m mm') },
  { name: 'C#', tokenizer: 'c', extensions: ['cs'] },
  { name: 'Java', tokenizer: 'c', extensions: ['java'] },
  { name: 'Kotlin', tokenizer: 'nesting', extensions: ext('kt kts') },
  { name: 'Scala', tokenizer: 'nesting', extensions: ext('scala sc') },
  { name: 'Swift', tokenizer: 'nesting', extensions: ['swift'] },
  { name: 'Dart', tokenizer: 'nesting', extensions: ['dart'] },
  { name: 'Groovy', tokenizer: 'c', extensions: ext('groovy gradle') },
  { name: 'Go', tokenizer: 'go', extensions: ['go'] },
  { name: 'Rust', tokenizer: 'rust', extensions: ['rs'] },
  { name: 'Zig', tokenizer: 'c', extensions: ['zig'] },
  { name: 'PHP', tokenizer: 'php', extensions: ['php'], interpreters: ['php'] },
  { name: 'Protocol Buffers', tokenizer: 'c', extensions: ['proto'] },
  { name: 'GraphQL', tokenizer: 'python', extensions: ext('graphql gql') },
  { name: 'Shader', tokenizer: 'c', extensions: ext('glsl vert frag wgsl hlsl') },
  { name: 'Python', tokenizer: 'python', extensions: ext('py pyi pyw gyp gypi'), interpreters: ['python', 'python2', 'python3'] },
  { name: 'Ruby', tokenizer: 'ruby', extensions: ext('rb rake gemspec'), fileNames: ['rakefile', 'gemfile'], interpreters: ['ruby'] },
  { name: 'Perl', tokenizer: 'perl', extensions: ext('pl pm'), interpreters: ['perl'] },
  { name: 'R', tokenizer: 'shell', extensions: ['r'], interpreters: ['rscript'] },
  {
    name: 'Shell',
    tokenizer: 'shell',
    extensions: ext('sh bash zsh fish ksh'),
    interpreters: ['sh', 'bash', 'zsh', 'dash', 'ksh', 'fish'],
  },
  { name: 'PowerShell', tokenizer: 'powershell', extensions: ext('ps1 psm1 psd1'), interpreters: ['pwsh'] },
  { name: 'Batch', tokenizer: 'batch', extensions: ext('bat cmd') },
  { name: 'Makefile', tokenizer: 'shell', extensions: ext('mk mak'), fileNames: ['makefile', 'gnumakefile'], interpreters: ['make'] },
  { name: 'CMake', tokenizer: 'shell', extensions: ['cmake'], fileNames: ['cmakelists.txt'] },
  { name: 'Dockerfile', tokenizer: 'shell', extensions: ['dockerfile'], fileNames: ['dockerfile', 'containerfile'] },
  { name: 'SQL', tokenizer: 'sql', extensions: ['sql'] },
  { name: 'Lua', tokenizer: 'lua', extensions: ['lua'], interpreters: ['lua'] },
  { name: 'Haskell', tokenizer: 'haskell', extensions: ext('hs elm purs') },
  { name: 'Lisp', tokenizer: 'lisp', extensions: ext('lisp el scm clj cljs cljc edn') },
  { name: 'TeX', tokenizer: 'percent', extensions: ext('tex sty bib') },
  { name: 'Erlang', tokenizer: 'percent', extensions: ext('erl hrl') },
  { name: 'Other text', tokenizer: 'plain' },
];

/** Results name a language by its index here. */
export const LANGUAGES: readonly LanguageEntry[] = TABLE;

const OTHER = TABLE.length - 1;

const indexBy = (keys: (entry: LanguageEntry) => string[] | undefined): Map<string, number> =>
  new Map(TABLE.flatMap((entry, i) => (keys(entry) ?? []).map((key): [string, number] => [key, i])));

const byExtension = indexBy((entry) => entry.extensions);
const byFileName = indexBy((entry) => entry.fileNames);
const byInterpreter = indexBy((entry) => entry.interpreters);

const INTERPRETER = /^#!\s*(?:\S*\/env\s+(?:-\S+\s+)*)?(?:\S*\/)?([A-Za-z][A-Za-z-]*\d?)/;

/**
 * The index in `LANGUAGES` of the language of a file.
 *
 * @param path - any path; only the part after the last `/` is looked at.
 * @param source - its text, of which the first line counts when the name says nothing.
 */
export function languageOf(path: string, source: string): number {
  const fileName = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = byFileName.get(fileName);
  if (named !== undefined) return named;
  const dot = fileName.lastIndexOf('.');
  if (dot > 0) return byExtension.get(fileName.slice(dot + 1)) ?? OTHER;
  const interpreter = INTERPRETER.exec(source.slice(0, 200))?.[1]?.toLowerCase();
  return (interpreter === undefined ? undefined : byInterpreter.get(interpreter)) ?? OTHER;
}
