/** A recording is read back as it was written, and nothing else is taken for one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, parseEntry, printEntry, RecordProblem } from '../../src/wire/record.ts';

const side = fc.constantFrom('client' as const, 'server' as const);
const moment = { connection: fc.nat(1000), timeUs: fc.nat() };
const maybe = fc.option(fc.string({ unit: 'binary' }));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    type: fc.constant('recording' as const),
    from: fc.string(),
    to: fc.string({ unit: 'binary' }),
    datagrams: fc.boolean(),
    started: fc.constant('2026-11-24T10:00:00.000Z'),
  }),
  fc.record({ type: fc.constant('open' as const), ...moment, client: maybe, server: maybe }),
  fc.record({
    type: fc.constant('data' as const),
    ...moment,
    from: side,
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    ),
  }),
  fc.record({ type: fc.constant('end' as const), ...moment, from: side }),
  fc.record({
    type: fc.constant('close' as const),
    ...moment,
    errno: fc.option(fc.constantFrom('ECONNRESET', 'EPIPE')),
  }),
);

describe('an entry of a recording', () => {
  it('is one line of JSON that is safe to look at, and is read back', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const line = printEntry(one);
        expect(line).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        expect(line.startsWith('{"v":1,"type":')).toBe(true);
        expect(parseEntry(line)).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', '', /not JSON/],
    ['half a line', '{"v":1,"type":"data","conn', /not JSON/],
    ['a list', '[1]', /no JSON object/],
    ['another version', '{"v":2,"type":"open"}', /"v" is not 1/],
    ['a wrong side', '{"v":1,"type":"end","connection":1,"t_us":0,"from":"both"}', /neither/],
    ['a wrong number', '{"v":1,"type":"end","connection":-1,"t_us":0,"from":"client"}', /whole/],
    ['no bytes', '{"v":1,"type":"data","connection":1,"t_us":0,"from":"client"}', /"data"/],
    [
      'bytes that are no base64',
      '{"v":1,"type":"data","connection":1,"t_us":0,"from":"client","data":{"base64":"*"}}',
      /neither "text" nor "base64"/,
    ],
  ])('%s is refused', (_, line, message) => {
    expect(() => parseEntry(line)).toThrow(RecordProblem);
    expect(() => parseEntry(line)).toThrow(message);
  });

  it('of a kind that comes later is passed over', () => {
    expect(parseEntry('{"v":1,"type":"weather","connection":1}')).toBe(null);
  });
});
