/** The newest steps of a session: bounded by their number, and by the data in them. */
import { expect, it } from 'vitest';
import type { Value } from '../../../src/socket/call.ts';
import { History } from '../../../src/socket/session/history.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { parseFields } from '../../../src/wire/struct/parse.ts';
import { returned, step } from '../../support/steps.ts';

const MIB = 1024 * 1024;
const bytes = new Uint8Array(MIB);
const layout = layoutOf(parseFields('char all[8]'));

it.each<[what: string, value: Value]>([
  ['bytes', { kind: 'bytes', bytes }],
  ['structures', { kind: 'record', layout, bytes }],
])('at most 32 MiB of %s are kept', (_, value) => {
  const history = new History(1000);
  for (let n = 1; n <= 100; n++) {
    history.add(step('read(s, 1048576)', { n, outcome: returned(MIB, value) }));
  }
  expect(history.steps.map(({ n }) => n)).toEqual(Array.from({ length: 32 }, (_, i) => 69 + i));
});

it('the newest is kept, however large it is', () => {
  const history = new History(1000);
  const large: Value = { kind: 'bytes', bytes: new Uint8Array(33 * MIB) };
  for (let n = 1; n <= 3; n++) history.add(step('read(s, 1)', { n, outcome: returned(1, large) }));
  expect(history.steps.map(({ n }) => n)).toEqual([3]);
});
