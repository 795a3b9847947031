import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decodeOption,
  encodeOption,
  type OptionValue,
  timevalMs,
} from '../../../src/socket/calls/option-value.ts';
import { BadCall } from '../../../src/socket/errors.ts';
import { constant, constants } from '../../../src/sys/platform.ts';
import { TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

const SOCKET = constant('SOL_SOCKET');
const TCP = constant('IPPROTO_TCP');
const LINGER = constant('SO_LINGER');
const RCVTIMEO = constant('SO_RCVTIMEO');
const SNDTIMEO = constant('SO_SNDTIMEO');
const REUSEADDR = constant('SO_REUSEADDR');
const CONGESTION = constants.get('TCP_CONGESTION') ?? -1;

const integer = (value: number): OptionValue => ({ kind: 'integer', value });
const struct = (...fields: number[]): OptionValue => ({ kind: 'struct', fields });
const text = (content: string): OptionValue => ({ kind: 'bytes', bytes: Buffer.from(content) });

function refusal(level: number, option: number, value: OptionValue): BadCall {
  try {
    encodeOption(level, option, value);
  } catch (error) {
    if (error instanceof BadCall) return error;
    throw error;
  }
  throw new Error('it was encoded');
}

/** Bytes as Python's struct module packs them for this machine's C compiler. */
function packed(...formats: (readonly [string, ...number[]])[]): Uint8Array[] {
  const program =
    'import json,struct,sys; print(json.dumps([list(struct.pack(*f)) for f in json.load(sys.stdin)]))';
  const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(formats) });
  const rows: number[][] = JSON.parse(stdout.toString());
  return rows.map((row) => Uint8Array.from(row));
}

describe('an option’s value as bytes', () => {
  it('is laid out as C lays it out', (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    const [one, minus, large, linger, timeval] = packed(
      ['i', 1],
      ['i', -2],
      ['I', 0xffffffff],
      ['ii', 1, 30],
      ['ll', 2, 500_000],
    );
    expect(encodeOption(SOCKET, REUSEADDR, integer(1))).toEqual(one);
    expect(encodeOption(SOCKET, REUSEADDR, integer(-2))).toEqual(minus);
    expect(encodeOption(SOCKET, REUSEADDR, integer(0xffffffff))).toEqual(large);
    expect(encodeOption(SOCKET, LINGER, struct(1, 30))).toEqual(linger);
    expect(encodeOption(SOCKET, RCVTIMEO, struct(2, 500_000))).toEqual(timeval);
    expect(encodeOption(SOCKET, SNDTIMEO, struct(2, 500_000))).toEqual(timeval);
  });

  it('may be given as bytes for any option', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(encodeOption(SOCKET, LINGER, { kind: 'bytes', bytes })).toEqual(bytes);
    expect(encodeOption(TCP, CONGESTION, text('cubic'))).toEqual(Buffer.from('cubic'));
  });

  it.each<[string, number, number, OptionValue, RegExp]>([
    ['a number for struct linger', SOCKET, LINGER, integer(1), /\{onoff, seconds\}/],
    ['a number for struct timeval', SOCKET, RCVTIMEO, integer(1), /\{seconds, microseconds\}/],
    ['a number for a text', TCP, CONGESTION, integer(1), /takes text/],
    ['a structure for an int', SOCKET, REUSEADDR, struct(1, 0), /takes no structure/],
    ['one field of two', SOCKET, LINGER, struct(1), /two fields/],
    ['three fields of two', SOCKET, RCVTIMEO, struct(1, 2, 3), /two fields/],
    // It would arrive as 0, and the option would be off.
    ['a number that is no int', SOCKET, REUSEADDR, integer(2 ** 32), /int/],
    ['a field that is no int', SOCKET, LINGER, struct(1, 2 ** 32), /int/],
  ])('is refused: %s', (_, level, option, value, message) => {
    const problem = refusal(level, option, value);
    expect(problem.message).toMatch(message);
    expect(problem.argument).toBe(3);
  });
});

describe('an option’s bytes as a value', () => {
  it('is an int, a structure, a text or bytes', () => {
    const linger = encodeOption(SOCKET, LINGER, struct(1, -30));
    const timeval = encodeOption(SOCKET, RCVTIMEO, struct(2, 500_000));
    expect(decodeOption(SOCKET, REUSEADDR, Uint8Array.of(0xfe, 0xff, 0xff, 0xff))).toEqual(
      integer(-2),
    );
    expect(decodeOption(SOCKET, LINGER, linger)).toEqual(struct(1, -30));
    expect(decodeOption(SOCKET, RCVTIMEO, timeval)).toEqual(struct(2, 500_000));
    expect(decodeOption(TCP, CONGESTION, Uint8Array.from(Buffer.from('cubic\0\0\0')))).toEqual({
      kind: 'bytes',
      bytes: new Uint8Array(Buffer.from('cubic')),
    });
    expect(decodeOption(SOCKET, REUSEADDR, Uint8Array.of(1))).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.of(1),
    });
  });

  it('does not change when the buffer that it came in is used again', () => {
    const buffer = Uint8Array.of(1, 2, 3, 4, 5);
    const value = decodeOption(TCP, constant('TCP_INFO'), buffer);
    buffer.fill(0);
    expect(value).toEqual({ kind: 'bytes', bytes: Uint8Array.of(1, 2, 3, 4, 5) });
  });
});

describe('a time limit', () => {
  it.each([
    [struct(0, 0), 0],
    [struct(2, 0), 2000],
    [struct(1, 500_000), 1500],
    // Rounded up: 0 would mean without limit.
    [struct(0, 1), 1],
    [struct(0, 1001), 2],
  ])('%j is %d ms', (value, ms) => {
    expect(timevalMs(encodeOption(SOCKET, RCVTIMEO, value))).toBe(ms);
  });
});

describe('the kernel', () => {
  let session: TestSession;
  beforeEach(async () => {
    session = new TestSession();
    await session.do('s = socket(AF_INET, SOCK_STREAM, 0)');
  });
  afterEach(() => session.close());

  it.each([
    ['SOL_SOCKET, SO_KEEPALIVE', '1', integer(1)],
    ['SOL_SOCKET, SO_LINGER', '{1, 30}', struct(1, 30)],
    ['SOL_SOCKET, SO_RCVTIMEO', '{2, 500000}', struct(2, 500_000)],
    ['SOL_SOCKET, SO_SNDTIMEO', '{3, 0}', struct(3, 0)],
    ['IPPROTO_TCP, TCP_NODELAY', '1', integer(1)],
    ['IPPROTO_TCP, TCP_CONGESTION', '"reno"', text('reno')],
    ['IPPROTO_IP, IP_TTL', '42', integer(42)],
  ])('gives %s = %s back as it was set', async (option, written, value) => {
    expect((await session.do(`setsockopt(s, ${option}, ${written})`)).outcome).toMatchObject({
      result: 0,
    });
    const { outcome } = await session.do(`getsockopt(s, ${option})`);
    const got = outcome.kind === 'value' ? outcome.value : null;
    expect(got?.kind === 'bytes' ? text(Buffer.from(got.bytes).toString()) : got).toEqual(value);
  });

  it('gives TCP_INFO as bytes, whose first is the state', async () => {
    const { outcome } = await session.do('getsockopt(s, IPPROTO_TCP, TCP_INFO)');
    const value = outcome.kind === 'value' ? outcome.value : null;
    // 7: TCP_CLOSE in <net/tcp_states.h>.
    expect(value?.kind === 'bytes' && value.bytes[0]).toBe(7);
  });
});
