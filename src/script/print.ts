/** Calls → text that parser.ts reads back to the same. */
import type { Arg, Call, Item, Value } from '../socket/call.ts';
import { formatEndpoint } from '../socket/endpoint.ts';
import { itemsOf } from '../socket/records.ts';
import type { Outcome } from '../socket/step.ts';
import { quoted } from '../wire/bytes.ts';
import { repeatedPiece } from '../wire/repeats.ts';
import { printStruct } from '../wire/struct/definition.ts';
import type { Expected } from './expected.ts';
import type { CPart, Declarator, Guard, Line, Statement } from './statement.ts';

/** A whole line, as it is written in a script. */
export function printLine(line: Line): string {
  switch (line.kind) {
    case 'call':
      return printStatement(line.statement);
    case 'struct':
      return printStruct(line.definition);
    case 'declare':
      return `${line.type} ${line.declarators.map(declarator).join(', ')};`;
    case 'assign':
      return `${line.target} = ${printArg(line.value)}`;
    case 'zero':
      return `memset(&${line.target}, 0, sizeof(${line.target}));`;
    case 'c':
      return part(line.part);
  }
}

export function printStatement({ call, expected, guard }: Omit<Statement, 'spans'>): string {
  if (guard !== undefined) return guarded(call, guard);
  return `${printCall(call)}${expected === null ? '' : ` = ${printExpected(expected)}`}`;
}

/** `conn = accept(server)`. */
export function printCall({ name, args, as, second }: Call): string {
  const names = [as, second].filter((one) => one !== undefined).join(', ');
  return `${names === '' ? '' : `${names} = `}${name}(${args.map(printArg).join(', ')})`;
}

export function printArg(arg: Arg): string {
  switch (arg.kind) {
    case 'integer':
      return String(arg.value);
    case 'decimal':
      return printDecimal(arg.value);
    case 'constants':
      return arg.parts.join('|');
    case 'bytes':
      return printBytes(arg.bytes);
    case 'name':
      return arg.ref === true ? `&${arg.name}` : arg.name;
    case 'endpoint':
      return formatEndpoint(arg.endpoint);
    case 'at':
      return `${arg.host}:${arg.port}`;
    case 'struct':
      return `${arg.type ?? ''}{${arg.fields.map(printArg).join(', ')}}`;
    case 'list':
      return `[${arg.items.map(printArg).join(', ')}]`;
    case 'duration':
      return `${arg.ms}ms`;
    case 'state':
      return arg.state;
    case 'call':
      return printCall(arg.call);
    case 'sizeof':
      return `sizeof(${arg.of})`;
    case 'null':
      return 'NULL';
  }
}

/** As it is written in a statement. */
export function printExpected(expected: Expected): string {
  switch (expected.kind) {
    case 'bytes':
      return `${printBytes(expected.bytes)}${expected.prefix ? '...' : ''}`;
    case 'regex':
      return `/${expected.source}/`;
    case 'errno':
      return expected.name;
    case 'address':
      return expected.address;
    case 'eof':
      return 'EOF';
    case 'blocked':
      return 'blocked';
    case 'anything':
      return '...';
    default:
      return printArg(expected);
  }
}

/** What came, as an expectation would write it. */
export function printOutcome(outcome: Outcome): string {
  if (outcome.kind === 'error') return `${outcome.error.code} (${outcome.error.text})`;
  return printValue(outcome.value, outcome.result);
}

export function printValue(value: Value, result: number): string {
  switch (value.kind) {
    case 'bytes':
      return printBytes(value.bytes);
    case 'address':
      return value.address;
    case 'addresses':
      return value.addresses.join(', ');
    case 'struct':
      return `{${value.fields.map(printItem).join(', ')}}`;
    case 'record': {
      const items = itemsOf(value);
      if (items !== null) return `${value.layout.name ?? ''}{${items.map(printItem).join(', ')}}`;
      return `${value.bytes.length} of the ${value.layout.size} bytes of ${value.layout.name}`;
    }
    case 'integer':
      return String(value.value);
    case 'state':
      return value.state ?? 'unknown';
    case 'socket':
    case 'pair':
    case 'file':
      return String(result);
  }
}

function printItem(item: Item): string {
  if (item instanceof Uint8Array) return printBytes(item);
  if (typeof item === 'object') return `{${item.map(printItem).join(', ')}}`;
  return typeof item === 'number' && !Number.isSafeInteger(item)
    ? String(shortest(item))
    : String(item);
}

/** With a point, or an exponent: it is read as a decimal again. */
function printDecimal(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * The digits that tell it apart: a float’s 3.140000104904175 is 3.14. Nine are enough for any float
 * (IEEE 754-2019 §5.12.2).
 */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9 && Math.fround(value) === value; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Text; where it is the same again and again, `"x" * 1000`. */
function printBytes(bytes: Uint8Array): string {
  const piece = bytes.length > 32 ? repeatedPiece(bytes) : null;
  // All of the pieces are whole there.
  if (piece === null || bytes.length % piece.length !== 0) return quoted(bytes);
  return `${quoted(piece)} * ${bytes.length / piece.length}`;
}

function declarator({ name, pointer, count, value }: Declarator): string {
  const initial = value === null ? '' : ` = ${printArg(value)}`;
  return `${pointer ? '*' : ''}${name}${count === null ? '' : `[${count}]`}${initial}`;
}

/** In the style of the lecture. */
function guarded(call: Call, { operator, right, body }: Guard): string {
  const made = call.as === undefined ? printCall(call) : `(${printCall(call)})`;
  const start = `if (${made} ${operator} ${printArg(right)}) {`;
  return body === null ? start : `${start} ${body.map((one) => `${part(one)} `).join('')}}`;
}

function part(one: CPart): string {
  switch (one.kind) {
    case 'perror':
      return `perror(${quoted(new Uint8Array(Buffer.from(one.text)))});`;
    case 'exit':
      if (one.word === 'exit') return `exit(${one.code === null ? '0' : printArg(one.code)});`;
      return one.code === null ? 'return;' : `return ${printArg(one.code)};`;
    case 'open':
      return '{';
    case 'close':
      return '}';
    case 'else':
      return '} else {';
  }
}
