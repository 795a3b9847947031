/** The Python export, run: it reads what the session read, and ends by itself. */
import { describe, expect, it } from 'vitest';
import { exportPython } from '../../../src/script/export/python.ts';
import { readsOf, recorded } from '../../support/recorded.ts';
import {
  printedReads,
  pythonBytes,
  runScriptFile,
  seenReads,
} from '../../support/told-programs.ts';
import { TOLD } from '../../support/told-sessions.ts';

describe('as a Python program', () => {
  for (const { shows, lines, failures = [], dropped = [], prints = [] } of TOLD) {
    it(shows, async () => {
      const session = await recorded(await lines());
      const text = exportPython(session.recording.all);
      session.session.close();
      const { code, stdout, stderr } = await runScriptFile('python3', 'told.py', text);
      for (const failure of failures) expect(stderr).toMatch(failure);
      expect([stderr.split('\n').length - 1, code]).toEqual([failures.length, 0]);
      for (const print of prints) expect(stdout.toString()).toMatch(print);
      const printed = printedReads(stdout.toString(), pythonBytes);
      expect(printed).toEqual(seenReads(readsOf(session), dropped));
    });
  }
});
