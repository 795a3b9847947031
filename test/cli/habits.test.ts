import { describe, expect, it } from 'vitest';
import { run } from '../support/program.ts';

describe('who types what nc takes is told how it is written here', () => {
  it.each<[string[], string]>([
    [['connect', '-u', ':9'], "unknown option '-u'; UDP is part of the endpoint: udp:HOST:PORT"],
    [
      ['serve', '-lk', ':9'],
      "unknown option '-lk'; to listen is a command of its own: socklab serve",
    ],
    [['-l', '8888'], "unknown option '-l'; to listen is a command of its own: socklab serve"],
    [
      ['relay', '--ssl', ':9', ':8'],
      "unknown option '--ssl'; TLS is part of the endpoint: tls:HOST:PORT",
    ],
    [
      ['send', '--struct', 'int8_t a;', ':9', '-3'],
      "unknown option '-3'; a value that begins with - stands behind --",
    ],
    [
      ['connect', '127.0.0.1', '9'],
      "too many arguments for 'connect'. Expected 1 argument but got 2; host and port are one word: 127.0.0.1:8888",
    ],
  ])('%j', async (args, message) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: `socklab: ${message}\n` });
  });

  it.each<[string[], string]>([
    // A near one of our own is nearer.
    [['connect', '--hexx', ':9'], "socklab: unknown option '--hexx'\n(Did you mean --hex?)\n"],
    // These have nothing to do with nc.
    [['run', '-l', 'x'], "socklab: unknown option '-l'\n"],
    [
      ['inspect', 'a', 'b'],
      "socklab: too many arguments for 'inspect'. Expected 1 argument but got 2.\n",
    ],
    // What is quoted is made visible all the same.
    [
      ['connect', '-u\x1b[2J', ':9'],
      "socklab: unknown option '-u^[[2J'; UDP is part of the endpoint: udp:HOST:PORT\n",
    ],
  ])('and nobody else: %j', async (args, stderr) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr });
  });
});
