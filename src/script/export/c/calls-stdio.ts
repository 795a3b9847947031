/** FILEs over sockets, in C as they are. */
import type { Item } from '../../../socket/call.ts';
import { printf } from '../../../wire/printf.ts';
import { type Conversion, conversionsOf, cTypeOf, isPlain } from '../formats.ts';
import { cameFromInside } from '../partners.ts';
import { argOf, cameOf, errorOf, numberOf, outOf, resultOf, textOf } from '../resolved.ts';
import type { Act } from '../story.ts';
import { beforeClose, type Emit } from './calls-sockets.ts';
import { checked, onlyHere } from './checked.ts';
import { textLiteral } from './literal.ts';
import type { CProgram } from './program.ts';

/** What fgets() has room for where nothing was said. */
const LINE = 4096;
/** For %s without a width, which C would fill without end. */
const WORD = 1024;

export const stdioCalls: Readonly<Record<string, Emit>> = {
  fdopen: (p, act, subject) => {
    const mode = textLiteral(textOf(act, 'mode') ?? '');
    if (errorOf(act) !== null) checked(p, act, `fdopen(${subject}, ${mode}) == NULL`);
    else
      checked(p, act, `(${fileNamed(p, openedName(act))} = fdopen(${subject}, ${mode})) == NULL`);
  },
  fprintf: (p, act) => {
    const made = printed(p, act);
    if (made === null) onlyHere(p, 'this fprintf()');
    else checked(p, act, made);
  },
  fflush: (p, act) => checked(p, act, `fflush(${file(p, act)}) != 0`),
  fclose: (p, act) => {
    if (act.subject !== null) beforeClose(p, act, act.subject);
    checked(p, act, `fclose(${file(p, act)}) != 0`);
    if (act.subject !== null) p.open.delete(act.subject);
  },
  fgets,
  fscanf,
};

/** The variable of the FILE that the call is about. */
function file(p: CProgram, act: Act): string {
  const arg = argOf(act, 'file');
  return fileNamed(p, arg?.kind === 'name' ? arg.name : 'file');
}

function fileNamed(p: CProgram, name: string): string {
  return p.declare('FILE *', p.names.of(`FILE ${name}`, name));
}

function openedName(act: Act): string {
  const outcome = act.step?.outcome;
  const value = outcome?.kind === 'value' ? outcome.value : null;
  return value?.kind === 'file' ? value.name : (act.call.as ?? 'file');
}

/** The condition that it failed; null where its values are not known. */
function printed(p: CProgram, act: Act): string | null {
  const format = textOf(act, 'format') ?? '';
  const first = act.form.findIndex(({ name }) => name === 'values');
  const values = act.meanings.slice(first).map(({ value }) => value);
  const plain: (number | Uint8Array)[] = [];
  for (const value of values) {
    if (value?.kind === 'integer') plain.push(value.value);
    else if (value?.kind === 'bytes' || value?.kind === 'record') plain.push(value.bytes);
    else return null;
  }
  const conversions = conversionsOf(format);
  const target = file(p, act);
  if (isPlain(format) && conversions.length === plain.length) {
    const args = plain.map((value, i) => argument(p, conversions[i], value));
    return `fprintf(${[target, textLiteral(format), ...args].join(', ')}) < 0`;
  }
  const { pointer, length } = p.data(printf(format, plain));
  p.comment(`fprintf() of ${JSON.stringify(format)}, which C’s compiler would complain about.`);
  return `fwrite(${pointer}, 1, ${length}, ${target}) != ${length}`;
}

function argument(p: CProgram, one: Conversion | undefined, value: number | Uint8Array): string {
  if (value instanceof Uint8Array) {
    const end = value.indexOf(0);
    return p.data(end === -1 ? value : value.subarray(0, end)).pointer;
  }
  if (one === undefined || one.letter === 'c') return String(value);
  // -2147483648 is a long in C, and 4294967295 does not fit an int.
  return `(${cTypeOf(one)})${value < 0 ? `(${value}LL)` : `${value}LL`}`;
}

