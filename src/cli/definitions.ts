/** `-D name=value`: a name that a script may use. */
import { SyntaxProblem } from '../script/lexer.ts';
import { parseLine } from '../script/parser.ts';
import type { Arg } from '../socket/call.ts';
import { valueOfArg } from '../socket/calls/prepare.ts';
import { BadCall } from '../socket/errors.ts';
import type { Session } from '../socket/session/session.ts';
import { visibleText } from '../view/visible.ts';
import { EXIT, Failure } from './exit.ts';

/**
 * A value as the language writes it: a number, an address, "text", hex"…"; anything else is text.
 * @throws Failure where the name is none
 */
export function define(session: Session, definition: string): void {
  const at = definition.indexOf('=');
  const name = definition.slice(0, Math.max(at, 0)).trim();
  if (at === -1 || !/^[A-Za-z_][\w-]*$/.test(name)) {
    throw new Failure(`-D takes name=value, not ${visibleText(definition)}`, EXIT.usage);
  }
  const text = definition.slice(at + 1);
  session.scope.give(name, valueOfArg(session.scope, argOf(name, text)));
}

function argOf(name: string, text: string): Arg {
  const plain: Arg = { kind: 'bytes', bytes: new TextEncoder().encode(text) };
  try {
    // Whether the name can be one is told by a value that certainly is one.
    parseLine(`${name} = 0`);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw new Failure(`-D: ${error.message}`, EXIT.usage);
  }
  try {
    const line = parseLine(`${name} = ${text}`);
    if (line?.kind !== 'assign' || line.value.kind === 'name') return plain;
    return isText(line.value) ? plain : line.value;
  } catch (error) {
    if (error instanceof SyntaxProblem || error instanceof BadCall) return plain;
    throw error;
  }
}

/** What the language has a meaning for, and a definition hardly means: a host’s name, a state. */
function isText({ kind }: Arg): boolean {
  return kind === 'state' || kind === 'at' || kind === 'null' || kind === 'duration';
}
