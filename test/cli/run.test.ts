/** `socklab run`: what a script came to, told to people, to TAP's and JUnit's readers, and as JSON. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { listener } from '../support/peer.ts';
import { run, socklab, start } from '../support/program.ts';
import { has } from '../support/tools.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'socklab-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** Writes a script, and runs it. */
function runs(script: string, ...options: string[]) {
  const file = join(folder, 'a.sock');
  writeFileSync(file, script);
  return run(['run', file, ...options]);
}

const GOOD = `
# both ends in one script
server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0) = 0
listen(server, 1) = 0
client = socket(AF_INET, SOCK_STREAM, 0)
conn = accept(server) = blocked
connect(client, server) = 0
write(client, "hello\\n") = 6
read(conn, 64) = "hello\\n"
`;
const BAD = `${GOOD}write(conn, "more") = 4
read(client, 64) = "less"
close(client)
`;

describe('a script that is met', () => {
  it('ends with 0 and one line', async () => {
    const { code, stdout, stderr } = await runs(GOOD);
    expect(stdout.toString()).toBe(
      `${folder}/a.sock: 8 statements, 6 expectations, all as expected\n`,
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  it('says nothing with --quiet', async () => {
    const { code, stdout, stderr } = await runs(GOOD, '--quiet');
    expect([code, stdout.toString(), stderr]).toEqual([0, '', '']);
  });

  it('can come from stdin', async () => {
    const { code, stdout } = await run(['run', '-'], GOOD);
    expect([code, stdout.toString()]).toEqual([
      0,
      'stdin: 8 statements, 6 expectations, all as expected\n',
    ]);
  });

  it('is empty without a statement', async () => {
    const { code, stdout } = await run(['run', '-'], '# nothing\n\n');
    expect([code, stdout.toString()]).toEqual([
      0,
      'stdin: 0 statements, 0 expectations, all as expected\n',
    ]);
  });
});

describe('a script that is not met', () => {
  it('ends with 1, and shows the line, what was expected, what came, and the socket', async () => {
    const { code, stdout } = await runs(BAD);
    const lines = stdout.toString().split('\n');
    expect(lines[0]).toBe(`${folder}/a.sock:12:1: read(client, 64) = "less"`);
    expect(lines[1]).toMatch(/^ {2}expected +"less"$/);
    expect(lines[2]).toMatch(/^ {2}came +"more"$/);
    expect(lines[4]).toMatch(/^ {2}client +\d+ +ESTABLISHED +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+$/);
    expect(lines[5]).toBe(`${folder}/a.sock: 10 statements, 8 expectations, 1 failed`);
    expect(code).toBe(1);
  });

  it('shows the beginning of a long answer, and how much more there is', async () => {
    const data = Array.from({ length: 2500 }, (_, i) => `${i},`).join('');
    const script = `a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
write(a, "${data}")
recvn(b, ${data.length}) = "less"
`;
    const { code, stdout } = await runs(script);
    const told = stdout.toString().replaceAll(/\s+/g, ' ');
    // The quotation marks are two of them.
    expect(told).toContain(` … ${data.length + 2 - 2048} more characters name fd`);
    expect(told).toContain(`came "${data.slice(0, 2047)} …`);
    const json = JSON.parse(
      (await runs(script, '--json')).stdout.toString().split('\n').at(-3) ?? '',
    );
    expect([code, json.actual]).toEqual([1, `"${data}"`]);
  });

  it('stops there, or goes on with --keep-going', async () => {
    const script = 's = socket(AF_INET, SOCK_STREAM, 0)\nread(s, 1) = "x"\nread(s, 1) = "y"\n';
    expect((await runs(script)).stdout.toString()).toContain(
      '2 statements, 1 expectation, 1 failed',
    );
    const { code, stdout } = await runs(script, '--keep-going');
    expect(stdout.toString()).toContain('3 statements, 2 expectations, 2 failed');
    expect(code).toBe(1);
  });

  it('fails where a call with nothing expected fails, and says why', async () => {
    const { code, stdout } = await runs('s = socket(AF_INET, SOCK_STREAM, 0)\naccept(s)\n');
    expect(stdout.toString()).toMatch(/expected +success\n +came +EINVAL \(Invalid argument\)/);
    expect(stdout.toString()).toMatch(/why +s does not listen/);
    expect(code).toBe(1);
  });

  it('ends with 5 where a call blocks for too long', async () => {
    const script = 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)\nread(a, 1)\n';
    const { code, stdout } = await runs(script, '--timeout', '50ms');
    expect(stdout.toString()).toMatch(/came +blocked for 50 ms: nothing has arrived yet/);
    expect(code).toBe(5);
  });

  it('ends with 2 where a call makes no sense when its turn comes', async () => {
    const { code, stdout } = await runs('s = socket(AF_INET, SOCK_DGRAM, 0)\nqueue(s)\n');
    expect(stdout.toString()).toContain('only a TCP listener has a queue');
    expect(code).toBe(2);
  });

  it('closes its sockets, also those of calls that are still blocked', async () => {
    const peer = await listener();
    const { port } = peer;
    const script = `c = socket(AF_INET, SOCK_STREAM, 0)\nconnect(c, ${port})\ndata = read(c, 1) = blocked\n`;
    const [{ code }, connection] = await Promise.all([runs(script), peer.accept()]);
    expect(code).toBe(0);
    expect(await connection.end()).toHaveLength(0);
  });
});

describe('a script that can’t be understood', () => {
  const WRONG =
    'server = sokcet(AF_INET, SOCK_STREAM, 0)\ns = socket(AF_INET, SOCK_STREM, 0)\nclose(t)\n';

  it('is refused whole: each place with its line and column, and nothing is run', async () => {
    const { code, stdout, stderr } = await runs(WRONG);
    for (const place of ['1:10', '2:21', '3:7']) expect(stderr).toContain(`a.sock:${place}:`);
    expect(stderr).toContain('did you mean socket?');
    expect(stderr).toContain('did you mean SOCK_STREAM?');
    expect([code, stdout.toString()]).toEqual([2, '']);
  });

  it('is told as JSON, too', async () => {
    const { code, stdout, stderr } = await runs(WRONG, '--json');
    const [first] = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      v: 1,
      type: 'mistake',
      line: 1,
      column: 10,
      suggestion: 'socket',
    });
    expect([code, stderr]).toEqual([2, '']);
  });

  it.each([
    ['no such file', ['run', '/nowhere/a.sock'], 'ENOENT'],
    ['a folder', ['run', '/'], 'EISDIR'],
    ['-D without a value', ['run', '-', '-D', 'port'], '-D takes name=value'],
    ['-D with a constant’s name', ['run', '-', '-D', 'AF_INET=1'], 'is a constant'],
    ['--junit into nowhere', ['run', '-', '--junit', '/nowhere/a.xml'], '--junit'],
  ])('%s ends with 2', async (_, args, told) => {
    const { code, stderr } = await run(args);
    expect(stderr).toContain(told);
    expect(code).toBe(2);
  });
});

