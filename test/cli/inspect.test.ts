import { describe, expect, it } from 'vitest';
import { compile } from '../support/probe.ts';
import { run, shell, start } from '../support/program.ts';
import { has } from '../support/tools.ts';

describe('inspect', () => {
  it('shows an address on stdout, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await run(['inspect', '192.168.1.17/24']);
    expect(stdout.toString()).toMatch(/^192\.168\.1\.17\/24 {3}an IPv4 address/);
    expect(stdout.toString()).toContain('\n           NNNNNNNN NNNNNNNN NNNNNNNN hhhhhhhh\n');
    expect([code, stderr]).toEqual([0, '']);
  });

  it('knows this machine’s loopback interface, and the name that getent gives', async () => {
    const getent = await start('getent', ['hosts', '127.0.0.1']).exit();
    const { stdout } = await run(['inspect', '--json', '127.0.0.1:80']);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      interface: { prefix: 8 },
      port: { number: 80 },
      name: getent.stdout.toString().trim().split(/\s+/)[1],
    });
  });

  it('finds the addresses of a name', async () => {
    const { code, stdout } = await run(['inspect', 'localhost:http']);
    expect(stdout.toString()).toMatch(/address {2}(127\.0\.0\.1|::1) +loopback/);
    expect(code).toBe(0);
  });

  it('--quiet, --ascii and --color are heeded', async () => {
    const { stdout } = await run(['inspect', '--quiet', '--ascii', '--color', 'always', '::1']);
    expect(stdout.toString()).toMatch(/^[\n\x1b\x20-\x7e]*$/);
    expect(stdout.toString()).toContain('\x1b[1m');
    expect(stdout.toString()).toContain('loopback (RFC 4291 section 2.5.3)\n');
  });

  it('| head ends without a message', async () => {
    const { stdout, stderr } = await shell('"$@" inspect ::1 | head -1').exit();
    expect([stdout.toString(), stderr]).toEqual([
      '::1   an IPv6 address: 128 bits, eight groups of 16\n',
      '',
    ]);
  });
});

describe('what is no address', () => {
  it.each([
    ['127.1', '^^^^^', /not an IPv4 address/],
    ['0177.0.0.1', '^^^^^^^^^^', /not an IPv4 address/],
    ['256.1.1.1', '^^^^^^^^^', /not an IPv4 address/],
    ['1.2.3', '^^^^^', /not an IPv4 address/],
    ['1.2.3.4/33', '        ^^', /0 to 32/],
    ['fe80::1%nope', '        ^^^^', /no network interface/],
  ])('%s is refused with a caret, and 2', async (text, carets, message) => {
    const { code, stdout, stderr } = await run(['inspect', '--json', text]);
    const [what, line, under, why] = stderr.split('\n');
    expect([what, line, under]).toEqual([
      'socklab: not an address and not a name',
      `  ${text}`,
      `  ${carets}`,
    ]);
    expect(why).toMatch(message);
    expect([code, stdout.toString()]).toEqual([2, '']);
  });

  it('is ASCII with --ascii', async () => {
    const { stderr } = await run(['inspect', '--ascii', '/tmp/x']);
    expect(stderr).toMatch(/a Unix socket's path is written unix:\/path\n$/);
  });
});

/** Resolvers that any name and address can be asked, without a name server. */
const RESOLVERS = {
  ignorant: `
    enum { EAI_NONAME = -2 };
    int getaddrinfo(void) { return EAI_NONAME; }
    int getnameinfo(void) { return EAI_NONAME; }`,
  silent: `
    #include <unistd.h>
    int getaddrinfo(void) { for (;;) pause(); }
    int getnameinfo(void) { for (;;) pause(); }`,
};

describe('a resolver', () => {
  const cases: readonly [keyof typeof RESOLVERS, string[], number, out: RegExp, err: RegExp][] = [
    ['ignorant', ['10.0.0.1'], 0, /name {5}no name is known for it\n/, /^$/],
    ['ignorant', ['no.example'], 4, /^$/, /^socklab: getaddrinfo no\.example: EAI_NONAME \(/],
    ['ignorant', ['--json', 'no.example'], 4, /^$/, /^\{"v":1,"type":"error","code":4,.*\}\n$/],
    // All of it was written before the process ends.
    ['silent', ['10.0.0.1'], 0, /name {5}unknown: .*\n(.*\n)*.*sockaddr_in, 16 bytes\n$/, /^$/],
    [
      'silent',
      ['no.example'],
      4,
      /^$/,
      /^socklab: getaddrinfo no\.example: EAI_AGAIN \(.*2 s\)\n$/,
    ],
  ];
  for (const [kind, args, code, out, err] of cases) {
    it(`that is ${kind}: ${args.join(' ')} ends with ${code}`, async (context) => {
      if (process.platform !== 'linux') context.skip('LD_PRELOAD is of Linux');
      if (!has('cc')) context.skip('cc is not installed');
      const env = { LD_PRELOAD: compile(RESOLVERS[kind], ['-shared', '-fPIC']) };
      const program = await run(['inspect', ...args], '', { env });
      expect(program.stdout.toString()).toMatch(out);
      expect(program.stderr).toMatch(err);
      expect(program.code).toBe(code);
    });
  }
});
