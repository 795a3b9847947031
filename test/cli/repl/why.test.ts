import { describe, expect, it } from 'vitest';
import { run } from '../../support/program.ts';

const LISTENER = `server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0)
listen(server, 5)
`;

/** Runs statements; blocked calls may take a moment at the end. */
async function repl(statements: string) {
  const { code, stdout } = await run(['repl', '--timeout', '100ms'], statements);
  return { code, text: stdout.toString().replace(/\s+/g, ' ') };
}

describe('.why', () => {
  it('tells why the last call failed, with the call again', async () => {
    const { text } = await repl(`${LISTENER}bind(server, 127.0.0.1:0)\n.why\n`);
    const call =
      /bind\(\d+, \{AF_INET, 127\.0\.0\.1:0\}, 16\) = -1 EINVAL \(Invalid argument\) why server already has an address/g;
    expect(text.match(call)).toHaveLength(2);
  });

  it('tells what a blocked call waits for, or one of them', async () => {
    const { text } = await repl(`${LISTENER}conn = accept(server)\n.why 1\n.why\n`);
    const why = 'blocked: nobody has connected yet [1] why nobody has connected: 0 of 5 wait';
    expect(text.split(why)).toHaveLength(3);
  });

  it('says calmly that there is nothing to explain, or no such job', async () => {
    const nothing = '  nothing to explain: no call has failed, and none is blocked'.trim();
    const { text, code } = await repl(
      `${LISTENER}.why\n.why 3\n.why me\nconn = accept(server)\n.why 3\n`,
    );
    expect(text).toContain(nothing);
    expect(text).toContain('no call is blocked');
    expect(text).toContain('a job has a number: .why 2');
    expect(text).toContain('there is no job 3; blocked: 1');
    expect(code).toBe(5);
  });

  it('what is written in C without htons() gets its hint at once', async () => {
    const { text } = await repl(`s = socket(AF_INET, SOCK_STREAM, 0)
struct sockaddr_in addr;
addr.sin_family = AF_INET;
addr.sin_port = 5001;
addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
bind(s, (struct sockaddr *) &addr, sizeof(addr));
`);
    expect(text).toContain('hint Was htons() forgotten? 35091 is 5001 with its two bytes swapped.');
  });
});
