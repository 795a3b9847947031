/** Numbers with a point, for the float and double fields of structures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkScript } from '../../src/script/check.ts';
import { runScript } from '../../src/script/run.ts';
import { Session } from '../../src/socket/session/session.ts';
import { scratch } from '../support/payload.ts';
import { run } from '../support/program.ts';

const READING = `struct reading { float degrees; double share; } network
a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
`;

/** What each failed statement of the script came to. */
async function failures(text: string): Promise<string[]> {
  const session = new Session({ observe: false });
  try {
    const { lines, mistakes } = checkScript(text, new Map(), session.scope.structs);
    const found = mistakes.map(({ message }) => message);
    if (found.length > 0) return found;
    await runScript(session, lines, { timeoutMs: 5000, keepGoing: true }, (result) => {
      if (result.verdict !== 'met') found.push(result.mismatch?.actual ?? result.notes.join());
    });
    return found;
  } finally {
    session.close();
  }
}

/** IEEE 754 in network byte order, as Node writes it. */
function ieee(float: number, double: number): string {
  const bytes = Buffer.alloc(12);
  bytes.writeFloatBE(float);
  bytes.writeDoubleBE(double, 4);
  return bytes.toString('hex');
}

it.each([
  ['21.5', '0.1', 21.5, 0.1],
  ['-3.14', '1e-7', -3.14, 1e-7],
  ['1e10', '2.5E+3', 1e10, 2500],
  ['0.5f', '7', 0.5, 7],
  ['-0.0', '0.0', 0, 0],
])('{%s, %s} are the bytes that IEEE 754 has for them', async (float, double, one, two) => {
  const text = `${READING}write(a, reading{${float}, ${double}})
recvn(b, 16) = hex"${ieee(one, two).slice(0, 8)} 00000000 ${ieee(one, two).slice(8)}"
write(a, reading{${float}, ${double}})
read(b, reading) = reading{${float}, ${double}}
`;
  expect(await failures(text)).toEqual([]);
});

it('can be given a name, and to a field', async () => {
  const text = `${READING}x = 3.14
struct reading r;
r.degrees = x
r.share = 0.25
write(a, r)
got = read(b, reading) = {x, 0.25}
`;
  expect(await failures(text)).toEqual([]);
});

it('what came is told with the digits that were written', async () => {
  const text = `${READING}write(a, reading{3.14, 0.1})\nread(b, reading) = reading{3.15, 0.1}\n`;
  expect(await failures(text)).toEqual(['reading{3.14, 0.1}']);
});

it.each([
  ['s = socket(AF_INET, SOCK_STREAM, 0)\nlisten(s, 2.5)', /a whole number is wanted here/],
  [
    'struct n { int i; }\na, b = socketpair(AF_UNIX, SOCK_STREAM, 0)\nwrite(a, n{2.5})',
    /not a whole number/,
  ],
  ['x = 00.5', /leading zero/],
  ['x = 1e999', /too large/],
  ['x = 1.5.2', /not a number/],
])('%s is refused', async (text, message) => {
  expect(await failures(text)).toEqual([expect.stringMatching(message)]);
});

it('a saved session has them, and runs', async () => {
  const file = join(scratch(), 'saved.sock');
  const input = `${READING}write(a, reading{3.14, 0.1})\nread(b, reading)\n.save ${file}\n`;
  expect((await run(['repl'], input)).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('= reading{3.14, 0.1}');
  expect((await run(['run', file])).code).toBe(0);
});
