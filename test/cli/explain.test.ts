import { describe, expect, it } from 'vitest';
import { explanation, unknownTopic } from '../../src/cli/explain.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { topics } from '../../src/teach/explain/topics.ts';
import { run } from '../support/program.ts';
import { page } from '../support/steps.ts';

describe('explain', () => {
  it('says what a call is, with its prototype from the table of calls', async () => {
    const { code, stdout, stderr } = await run(['explain', 'accept']);
    const text = stdout.toString();
    expect(text).toContain(`  in C     ${callTable.get('accept')?.signature}\n`);
    expect(text).toMatch(/^ {2}errnos {3}EAGAIN EBADF/m);
    expect(text).toMatch(/^ {2}source {3}accept\(2\)$/m);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('takes a message without quotation marks, and tells the calls that it comes from', async () => {
    const { code, stdout } = await run(['explain', 'Address', 'already', 'in', 'use']);
    expect(stdout.toString()).toMatch(/^ {2}EADDRINUSE {2}errno \d+: Address already in use\n/);
    expect(stdout.toString()).toMatch(/^ {2}from {5}bind, listen, connect$/m);
    expect(code).toBe(0);
  });

  it('without a topic lists all of them, within 80 columns', async () => {
    const { code, stdout, stderr } = await run(['explain']);
    const lines = stdout.toString().split('\n');
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(
      lines.filter((line) => /^ {2}[A-Z][a-z]+$/.test(line)).map((line) => line.trim()),
    ).toEqual(['Calls', 'States', 'Errnos', 'Options', 'Constants', 'Signals', 'Ideas']);
    for (const { name } of topics) expect(stdout.toString()).toContain(name);
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([
    ['', []],
    [' with --json', ['--json']],
  ])('an unknown topic%s exits 2 and names the nearest', async (_, options) => {
    const { code, stdout, stderr } = await run(['explain', ...options, 'ECONREFUSED']);
    expect(stderr).toBe("socklab: nothing is known of 'ECONREFUSED'; did you mean ECONNREFUSED?\n");
    expect([code, stdout.toString()]).toEqual([2, '']);
  });

  it('of something quite unknown says where the list is, and lets it do nothing', async () => {
    const { code, stderr } = await run(['explain', 'x\x1b]0;owned\x07y\u202e', '--ascii']);
    expect(stderr).toBe(
      "socklab: nothing is known of 'x^[]0;owned^Gy<U+202E>'; explain without a topic lists all\n",
    );
    expect(code).toBe(2);
  });

  it('writes only ASCII with --ascii', async () => {
    const { stdout } = await run(['explain', '--ascii', 'time-wait']);
    expect(stdout.toString()).toMatch(/^[\n\x20-\x7e]*$/);
    expect(stdout.toString()).toContain("peer's");
  });
});

describe('explain --json', () => {
  it('is one object with everything', async () => {
    const { code, stdout, stderr } = await run(['explain', '--json', 'econnrefused']);
    expect(stdout.toString()).toMatch(/^\{"v":1,"type":"explain","name":"ECONNREFUSED",.*\}\n$/);
    const told: unknown = JSON.parse(stdout.toString());
    const topic = topics.find(({ name }) => name === 'ECONNREFUSED');
    expect(told).toEqual({
      v: 1,
      type: 'explain',
      name: 'ECONNREFUSED',
      kind: 'errno',
      number: expect.any(Number),
      message: 'Connection refused',
      what: topic?.what,
      when: topic?.when,
      do: topic?.advice,
      signature: null,
      example: null,
      errnos: [],
      returned_by: expect.arrayContaining(['connect', 'read']),
      see: topic?.see,
      aliases: [],
      source: topic?.source,
    });
    expect([code, stderr]).toEqual([0, '']);
  });

  it('without a topic is one object a line, of the same shape each', async () => {
    const { code, stdout } = await run(['explain', '--json']);
    const lines = stdout.toString().trimEnd().split('\n');
    const told: Record<string, unknown>[] = lines.map((line) => JSON.parse(line));
    expect(told.map(({ name }) => name)).toEqual(topics.map(({ name }) => name));
    expect(new Set(told.map((one) => Object.keys(one).join())).size).toBe(1);
    expect(told.find(({ name }) => name === 'bind')).toMatchObject({
      signature: callTable.get('bind')?.signature,
      example: callTable.get('bind')?.example,
    });
    expect(code).toBe(0);
  });
});

describe('for the prompt', () => {
  it('there is the text, or a sentence about why there is none', () => {
    expect(explanation('listen', page())).toMatch(/^ {2}listen {2}a call\n/);
    expect(explanation('LISTEN', page())).toMatch(/^ {2}LISTEN {2}a state of a TCP connection\n/);
    expect(explanation('', page())).toMatch(/^ {2}Calls\n/);
    expect(explanation('nothing at all', page())).toBeNull();
    expect(unknownTopic('SHUT_')).toBe(
      "nothing is known of 'SHUT_'; did you mean SHUT_RD, SHUT_WR or SHUT_RDWR?",
    );
    expect(unknownTopic(' acept ')).toBe("nothing is known of 'acept'; did you mean accept?");
  });
});