function fgets(p: CProgram, act: Act): void {
  const stream = file(p, act);
  const size = numberOf(act, 'count') ?? LINE;
  const came = cameOf(act);
  const named = act.call.as ?? outOf(act, 'buffer');
  const buffer =
    named === null
      ? p.buffer(size)
      : p.declare('char', p.names.of(`bytes ${named} ${size}`, named), `[${size}]`);
  const label = `fgets(${argText(act)})`;
  const call = `fgets(${buffer}, ${size}, ${stream})`;
  if (came === null) {
    checked(p, act, `${call} == NULL`);
    return;
  }
  if (came.length === 0 && size > 1) {
    p.comment('End of file: NULL.');
    p.line(
      `if (${call} != NULL)`,
      `    ${p.use('show')}("${label}", ${buffer}, strlen(${buffer}));`,
    );
    return;
  }
  checked(p, act, `${call} == NULL`);
  // A zero byte in the line: strlen() would not see what is behind it.
  const count = came.includes(0) ? String(came.length) : `strlen(${buffer})`;
  compare(p, act, label, { buffer, count, came });
}

function compare(
  p: CProgram,
  act: Act,
  label: string,
  { buffer, count, came }: { buffer: string; count: string; came: Uint8Array },
): void {
  if (!cameFromInside(p.story, act)) {
    p.line(`${p.use('show')}("${label}", ${buffer}, ${count});`);
    return;
  }
  const { pointer, length } = p.data(came);
  p.line(`${p.use('came')}("${label}", ${buffer}, ${count}, ${pointer}, ${length});`);
}

function argText(act: Act): string {
  const arg = argOf(act, 'file');
  return arg?.kind === 'name' ? arg.name : 'file';
}

/** A variable for each conversion, named as the user named it. */
function fscanf(p: CProgram, act: Act): void {
  const format = textOf(act, 'format') ?? '';
  const conversions = conversionsOf(format).filter(({ skipped }) => !skipped);
  if (format === '' || format.includes('\0') || conversions.some(isWide)) {
    onlyHere(p, `fscanf() of ${JSON.stringify(format)}`);
    return;
  }
  const first = act.form.findIndex(({ name }) => name === 'values');
  const places = conversions.map((one, i) => {
    const arg = act.call.args[first + i];
    return placeFor(p, one, arg?.kind === 'name' ? arg.name : 'field');
  });
  const args = places.map(({ variable, text }) => (text ? variable : `&${variable}`));
  const call = `fscanf(${[file(p, act), textLiteral(format), ...args].join(', ')})`;
  const n = p.declare('int', 'value');
  if (errorOf(act) === 'EOF') {
    p.comment('End of file: EOF.');
    p.line(`if ((${n} = ${call}) != EOF)`, `    printf("fscanf() = %d\\n", ${n});`);
    return;
  }
  if (errorOf(act) !== null) {
    checked(p, act, `${call} == EOF`);
    return;
  }
  checked(p, act, `(${n} = ${call}) == EOF`);
  p.use('differs');
  p.line(`if (${n} != ${resultOf(act)})`, '    differs = 1;');
  const outcome = act.step?.outcome;
  const values =
    outcome?.kind === 'value' && outcome.value.kind === 'struct' ? outcome.value.fields : [];
  for (const [i, value] of values.entries()) showScanned(p, act, places[i], value);
}

function isWide({ letter, size }: Conversion): boolean {
  return (letter === 's' || letter === 'c') && size !== '';
}

interface Place {
  readonly variable: string;
  readonly text: boolean;
  readonly one: Conversion;
}

function placeFor(p: CProgram, one: Conversion, name: string): Place {
  const { letter, width } = one;
  if (letter === 's' || letter === 'c') {
    const size = letter === 'c' ? (width ?? 1) : width === null ? WORD : width + 1;
    const variable = p.names.of(`scanned ${name} ${letter}${size}`, name);
    return { variable: p.declare('char', variable, `[${size}]`), text: true, one };
  }
  const type = cTypeOf(one);
  if (type.endsWith('max_t')) p.include('stdint.h');
  if (type === 'ptrdiff_t') p.include('stddef.h');
  return {
    variable: p.declare(type, p.names.of(`scanned ${name} ${type}`, name)),
    text: false,
    one,
  };
}

function showScanned(p: CProgram, act: Act, place: Place | undefined, value: Item): void {
  if (place === undefined) return;
  const { variable, one } = place;
  if (value instanceof Uint8Array) {
    const count = one.letter === 'c' ? String(value.length) : `strlen(${variable})`;
    compare(p, act, variable, { buffer: variable, count, came: value });
    return;
  }
  const signed = one.letter === 'd' || one.letter === 'i';
  const [format, type] = signed ? ['%lld', 'long long'] : ['%llu', 'unsigned long long'];
  p.line(`printf("${variable} = ${format}\\n", (${type})${variable});`);
  if (cameFromInside(p.story, act)) {
    p.use('differs');
    p.line(`if (${variable} != (${cTypeOf(one)})${Number(value)}LL)`, '    differs = 1;');
  }
}
