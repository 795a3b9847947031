/** Steps as they usually come, from real sockets: TCP over IPv4 and IPv6, Unix sockets, errors. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Blocked } from '../../src/socket/session/job.ts';
import type { Sight } from '../../src/socket/session/observer.ts';
import type { Snapshot } from '../../src/socket/state.ts';
import type { Step } from '../../src/socket/step.ts';
import { whyFailed } from '../../src/teach/why/failed.ts';
import { TestSession } from './session.ts';

export interface Usual {
  readonly steps: Step[];
  readonly blocked: Blocked[];
  readonly sights: Sight[];
  readonly whys: string[];
  /** The sockets after each of the sessions. */
  readonly snapshots: Snapshot[][];
}

/** The life of a connection, its mistakes included, between two sockets of one kind. */
function life(domain: string, address: string): string[] {
  const made = `socket(${domain}, SOCK_STREAM, 0)`;
  return [
    `server = ${made}`,
    `setsockopt(server, SOL_SOCKET, SO_REUSEADDR, 1)`,
    'getsockopt(server, SOL_SOCKET, SO_RCVBUF)',
    'setsockopt(server, SOL_SOCKET, SO_LINGER, {1, 0})',
    `bind(server, ${address})`,
    `bind(server, ${address})`,
    'accept(server)',
    'getsockname(server)',
    'listen(server, 2)',
    `client = ${made}`,
    'read(client, 10)',
    'getpeername(client)',
    'connect(client, server)',
    'conn = accept(server)',
    'getpeername(client)',
    'write(client, "GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")',
    'read(conn, 10)',
    'fcntl(conn, F_SETFL, O_NONBLOCK)',
    'read(conn, 4096)',
    'read(conn, 4096)',
    'shutdown(client, SHUT_WR)',
    'read(conn, 10)',
    'write(client, "more")',
    `late = ${made}`,
    'bind(late, server)',
    'close(conn)',
    'connect(client, server)',
  ];
}

export async function usual(): Promise<Usual> {
  const usual: Usual = { steps: [], blocked: [], sights: [], whys: [], snapshots: [] };
  const path = join(tmpdir(), `socklab-${process.pid}.sock`);
  const lives = [
    life('AF_INET', '127.0.0.1:0'),
    life('AF_INET6', '[::1]:0'),
    life('AF_UNIX', `unix:${path}`),
    life('AF_UNIX', `unix:@socklab-${process.pid}-abstract`),
  ];
  for (const statements of lives) {
    const session = new TestSession();
    try {
      await session.all(...statements);
      // Two calls that wait: the first for somebody, the second for the first one's answer.
      const accepting = session.begin('another = accept(server)');
      const writing = session.begin('write(another, "hello")');
      await accepting.settled;
      await writing.settled;
      usual.snapshots.push(session.snapshots());
      session.cancel(1);
      await accepting.step;
      collect(session, usual);
    } finally {
      session.close();
      rmSync(path, { force: true });
    }
  }
  return usual;
}

function collect(session: TestSession, { steps, blocked, sights, whys }: Usual): void {
  for (const event of session.events) {
    if (event.type === 'blocked') blocked.push(event.blocked);
    if (event.type === 'change') sights.push(event);
    if (event.type === 'step') {
      steps.push(event.step);
      const why = whyFailed(event.step, session.lastSeen());
      if (why !== null) whys.push(why);
    }
  }
}
