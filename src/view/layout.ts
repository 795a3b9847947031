/** Fitting text into a terminal's width. Widths count characters as they are seen. */
import { stripVTControlCharacters } from 'node:util';

/** Columns of `text` on a terminal, colour codes not counted. All that we write is one column wide. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** `left`, then `right` at the right edge; at least two blanks apart, or on a line of its own. */
export function spread(left: string, right: string, width: number): string {
  if (right === '') return left;
  const gap = width - widthOf(left) - widthOf(right);
  if (gap >= 2) return `${left}${' '.repeat(gap)}${right}`;
  return `${left}\n${' '.repeat(Math.max(0, width - widthOf(right)))}${right}`;
}

/** Words broken into lines of at most `width`; a longer word stands alone on its line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `label`, then the text beside it, with every further line under the text's first. */
export function hanging(label: string, text: string, width: number): string {
  const indent = ' '.repeat(widthOf(label));
  return wrap(text, Math.max(20, width - widthOf(label)))
    .map((line, i) => (i === 0 ? label : indent) + line)
    .join('\n');
}

/** `9 µs`, `1.2 ms`, `4.1 s`. @param us microseconds */
export function duration(us: number): string {
  if (us < 999.5) return `${Math.max(1, Math.round(us))} µs`;
  if (us < 999_500) return `${(us / 1000).toFixed(us < 9_950 ? 1 : 0)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}
