/** Steps and snapshots as plain values, and the pages to show them on. */

import type { Value } from '../../src/socket/call.ts';
import { SocketError } from '../../src/socket/errors.ts';
import type { Snapshot } from '../../src/socket/state.ts';
import type { Outcome, Step } from '../../src/socket/step.ts';
import type { Page } from '../../src/view/page.ts';
import { createTheme } from '../../src/view/theme.ts';
import { callOf } from './session.ts';

export function page(
  { color = false, ascii = false }: { color?: boolean; ascii?: boolean } = {},
  width = 80,
): Page {
  return { theme: createTheme({ color, ascii }), width };
}

export function snapshot(socket: string, rest: Partial<Snapshot> = {}): Snapshot {
  return {
    socket,
    fd: 21,
    kind: 'TCP over IPv4',
    state: 'CLOSED',
    local: null,
    peer: null,
    receiveQueue: 0,
    sendQueue: null,
    urgent: false,
    queue: null,
    lingers: false,
    accepted: false,
    connected: (rest.peer ?? null) !== null,
    ended: false,
    ...rest,
  };
}

/** A step that returned 0 in 9 µs and changed nothing, but for what is said otherwise. */
export function step(statement: string, rest: Partial<Omit<Step, 'call'>> = {}): Step {
  const outcome = rest.outcome ?? returned(0);
  return {
    n: 1,
    call: callOf(statement),
    text: statement,
    outcome,
    shown: outcome.kind === 'value' ? String(outcome.result) : '-1',
    durationUs: 9,
    blockedUs: 0,
    job: null,
    changes: [],
    sockets: [],
    layout: null,
    details: [],
    ...rest,
  };
}

export function returned(result: number, value?: Value): Outcome {
  return { kind: 'value', result, value: value ?? { kind: 'integer', value: result } };
}

export function failed(call: string, code: string, text: string): Outcome {
  return { kind: 'error', error: new SocketError({ call, code, text }) };
}
