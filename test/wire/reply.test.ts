import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReply, type Reply, ReplyFrame } from '../../src/wire/reply.ts';
import { TextProblem } from '../../src/wire/text-problem.ts';
import { bytesAmong, cuts, pieces } from '../support/splits.ts';

/** Where the reply ends, all at once; null where it does not. */
function oracle(reply: Reply, bytes: Uint8Array): number | null {
  if (reply.kind === 'bytes') return bytes.length < reply.count ? null : reply.count;
  const end = reply.kind === 'until' ? Buffer.from(reply.end) : Buffer.from('\n');
  const at = Buffer.from(bytes).indexOf(end);
  return at === -1 ? null : at + end.length;
}

const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.constant<Reply>({ kind: 'line' }),
  fc.integer({ min: 1, max: 50 }).map((count): Reply => ({ kind: 'bytes', count })),
  // Of few letters, so that ends begin in the middle of what was nearly one.
  fc
    .array(fc.constantFrom(97, 98), { minLength: 1, maxLength: 6, size: 'max' })
    .map((end): Reply => ({ kind: 'until', end: Uint8Array.from(end) })),
);

describe('a reply’s end', () => {
  it('is found wherever the stream is cut', () => {
    fc.assert(
      fc.property(reply, bytesAmong(97, 97, 98, 98, 10), cuts, (wanted, bytes, places) => {
        const frame = new ReplyFrame(wanted);
        let total = 0;
        for (const piece of pieces(bytes, places)) {
          const count = frame.push(piece);
          // All of a piece belongs to it, unless it ends there.
          expect(count === piece.length || frame.complete).toBe(true);
          total += count;
        }
        const end = oracle(wanted, bytes);
        expect([frame.complete, frame.length, total]).toEqual([
          end !== null,
          end ?? bytes.length,
          end ?? bytes.length,
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never comes where the peer’s end is meant', () => {
    const frame = new ReplyFrame({ kind: 'eof' });
    expect([frame.push(Buffer.from('a\nb')), frame.complete, frame.length]).toEqual([3, false, 3]);
  });

  it('is found in time that grows with the stream alone', () => {
    // Each byte of the stream nearly ends what has matched: without borders this would be a product.
    const frame = new ReplyFrame({ kind: 'until', end: Buffer.from(`${'a'.repeat(50_000)}b`) });
    const piece = Buffer.alloc(50_000, 'a');
    const began = performance.now();
    for (let i = 0; i < 20; i++) frame.push(piece);
    expect(frame.push(Buffer.from('bc'))).toBe(1);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('a reply is written', () => {
  it.each<[text: string, reply: Reply]>([
    ['eof', { kind: 'eof' }],
    ['line', { kind: 'line' }],
    ['none', { kind: 'none' }],
    ['10', { kind: 'bytes', count: 10 }],
    ['until:END', { kind: 'until', end: Uint8Array.from(Buffer.from('END')) }],
    ['until:\\r\\n\\r\\n', { kind: 'until', end: Uint8Array.of(13, 10, 13, 10) }],
    ['until:line', { kind: 'until', end: Uint8Array.from(Buffer.from('line')) }],
  ])('%s', (text, wanted) => {
    expect(parseReply(text)).toEqual(wanted);
  });

  it.each<[string, readonly [number, number], string | null]>([
    ['', [0, 1], null],
    ['lime', [0, 4], 'line'],
    ['0', [0, 1], 'none'],
    ['-1', [0, 2], null],
    ['99999999999999999999', [0, 20], null],
    ['until:', [6, 7], null],
    ['until:a\\q', [7, 9], null],
    ['until', [0, 5], 'until:'],
  ])('but not %j', (text, span, suggestion) => {
    let problem: unknown;
    try {
      parseReply(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(TextProblem);
    expect(problem).toMatchObject({ span, suggestion });
  });
});
