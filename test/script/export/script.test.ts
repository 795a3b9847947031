/** A saved session is a script that runs, twice in a row, and is saved the same again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../../src/script/evaluate.ts';
import { exportScript } from '../../../src/script/export/script.ts';
import { parseLine } from '../../../src/script/parser.ts';
import { Recording } from '../../../src/script/recording.ts';
import { runScript, settle } from '../../../src/script/run.ts';
import { parseScript } from '../../../src/script/source.ts';
import type { Line } from '../../../src/script/statement.ts';
import { BadCall } from '../../../src/socket/errors.ts';
import { headerStructs } from '../../../src/socket/records.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { type Recorded, recorded } from '../../support/recorded.ts';
import { TOLD } from '../../support/told-sessions.ts';

const HEAD = '# A session of socklab. Run it again: socklab run FILE\n';

function saved({ recording }: Recorded): string {
  return exportScript(recording.all, recording.lost);
}

/** Runs a script as `socklab run` does. @returns what did not fit */
async function run(text: string): Promise<unknown[]> {
  const session = new Session();
  const problems: unknown[] = [];
  try {
    const { lines, mistakes } = parseScript(text, headerStructs());
    problems.push(...mistakes);
    await runScript(session, lines, { timeoutMs: 5000, keepGoing: false }, (result) => {
      if (result.verdict !== 'met') problems.push([result.line.text, result.mismatch]);
    });
  } finally {
    session.close();
  }
  return problems;
}

