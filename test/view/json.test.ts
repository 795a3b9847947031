import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Value } from '../../src/socket/call.ts';
import { changeJson, eventJson, stepJson } from '../../src/view/json.ts';
import { bytesJson } from '../../src/wire/json.ts';
import { TestSession } from '../support/session.ts';
import { failed, returned, snapshot, step } from '../support/steps.ts';

const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);

describe('the lines of CONTRACT.md, “JSON”', () => {
  it('a step', () => {
    const connected = step('connect(client, 127.0.0.1:8888)', {
      n: 7,
      text: 'connect(22, {AF_INET, 127.0.0.1:8888}, 16)',
      durationUs: 41.3,
      changes: [{ socket: 'client', field: 'state', from: 'CLOSED', to: 'ESTABLISHED' }],
      sockets: [snapshot('client')],
    });
    expect(stepJson(connected, 8)).toBe(
      '{"v":1,"type":"step","n":7,"line":8,"call":"connect","text":"connect(22, {AF_INET, 127.0.0.1:8888}, 16)","result":0,"errno":null,"message":null,"duration_us":41,"blocked_us":0,"changes":[{"socket":"client","field":"state","from":"CLOSED","to":"ESTABLISHED"}]}',
    );
  });

  it('a change that no call made', () => {
    const fin = {
      socket: 'client',
      field: 'state',
      from: 'ESTABLISHED',
      to: 'CLOSE-WAIT',
    } as const;
    expect(changeJson(fin)).toBe(
      '{"v":1,"type":"state","socket":"client","field":"state","from":"ESTABLISHED","to":"CLOSE-WAIT"}',
    );
  });

  it('a summary, and the ready line', () => {
    expect(eventJson('summary', { steps: 12, expected: 8, failed: 0 })).toBe(
      '{"v":1,"type":"summary","steps":12,"expected":8,"failed":0}',
    );
    expect(eventJson('listening', { local: '127.0.0.1:43121', pid: 4711 })).toBe(
      '{"v":1,"type":"listening","local":"127.0.0.1:43121","pid":4711}',
    );
  });
});

describe('a step as JSON', () => {
  const json = (one: Parameters<typeof stepJson>[0]): Record<string, unknown> =>
    JSON.parse(stepJson(one));

  it('has no line where there is no script', () => {
    expect(json(step('close(s)'))).not.toHaveProperty('line');
  });

  it('that failed has the errno and its text, and -1 as in C', () => {
    const outcome = failed('close', 'EINTR', 'Interrupted system call');
    expect(json(step('close(s)', { outcome }))).toMatchObject({
      result: -1,
      errno: 'EINTR',
      message: 'Interrupted system call',
    });
  });

  it('has its times in whole microseconds', () => {
    expect(json(step('close(s)', { durationUs: 0.4, blockedUs: 3.6 }))).toMatchObject({
      duration_us: 0,
      blocked_us: 4,
    });
  });

  it.each<[string, Value, object]>([
    ['bytes', { kind: 'bytes', bytes: bytes(104, 105) }, { data: { text: 'hi' } }],
    ['odd bytes', { kind: 'bytes', bytes: bytes(0xff, 0) }, { data: { base64: '/wA=' } }],
    ['an address', { kind: 'address', address: '[::1]:80' }, { address: '[::1]:80' }],
    ['a structure', { kind: 'struct', fields: [1, 0] }, { value: [1, 0] }],
    ['a socket', { kind: 'socket', name: 'conn', fd: 23 }, { socket: 'conn' }],
    ['an option', { kind: 'integer', value: 87380 }, { value: 87380 }],
  ])('has what it gave: %s', (_, value, object) => {
    expect(json(step('close(s)', { outcome: returned(0, value) }))).toMatchObject(object);
  });

  it('has no snapshots, and no field of a change but the four', () => {
    const change = { socket: 's', field: 'peer', from: null, to: 'x', more: 1 } as const;
    const told = json(step('close(s)', { changes: [change], sockets: [snapshot('s')] }));
    expect(told).not.toHaveProperty('sockets');
    expect(told.changes).toEqual([{ socket: 's', field: 'peer', from: null, to: 'x' }]);
  });
});

describe('bytes as JSON', () => {
  it.each([
    [bytes(), { text: '' }],
    [Buffer.from('hé\u0000\n'), { text: 'hé\u0000\n' }],
    [bytes(0xef, 0xbb, 0xbf, 0x41), { text: '\ufeffA' }],
    [bytes(0xc3), { base64: 'ww==' }],
    [bytes(0xed, 0xa0, 0x80), { base64: '7aCA' }],
    [bytes(0xc0, 0x80), { base64: 'wIA=' }],
  ])('%j', (given, object) => {
    expect(bytesJson(given)).toEqual(object);
  });

  it('gives the same bytes back, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string().map(Buffer.from)), (given) => {
        const object: { text?: string; base64?: string } = JSON.parse(
          JSON.stringify(bytesJson(given)),
        );
        expect(Object.keys(object)).toHaveLength(1);
        const back =
          object.text === undefined
            ? Buffer.from(object.base64 ?? '', 'base64')
            : Buffer.from(object.text);
        expect([...back]).toEqual([...given]);
      }),
    );
  });
});

describe('the steps and changes of a real session', () => {
  const session = new TestSession();
  afterEach(() => session.close());

  it('are one line each, versioned, with keys in snake_case', async () => {
    await session.all(
      'server = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(server, 127.0.0.1:0)',
      'listen(server, 2)',
      'client = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(client, server)',
      'conn = accept(server)',
      'write(client, "line one\\nline two\\r\\n\\u2028")'.replace('\\u2028', '\u2028'),
      'read(conn, 64)',
      'getsockname(conn)',
      'getsockopt(conn, SOL_SOCKET, SO_LINGER)',
      'bind(conn, server)',
      'close(conn)',
      'read(client, 64)',
    );
    const lines = session.events.flatMap((event) => {
      if (event.type === 'step') return [stepJson(event.step, 3)];
      return event.type === 'change' ? event.changes.map(changeJson) : [];
    });
    expect(lines.length).toBeGreaterThanOrEqual(13);
    for (const line of lines) {
      expect(line).toMatch(/^\{"v":1,"type":"(step|state)",/);
      expect(line).not.toContain('\n');
      expect(keysOf(JSON.parse(line)).filter((key) => !/^[a-z][a-z0-9_]*$/.test(key))).toEqual([]);
    }
  });
});

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}
