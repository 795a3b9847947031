/** docs/language.md: every example on the page runs as it stands, and every call has its place there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkScript } from '../../src/script/check.ts';
import { runScript } from '../../src/script/run.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { Session } from '../../src/socket/session/session.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'language.md'), 'utf8');

/** The page's scripts, each with the line that it begins in. */
const examples = [...page.matchAll(/^```sock\n(.*?)^```$/gms)].map((match) => ({
  line: page.slice(0, match.index).split('\n').length + 1,
  text: match[1] ?? '',
}));

describe('docs/language.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(12);
  });

  it.each(examples)('the example in line $line runs as it stands', async ({ text }) => {
    const session = new Session({ observe: false });
    try {
      const { lines, mistakes } = checkScript(text, new Map(), session.scope.structs);
      expect(mistakes).toEqual([]);
      const failures: unknown[] = [];
      const options = { timeoutMs: 5000, keepGoing: false };
      const summary = await runScript(session, lines, options, ({ line, verdict, mismatch }) => {
        if (verdict !== 'met') failures.push({ line: line.text, verdict, ...mismatch });
      });
      expect(failures).toEqual([]);
      expect(summary.statements).toBeGreaterThan(0);
    } finally {
      session.close();
    }
  });

  it('shows every call of the table', () => {
    const shown = examples.map(({ text }) => text).join('\n');
    const missing = [...callTable.keys()].filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(shown),
    );
    expect(missing).toEqual([]);
  });
});
