/** One C program in the making: what it includes, declares, and does. */

import { repeatedPiece } from '../../../wire/repeats.ts';
import { shortened } from '../lines.ts';
import { Names } from '../names.ts';
import type { Act, Side, Sock, Story } from '../story.ts';
import { HELPERS, type Helper, type HelperName } from './helpers.ts';
import { commentText, literal, longLiteral } from './literal.ts';
import { RESERVED } from './reserved.ts';

const HEADERS = ['stdio.h', 'stdlib.h', 'string.h', 'sys/socket.h', 'unistd.h'];

/** Longer data has a name of its own, at the top of the program. */
const INLINE = 120;

/** Bytes as an expression of C, and how many they are. */
export interface Data {
  readonly pointer: string;
  readonly length: string;
}

export class CProgram {
  readonly story: Story;
  /** Null where there is one program only. */
  readonly side: Side | null;
  readonly names = new Names(RESERVED);
  /** What each name was read into last, and the bytes that it was in the session. */
  readonly read = new Map<string, Data & { readonly bytes: Uint8Array }>();
  /** Addresses that were asked for: the variable of each name. */
  readonly addresses = new Map<string, string>();
  /** Sockets that are open at this place, in the order in which they were made. */
  readonly open = new Set<Sock>();
  /** Those that sent FIN by themselves. */
  readonly ended = new Set<Sock>();
  readonly nonBlocking = new Set<Sock>();
  /** `pair[0]`. */
  readonly paired = new Map<Sock, string>();
  private readonly includes = new Set(HEADERS);
  private readonly helpers = new Set<HelperName>();
  private readonly structs = new Map<string, { readonly name: string; readonly body: string }>();
  private readonly constants: string[] = [];
  private readonly declared = new Map<string, Set<string>>();
  private readonly first: string[] = [];
  private readonly body: string[] = [];
  private readonly known = new Map<string, Data>();
  private room = 0;

  constructor(story: Story, side: Side | null) {
    this.story = story;
    this.side = side;
  }

  /** Whether the socket belongs to this program. */
  has(sock: Sock): boolean {
    return this.side === null || sock.side === this.side;
  }

  /** Whether its other end is in the other program. */
  isParted(sock: Sock | null): boolean {
    // Both ends of a pair are in one program: to wait for its end would be to wait for oneself.
    const other = sock?.peer ?? sock?.to ?? null;
    return this.side !== null && other !== null && other.side !== this.side;
  }

  include(...files: readonly string[]): void {
    for (const file of files) this.includes.add(file);
  }

  /** The helper’s name, which the program then has. */
  use(name: HelperName): string {
    const { needs = [], includes = [] }: Helper = HELPERS[name];
    for (const other of needs) this.use(other);
    this.helpers.add(name);
    this.include(...includes);
    return name;
  }

  /**
   * A structure, before whatever uses it. One that was defined anew is another.
   * @returns its type: `struct person`
   */
  struct(wanted: string, body: string): string {
    const names = [...this.structs.values()].map(({ name }) => name);
    const known = this.structs.get(`${wanted} ${body}`)?.name;
    let name = known ?? wanted;
    for (let n = 2; known === undefined && names.includes(name); n++) name = `${wanted}${n}`;
    this.structs.set(`${wanted} ${body}`, { name, body });
    return `struct ${name}`;
  }

  /** `int server;` at the top of main(). @returns the variable’s name */
  declare(type: string, name: string, suffix = ''): string {
    const names = this.declared.get(type) ?? new Set<string>();
    this.declared.set(type, names.add(`${name}${suffix}`));
    return name;
  }

  /** A variable for this socket, or its place in the array of a pair. */
  socket(sock: Sock): string {
    const place = this.paired.get(sock);
    if (place !== undefined) return place;
    return this.declare('int', this.names.of(`socket ${sock.made}`, sock.name));
  }

  line(...lines: readonly string[]): void {
    this.body.push(...lines.map((line) => (line === '' ? '' : `    ${line}`)));
  }

  /** Before everything else. */
  begin(...lines: readonly string[]): void {
    this.first.push(...lines.map((line) => `    ${line}`));
  }

  comment(text: string): void {
    this.line(`/* ${commentText(shortened(text))} */`);
  }

  /** The buffer that reads without a name share, with room for so many bytes. */
  buffer(room: number): string {
    this.room = Math.max(this.room, room, 1);
    return 'buf';
  }

  /** These bytes: a literal, or a name for them. */
  data(bytes: Uint8Array): Data {
    const length = String(bytes.length);
    if (bytes.length <= INLINE) return { pointer: literal(bytes), length };
    const key = Buffer.from(bytes).toString('latin1');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const name = this.names.fresh('data');
    const piece = repeatedPiece(bytes);
    if (piece === null) {
      this.constants.push(`static const char ${name}[] =\n${longLiteral(bytes, '    ')};`);
    } else {
      this.declare('char *', name);
      const call = `${this.use('repeated')}(${literal(piece)}, ${piece.length}, ${length})`;
      this.begin(`${name} = ${call};`);
    }
    this.known.set(key, { pointer: name, length });
    return { pointer: name, length };
  }

  /** Whether anything came to be compared. */
  get compares(): boolean {
    return this.helpers.has('differs');
  }

  text(about: readonly string[], main: string): string {
    if (this.room > 0) {
      const type = this.room > 65_536 ? 'static char' : 'char';
      this.declare(type, 'buf', `[${this.room}]`);
    }
    const declared = [...this.declared].flatMap(([type, names]) => declarations(type, [...names]));
    const parts = [
      ['/*', ...about.map((line) => ` * ${commentText(line)}`.trimEnd()), ' */'].join('\n'),
      '#define _GNU_SOURCE',
      [...this.includes]
        .sort()
        .map((file) => `#include <${file}>`)
        .join('\n'),
      ...[...this.structs.values()].map(({ name, body }) => `struct ${name} ${body}`),
      ...this.constants,
      ...[...this.helpers].map((name) => HELPERS[name].code),
      [
        main,
        '{',
        ...declared,
        ...(declared.length === 0 ? [] : ['']),
        ...this.first,
        ...this.body,
        '}',
      ].join('\n'),
    ];
    return `${parts.join('\n\n')}\n`;
  }
}

/** As many on a line as fit. */
function declarations(type: string, names: readonly string[]): string[] {
  const lines: string[] = [];
  const star = type.endsWith('*') ? '*' : '';
  const start = `    ${type.replace(/ \*$/, '')} `;
  let line = start;
  for (const name of names) {
    const next = `${star}${name}`;
    const more = line === start ? `${line}${next}` : `${line}, ${next}`;
    if (line !== start && more.length > 78) {
      lines.push(`${line};`);
      line = `${start}${next}`;
    } else line = more;
  }
  return [...lines, `${line};`];
}

/** `n`-th step of the story that this act is. */
export function isBefore(a: Act, b: Act, { acts }: Story): boolean {
  return acts.indexOf(a) < acts.indexOf(b);
}
