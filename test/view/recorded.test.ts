/** A recorded session as JSON: one object a line. */
import { describe, expect, it } from 'vitest';
import { recordedJson } from '../../src/view/recorded.ts';
import { recorded } from '../support/recorded.ts';

describe('a session as JSON', () => {
  it('has its steps in the order in which they returned, and a summary', async () => {
    const { recording, session } = await recorded(`s = socket(AF_INET, SOCK_STREAM, 0)
listen(s, 4) = 1
conn = accept(s) = blocked
c = socket(AF_INET, SOCK_STREAM, 0)
x = 5
connect(c, s) = 0
write(c, hex"ff")`);
    session.look();
    const lines = recordedJson(recording.all).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\{"v":1,"type":"(step|state|summary)"/);
    const events = lines.map((line) => JSON.parse(line));
    const steps = events.filter(({ type }) => type === 'step');
    expect(steps.map(({ n, line, call }) => [n, line, call])).toEqual([
      [1, 1, 'socket'],
      [2, 2, 'listen'],
      [3, 4, 'socket'],
      [4, 6, 'connect'],
      [5, 3, 'accept'],
      [6, 7, 'write'],
    ]);
    // “= blocked” is an expectation, too; that of listen() was not met.
    const summary = { v: 1, type: 'summary', steps: 6, expected: 3, failed: 1 };
    expect(events.at(-1)).toEqual(summary);
  });

  it('has the changes that no call made behind the step before them', async () => {
    const { recording, session } = await recorded(`a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
write(a, "x")`);
    session.sys.write(session.sockets.get('a')?.fd ?? -1, Buffer.from('more'));
    session.look();
    const events = recordedJson(recording.all)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['step', 'step', 'state']);
    expect(types.at(-1)).toBe('summary');
    const change = { v: 1, type: 'state', socket: 'b', field: 'receive_queue', from: 0, to: 5 };
    expect(events).toContainEqual(change);
  });
});
