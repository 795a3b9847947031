/** docs/cookbook.md: every task on the page runs as it stands there, and so do the ways beside it. */
import { describe, expect, it } from 'vitest';
import { PAGE, tasks } from './page.ts';
import { serve } from './servers.ts';
import { makeStage, NO_STAGE } from './stage.ts';
import { Terminal } from './terminal.ts';

const all = tasks(PAGE);

describe('docs/cookbook.md', () => {
  it('has thirty tasks and more, each with its other ways', () => {
    expect(all.length).toBeGreaterThanOrEqual(30);
    for (const { title, terminals, instead } of all) {
      expect(terminals, title).not.toEqual([]);
      expect(instead.length, title).toBeGreaterThan(0);
    }
  });

  it.for(all)('line $line: $title', async ({ title, terminals }, { skip }) => {
    if (NO_STAGE !== null) return skip(NO_STAGE);
    const stage = await makeStage();
    await serve(title, stage);
    const playing: Terminal[] = [];
    for (const [i, entries] of terminals.entries()) {
      const terminal = new Terminal(stage, String(i), entries);
      playing.push(terminal);
      await terminal.begin();
    }
    for (const terminal of playing.toReversed()) await terminal.finish();
  });
});
