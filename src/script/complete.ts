/** What could stand where the cursor is: calls, names, constants, states; from the one table of calls. */
import { namesGiven } from '../socket/calls/names.ts';
import { type Param, paramAt, type Row } from '../socket/calls/row.ts';
import { callTable } from '../socket/calls/table.ts';
import { errnoNames } from '../socket/names.ts';
import type { Session } from '../socket/session/session.ts';
import { TCP_STATES } from '../socket/state.ts';
import type { Field, KnownStructs, StructDefinition } from '../wire/struct/definition.ts';

/** The names that a session knows at the moment. */
export interface KnownNames {
  readonly sockets: readonly string[];
  readonly values: readonly string[];
  readonly files?: readonly string[];
  readonly structs?: KnownStructs;
  /** The structure that a variable is. */
  typeOf?(name: string): StructDefinition | null;
  /** The names that blocked calls will give. */
  readonly jobs?: readonly string[];
}

/** What there is to complete in a session. */
export function namesOf(session: Session): KnownNames {
  const { scope, sockets } = session;
  const files = [...scope.files.values()].filter(({ open }) => open).map(({ name }) => name);
  return {
    sockets: sockets.openOnes().map(({ name }) => name),
    values: [...session.values.keys()].filter((name) => !scope.files.has(name)),
    files,
    jobs: session.jobs().flatMap(({ call }) => namesGiven(call)),
    structs: scope.structs,
    typeOf: (name) => {
      const value = scope.valueOf(name);
      return (value?.kind === 'record' && scope.structs.get(value.layout.name ?? '')) || null;
    },
  };
}

/** @returns the words that fit, and the part of the line that they would replace */
export function complete(line: string, names: KnownNames): [matches: string[], word: string] {
  const word = /[\w.-]*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length);
  const fields = word.includes('.') ? fieldsOf(word, names) : [];
  const all = fields.length > 0 ? fields : candidates(before, names);
  return [[...new Set(all)].filter((candidate) => candidate.startsWith(word)), word];
}

