/** One Node program in the making. */

import { repeatedPiece } from '../../../wire/repeats.ts';
import { isTcp } from '../domains.ts';
import { Lines, shortened } from '../lines.ts';
import { Names } from '../names.ts';
import { type Address, addressOf, argOf } from '../resolved.ts';
import type { Act, Sock, Story } from '../story.ts';
import { NODE_HELPERS, type NodeHelper } from './helpers.ts';

const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends
  false finally for function if implements import in instanceof interface let new null package
  private protected public return static super switch this throw true try typeof var void while with
  yield arguments eval undefined NaN Infinity Buffer process console net dgram dns differs came fails
  arrivals arrived taken read readUntil scan write close closeListener listen accept connect bind message sendTo
  later global globalThis require module exports async of Map Set Promise Number RegExp JSON Math`
    .trim()
    .split(/\s+/),
);

export class NodeProgram extends Lines<NodeHelper> {
  readonly story: Story;
  readonly names = new Names(RESERVED);
  readonly read = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>();
  readonly addresses = new Map<string, string>();
  /** What bind() asked for, until listen() or connect() makes the socket. */
  readonly bound = new Map<Sock, Address>();
  /** Options that were set before that. */
  readonly early = new Map<Sock, string[]>();
  /** Sockets that Node has by now, and has not closed yet. */
  readonly made = new Set<Sock>();
  /** Writes that go on in the background. */
  later = false;
  private readonly declared = new Set<string>();

  constructor(story: Story) {
    super(NODE_HELPERS);
    this.story = story;
  }

  socket(sock: Sock): string {
    return this.names.of(`socket ${sock.made}`, sock.name);
  }

  comment(text: string): void {
    // A line separator ends a comment, too.
    this.line(
      `// ${shortened(text).replaceAll(/[^\x20-\x7e]/g, (one) => (one === '’' ? "'" : '?'))}`,
    );
  }

  /** `const data = …` the first time, `data = …` after that. */
  assign(name: string, value: string): void {
    this.line(this.declared.has(name) ? `${name} = ${value};` : `let ${name} = ${value};`);
    this.declared.add(name);
  }

  /** The call as it is; or, where it failed in the session, with its failure reported. */
  call(act: Act, code: string): void {
    const { step, call } = act;
    if (step?.outcome.kind !== 'error') this.line(`await ${code};`);
    else {
      const { code: errno } = step.outcome.error;
      this.line(`await ${this.use('fails')}('${call.name}', '${errno}', () => ${code});`);
    }
  }

  /** `{ host: '127.0.0.1', port: 8888 }`, as net has it; null where Node can’t reach it. */
  place(act: Act): string | null {
    const address = addressOf(act);
    const { target } = act;
    if (address === null) return null;
    const chosen = target?.local != null && !this.story.fixed.has(target.local);
    if (target !== null && chosen && isTcp(target) && this.made.has(target)) {
      const host = 'host' in address ? `host: ${string(address.host)}, ` : '';
      return `{ ${host}port: ${this.socket(target)}.address().port }`;
    }
    return placeText(address);
  }

  /** `port, host`, as dgram has it; null where there is none. */
  datagramPlace(act: Act): string | null {
    const address = addressOf(act);
    if (address === null || !('host' in address)) return null;
    const arg = argOf(act, 'address');
    const known = arg?.kind === 'name' ? this.addresses.get(arg.name) : undefined;
    if (known !== undefined) return `${known}.port, ${known}.address`;
    const { target } = act;
    const chosen = target?.local != null && !this.story.fixed.has(target.local);
    if (target !== null && chosen && this.made.has(target)) {
      return `${this.socket(target)}.address().port, ${string(address.host)}`;
    }
    return `${address.port}, ${string(address.host)}`;
  }
}

export function placeText(address: Address): string | null {
  switch (address.family) {
    case 'inet':
    case 'inet6':
      return `{ host: ${string(address.host)}, port: ${address.port} }`;
    case 'unix':
      return `{ path: ${string(Buffer.from(address.path).toString())} }`;
    case 'abstract':
      return `{ path: ${string(`\0${Buffer.from(address.name)}`)} }`;
    case 'other':
      return null;
  }
}

/** In ASCII, whatever it holds. */
export function string(text: string): string {
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${body.replaceAll(/[^\x20-\x7e]/g, escaped)}'`;
}

function escaped(unit: string): string {
  const hex = unit.charCodeAt(0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** `Buffer.from('hello\n')`. */
export function data(bytes: Uint8Array): string {
  const piece = bytes.length > 64 ? repeatedPiece(bytes) : null;
  if (piece !== null) return `Buffer.alloc(${bytes.length}, ${data(piece)})`;
  const text = string(Buffer.from(bytes).toString('latin1'));
  return bytes.every((byte) => byte < 0x80)
    ? `Buffer.from(${text})`
    : `Buffer.from(${text}, 'latin1')`;
}
