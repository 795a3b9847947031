/** What could stand where the cursor is: calls, names, constants; from the one table of calls. */
import type { Param, Row } from '../socket/calls/row.ts';
import { callTable } from '../socket/calls/table.ts';

/** The names that a session knows at the moment. */
export interface KnownNames {
  readonly sockets: readonly string[];
  readonly values: readonly string[];
}

/** @returns the words that fit, and the part of the line that they would replace */
export function complete(line: string, names: KnownNames): [matches: string[], word: string] {
  const word = /[\w.-]*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length);
  const fitting = candidates(before, names).filter((candidate) => candidate.startsWith(word));
  return [fitting, word];
}

function candidates(before: string, names: KnownNames): string[] {
  // At the start, or behind `name =`, a call is wanted.
  if (/^\s*([A-Za-z_][\w-]*\s*=\s*)?$/.test(before))
    return [...callTable.keys()].map((name) => `${name}(`);
  const call = /(?:^|=)\s*([a-z]+)(\s*\(|\s+)([^()=]*)$/.exec(before);
  const row = callTable.get(call?.[1] ?? '');
  if (row === undefined) return [];
  const param = row.params[argumentAt(call?.[3] ?? '', call?.[2]?.includes('(') === true)];
  return param === undefined ? [] : wordsFor(param, row, before, names);
}

/** Arguments are parted by commas, or by blanks where there are no parentheses. */
function argumentAt(text: string, parenthesised: boolean): number {
  if (parenthesised) return text.split(',').length - 1;
  return text.trimStart() === '' ? 0 : text.trimStart().split(/\s+/).length - 1;
}

function wordsFor(param: Param, row: Row, before: string, names: KnownNames): string[] {
  if (param.kind === 'socket') return [...names.sockets];
  if (param.kind === 'address') return [...names.sockets, '127.0.0.1:', '[::1]:'];
  if (param.kind === 'bytes') return [...names.values];
  return optionsAtLevel(param, row, before) ?? [...(param.constants ?? [])];
}

/** Behind SOL_SOCKET only SO_… makes sense, behind IPPROTO_TCP only TCP_…. */
function optionsAtLevel(param: Param, row: Row, before: string): string[] | null {
  if (param.name !== 'option' || !row.name.endsWith('sockopt')) return null;
  const level = /(SOL_|IPPROTO_)(SOCKET|TCP|IPV6|IP)\b/.exec(before)?.[2];
  if (level === undefined) return null;
  const prefix = level === 'SOCKET' ? 'SO_' : `${level}_`;
  return (param.constants ?? []).filter((name) => name.startsWith(prefix));
}
