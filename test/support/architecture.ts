/** The rules of the house, held against a set of files: who may import whom, and how large they are. */
import { posix } from 'node:path';
import { type Import, importsOf, type Token, tokensOf } from './imports.ts';

/** Path from the repository's root → source text. */
export type Files = ReadonlyMap<string, string>;

interface Layer {
  readonly values: readonly string[];
  /** What it may import types of, beside those. */
  readonly types?: readonly string[];
}

const LAYERS: Readonly<Record<string, Layer>> = {
  sys: { values: [] },
  wire: { values: [] },
  socket: { values: ['sys', 'wire'] },
  script: { values: ['socket', 'wire'] },
  teach: { values: ['script', 'socket'] },
  view: { values: ['wire'], types: ['socket', 'script', 'teach'] },
  cli: { values: ['sys', 'wire', 'socket', 'script', 'teach', 'view'] },
};

/** The public library: everything but how it looks and the commands. */
const INDEX = 'src/index.ts';
const INDEX_LAYER: Layer = { values: ['sys', 'wire', 'socket', 'script', 'teach'] };

/** Packages, and who may import them: a folder or a file. */
const PACKAGES: Readonly<Record<string, string>> = {
  koffi: 'src/sys/ffi.ts',
  commander: 'src/cli/',
  inquirer: 'src/cli/',
  chalk: 'src/view/theme.ts',
  'ipaddr.js': 'src/socket/',
  asn1js: 'src/socket/tls/',
  pkijs: 'src/socket/tls/',
};

/** Only these touch the operating system, also by Node's own modules. */
const TOUCHES_SYSTEM = ['sys', 'cli'];
/** Node's modules that do no I/O. */
const PURE = ['node:util'];
/** TLS over a stream that is given to it: these touch no socket and no file by themselves. */
const OVER_STREAMS: Readonly<Record<string, string>> = {
  'node:crypto': 'src/socket/tls/',
  'node:stream': 'src/socket/tls/',
  'node:tls': 'src/socket/tls/',
};
const MOST_LINES = 300;
const STREAMS = ['stdin', 'stdout', 'stderr'];

export const layers: readonly string[] = Object.keys(LAYERS);

/** What is against the rules, one sentence each; none where all is well. */
export function violations(files: Files): string[] {
  const read = [...files].map(([path, text]) => {
    const tokens = tokensOf(text);
    return { path, text, tokens, imports: importsOf(tokens) };
  });
  const found = read.flatMap(({ path, text, tokens, imports }) => [
    ...placed(path),
    ...imports.flatMap((one) => imported(path, one, files)),
    ...streams(path, tokens),
    ...barrel(path, tokens, imports),
    ...long(path, text),
  ]);
  return [...found, ...cycles(new Map(read.map(({ path, imports }) => [path, imports])))];
}

function placed(path: string): string[] {
  if (path === INDEX || layerOf(path) in LAYERS) return [];
  return [`${path} is in no folder that the architecture knows`];
}

function imported(path: string, { specifier, kind }: Import, files: Files): string[] {
  if (specifier === null) return [`${path} imports something that is not written out`];
  if (!specifier.startsWith('.')) return packaged(path, specifier);
  const target = resolved(path, specifier);
  if (!files.has(target)) return [`${path} imports ${target}, which is not there`];
  if (target === INDEX) return [`${path} imports ${INDEX}, which is for others`];
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from === to && path !== INDEX) return [];
  const layer = path === INDEX ? INDEX_LAYER : LAYERS[from];
  if (layer === undefined || layer.values.includes(to)) return [];
  const isType = kind === 'type' || kind === 'reexport type';
  if (isType && layer.types?.includes(to)) return [];
  const only = layer.types?.includes(to) ? ' (types only)' : '';
  return [`${path} imports ${target}: ${from} may not import ${to}${only}`];
}

function packaged(path: string, specifier: string): string[] {
  if (specifier.startsWith('node:')) {
    const allowed =
      PURE.includes(specifier) ||
      TOUCHES_SYSTEM.includes(layerOf(path)) ||
      path.startsWith(OVER_STREAMS[specifier] ?? 'nowhere');
    return allowed ? [] : [`${path} imports ${specifier}: only sys and cli touch the system`];
  }
  const owner = PACKAGES[specifier];
  if (owner === undefined) return [`${path} imports ${specifier}, which is no dependency`];
  return path.startsWith(owner) ? [] : [`${path} imports ${specifier}: only ${owner} may`];
}

/** process.stdout and its like, and console, which writes there. */
function streams(path: string, tokens: readonly Token[]): string[] {
  if (layerOf(path) === 'cli') return [];
  return tokens.flatMap(({ kind, text }, at) => {
    if (kind !== 'word' || tokens[at - 1]?.text === '.') return [];
    if (text === 'console') return [`${path} uses console: only cli writes`];
    if (text !== 'process') return [];
    const [next, member] = [tokens[at + 1]?.text, tokens[at + 2]?.text ?? ''];
    if (next === ':' || next === '?') return [];
    if (next !== '.') return [`${path} passes process on: only cli touches the streams`];
    return STREAMS.includes(member) ? [`${path} uses process.${member}: only cli may`] : [];
  });
}

/** A file that only passes on what others have; a star hides what that is. */
function barrel(path: string, tokens: readonly Token[], imports: readonly Import[]): string[] {
  if (path === INDEX) return [];
  if (posix.basename(path) === 'index.ts') return [`${path} is a barrel: only ${INDEX} is one`];
  const passedOn = imports.filter(({ kind }) => kind.startsWith('reexport'));
  if (passedOn.length === 0) return [];
  const own = ['function', 'class', 'const', 'let', 'interface', 'enum'];
  const declares = tokens.some(
    ({ kind, text }, at) =>
      kind === 'word' && (own.includes(text) || (text === 'type' && tokens[at + 2]?.text === '=')),
  );
  return declares ? [] : [`${path} is a barrel: only ${INDEX} is one`];
}

function long(path: string, text: string): string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > MOST_LINES ? [`${path} has ${lines} lines, more than ${MOST_LINES}`] : [];
}

/** Types are erased, so they make no cycle; what is loaded later still does. */
function cycles(all: ReadonlyMap<string, readonly Import[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path);
    if (start !== -1) {
      found.push(`a cycle: ${[...way.slice(start), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, kind } of all.get(path) ?? []) {
      if (!specifier?.startsWith('.') || kind === 'type' || kind === 'reexport type') continue;
      visit(resolved(path, specifier), [...way, path]);
    }
    done.add(path);
  };
  for (const path of all.keys()) visit(path, []);
  return found;
}

function resolved(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

/** `sys` of `src/sys/ffi.ts`. */
function layerOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
}
