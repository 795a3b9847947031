import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/socket/state.ts';
import { widthOf } from '../../src/view/layout.ts';
import { renderSockets } from '../../src/view/sockets.ts';
import { page, snapshot } from '../support/steps.ts';
import { usual } from '../support/usual.ts';

const PLAIN = page();
const SERVER = snapshot('server', {
  state: 'LISTEN',
  local: '127.0.0.1:8888',
  receiveQueue: null,
  queue: { used: 1, limit: 2 },
});
const CONN = snapshot('conn', {
  fd: 23,
  state: 'ESTABLISHED',
  local: '127.0.0.1:8888',
  peer: '127.0.0.1:52114',
  receiveQueue: 6,
  sendQueue: 3,
});
const GONE = snapshot('late', { fd: null, state: 'CLOSED', receiveQueue: null });

const lines = (sockets: readonly Snapshot[], on = PLAIN) => renderSockets(sockets, on).split('\n');

describe('the table of sockets', () => {
  it('has a line for each, under its headings', () => {
    expect(lines([SERVER, snapshot('fresh'), GONE], page({}, 100))).toEqual([
      '  name    fd      state   local           peer  queues',
      '  server  21      LISTEN  127.0.0.1:8888  —     1 of 2 wait',
      '  fresh   21      CLOSED  —               —',
      '  late    closed  CLOSED  —               —',
    ]);
  });

  it('has two lines for each where it would be too wide', () => {
    expect(lines([CONN, GONE], page({}, 60))).toEqual([
      '  conn     23     ESTABLISHED  6 to read, 3 not acknowledged',
      '           127.0.0.1:8888 → 127.0.0.1:52114',
      '  late     closed CLOSED',
      '           — → —',
    ]);
  });

  it('says so where there are none', () => {
    expect(renderSockets([], PLAIN)).toBe('  no sockets yet');
  });

  it.each<[string, Partial<Snapshot>]>([
    ['unknown', { state: null }],
    ['UDP over IPv4', { state: null, kind: 'UDP over IPv4' }],
    ['Unix stream', { state: null, kind: 'Unix stream' }],
    ['ESTABLISHED (Unix stream)', { state: 'ESTABLISHED', kind: 'Unix stream' }],
    ['—', { state: null, kind: 'UDP over IPv4', fd: null }],
  ])('shows %s in place of a state', (cell, rest) => {
    const [, row] = lines([snapshot('s', { receiveQueue: null, ...rest })]);
    const fd = rest.fd === null ? 'closed' : '21';
    expect(row?.replaceAll(/ {2,}/g, '  ')).toBe(`  s  ${fd}  ${cell}  —  —`);
  });
});

describe('whatever sockets there usually are', () => {
  let all: Snapshot[][];
  beforeAll(async () => {
    ({ snapshots: all } = await usual());
    const six = (n: number) => `[2001:db8:1234:5678:9abc:def0:1234:${n}]:52114`;
    const local = '[fe80::a00:27ff:fe4e:66a1%2]:52114';
    all.push([snapshot('client', { state: 'ESTABLISHED', local: six(1000), peer: six(2000) })]);
    all.push([snapshot('client', { state: 'ESTABLISHED', local, peer: local })]);
  });

  it.each([{}, { color: true }, { ascii: true }])('fit into 80 columns with %o', (style) => {
    const wide = all
      .flatMap((sockets) => lines(sockets, page(style)))
      .filter((line) => widthOf(line) > 80);
    expect(wide).toEqual([]);
  });

  it('are ASCII alone with --ascii', () => {
    const text = all.map((sockets) => renderSockets(sockets, page({ ascii: true }))).join('\n');
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('say the same in colour and without', () => {
    for (const sockets of all) {
      const inColor = renderSockets(sockets, page({ color: true }));
      expect(stripVTControlCharacters(inColor)).toBe(renderSockets(sockets, PLAIN));
    }
  });

  it('never say null or undefined', () => {
    expect(all.map((sockets) => renderSockets(sockets, PLAIN)).join('\n')).not.toMatch(
      /\b(null|undefined|NaN)\b/,
    );
  });
});

describe('a name that a peer chose', () => {
  it('can’t do anything to the terminal', () => {
    const peer = 'unix:@\x1b]0;owned\x07\x9b31m\u202e\n';
    const shown = renderSockets([snapshot('conn', { peer, kind: 'Unix stream' })], PLAIN);
    expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(shown.split('\n')).toHaveLength(2);
  });
});
