import { closeSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { program } from '../support/command-line.ts';
import { dial, freePort, listener } from '../support/peer.ts';
import { contentsOf, pipe } from '../support/pipe.ts';
import { run, shell, socklab } from '../support/program.ts';
import { has } from '../support/tools.ts';

const COMMANDS = program.commands.map((command) => command.name());
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

describe('help and version', () => {
  it('--version prints the version alone', async () => {
    const { code, stdout, stderr } = await run(['--version']);
    expect([code, stdout.toString(), stderr]).toEqual([0, `${version}\n`, '']);
  });

  it.each(COMMANDS)('%s --help has two examples or more', async (command) => {
    const { code, stdout, stderr } = await run([command, '--help']);
    const [, examples = ''] = stdout.toString().split('\nExamples:\n');
    expect(
      examples.match(new RegExp(`^  \\$ .*socklab ${command}\\b`, 'gm'))?.length,
    ).toBeGreaterThan(1);
    expect(stdout.toString()).toContain(`Usage: socklab ${command}`);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('without arguments and without a terminal, help is printed', async () => {
    const { code, stdout, stderr } = await run([]);
    for (const command of COMMANDS)
      expect(stdout.toString()).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a mistake on the command line exits 2', () => {
  it.each([
    ['an unknown topic', ['explain', 'ACEPT'], 'did you mean accept?'],
    ['a misspelt command', ['conect', ':1'], "unknown command 'conect'; did you mean connect?"],
    ['an unknown option', ['serve', '--onec', ':0'], '--once'],
    ['an unknown option of all commands', ['demo', '--colour', 'never'], '--color'],
    ['an unknown service', ['serve', '--service', 'ehco', ':0'], 'echo'],
    ['a missing endpoint', ['connect'], "missing required argument 'endpoint'"],
    ['one word too many', ['connect', ':1', ':2'], 'too many arguments'],
    ['-4 together with -6', ['connect', '-4', '-6', ':1'], "'-6'"],
    ['--json together with --trace', ['connect', '--json', '--trace', ':1'], "'--trace'"],
    ['a duration without its unit', ['connect', '--timeout', '5', ':1'], '200ms, 5s or 2m'],
  ])('%s', async (_, args, told) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toMatch(/^socklab: /);
    expect(stderr).toContain(told);
    expect([code, stdout.toString()]).toEqual([2, '']);
  });

  it('a bad endpoint has a caret under the part that is wrong', async () => {
    const { code, stderr } = await run(['connect', '127.0.0.1:99999']);
    expect(stderr.split('\n').slice(1)).toEqual([
      '  127.0.0.1:99999',
      '            ^^^^^',
      '  a port is a number from 0 to 65535',
      '',
    ]);
    expect(code).toBe(2);
  });

  it('a short IPv4 address is no surprise, but a mistake', async () => {
    const { code, stderr } = await run(['serve', '127.1:0']);
    expect(stderr).toContain('\n  127.1:0\n  ^^^^^\n');
    expect(code).toBe(2);
  });
});

describe('colour', () => {
  const ESCAPE = '\x1b[';
  it.each([
    ['none into a pipe', [], {}, false],
    ['--color always', ['--color', 'always'], {}, true],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['--color never before FORCE_COLOR', ['--color', 'never'], { FORCE_COLOR: '1' }, false],
    ['--color always before NO_COLOR', ['--color', 'always'], { NO_COLOR: '1' }, true],
  ])('%s', async (_, args, env, coloured) => {
    const { stdout } = await run(['repl', ...args], 'a = socket(AF_INET, SOCK_STREAM, 0)\n', {
      env,
    });
    expect(stdout.toString()).toContain('CLOSED');
    expect(stdout.includes(ESCAPE)).toBe(coloured);
  });

  it('says the same with and without', async () => {
    const statements = 'socket(AF_INET, SOCK_STREAM, 0)\nclose(19, 3)\nlisten(nobody, 1)\n';
    const plain = await run(['repl'], statements);
    const coloured = await run(['repl', '--color', 'always'], statements);
    // Which number is free differs from run to run.
    const withoutTimes = (text: string) =>
      text.replaceAll(/ +[\d.]+ [µm]s$/gm, '').replaceAll(/= \d+/g, '= N');
    expect(withoutTimes(coloured.stdout.toString().replaceAll(/\x1b\[\d+m/g, ''))).toBe(
      withoutTimes(plain.stdout.toString()),
    );
  });
});

describe('--ascii', () => {
  it.each([
    ['demo', ['demo'], ''],
    [
      'repl',
      ['repl', '--timeout', '0ms'],
      '.help\n.help bind\n.jobs\na = socket(AF_INET, SOCK_STREAM, 0)\nlisten(a, 1)\nb = accept(a)\n' +
        'bind(a, 127.0.0.1:0)\nread(b, 1)\n.state\nclose(x\n"ä"\n',
    ],
    ['an endpoint that is wrong', ['connect', 'höst:1'], ''],
  ])('%s writes nothing but ASCII of its own', async (_, args, input) => {
    const { stdout, stderr } = await run([...args, '--ascii'], input);
    const text = (stdout.toString() + stderr).replaceAll(/[äö]/g, '');
    expect(text.length).toBeGreaterThan(50);
    expect([...text].filter((character) => character > '\x7f')).toEqual([]);
  });
});

describe('--quiet', () => {
  it('leaves the ready line away, and passes the bytes on', async () => {
    const ready = pipe();
    const server = socklab(['serve', '--quiet', '--once', '--ready-fd', '3', ':0'], {
      three: ready.write,
    });
    closeSync(ready.write);
    const client = await dial((await contentsOf(ready.read)).trim());
    client.socket.end('hello');
    server.end();
    const { code, stdout, stderr } = await server.exit();
    expect([code, stdout.toString(), stderr]).toEqual([0, 'hello', '']);
  });

  it('still says why it failed, without explaining', async () => {
    const { code, stderr } = await run(['connect', '--quiet', `:${await freePort()}`]);
    expect(stderr).toMatch(/^socklab: connect 127\.0\.0\.1:\d+: ECONNREFUSED \(.*\)\n$/);
    expect(code).toBe(3);
  });
});

describe('streams that are not there', () => {
  it.each(['demo', 'repl', '--help'])('%s works with stdin closed', async (args) => {
    expect(await shell(`exec "$@" ${args} <&-`).exit()).toMatchObject({ code: 0, stderr: '' });
  });

  it('serve works with stdin closed', async () => {
    const server = shell('exec "$@" serve :0 <&-');
    const client = await dial(await server.listening());
    client.socket.end('hello');
    await server.says('hello');
    await client.end();
    server.signal('SIGTERM');
    expect(await server.exit()).toMatchObject({ code: 143 });
  });

  it.each(['connect', 'send'])('%s with stdin closed sends FIN and reads on', async (command) => {
    const server = await listener();
    const client = shell(`exec "$@" ${command} :${server.port} <&-`);
    const peer = await server.accept();
    expect(await peer.end()).toHaveLength(0);
    peer.socket.end('answer');
    const { code, stdout, stderr } = await client.exit();
    expect([code, stdout.toString(), stderr]).toEqual([0, 'answer', '']);
  });

  it('demo | head -1 ends with 141, and without a message', async (context) => {
    if (!has('bash')) context.skip('bash is not installed: sh has no PIPESTATUS');
    for (let turn = 0; turn < 5; turn++) {
      const bash = shell('exec bash -c \'"$@" demo | head -1; echo "$PIPESTATUS"\' bash "$@"');
      const { stdout, stderr } = await bash.exit();
      expect([stdout.toString(), stderr]).toEqual(['1  A socket\n141\n', '']);
    }
  });
});
