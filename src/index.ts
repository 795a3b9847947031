/**
 * socklab as a library: the same core that the commands use.
 *
 * ```ts
 * import { call, endpoint, named, Session, text, succeeded } from 'socklab';
 *
 * const session = new Session();
 * await session.perform(named('server', call('socket', 'AF_INET', 'SOCK_STREAM', 0)));
 * await session.perform(call('bind', 'server', endpoint('127.0.0.1:0')));
 * const step = await session.perform(call('listen', 'server', 10));
 * console.log(step.text, step.changes);
 * session.close();
 * ```
 */
import type { Arg } from './socket/call.ts';
import { parseEndpoint } from './socket/endpoint.ts';

export { type Checked, checkScript } from './script/check.ts';
export type { Expected } from './script/expected.ts';
export { SyntaxProblem } from './script/lexer.ts';
export { parseLine, parseStatement } from './script/parser.ts';
export { printLine } from './script/print.ts';
export {
  type Result as LineResult,
  type RunOptions,
  runScript,
  type Summary,
  type Verdict,
} from './script/run.ts';
export type { Mistake, ParsedLine } from './script/source.ts';
export type { Line, Statement } from './script/statement.ts';
export {
  type Arg,
  type Argument,
  type Call,
  type CallName,
  call,
  named,
  text,
  type Value,
} from './socket/call.ts';
export type { NameKind } from './socket/calls/kinds.ts';
export type { Param, Row } from './socket/calls/row.ts';
export { callTable } from './socket/calls/table.ts';
export { type Endpoint, EndpointError, formatEndpoint, parseEndpoint } from './socket/endpoint.ts';
export { BadCall, SocketError } from './socket/errors.ts';
export type { Blocked, Job } from './socket/session/job.ts';
export { Session, type SessionEvent, type SessionOptions } from './socket/session/session.ts';
export type { Change, ChangeField, Snapshot, TcpState } from './socket/state.ts';
export { type Outcome, type Step, succeeded } from './socket/step.ts';
export type { Readiness } from './sys/readiness.ts';
export type { Field } from './sys/sockaddr.ts';
export type { OutBuffer, Result, Sys } from './sys/sys.ts';
export { systemCalls } from './sys/syscalls.ts';
export { asUtf8, quoted, spacedHex } from './wire/bytes.ts';

/**
 * An endpoint as an argument of a call.
 * @param written as on the command line: `127.0.0.1:8888`, `[::1]:http`, `unix:/path`
 * @throws EndpointError with the part that is wrong
 */
export function endpoint(written: string): Arg {
  return { kind: 'endpoint', endpoint: parseEndpoint(written) };
}
