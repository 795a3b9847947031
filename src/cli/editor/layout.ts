/** A prompt and a line in rows of a terminal. Pure. */
import { type Glyph, glyphsOf, glyphsOfStyled, TAB_STOP } from '../../view/glyphs.ts';

export interface Row {
  readonly text: string;
  /** Columns. */
  readonly width: number;
}

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly cursor: Place;
}

/**
 * Breaks prompt and line into rows of at most `columns`.
 * @param prompt our own, with colour codes
 * @param line as it was typed: control characters are made visible
 * @param cursor in UTF-16 code units of the line
 */
export function layOut(prompt: string, line: string, cursor: number, columns: number): Layout {
  const page = new Rows(columns);
  for (const glyph of glyphsOfStyled(prompt)) page.add(glyph);
  let at = 0;
  let place: Place | null = null;
  const characters = [...line];
  for (const [i, glyphs] of glyphsOf(line).entries()) {
    for (const [j, glyph] of glyphs.entries()) {
      const where = page.add(glyph);
      if (j === 0 && at === cursor) place = where;
    }
    at += characters[i]?.length ?? 0;
  }
  // At the end of a full row the cursor has no column left: it waits in the next one.
  const last = page.end(place === null);
  return { rows: page.rows, cursor: place ?? last };
}

class Rows {
  readonly rows: Row[] = [];
  private readonly columns: number;
  private text = '';
  private width = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** @returns where it stands */
  add({ shown, width }: Glyph): Place {
    const tab = shown === '\t';
    if (this.width + width > this.columns) this.close();
    const place = { row: this.rows.length, column: this.width };
    const wide = tab ? TAB_STOP - (this.width % TAB_STOP) : width;
    const taken = Math.min(wide, this.columns - this.width);
    this.text += tab ? ' '.repeat(taken) : shown;
    this.width += taken;
    return place;
  }

  /** @param open whether there must be room for the cursor behind the text */
  end(open: boolean): Place {
    if (open && this.width === this.columns) this.close();
    const place = { row: this.rows.length, column: this.width };
    this.close();
    return place;
  }

  private close(): void {
    this.rows.push({ text: this.text, width: this.width });
    this.text = '';
    this.width = 0;
  }
}
