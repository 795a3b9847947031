import { describe, expect, it } from 'vitest';
import { renderByteCells } from '../../src/view/byte-cells.ts';
import { page } from '../support/steps.ts';

const { theme } = page();
const cell = (label: string, count: number, value?: string) => ({
  label,
  bytes: new Uint8Array(count),
  ...(value === undefined ? {} : { value }),
});

describe('bytes in cells', () => {
  it('have their labels under them, and their values where there are any', () => {
    expect(renderByteCells([cell('a', 2, '12345678'), cell('b', 1)], ' ', 80, theme)).toEqual([
      ' 00 00    │ 00',
      ' a          b',
      ' 12345678',
    ]);
    expect(renderByteCells([cell('a', 2), cell('b', 1)], ' ', 80, theme)).toEqual([
      ' 00 00 │ 00',
      ' a       b',
    ]);
  });

  it('go on in another row where there is no more room', () => {
    const three = [cell('a', 2, '1'), cell('b', 2), cell('c', 2)];
    // 5 + 3 + 5 columns, and the indent.
    expect(renderByteCells(three, ' ', 14, theme)).toEqual([
      ' 00 00 │ 00 00',
      ' a       b',
      ' 1',
      ' 00 00',
      ' c',
    ]);
    expect(renderByteCells(three, ' ', 13, theme)).toHaveLength(7);
  });

  it('are left out where there are none, and cut where there are many', () => {
    expect(renderByteCells([cell('a', 0), cell('b', 17)], '', 80, theme)).toEqual([
      `${'00 '.repeat(16)}…`,
      'b',
    ]);
    expect(renderByteCells([], '', 80, theme)).toEqual([]);
  });

  it('are dimmed where they mean nothing', () => {
    const coloured = page({ color: true }).theme;
    const [hex = '', label = ''] = renderByteCells(
      [cell('a', 1), { ...cell('padding', 1), idle: true }],
      '',
      80,
      coloured,
    );
    expect(hex).toContain(coloured.dim('00'));
    expect(label).toContain(coloured.dim('padding'));
    expect(hex.startsWith('00')).toBe(true);
  });
});
