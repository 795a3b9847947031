/** A script’s results as JUnit’s XML, as CI servers read it: a suite a script, a case a statement. */
import type { Result } from '../../script/run.ts';
import type { Mistake, ParsedLine } from '../../script/source.ts';
import { visibleText } from '../visible.ts';

export interface JUnitSuite {
  readonly file: string;
  readonly results: readonly Result[];
  /** The statements that were not reached. */
  readonly skipped: readonly ParsedLine[];
  /** What was found before anything ran. */
  readonly mistakes: readonly Mistake[];
}

export function junitXml({ file, results, skipped, mistakes }: JUnitSuite): string {
  const failures = results.filter(({ verdict }) => verdict !== 'met').length;
  const tests = results.length + skipped.length + mistakes.length;
  const seconds = results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;
  const counts = attributes({
    name: file,
    tests,
    failures,
    errors: mistakes.length,
    skipped: skipped.length,
    time: seconds.toFixed(6),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite${counts}>`,
    ...results.map((result) => caseOf(file, result)),
    ...skipped.map((line) => element(file, line, 0, '<skipped/>')),
    ...mistakes.map((mistake) => mistakeOf(file, mistake)),
    '</testsuite></testsuites>',
  ].join('\n');
}

function caseOf(file: string, { line, verdict, mismatch, tookMs }: Result): string {
  if (verdict === 'met') return element(file, line, tookMs, '');
  const message = `expected ${mismatch?.expected ?? ''}, and ${mismatch?.actual ?? ''} came`;
  return element(file, line, tookMs, `<failure${attributes({ message, type: verdict })}/>`);
}

function mistakeOf(file: string, { line, text, message, column }: Mistake): string {
  const error = `<error${attributes({ message: `${file}:${line}:${column}: ${message}`, type: 'script' })}/>`;
  return element(file, { number: line, text }, 0, error);
}

function element(
  file: string,
  { number, text }: { number: number; text: string },
  tookMs: number,
  inside: string,
): string {
  const name = `${number}: ${text.trim()}`;
  const time = (tookMs / 1000).toFixed(6);
  const start = `<testcase${attributes({ classname: file, name, file, line: number, time })}`;
  return inside === '' ? `${start}/>` : `${start}>${inside}</testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

/** XML 1.0 §2.2 has no control characters, so they are made visible; §2.4 has five escapes. */
function escaped(text: string): string {
  return visibleText(text.replaceAll('\n', ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll(
      /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '?',
    );
}