function candidates(before: string, names: KnownNames): string[] {
  if (/\bstruct\s+$/.test(before)) return [...(names.structs?.keys() ?? [])];
  if (/\bsizeof\s*\(?\s*$/.test(before)) {
    return [...names.values, ...(names.structs?.keys() ?? [])];
  }
  if (/\)\s{0,80}=\s{0,80}$/.test(before)) return answersOf(before, names);
  const call = callAt(before);
  if (call !== null) return argumentsOf(call, before, names);
  // At the start, or behind `name =` or `if (`, a call is wanted.
  const start = /^\s*(?:if\s*\(\(?\s*)?(?:[A-Za-z_][\w.-]*\s*(?:,\s*[A-Za-z_][\w-]*\s*)?=\s*)?$/;
  return start.test(before) ? [...callTable.keys()].map((name) => `${name}(`) : [];
}

interface CallAt {
  readonly row: Row;
  /** The arguments before the cursor, the one that it is in last. */
  readonly args: readonly string[];
}

/** More brackets in each other than the language reads, and more characters than a call’s name has. */
const MOST_LEVELS = 64;
const LONGEST_NAME = 40;

/** The innermost call whose arguments the cursor is in. */
function callAt(before: string): CallAt | null {
  for (const at of openings(before).slice(-MOST_LEVELS).reverse()) {
    const name = /([a-z_]+)\s*$/.exec(before.slice(Math.max(0, at - LONGEST_NAME), at))?.[1] ?? '';
    const row = before[at] === '(' ? callTable.get(name) : undefined;
    if (row !== undefined) return { row, args: split(before.slice(at + 1)) };
  }
  const bare = /^(?:\s*[A-Za-z_][\w.-]*\s*=)?\s*([a-z_]+)\s+([^()=]*)$/.exec(before);
  const row = callTable.get(bare?.[1] ?? '');
  // Arguments are parted by blanks where there are no parentheses.
  return row === undefined ? null : { row, args: (bare?.[2] ?? '').split(/\s+/) };
}

/** Where brackets stand that are not closed before the cursor, the outermost first. */
function openings(before: string): number[] {
  const open: number[] = [];
  for (const { 0: sign, index } of before.matchAll(/"(?:[^"\\]|\\.)*"?|[()[\]{}]/g)) {
    if ('([{'.includes(sign)) open.push(index);
    else if (')]}'.includes(sign)) open.pop();
  }
  return open;
}

/** Parts at the commas that are in no brackets or text. */
function split(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[^"]/g)) {
    if ('([{'.includes(piece)) depth++;
    if (')]}'.includes(piece)) depth--;
    if (piece === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts;
}

/** What the parameters take that can be meant, in all forms of the call that are still possible. */
function argumentsOf({ row, args }: CallAt, before: string, names: KnownNames): string[] {
  const at = args.length - 1;
  const forms = [row.params, ...(row.alsoAs ?? [])].filter(
    (form) => at < form.length || form.at(-1)?.rest === true,
  );
  return forms.flatMap((form) => wordsFor(paramAt(form, at), row, before, names));
}

function wordsFor(param: Param, row: Row, before: string, names: KnownNames): string[] {
  const { sockets, values, files = [], jobs = [], structs } = names;
  switch (param.kind) {
    case 'socket':
    case 'known socket':
      return [...sockets];
    case 'fds':
      return [...sockets, ...(param.constants ?? [])];
    case 'address':
      return [...sockets, '127.0.0.1:', '[::1]:', ...values];
    case 'bytes':
    case 'printable':
      return [...values];
    case 'room':
      return [...(structs?.keys() ?? [])];
    case 'file':
      return [...files];
    case 'state':
      return [...TCP_STATES];
    case 'job':
      return [...jobs];
    case 'anything':
      return row.name === 'wait' ? [...jobs, ...sockets] : [];
    default:
      return optionsAtLevel(param, row, before) ?? [...(param.constants ?? [])];
  }
}

/** Behind SOL_SOCKET only SO_… makes sense, behind IPPROTO_TCP only TCP_…. */
function optionsAtLevel(param: Param, row: Row, before: string): string[] | null {
  if (param.name !== 'option' || !row.name.endsWith('sockopt')) return null;
  const level = /(SOL_|IPPROTO_)(SOCKET|TCP|IPV6|IP)\b/.exec(before)?.[2];
  if (level === undefined) return null;
  const prefix = level === 'SOCKET' ? 'SO_' : `${level}_`;
  return (param.constants ?? []).filter((name) => name.startsWith(prefix));
}

/** Behind `) =`: what the call can answer by name. */
function answersOf(before: string, { values }: KnownNames): string[] {
  const name = /^\s*(?:[\w.,[\]-]+\s*[\w.-]*\s*=)?\s*([a-z_]+)\s*\(/.exec(before)?.[1] ?? '';
  const row = callTable.get(name);
  const states = row?.gives === 'state' || name === 'wait' ? TCP_STATES : [];
  const events = name === 'poll' ? (row?.params[1]?.constants ?? []) : [];
  const blocked = row?.blocks === undefined ? [] : ['blocked'];
  const end = row?.gives === 'bytes' ? ['EOF'] : [];
  return [...states, ...events, ...blocked, ...end, ...values, ...errnoNames()];
}

/** `addr.sin_addr.` → what it has, each as the whole word. */
function fieldsOf(word: string, names: KnownNames): string[] {
  const [base = '', ...path] = word.split('.');
  let type = names.typeOf?.(base) ?? null;
  let prefix = `${base}.`;
  for (const part of path.slice(0, -1)) {
    const field: Field | undefined = type?.fields.find(({ name }) => name === part);
    if (field?.type.kind !== 'struct') return [];
    type = field.type.struct;
    prefix += `${part}.`;
  }
  return type?.fields.map(({ name }) => `${prefix}${name}`) ?? [];
}
