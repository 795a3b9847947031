/** One Python program in the making. */

import { Lines, shortened } from '../lines.ts';
import { Names } from '../names.ts';
import type { Address } from '../resolved.ts';
import { addressOf, argOf } from '../resolved.ts';
import type { Act, Sock, Story } from '../story.ts';
import { PYTHON_HELPERS, type PythonHelper } from './helpers.ts';
import { bytesText, stringText } from './literal.ts';

/** Keywords, what is built in, and names of ours. */
const RESERVED = new Set(
  `False None True and as assert async await break class continue def del elif else except finally
  for from global if import in is lambda nonlocal not or pass raise return try while with yield
  match case print len bytes int str list dict set open range min max sum abs any all map zip iter
  next type id input hash dir vars repr float bool object super hex oct bin ord chr pow round sorted
  socket select struct sys time os fcntl re termios threading contextlib differs came fails read_n
  read_until scan send_meanwhile state queue asked senders poller STATES`
    .trim()
    .split(/\s+/),
);

export class PythonProgram extends Lines<PythonHelper> {
  readonly story: Story;
  readonly names = new Names(RESERVED);
  /** What each name was read into, and the bytes that it was in the session. */
  readonly read = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>();
  /** Addresses that were asked for: the variable of each name. */
  readonly addresses = new Map<string, string>();

  constructor(story: Story) {
    super(PYTHON_HELPERS);
    this.story = story;
    this.module('import socket');
  }

  socket(sock: Sock): string {
    return this.names.of(`socket ${sock.made}`, sock.name);
  }

  comment(text: string): void {
    this.line(
      `# ${shortened(text).replaceAll(/[^\x20-\x7e]/g, (one) => (one === '’' ? "'" : '?'))}`,
    );
  }

  /** The call as it is; or, where it failed in the session, with its failure reported. */
  call(act: Act, ...lines: readonly string[]): void {
    const { step, call } = act;
    if (step?.outcome.kind !== 'error') {
      this.line(...lines);
      return;
    }
    this.line(`with ${this.use('fails')}('${call.name}', '${step.outcome.error.code}'):`);
    this.line(...lines.map((line) => `    ${line}`));
  }

  /** The address that the call is given, as an expression; null where it was given none. */
  address(act: Act): string | null {
    const address = addressOf(act);
    if (address === null) return null;
    const arg = argOf(act, 'address');
    const known = arg?.kind === 'name' ? this.addresses.get(arg.name) : undefined;
    if (known !== undefined) return known;
    const { target } = act;
    const chosen = target?.local != null && !this.story.fixed.has(target.local);
    if (target !== null && chosen && target !== act.subject) {
      return `${this.socket(target)}.getsockname()`;
    }
    return addressText(address);
  }
}

function addressText(address: Address): string | null {
  switch (address.family) {
    case 'inet':
      return `(${stringText(address.host)}, ${address.port})`;
    case 'inet6':
      return `(${stringText(address.host)}, ${address.port}, 0, ${address.scope})`;
    case 'unix':
      return bytesText(address.path);
    case 'abstract':
      return bytesText(Uint8Array.from([0, ...address.name]));
    case 'other':
      return null;
  }
}
