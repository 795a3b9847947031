/** The C export: compiled without a warning, and run; it reads what the session read. */
import { describe, expect, it } from 'vitest';
import { exportC } from '../../../src/script/export/c.ts';
import { readsOf, recorded } from '../../support/recorded.ts';
import { cBytes, printedReads, runC, seenReads } from '../../support/told-programs.ts';
import { TOLD } from '../../support/told-sessions.ts';
import { has } from '../../support/tools.ts';

describe('as C programs', () => {
  for (const { shows, lines, single = false, failures = [], dropped = [], prints = [] } of TOLD) {
    it(shows, async (context) => {
      if (!has('cc')) context.skip('cc is not installed');
      const session = await recorded(await lines());
      const programs = exportC(session.recording.all);
      expect(programs.map(({ side }) => side)).toEqual(single ? [null] : ['server', 'client']);
      session.session.close();
      const exits = await runC(programs);
      const all = exits.map(({ stderr }) => stderr).join('');
      expect(exits.map(({ code, signal }) => [code, signal])).toEqual(exits.map(() => [0, null]));
      for (const failure of failures) expect(all).toMatch(failure);
      expect(all.split('\n').length - 1).toBe(failures.length);
      const printed = exits.flatMap(({ stdout }) => printedReads(stdout.toString(), cBytes));
      for (const print of prints) expect(String(exits[0]?.stdout)).toMatch(print);
      expect(printed.sort()).toEqual(seenReads(readsOf(session), dropped).sort());
    });
  }
});
