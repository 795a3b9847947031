import { expect, it } from 'vitest';
import { renderNow } from '../../src/view/why.ts';
import { callOf } from '../support/session.ts';
import { failed, page, step } from '../support/steps.ts';

const bind = step('bind(server, 127.0.0.1:80)', {
  outcome: failed('bind', 'EACCES', 'Permission denied'),
});
const blocked = {
  job: 2,
  call: callOf('accept(server)'),
  text: 'accept(21)',
  because: 'nobody has connected yet',
  waitsFor: null,
};

it('tells each call again, and under it what it means', () => {
  const now = {
    reasons: [
      { kind: 'step', step: bind, why: 'port 80 is below 1024.' },
      { kind: 'blocked', blocked, why: 'nobody has connected: 0 of 4 wait.' },
    ],
    more: 3,
  } as const;
  const lines = renderNow(now, page({ ascii: true })).split('\n');
  expect(lines.map((line) => line.replace(/ {3,}/g, '   '))).toEqual([
    '  bind(server, 127.0.0.1:80) = -1 EACCES (Permission denied)',
    '  why   port 80 is below 1024.',
    '  accept(21) ...   blocked: nobody has connected yet   [2]',
    '  why   nobody has connected: 0 of 4 wait.',
    '  3 more calls are blocked: .jobs lists them, .why N explains one',
  ]);
});

it('says so where nothing more is known, and where there is nothing to explain', () => {
  const unknown = { reasons: [{ kind: 'step', step: bind, why: null }], more: 0 } as const;
  expect(renderNow(unknown, page())).toContain('why      nothing more is known of it here.');
  expect(renderNow({ reasons: [], more: 0 }, page())).toBe(
    '  nothing to explain: no call has failed, and none is blocked',
  );
});

it('a name that came from outside can’t reach the terminal', () => {
  const why = 'nobody listens at unix:@\x1b[2J\u202e.';
  const told = renderNow({ reasons: [{ kind: 'step', step: bind, why }], more: 0 }, page());
  expect(told).toContain('^[[2J<U+202E>');
});
