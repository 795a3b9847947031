/** A script's results as the Test Anything Protocol, version 13, which all readers know: testanything.org. */
import type { Result } from '../../script/run.ts';
import type { ParsedLine } from '../../script/source.ts';
import { visibleText } from '../visible.ts';

export function tapPlan(statements: number): string {
  return `TAP version 13\n1..${statements}`;
}

/** @param why what the errno means here; null where nothing is known */
export function tapResult(
  number: number,
  file: string,
  result: Result,
  why: string | null,
): string {
  const { verdict, line, mismatch } = result;
  const start = `${verdict === 'met' ? 'ok' : 'not ok'} ${number} - ${named(file, line)}`;
  if (verdict === 'met') return start;
  const facts = {
    verdict,
    expected: mismatch?.expected ?? '',
    actual: mismatch?.actual ?? '',
    ...(why === null ? {} : { why }),
    file,
    line: line.number,
    sockets: result.sockets.map(({ socket, state, local, peer }) => ({
      socket,
      state,
      local,
      peer,
    })),
  };
  return [start, '  ---', ...yaml(facts), '  ...'].join('\n');
}

/** A statement behind the one that ended the script. */
export function tapSkipped(number: number, file: string, line: ParsedLine): string {
  return `ok ${number} - ${named(file, line)} # SKIP not run`;
}

/** The script could not be read. */
export function tapBailOut(why: string): string {
  return `Bail out! ${oneLine(why)}`;
}

function named(file: string, { number, text }: ParsedLine): string {
  // A # would begin a directive.
  return oneLine(`${file}:${number} ${text.trim()}`)
    .replaceAll('\\', '\\\\')
    .replaceAll('#', '\\#');
}

/** JSON’s scalars and lists are YAML’s, too. */
function yaml(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
}

function oneLine(text: string): string {
  return visibleText(text.replaceAll('\n', ' '));
}
