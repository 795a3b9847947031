/** docs/cookbook.md: every task on the page runs as it stands there. */
import { describe, expect, it } from 'vitest';
import { has } from '../support/tools.ts';
import { commandsOf, PAGE, type Task, tasks } from './page.ts';
import { startServer } from './servers.ts';
import { makeStage, NO_STAGE } from './stage.ts';
import { Terminal } from './terminal.ts';

const all = tasks(PAGE);
/** What the page uses that not every system has. */
const TOOLS = ['curl', 'logger', 'openssl', 'python3', 'redis-cli'];

describe('docs/cookbook.md', () => {
  it('has thirty tasks and more, each with its other ways', () => {
    expect(all.length).toBeGreaterThanOrEqual(30);
    for (const { title, terminals, instead } of all) {
      expect(terminals, title).not.toEqual([]);
      const neighbours = instead.filter(({ tool }) => ['nc', 'ncat', 'socat'].includes(tool));
      expect(neighbours.length, title).toBeGreaterThan(0);
    }
  });

  it('has all of them in its contents', () => {
    const links = [...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links).toEqual(all.map(({ title }) => anchorOf(title)));
  });
});

describe('runs as it stands:', () => {
  it.for(all)('line $line: $title', async (task, { skip }) => {
    if (NO_STAGE !== null) return skip(NO_STAGE);
    const missing = TOOLS.find((tool) => uses(task, tool) && !has(tool));
    if (missing !== undefined) return skip(`${missing} is not installed`);
    const stage = await makeStage();
    await startServer(task.title, stage);
    const terminals: Terminal[] = [];
    for (const [i, entries] of task.terminals.entries()) {
      const terminal = new Terminal(stage, String(i), entries);
      terminals.push(terminal);
      await terminal.begin();
    }
    for (const terminal of terminals.toReversed()) await terminal.finish();
  });
});

function uses({ terminals }: Task, tool: string): boolean {
  return terminals.flatMap(commandsOf).some((text) => new RegExp(`\\b${tool}\\b`).test(text));
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
