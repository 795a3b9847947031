/** A queue of bytes is what a plain array of bytes would be, and holds no memory when it is empty. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/wire/byte-queue.ts';

type Action =
  | { readonly push: Uint8Array }
  | { readonly take: number }
  | { readonly find: Uint8Array; readonly from: number }
  | { readonly clear: true };

const few = fc.uint8Array({ max: 3, maxLength: 40 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: few }) },
  { weight: 3, arbitrary: fc.record({ take: fc.nat({ max: 50 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      find: fc.uint8Array({ max: 3, minLength: 1, maxLength: 3 }),
      from: fc.nat({ max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ clear: true } as const) },
);

describe('a queue of bytes', () => {
  it('is what a plain buffer would be', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const queue = new ByteQueue();
        let plain = Buffer.alloc(0);
        let taken = 0;
        for (const one of actions) {
          if ('push' in one) {
            queue.push(one.push);
            plain = Buffer.concat([plain, one.push]);
          } else if ('take' in one) {
            const part = plain.subarray(0, one.take);
            expect(Buffer.from(queue.take(one.take))).toEqual(part);
            plain = plain.subarray(part.length);
            taken += part.length;
          } else if ('find' in one) {
            expect(queue.indexOf(one.find, one.from)).toBe(plain.indexOf(one.find, one.from));
          } else {
            queue.clear();
            taken += plain.length;
            plain = Buffer.alloc(0);
          }
          expect([queue.length, queue.taken]).toEqual([plain.length, taken]);
          expect(Buffer.from(queue.peek(queue.length))).toEqual(plain);
        }
      }),
    );
  });

  it('keeps copies, and gives copies', () => {
    const queue = new ByteQueue();
    const bytes = Uint8Array.of(1, 2, 3);
    queue.push(bytes);
    bytes.fill(0);
    const taken = queue.take(2);
    queue.push(Uint8Array.of(4));
    expect([...taken, ...queue.peek(9)]).toEqual([1, 2, 3, 4]);
  });

  it('costs the same per byte however many wait', () => {
    const queue = new ByteQueue();
    const part = new Uint8Array(100);
    const start = process.cpuUsage();
    for (let i = 0; i < 200_000; i++) queue.push(part);
    for (let i = 0; i < 200_000; i++) queue.take(100);
    const { user, system } = process.cpuUsage(start);
    // Copying all that waits with each push would take minutes.
    expect((user + system) / 1e6).toBeLessThan(5);
    expect([queue.length, queue.taken]).toEqual([0, 20_000_000]);
  });
});
