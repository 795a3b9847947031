import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/socket/state.ts';
import { widthOf } from '../../src/view/layout.ts';
import type { Page } from '../../src/view/page.ts';
import { renderBlocked, renderChanges, renderStep, renderWhy } from '../../src/view/step.ts';
import { callOf } from '../support/session.ts';
import { failed, page, returned, snapshot, step } from '../support/steps.ts';
import { type Usual, usual } from '../support/usual.ts';

const PLAIN = page();

describe('the call’s line', () => {
  it('has the call, the result, and how long it took at the right edge', () => {
    const shown = renderStep(step('close(s)', { text: 'close(21)', durationUs: 9.4 }), PLAIN);
    expect(shown).toBe(`  close(21) = 0${' '.repeat(61)}9 µs`);
    expect(shown).toHaveLength(80);
  });

  it('has the errno and its text in place of the time', () => {
    const outcome = failed('bind', 'EINVAL', 'Invalid argument');
    const shown = renderStep(step('bind(s, :80)', { text: 'bind(21, …)', outcome }), PLAIN);
    expect(shown).toBe('  bind(21, …) = -1 EINVAL (Invalid argument)');
  });

  it('is broken before the result where both are too long', () => {
    const text = `connect(22, {AF_INET6, [2001:db8:1234:5678:9abc:def0:1234:5678]:65535}, 28)`;
    const outcome = failed('connect', 'EADDRNOTAVAIL', 'Cannot assign requested address');
    expect(renderStep(step('connect(s, :80)', { text, outcome }), PLAIN).split('\n')).toEqual([
      `  ${text}`,
      '      = -1 EADDRNOTAVAIL (Cannot assign requested address)',
    ]);
  });

  it('says how long a call was blocked, and who came', () => {
    const accepted = step('conn = accept(server)', {
      text: 'accept(21)',
      outcome: returned(23, { kind: 'socket', name: 'conn', fd: 23 }),
      job: 1,
      blockedUs: 4_100_000,
      sockets: [snapshot('server'), snapshot('conn', { peer: '127.0.0.1:52114' })],
    });
    const shown = renderStep(accepted, PLAIN);
    expect(shown).toMatch(/^ {2}\[1] accept\(21\) = 23 +after 4\.1 s, from 127\.0\.0\.1:52114$/);
    expect(renderStep(step('read(s, 1)', { job: 2, blockedUs: 1500 }), PLAIN)).toMatch(
      /^ {2}\[2] read\(s, 1\) = 0 +after 1\.5 ms$/,
    );
  });

  it('is followed by the address in memory, only where the call took it', () => {
    const layout = [
      { label: 'family', bytes: Uint8Array.of(2, 0) },
      { label: 'port', bytes: Uint8Array.of(0x22, 0xb8) },
    ];
    expect(renderStep(step('bind(s, :8888)', { layout }), PLAIN).split('\n').slice(1)).toEqual([
      '           02 00  │ 22 b8',
      '           family   port   8888 = 0x22b8, high byte first (htons)',
    ]);
    const outcome = failed('bind', 'EADDRINUSE', 'Address already in use');
    expect(renderStep(step('bind(s, :8888)', { layout, outcome }), PLAIN)).not.toContain('\n');
  });
});

function changed(
  after: Snapshot,
  ...changes: [string, string | number | null, string | number | null][]
) {
  const all = changes.map(([field, from, to]) => ({
    socket: after.socket,
    field: field as 'state',
    from,
    to,
  }));
  return renderChanges(all, [after], PLAIN);
}

describe('a socket that changed', () => {
  it.each<[string, Snapshot, [string, string | number | null, string | number | null][]]>([
    ['server   CLOSED', snapshot('server'), [['state', null, 'CLOSED']]],
    ['conn     — → ESTABLISHED', snapshot('conn'), [['state', null, 'ESTABLISHED']]],
    [
      'server   local  — → 127.0.0.1:8888',
      snapshot('server', { local: '127.0.0.1:8888' }),
      [['local', null, '127.0.0.1:8888']],
    ],
    [
      'server   CLOSED → LISTEN   queue 0 of 2',
      snapshot('server', { queue: { used: 0, limit: 2 } }),
      [
        ['state', 'CLOSED', 'LISTEN'],
        ['queue', null, 0],
        ['backlog', null, 2],
      ],
    ],
    [
      'server   queue 0 → 1 of 2',
      snapshot('server', { queue: { used: 1, limit: 2 } }),
      [['queue', 0, 1]],
    ],
    [
      'client   CLOSED → ESTABLISHED   127.0.0.1:1 → 127.0.0.1:2',
      snapshot('client', { local: '127.0.0.1:1', peer: '127.0.0.1:2' }),
      [
        ['state', 'CLOSED', 'ESTABLISHED'],
        ['local', null, '127.0.0.1:1'],
        ['peer', null, '127.0.0.1:2'],
      ],
    ],
    ['conn     to read 0 → 6 bytes', snapshot('conn'), [['receive_queue', 0, 6]]],
    ['conn     to read 6 → 1 byte', snapshot('conn'), [['receive_queue', 6, 1]]],
    ['conn     not acknowledged 0 → 1 byte', snapshot('conn'), [['send_queue', null, 1]]],
    [
      'conn     ESTABLISHED → FIN-WAIT-1   FIN not acknowledged',
      snapshot('conn', { state: 'FIN-WAIT-1' }),
      [
        ['state', 'ESTABLISHED', 'FIN-WAIT-1'],
        ['send_queue', 0, 1],
      ],
    ],
    [
      'late     CLOSED → unknown: the kernel can’t be asked',
      snapshot('late'),
      [['state', 'CLOSED', null]],
    ],
  ])('%s', (line, after, changes) => {
    expect(changed(after, ...changes)).toEqual([`  ${line}`]);
  });

  it('says who still knows a connection in TIME-WAIT', () => {
    const state: [string, string, string] = ['state', 'FIN-WAIT-2', 'TIME-WAIT'];
    const open = changed(snapshot('client', { lingers: true }), state).join('\n');
    expect(open.replaceAll(/\s+/g, ' ')).toContain('in the kernel only: 21 has lost it');
    const closed = changed(snapshot('client', { lingers: true, fd: null }), state).join('\n');
    expect(closed.replaceAll(/\s+/g, ' ')).toMatch(/in the kernel only$/);
  });

  it('has a line of its own, further lines under its own words', () => {
    const name = 'a_long_name';
    const local = '[2001:db8:1234:5678:9abc:def0:1234:5678]:65535';
    const lines = changed(
      snapshot(name, { local, peer: local }),
      ['state', 'SYN-SENT', 'ESTABLISHED'],
      ['peer', null, local],
    );
    expect(lines.join('\n').split('\n')).toEqual([
      `  ${name} SYN-SENT → ESTABLISHED`,
      `${' '.repeat(14)}${local} →`,
      `${' '.repeat(14)}${local}`,
    ]);
  });
});