describe('-D', () => {
  it('gives a name a number, an address, bytes or text', async () => {
    const peer = await listener();
    const script = [
      'c = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(c, 127.0.0.1:port) = 0',
      'getpeername(c) = where',
      'd = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(d, host:port) = 0',
      'write(d, greeting) = 5',
      'write(d, raw) = 2',
      '',
    ].join('\n');
    const { code, stdout } = await runs(
      script,
      ...['-D', `port=${peer.port}`, '-D', `where=127.0.0.1:${peer.port}`],
      ...['-D', 'host=127.0.0.1', '-D', 'greeting=hello', '-D', 'raw=hex"de ad"'],
    );
    expect(stdout.toString()).toContain('all as expected');
    expect(code).toBe(0);
  });
});

describe('--tap', () => {
  /** What Perl’s own reader of TAP makes of it. */
  async function parsed(tap: Buffer): Promise<string[]> {
    const program = `
      use TAP::Parser; local $/; my $p = TAP::Parser->new({ tap => <STDIN> });
      while (my $r = $p->next) { print $r->type, $r->is_test ? ($r->is_ok ? " ok" : " not ok", $r->has_skip ? " skip" : "") : "", "\\n" }
      print "planned ", $p->tests_planned, " run ", $p->tests_run, " errors ", scalar($p->parse_errors), "\\n";`;
    const perl = start('perl', ['-e', program]);
    perl.end(tap);
    return (await perl.exit()).stdout.toString().trim().split('\n');
  }

  it('is read by a reader of TAP', async (context) => {
    if (!has('perl')) context.skip('perl is not installed');
    const { code, stdout } = await runs(BAD, '--tap');
    const told = await parsed(stdout);
    expect(told.filter((line) => line === 'test ok')).toHaveLength(9);
    expect(told.filter((line) => line === 'test not ok')).toHaveLength(1);
    expect(told.filter((line) => line === 'test ok skip')).toHaveLength(1);
    expect(told.at(-1)).toBe('planned 11 run 11 errors 0');
    expect(code).toBe(1);
  });

  it('bails out of a script that can’t be understood', async () => {
    const { code, stdout } = await runs('close(t)\n', '--tap');
    expect(stdout.toString()).toMatch(/^TAP version 13\nBail out! .*a\.sock:1:7: there is no t\n$/);
    expect(code).toBe(2);
  });
});

it('--junit writes XML that a reader of XML takes', async (context) => {
  if (!has('python3')) context.skip('python3 is not installed');
  const file = join(folder, 'out.xml');
  const hostile = `${BAD}# <&"'\n`;
  await runs(hostile.replace('"less"', '"<&>\\x01\'"'), '--junit', file);
  const program = `
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()[0]
print({key: suite.get(key) for key in ('tests', 'failures', 'errors', 'skipped')})
print(suite.find('testcase/failure').get('message'))`;
  const python = start('python3', ['-c', program, file]);
  python.end();
  const lines = (await python.exit()).stdout.toString().split('\n');
  expect(lines[0]).toBe("{'tests': '11', 'failures': '1', 'errors': '0', 'skipped': '1'}");
  expect(lines[1]).toBe('expected "<&>\\x01\'", and "more" came');
  expect(readFileSync(file, 'utf8')).toMatch(/^<\?xml version="1\.0"/);
});

it('--json tells each step with its line, a mismatch, and a summary', async () => {
  const { stdout } = await runs(BAD, '--json');
  const events = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const accept = events.find(({ call }) => call === 'accept');
  expect(accept).toMatchObject({ v: 1, type: 'step', line: 7, result: expect.any(Number) });
  expect(events.find(({ type }) => type === 'mismatch')).toMatchObject({
    line: 12,
    expected: '"less"',
    actual: '"more"',
    sockets: [{ socket: 'client', state: 'ESTABLISHED' }],
  });
  expect(events.at(-1)).toEqual({ v: 1, type: 'summary', steps: 10, expected: 8, failed: 1 });
});

it('a signal ends it, and its code says which', async () => {
  const program = socklab(['run', '-', '--timeout', '10s', '--json']);
  program.end('s = socket(AF_INET, SOCK_STREAM, 0)\nlisten(s, 1)\naccept(s)\n');
  await program.says('"call":"listen"');
  program.signal('SIGTERM');
  expect((await program.exit()).code).toBe(143);
});
