/** What waits: against a plain array of bytes, however it is put in and taken out. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WaitingBytes } from '../../../src/socket/tls/waiting-bytes.ts';

/** Longer than a block. */
const size = fc.integer({ min: 0, max: 150_000 });
const action = fc.oneof(
  fc.record({ put: size }),
  fc.record({ take: size }),
  fc.record({ drop: fc.constant(true) }),
);

it('gives back what was put in, in order, and forgets what it is told to', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const waiting = new WaitingBytes();
      // Another’s blocks go to and fro in between.
      const other = new WaitingBytes();
      let [all, next] = [Buffer.alloc(0), 0];
      for (const one of actions) {
        if ('put' in one) {
          const bytes = Buffer.from(Uint8Array.from({ length: one.put + 5 }, () => next++));
          waiting.put(bytes, one.put);
          all = Buffer.concat([all, bytes.subarray(0, one.put)]);
          other.put(Buffer.alloc(one.put, 0xee), one.put);
          other.drop();
        } else if ('take' in one) {
          const into = Buffer.alloc(one.take);
          const count = waiting.take(into);
          expect(count).toBe(Math.min(one.take, all.length));
          expect(into.subarray(0, count).equals(all.subarray(0, count))).toBe(true);
          all = all.subarray(count);
        } else {
          expect(waiting.drop()).toBe(all.length);
          all = Buffer.alloc(0);
        }
        expect(waiting.length).toBe(all.length);
      }
    }),
    { numRuns: 60 },
  );
});

it('only counts what nobody wants', () => {
  const waiting = new WaitingBytes();
  waiting.unwanted = true;
  waiting.put(Buffer.from('gone'), 4);
  expect([waiting.length, waiting.drop()]).toEqual([4, 4]);
  waiting.unwanted = false;
  waiting.put(Buffer.from('kept'), 4);
  const into = Buffer.alloc(9);
  expect([waiting.take(into), into.toString('latin1', 0, 4)]).toEqual([4, 'kept']);
});
