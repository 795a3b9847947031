/** What is recorded of a session, and how much of it is kept. */
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../src/script/evaluate.ts';
import { parseLine } from '../../src/script/parser.ts';
import type { Entry } from '../../src/script/recording.ts';
import { recorded } from '../support/recorded.ts';

const entriesOf = (all: readonly { kind: string }[]) =>
  all.filter((one): one is Entry => one.kind === 'line');

describe('a recording', () => {
  it('has lines in the order in which they were entered, with their steps', async () => {
    const { recording } = await recorded(`s = socket(AF_INET, SOCK_STREAM, 0)
listen(s, 4)
conn = accept(s) = blocked
c = socket(AF_INET, SOCK_STREAM, 0)
connect(c, s)`);
    const entries = entriesOf(recording.all);
    expect(entries.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(entries.map(({ blocked }) => blocked)).toEqual([false, false, true, false, false]);
    // It returned when the fifth line had been entered, as the last of the steps.
    expect(entries.map(({ answeredAt }) => answeredAt)).toEqual([1, 2, 5, 4, 5]);
    expect(entries.map(({ step }) => step?.n)).toEqual([1, 2, 5, 3, 4]);
    expect(recording.last?.number).toBe(5);
  });

  it('knows what names stood for when their call was made', async () => {
    const { recording } = await recorded(`payload = "one"
a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
write(a, payload)
payload = "two"
a = socket(AF_INET, SOCK_STREAM, 0)`);
    const entries = entriesOf(recording.all);
    const [, pair, write, , socket] = entries;
    expect(pair?.opened.map(({ name, made }) => [name, made])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(write?.meanings[0]?.sockets).toMatchObject([{ made: 1 }]);
    expect(write?.meanings[1]?.value).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.from(Buffer.from('one')),
    });
    expect(socket?.opened).toMatchObject([{ name: 'a', made: 3 }]);
  });

  it('has no line that made no sense, also where that came out later', async () => {
    const { recording, session } = await recorded(`s = socket(AF_INET, SOCK_STREAM, 0)
listen(s, 4)
conn = accept(s) = blocked`);
    const evaluator = new Evaluator(session);
    const line = parseLine('read(conn, 10)');
    if (line === null) throw new Error('no line');
    const note = recording.begin(line);
    const evaluation = await evaluator.run(line);
    note(evaluation);
    expect(entriesOf(recording.all)).toHaveLength(4);
    session.cancel(1);
    await expect(evaluation.finished).rejects.toThrow('there is no conn');
    expect(entriesOf(recording.all)).toHaveLength(3);
  });

  it('has the changes that no call made', async () => {
    const { recording, session } = await recorded(`a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
write(a, "x")`);
    // Behind the session’s back.
    const fd = session.sockets.get('a')?.fd ?? -1;
    session.sys.write(fd, Buffer.from('more'));
    session.look();
    const last = recording.all.at(-1);
    if (last?.kind !== 'seen') throw new Error('nothing was seen');
    const change = { socket: 'b', field: 'receive_queue', from: 0, to: 5 };
    expect(last.changes).toContainEqual(change);
  });

  it('keeps the newest lines', async () => {
    const { recording, session } = await recorded('x = 1');
    const evaluator = new Evaluator(session);
    const line = parseLine('x = 2');
    if (line === null) throw new Error('no line');
    for (let i = 0; i < 12_500; i++) recording.begin(line)(await evaluator.run(line));
    expect(recording.all.length).toBeGreaterThanOrEqual(10_000);
    expect(recording.all.length).toBeLessThanOrEqual(11_000);
    expect(recording.lost + recording.all.length).toBe(12_501);
    expect(recording.last?.number).toBe(12_501);
  });

  it('keeps the data in them up to a bound', async () => {
    const lines = ['a, b = socketpair(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK, 0)'];
    for (let i = 0; i < 12; i++) lines.push('write(a, "x" * 8000000)');
    const { recording } = await recorded(lines.join('\n'));
    expect(recording.lost).toBeGreaterThan(5);
    expect(entriesOf(recording.all).length).toBeLessThanOrEqual(4);
  });
});
