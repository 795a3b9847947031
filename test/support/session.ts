/** Sessions for tests, and short ways to write calls in the call language. */
import { parseStatement } from '../../src/script/parser.ts';
import type { Job } from '../../src/socket/session/job.ts';
import {
  Session,
  type SessionEvent,
  type SessionOptions,
} from '../../src/socket/session/session.ts';
import type { Step } from '../../src/socket/step.ts';

/** A socket that listens at 127.0.0.1. */
export const SERVER = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 5)',
];
/** A connection to it, which waits in its queue. */
export const CLIENT = ['client = socket(AF_INET, SOCK_STREAM, 0)', 'connect(client, server)'];
/** The same, accepted. */
export const PAIR = [...SERVER, ...CLIENT, 'conn = accept(server)'];

/** A session with a log of its events. */
export class TestSession extends Session {
  readonly events: SessionEvent[] = [];

  constructor(options: SessionOptions = {}) {
    super(options);
    this.watch((event) => this.events.push(event));
  }

  /** Makes the statement's call and waits until it has returned. */
  do(statement: string): Promise<Step> {
    return this.perform(callOf(statement));
  }

  /** Makes the statement's call; it may be blocked. */
  begin(statement: string): Job {
    return this.start(callOf(statement));
  }

  /** Makes several, one after the other. */
  async all(...statements: string[]): Promise<Step[]> {
    const steps = [];
    for (const statement of statements) steps.push(await this.do(statement));
    return steps;
  }

  /** Looks until a socket is in the state: the kernel needs the peer's answer for some. */
  async reach(socket: string, state: string): Promise<void> {
    const until = performance.now() + 5000;
    for (;;) {
      const now = this.snapshots().find((one) => one.socket === socket)?.state;
      if (now === state) return;
      if (performance.now() > until) throw new Error(`${socket} is ${now}, not ${state}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  state(socket: string): string | null | undefined {
    return this.snapshots().find((one) => one.socket === socket)?.state;
  }
}

export function callOf(statement: string) {
  const parsed = parseStatement(statement);
  if (parsed === null) throw new Error(`no statement: ${statement}`);
  return parsed.call;
}

/** What a step came to, as an expectation would be written: `0`, `EADDRINUSE`. */
export function answer(step: Step): number | string {
  return step.outcome.kind === 'value' ? step.outcome.result : step.outcome.error.code;
}
