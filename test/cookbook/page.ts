/** docs/cookbook.md as values: its tasks, what is typed and printed in them, and what others do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing in a transcript, in the order in which it happens on that terminal. */
export type Entry =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'key'; readonly key: 'C' | 'D' }
  | { readonly kind: 'printed'; readonly text: string };

/** How the same is done without socklab. */
export interface Instead {
  readonly tool: string;
  readonly command: string;
  /**
   * What the page says will happen. Tested are `hangs`, `exits with N` (else it is 0, or it listens)
   * and prints `TEXT`, on stdout or stderr.
   */
  readonly words: string;
}

export interface Task {
  readonly group: string;
  readonly title: string;
  /** The line of its heading. */
  readonly line: number;
  /** Each block is a terminal of its own. */
  readonly terminals: readonly (readonly Entry[])[];
  readonly instead: readonly Instead[];
}

export const PAGE = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'cookbook.md'),
  'utf8',
);

/** The tasks of the page: what stands under each heading of the third level. */
export function tasks(page: string): Task[] {
  return [...page.matchAll(/^### (.*)\n((?:(?!^##).*\n?)*)/gm)].map((match) => {
    const [, title = '', text = ''] = match;
    const before = page.slice(0, match.index);
    return {
      group: [...before.matchAll(/^## (.*)$/gm)].at(-1)?.[1] ?? '',
      title,
      line: before.split('\n').length,
      terminals: [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) =>
        transcript(block),
      ),
      instead: [...text.matchAll(/^- (nc|ncat|socat|python3): (`+)(.+?)\2(.*)$/gm)].map(
        ([, tool = '', , command = '', words = '']) => ({ tool, command: command.trim(), words }),
      ),
    };
  });
}

/** What is typed ends with ⏎; `$ ` begins a command, which goes on in lines that begin with `> `. */
function transcript(block: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of block.trimEnd().split('\n')) {
    const last = entries.at(-1);
    if (line.startsWith('$ ')) entries.push({ kind: 'command', text: line.slice(2) });
    else if (line.startsWith('> ') && last?.kind === 'command')
      entries[entries.length - 1] = { kind: 'command', text: `${last.text}\n${line.slice(2)}` };
    else if (line.endsWith('⏎')) entries.push({ kind: 'typed', text: line.slice(0, -1) });
    else if (line === '^C' || line === '^D')
      entries.push({ kind: 'key', key: line === '^C' ? 'C' : 'D' });
    else entries.push({ kind: 'printed', text: line });
  }
  return entries;
}

/** The commands of a terminal. */
export function commandsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === 'command' ? [entry.text] : []));
}