describe('a saved session', () => {
  for (const { shows, lines } of TOLD.filter(({ shows }) => !shows.includes('with a path'))) {
    it(`runs twice, and is saved the same: ${shows}`, async () => {
      const first = await recorded(await lines());
      const text = saved(first);
      first.session.close();
      expect([await run(text), await run(text)]).toEqual([[], []]);
      const again = await recorded(text);
      expect(saved(again)).toBe(text);
    });
  }

  it('has each line, with what its call answered', async () => {
    const session = await recorded(`struct point { int16_t x; int16_t y; } network
server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, :0)
getsockname(server)
listen(server, 2)
conn = accept(server) = blocked
client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server)
n = write(client, point{1, 2})
read(conn, point)
read(conn, 10) = blocked
write(client, "late")
shutdown(client, SHUT_WR)
state(client) = FIN-WAIT-2
poll(conn, POLLIN)
connect(client, server)`);
    expect(saved(session)).toBe(`${HEAD}struct point { int16_t x; int16_t y; } network
server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, :0) = 0
getsockname(server) = ...
listen(server, 2) = 0
conn = accept(server) = blocked
client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server) = 0
n = write(client, point{1, 2}) = 4
read(conn, point) = point{1, 2}
read(conn, 10) = blocked    # then "late"
write(client, "late") = 4
shutdown(client, SHUT_WR) = 0
state(client) = FIN-WAIT-2
poll(conn, POLLIN) = POLLIN
connect(client, server) = EISCONN
`);
  });

  it('keeps what the user expected, where it was met', async () => {
    const session = await recorded(`s = socket(AF_INET, SOCK_STREAM, 0)
bind(s, 127.0.0.1:0)
getsockname(s) = /^127/
read(s, 10) = ...
listen(s, 5) = 7`);
    expect(saved(session).split('\n').slice(3)).toEqual([
      'getsockname(s) = /^127/',
      'read(s, 10) = ...',
      'listen(s, 5) = 0',
      '',
    ]);
  });

  it('names the socket where the kernel had chosen its port', async () => {
    const session = await recorded(`server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0)
listen(server, 5)
client = socket(AF_INET, SOCK_STREAM, 0)`);
    const local = session.session.lastSeen()[0]?.local;
    const line = parseLine(`connect(client, ${local})`);
    const evaluator = new Evaluator(session.session);
    const note = session.recording.begin(line as Line);
    note(await evaluator.run(line as Line));
    await settle();
    expect(saved(session)).toContain('\nconnect(client, server) = 0\n');
    expect(local).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('keeps C’s own checks where nothing failed, and the call alone where C would have ended', async () => {
    const session = await recorded(`int fd;
if ((fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) {
perror("socket");
exit(1);
}
if (listen(fd, 4) < 0) { perror("listen"); exit(1); }
if (bind(fd, 127.0.0.1:0) < 0) {
perror("bind");
exit(1);
}
if (connect(fd, 127.0.0.1:1) < 0) { perror("connect"); exit(1); }
close(fd);`);
    const text = saved(session);
    expect(text).toBe(`${HEAD}int fd;
if ((fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) {
perror("socket");
exit(1);
}
if (listen(fd, 4) < 0) { perror("listen"); exit(1); }
bind(fd, 127.0.0.1:0) = EINVAL
connect(fd, 127.0.0.1:1) = EISCONN
close(fd) = 0
`);
    expect(await run(text)).toEqual([]);
  });

  it('ends what was ended from outside, also by Ctrl-C', async () => {
    const session = await recorded(`s = socket(AF_INET, SOCK_STREAM, 0)
listen(s, 4)
conn = accept(s) = blocked`);
    session.session.cancel();
    await settle();
    const text = saved(session);
    expect(text).toContain('conn = accept(s) = blocked    # then EINTR\ncancel(conn)\n');
    expect(await run(text)).toEqual([]);
    expect(saved(await recorded(text))).toBe(text.replace('cancel(conn)\n', 'cancel(conn) = 0\n'));
  });

  it('says what a Unix socket’s path leaves behind', async () => {
    const told = TOLD.find(({ shows }) => shows.includes('with a path'));
    const session = await recorded((await told?.lines()) ?? '');
    expect(saved(session)).toMatch(/^# bind\(\) makes the file \/\S+\.sock, and nothing/m);
  });

  it('tells of lines that are no longer kept', async () => {
    const { recording } = await recorded('x = 1');
    expect(exportScript(recording.all, 7)).toContain('# Its first 7 lines are missing');
  });
});

const name = fc.constantFrom('a', 'b', 'my-sock', '_x');
const bytes = fc
  .uint8Array({ maxLength: 40 })
  .map((data) => `hex"${Buffer.from(data).toString('hex')}"`);
const number = fc.integer({ min: 0, max: 70_000 }).map(String);
/** Lines that can be entered one after the other: some succeed, some fail, some make no sense. */
const line = fc.oneof(
  name.map((one) => `${one} = socket(AF_INET, SOCK_STREAM, 0)`),
  name.map((one) => `${one} = socket(AF_INET, SOCK_DGRAM|SOCK_NONBLOCK, 0)`),
  name.map((one) => `${one}, other = socketpair(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK, 0)`),
  name.map((one) => `bind(${one}, 127.0.0.1:0)`),
  fc.tuple(name, number).map(([one, n]) => `listen(${one}, ${n})`),
  fc.tuple(name, bytes).map(([one, data]) => `write(${one}, ${data})`),
  bytes.map((data) => `send(other, ${data}, MSG_DONTWAIT) = ...`),
  fc.tuple(name, number).map(([one, n]) => `recv(${one}, ${n}, MSG_DONTWAIT)`),
  name.map((one) => `data = recv(${one}, 100, MSG_DONTWAIT|MSG_PEEK)`),
  name.map((one) => `getsockname(${one})`),
  name.map((one) => `setsockopt(${one}, SOL_SOCKET, SO_LINGER, {1, 0}) = 0`),
  name.map((one) => `getsockopt(${one}, SOL_SOCKET, SO_LINGER)`),
  name.map((one) => `if (shutdown(${one}, SHUT_WR) < 0) { perror("shutdown"); }`),
  name.map((one) => `close(${one})`),
  bytes.map((data) => `payload = ${data}`),
  fc.constant('struct sockaddr_in addr;'),
  number.map((n) => `addr.sin_port = htons(${n})`),
  fc.constant('struct pet { char name[8]; uint16_t age; } packed little'),
  fc.constant('write(other, pet{"Tom", 3})'),
);

/** What a line says, but for where it stands and what it expects. */
function said(line: Line): unknown {
  if (line.kind !== 'call') return 'span' in line ? { ...line, span: null } : line;
  const { call } = line.statement;
  return call;
}

describe('any session', () => {
  it('is saved as a script that is read back to the same lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 25 }), async (lines) => {
        const session = new Session();
        try {
          const recording = new Recording(session);
          const evaluator = new Evaluator(session);
          const entered: Line[] = [];
          for (const text of lines) {
            const parsed = parseLine(text, session.scope.structs);
            if (parsed === null) continue;
            const note = recording.begin(parsed);
            try {
              note(await evaluator.run(parsed));
              entered.push(parsed);
            } catch (error) {
              if (!(error instanceof BadCall)) throw error;
            }
          }
          const text = exportScript(recording.all, recording.lost);
          const { lines: back, mistakes } = parseScript(text, headerStructs());
          expect(mistakes).toEqual([]);
          expect(back.map(({ line }) => said(line))).toEqual(entered.map(said));
        } finally {
          session.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
