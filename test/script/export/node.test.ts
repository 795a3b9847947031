/** The Node export, run: it reads what the session read, and ends by itself. */
import { describe, expect, it } from 'vitest';
import { exportNode } from '../../../src/script/export/node.ts';
import { readsOf, recorded } from '../../support/recorded.ts';
import { nodeBytes, printedReads, runScriptFile, seenReads } from '../../support/told-programs.ts';
import { TOLD } from '../../support/told-sessions.ts';

describe('as a Node program', () => {
  for (const { shows, lines, notInNode, failures = [], dropped = [], prints = [] } of TOLD) {
    if (notInNode) continue;
    it(shows, async () => {
      const session = await recorded(await lines());
      const text = exportNode(session.recording.all);
      session.session.close();
      const { code, stdout, stderr } = await runScriptFile(process.execPath, 'told.mjs', text);
      for (const failure of failures) expect(stderr).toMatch(failure);
      expect([stderr.split('\n').length - 1, code]).toEqual([failures.length, 0]);
      for (const print of prints) expect(stdout.toString()).toMatch(print);
      const printed = printedReads(stdout.toString(), nodeBytes);
      expect(printed).toEqual(seenReads(readsOf(session), dropped));
    });
  }
});
