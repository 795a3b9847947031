/** What the painter writes, as a terminal emulator shows it: also after the window has changed. */
import xterm, { type Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Painter } from '../../../src/cli/editor/painter.ts';

const PROMPT = 'prompt> ';

/** A painter before an emulator, which shows whatever it writes. */
class Window {
  readonly emulator: Terminal;
  readonly painter: Painter;
  written = '';
  private readonly output: { columns: number; rows: number; write(text: string): boolean };

  constructor(columns: number, rows = 24) {
    this.emulator = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true,
    });
    const write = (text: string) => {
      this.written += text;
      this.emulator.write(text);
      return true;
    };
    this.output = { columns, rows, write };
    this.painter = new Painter(this.output as NodeJS.WriteStream);
  }

  async shown(): Promise<string[]> {
    await new Promise<void>((resolve) => this.emulator.write('', resolve));
    const { active } = this.emulator.buffer;
    const rows = Array.from({ length: active.length }, (_, i) =>
      (active.getLine(i)?.translateToString(true) ?? '').trimEnd(),
    );
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  get cursor(): [row: number, column: number] {
    const { baseY, cursorX, cursorY } = this.emulator.buffer.active;
    return [baseY + cursorY, cursorX];
  }

  async resize(columns: number, rows = this.output.rows): Promise<void> {
    await this.shown();
    this.emulator.resize(columns, rows);
    Object.assign(this.output, { columns, rows });
    this.painter.resized(this.painter.mustAsk ? this.emulator.buffer.active.cursorX : null);
  }
}

/** Prompt and text in rows, by a second way of counting. */
function inRows(text: string, columns: number): string[] {
  return (
    (PROMPT + text).match(new RegExp(`.{1,${columns}}`, 'g'))?.map((row) => row.trimEnd()) ?? []
  );
}

type Act =
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'cut'; readonly count: number }
  | { readonly do: 'move'; readonly to: number }
  | { readonly do: 'resize'; readonly columns: number }
  | { readonly do: 'print' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant('type' as const),
    text: fc.stringMatching(/^[a-z]{1,50}$/),
  }),
  fc.record({ do: fc.constant('cut' as const), count: fc.nat(60) }),
  fc.record({ do: fc.constant('move' as const), to: fc.nat(200) }),
  fc.record({ do: fc.constant('resize' as const), columns: fc.constantFrom(80, 40, 33, 20) }),
  fc.record({ do: fc.constant('print' as const) }),
);

describe('the painter', () => {
  it('prompt and line are all that is on the screen, whatever was done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { maxLength: 12 }), async (plan) => {
        const window = new Window(80);
        let [text, cursor, columns] = ['', 0, 80];
        const above: string[] = [];
        for (const act of plan) {
          let printed = '';
          if (act.do === 'type') {
            text = text.slice(0, cursor) + act.text + text.slice(cursor);
            cursor += act.text.length;
          } else if (act.do === 'cut') {
            text = text.slice(0, cursor) + text.slice(cursor + act.count);
          } else if (act.do === 'move') cursor = Math.min(act.to, text.length);
          else if (act.do === 'print') {
            above.push(`note ${above.length}`);
            printed = `${above.at(-1)}\n`;
          } else {
            columns = act.columns;
            await window.resize(columns);
          }
          window.painter.draw(PROMPT, text, cursor, printed);
          const shown = await window.shown();
          expect(shown).toEqual([...above, ...inRows(text, columns)]);
          const at = PROMPT.length + cursor;
          expect(window.cursor).toEqual([above.length + Math.floor(at / columns), at % columns]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('writes a character that is typed, and nothing else', () => {
    const window = new Window(80);
    window.painter.draw(PROMPT, 'hell', 4);
    window.written = '';
    window.painter.draw(PROMPT, 'hello', 5);
    expect(window.written).toBe('o');
    window.written = '';
    window.painter.draw(PROMPT, 'hello', 5);
    expect(window.written).toBe('');
  });

  it('leaves a wrapped line as one that can be copied as one', async () => {
    const window = new Window(20);
    window.painter.draw(PROMPT, 'abcdefghijklmnopqrstuvwxyz', 3);
    window.painter.finish('^C');
    expect(await window.shown()).toEqual(['prompt> abcdefghijkl', 'mnopqrstuvwxyz^C']);
    expect(window.emulator.buffer.active.getLine(1)?.isWrapped).toBe(true);
    expect(window.cursor).toEqual([2, 0]);
  });

  it('a line that fills its last row leaves no empty row behind', async () => {
    const window = new Window(20);
    window.painter.draw(PROMPT, 'abcdefghijkl', 12);
    expect(await window.shown()).toEqual(['prompt> abcdefghijkl']);
    expect(window.cursor).toEqual([1, 0]);
    window.painter.finish();
    expect(await window.shown()).toEqual(['prompt> abcdefghijkl']);
    expect(window.cursor).toEqual([1, 0]);
  });

  it('of a line taller than the screen, shows the part around the cursor', async () => {
    const window = new Window(20, 4);
    const text = Array.from({ length: 60 }, (_, i) => `${i}`.padStart(4, '.')).join('');
    window.painter.draw(PROMPT, text, text.length);
    expect((await window.shown()).slice(-4).at(-1)).toBe('..58..59');
    window.painter.draw(PROMPT, text, 0);
    expect((await window.shown()).slice(-4)[0]).toBe('prompt> ...0...1...2');
    expect(window.cursor[1]).toBe(8);
    const before = (await window.shown()).length;
    window.painter.draw(PROMPT, text, 0, 'note\n');
    expect((await window.shown()).slice(-5)).toEqual([
      'note',
      'prompt> ...0...1...2',
      '...3...4...5...6...7',
      '...8...9..10..11..12',
      '..13..14..15..16..17',
    ]);
    expect((await window.shown()).length).toBe(before + 1);
  });

  it('wide characters and combining marks stand where the terminal puts them', async () => {
    const window = new Window(12);
    const text = 'ab日本語e\u0301x';
    window.painter.draw(PROMPT, text, 3);
    expect(await window.shown()).toEqual(['prompt> ab日', '本語e\u0301x']);
    expect(window.cursor).toEqual([1, 0]);
    window.painter.draw(PROMPT, text, text.length);
    await window.shown();
    expect(window.cursor).toEqual([1, 6]);
  });

  it('control characters are shown, and never sent to the terminal', async () => {
    const window = new Window(80);
    const text = 'a\x1b[2Jb\x07c\u202ed\x9b\r\n';
    window.painter.draw(PROMPT, text, text.length);
    const shown = 'prompt> a^[[2Jb^Gc<U+202E>d\\x9b^M^J';
    expect(await window.shown()).toEqual([shown]);
    expect(window.cursor).toEqual([0, shown.length]);
    expect(window.written).toBe(shown);
  });

  it('a tab goes to the next column that divides by eight', async () => {
    const window = new Window(80);
    window.painter.draw(PROMPT, '\ta\tb', 2);
    expect(await window.shown()).toEqual(['prompt>         a       b']);
    expect(window.cursor).toEqual([0, 17]);
  });

  it('clears the screen and draws the line at its top', async () => {
    const window = new Window(80);
    window.painter.draw(PROMPT, 'x', 1, 'note\n');
    window.painter.clearScreen();
    window.painter.draw(PROMPT, 'x', 1);
    expect(await window.shown()).toEqual(['prompt> x']);
  });
});
