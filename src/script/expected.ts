/** What a call must answer, held against what came. */
import type { Value } from '../socket/call.ts';
import type { Outcome } from '../socket/step.ts';
import { quoted } from '../wire/bytes.ts';

/** What a statement says that its call must answer: `= 0`, `= "hel"...`, `= EADDRINUSE`. */
export type Expected =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly prefix: boolean }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'errno'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'struct'; readonly fields: readonly number[] }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'anything' };

/** Whether a call that has returned answered what was expected. Nothing expected: that it succeeds. */
export function isMet(expected: Expected | null, outcome: Outcome): boolean {
  if (expected?.kind === 'anything') return true;
  if (expected?.kind === 'errno') {
    return outcome.kind === 'error' && outcome.error.code === expected.name;
  }
  if (outcome.kind === 'error') return false;
  return expected === null || suits(expected, outcome.value, outcome.result);
}

/** As it is written in a statement. */
export function formatExpected(expected: Expected): string {
  switch (expected.kind) {
    case 'integer':
      return String(expected.value);
    case 'bytes':
      return `${quoted(expected.bytes)}${expected.prefix ? '...' : ''}`;
    case 'regex':
      return `/${expected.source}/`;
    case 'errno':
      return expected.name;
    case 'address':
      return expected.address;
    case 'struct':
      return `{${expected.fields.join(', ')}}`;
    case 'blocked':
      return 'blocked';
    case 'anything':
      return '...';
  }
}

/** What came, as an expectation would write it. */
export function formatOutcome(outcome: Outcome): string {
  if (outcome.kind === 'error') return `${outcome.error.code} (${outcome.error.text})`;
  const { value } = outcome;
  switch (value.kind) {
    case 'bytes':
      return quoted(value.bytes);
    case 'address':
      return value.address;
    case 'struct':
      return `{${value.fields.join(', ')}}`;
    case 'integer':
      return String(value.value);
    case 'socket':
      return String(outcome.result);
  }
}

function suits(expected: Expected, value: Value, result: number): boolean {
  switch (expected.kind) {
    case 'integer':
      // getsockopt() gives its option's value; every other call's number is its result.
      return (value.kind === 'integer' ? value.value : result) === expected.value;
    case 'bytes': {
      if (value.kind !== 'bytes') return false;
      const { bytes, prefix } = expected;
      const came = prefix ? value.bytes.subarray(0, bytes.length) : value.bytes;
      return Buffer.compare(came, bytes) === 0;
    }
    case 'regex':
      // latin1: one character a byte, so that any bytes can be matched.
      return (
        value.kind === 'bytes' &&
        new RegExp(expected.source, 's').test(Buffer.from(value.bytes).toString('latin1'))
      );
    case 'address':
      return value.kind === 'address' && value.address === expected.address;
    case 'struct':
      return value.kind === 'struct' && value.fields.join() === expected.fields.join();
    case 'errno':
    case 'blocked':
    case 'anything':
      return false;
  }
}
