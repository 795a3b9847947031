/** The flags of send(2) and recv(2). */
import type { Arguments } from './arguments.ts';
import { known, type Param } from './row.ts';

export const MSG: Param = { name: 'flags', kind: 'flags', constants: ['0', ...known(/^MSG_/)] };

export function flagsOf(args: Arguments): { readonly flags: number; readonly shown: string } {
  const at = args.where('flags');
  return at === -1 ? { flags: 0, shown: '0' } : { flags: args.int(at), shown: args.shown(at) };
}
