/** docs/cookbook.md: what nc, ncat and socat do in each task, where the page says what that is. */
import { describe, it } from 'vitest';
import { has } from '../support/tools.ts';
import { runInstead } from './instead.ts';
import { PAGE, tasks } from './page.ts';
import { startServer } from './servers.ts';
import { makeStage, NO_STAGE } from './stage.ts';

describe('the other ways do what the page says:', () => {
  it.for(tasks(PAGE))('line $line: $title', { timeout: 60_000 }, async (task, { skip }) => {
    if (NO_STAGE !== null) return skip(NO_STAGE);
    const stage = await makeStage();
    await startServer(task.title, stage);
    for (const instead of task.instead)
      if (has(instead.tool)) await runInstead(task, instead, stage);
    const missing = task.instead.find(({ tool }) => !has(tool));
    if (missing !== undefined) skip(`${missing.tool} is not installed; the others were run`);
  });
});