describe('a call that is blocked', () => {
  it('says what it waits for, and its number', () => {
    const because = 'nobody has connected yet';
    const call = callOf('accept(server)');
    const blocked = { job: 1, call, text: 'accept(21)', because, waitsFor: null };
    const shown = renderBlocked(blocked, PLAIN);
    expect(shown).toMatch(/^ {2}accept\(21\) … +blocked: nobody has connected yet {3}\[1]$/);
    expect(shown).toHaveLength(80);
  });
});

describe('an explanation', () => {
  it('hangs beside its label', () => {
    const shown = renderWhy('client already has an address, and so on, at length, for two lines.', {
      ...PLAIN,
      width: 50,
    });
    expect(shown.split('\n')).toEqual([
      '  why      client already has an address, and so',
      '           on, at length, for two lines.',
    ]);
  });
});

describe('whatever usually comes', () => {
  let all: Usual;
  beforeAll(async () => {
    all = await usual();
  });

  const shown = (on: Page): string[] => [
    ...all.steps.map((one) => renderStep(one, on)),
    ...all.blocked.map((one) => renderBlocked(one, on)),
    ...all.sights.flatMap(({ changes, sockets }) => renderChanges(changes, sockets, on)),
    ...all.whys.map((why) => renderWhy(why, on)),
  ];
  const lines = (on: Page): string[] => shown(on).flatMap((text) => text.split('\n'));
  const STYLES = [{}, { color: true }, { ascii: true }, { color: true, ascii: true }];

  it('is much', () => {
    expect(lines(PLAIN).length).toBeGreaterThan(150);
    expect([all.blocked.length, all.whys.length > 20]).toEqual([8, true]);
  });

  it.each(STYLES)('fits into 80 columns with %o', (style) => {
    expect(lines(page(style)).filter((line) => widthOf(line) > 80)).toEqual([]);
  });

  it.each(STYLES)('has no blank at the end of a line with %o', (style) => {
    const stripped = lines(page(style)).map(stripVTControlCharacters);
    expect(stripped.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it.each([{}, { ascii: true }])('has no control character without colour: %o', (style) => {
    expect(shown(page(style)).filter((text) => /[^\P{Cc}\n]/u.test(text))).toEqual([]);
  });

  it.each([{ ascii: true }, { ascii: true, color: true }])('is ASCII alone with %o', (style) => {
    expect(shown(page(style)).filter((text) => /[^\0-\x7f]/.test(text))).toEqual([]);
  });

  it.each([false, true])('says the same in colour and without (ascii: %s)', (ascii) => {
    const inColor = shown(page({ color: true, ascii }));
    expect(inColor.join('')).toContain('\x1b[');
    expect(inColor.map(stripVTControlCharacters)).toEqual(shown(page({ ascii })));
  });

  it('never says null or undefined', () => {
    expect(lines(PLAIN).filter((line) => /\b(null|undefined|NaN)\b/.test(line))).toEqual([]);
  });
});

describe('a name that a peer chose', () => {
  it('can’t do anything to the terminal', () => {
    // A Unix socket’s address is any bytes, and the connecting side chooses them.
    const evil = 'unix:@\x1b]0;owned\x07\x9b31m\u202e';
    const conn = snapshot('conn', { local: 'unix:@here', peer: evil, kind: 'Unix stream' });
    const accepted = step('conn = accept(server)', {
      job: 1,
      sockets: [conn],
      changes: [{ socket: 'conn', field: 'peer', from: null, to: evil }],
    });
    expect(renderStep(accepted, PLAIN)).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });
});
