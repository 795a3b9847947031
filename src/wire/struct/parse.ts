/** C declarations of structs → definitions. Time grows with the text's length alone. */
import { nearest } from '../nearest.ts';
import {
  type ByteOrder,
  type Field,
  type Fields,
  type FieldType,
  type KnownStructs,
  MOST_BYTES,
  MOST_FIELDS,
  MOST_LEVELS,
  MOST_NAME,
  type StructDefinition,
  StructProblem,
} from './definition.ts';
import { fieldType, isKeyword, NO_POINTERS, type Scope } from './field-types.ts';
import { layoutOf } from './layout.ts';
import { namedScalars } from './scalar.ts';
import { type Token, Tokens } from './tokens.ts';

/** A field, and where its name stands. */
interface Declared {
  readonly field: Field;
  readonly span: Token['span'];
}

/**
 * Fields without a struct around them: `char name[30]; uint32_t age;` The last `;` may be missing.
 * @throws StructProblem at the first place that is wrong
 */
export function parseFields(text: string, known: KnownStructs = new Map()): Fields {
  const tokens = new Tokens(text);
  const declared = declarations(tokens, '', { known, self: null });
  checkSizes(declared, false);
  return { fields: declared.map(({ field }) => field) };
}

/**
 * A whole struct: `struct person { char name[30]; uint32_t age; } packed network;`
 * GCC's `__attribute__((packed))` is understood, and `typedef struct { … } person;`, whose tag,
 * if there is one, is forgotten: the struct has one name.
 * @throws StructProblem at the first place that is wrong
 */
export function parseStruct(text: string, known: KnownStructs = new Map()): StructDefinition {
  const tokens = new Tokens(text);
  const typedef = tokens.accept('typedef');
  tokens.expect('struct', 'a struct begins like this: struct person { char name[30]; … }');
  const early = tokens.peek.text === '__attribute__' && attribute(tokens);
  const tag = tokens.peek.text === '{' ? null : nameOf(tokens, 'struct');
  const missing = tag === null ? 'the struct’s name is missing' : 'its fields are missing: { … }';
  if (tag === null && !typedef) throw new StructProblem(missing, tokens.peek.span);
  tokens.expect('{', missing);
  const declared = declarations(tokens, '}', { known, self: tag });
  tokens.expect('}', 'the closing } is missing');
  const end = modifiers(tokens, typedef);
  const packed = early || end.packed;
  checkSizes(declared, packed);
  checkOrders(declared, end.order);
  const fields = declared.map(({ field }) => field);
  return { name: end.name ?? tag ?? '', fields, packed, order: end.order };
}

/** Fields up to the closing mark, which stays there; '' is the end of the text. */
function declarations(tokens: Tokens, closing: '}' | '', scope: Scope): Declared[] {
  const declared: Declared[] = [];
  const names = new Set<string>();
  while (tokens.peek.text !== closing && tokens.peek.kind !== 'end') {
    const type = fieldType(tokens, scope);
    do {
      const one = declarator(tokens, type);
      if (names.has(one.field.name)) {
        throw new StructProblem('another field has this name', one.span);
      }
      names.add(one.field.name);
      declared.push(one);
    } while (tokens.accept(','));
    if (!tokens.accept(';') && tokens.peek.text !== closing) throw semicolonMissing(tokens.peek);
  }
  if (declared.length === 0)
    throw new StructProblem('at least one field is needed', tokens.peek.span);
  return declared;
}

/** `name`, `name[30]` */
function declarator(tokens: Tokens, type: FieldType): Declared {
  const { peek } = tokens;
  // `int (*handler)(int)` is one too.
  if (peek.text === '*' || peek.text === '(') throw new StructProblem(NO_POINTERS, peek.span);
  const span = peek.span;
  const name = nameOf(tokens, 'field');
  if (tokens.peek.text === ':') throw new StructProblem(BIT_FIELD, tokens.peek.span);
  const count = tokens.accept('[') ? arrayLength(tokens) : null;
  if (tokens.peek.text === '[') {
    throw new StructProblem(
      'one dimension only: int a[6] holds what int a[2][3] does',
      tokens.peek.span,
    );
  }
  return { field: { name, type, count }, span };
}

const BIT_FIELD =
  'no bit fields: C leaves it to each compiler where their bits lie; send a whole uint8_t';

/** The number between the brackets, and the closing one. */
function arrayLength(tokens: Tokens): number {
  const token = tokens.next();
  const { text, span } = token;
  if (text === ']') {
    throw new StructProblem(
      'a length is missing: both sides must know where the struct ends',
      span,
    );
  }
  if (token.kind !== 'number') throw new StructProblem('a length is a number here', span);
  // 010 is 8 in C and 10 elsewhere, so it is refused rather than guessed.
  if (!/^(?:0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/.test(text)) {
    throw new StructProblem('not a length: 30, or 0x1e', span);
  }
  const count = Number(text);
  if (count === 0) throw new StructProblem('an array of none has no bytes', span);
  if (count > MOST_BYTES) throw new StructProblem(TOO_LARGE, span);
  tokens.expect(']', 'the closing ] is missing');
  return count;
}

const TOO_LARGE = 'too large: a struct has at most 16 MiB';

function nameOf(tokens: Tokens, what: 'field' | 'struct'): string {
  const { kind, text, span } = tokens.next();
  if (kind === 'number') throw new StructProblem('a name begins with a letter', span);
  if (kind !== 'word') throw new StructProblem(`the ${what}’s name is missing`, span);
  if (isKeyword(text) || (what === 'struct' && namedScalars.has(text))) {
    throw new StructProblem(`a word of C: the ${what} needs another name`, span);
  }
  if (text.length > MOST_NAME) {
    throw new StructProblem(`a name has at most ${MOST_NAME} characters`, span);
  }
  return text;
}

function semicolonMissing({ text, span, kind }: Token): StructProblem {
  if (text === '(') return new StructProblem('no functions: they have no bytes', span);
  if (text === '}') return new StructProblem('this } closes nothing', span);
  const what = kind === 'end' ? 'the closing } is missing' : 'a ; is missing before this';
  return new StructProblem(what, span);
}

const MODIFIERS = ['packed', 'network', 'little', 'host'];

/** What stands behind the closing `}`, up to the end. */
function modifiers(
  tokens: Tokens,
  typedef: boolean,
): { packed: boolean; order: ByteOrder; name: string | null } {
  let packed = false;
  let order: ByteOrder | null = null;
  let name: string | null = null;
  while (tokens.peek.kind === 'word') {
    const { text, span } = tokens.peek;
    if (text === '__attribute__') packed = attribute(tokens);
    else if (typedef && name === null && !MODIFIERS.includes(text)) name = nameOf(tokens, 'struct');
    else {
      tokens.next();
      if (text === 'packed') packed = true;
      else if (text !== 'network' && text !== 'little' && text !== 'host') {
        throw unknownModifier(text, span);
      } else if (order === null) order = text;
      else throw new StructProblem('the byte order was said already', span);
    }
  }
  if (typedef && name === null) {
    throw new StructProblem('the type’s name is missing', tokens.peek.span);
  }
  tokens.accept(';');
  const { kind, span } = tokens.peek;
  if (kind !== 'end') throw new StructProblem('a struct’s declaration ends before this', span);
  return { packed, order: order ?? 'host', name };
}

function unknownModifier(text: string, span: Token['span']): StructProblem {
  const near = text === 'big' ? 'network' : nearest(text, MODIFIERS);
  return new StructProblem(`behind the } stand ${MODIFIERS.join(', ')}, or nothing`, span, near);
}

/** `__attribute__((packed))` @returns true: it is the only one that is understood */
function attribute(tokens: Tokens): true {
  const whole = '__attribute__((packed)) is the only one that is understood';
  tokens.next();
  for (const mark of ['(', '(']) tokens.expect(mark, whole);
  if (!tokens.accept('packed')) tokens.expect('__packed__', whole);
  for (const mark of [')', ')']) tokens.expect(mark, whole);
  return true;
}

/** Sums are checked when all is known: padding counts, and what the structs inside hold. */
function checkSizes(declared: readonly Declared[], packed: boolean): void {
  const { fields } = layoutOf({ fields: declared.map(({ field }) => field) }, { packed });
  let total = 0;
  for (const [i, { leaves, levels, offset, size }] of fields.entries()) {
    const span = declared[i]?.span ?? [0, 1];
    // Padding at the end can't be what is too much: 16 MiB are a multiple of any alignment.
    if (offset + size > MOST_BYTES) throw new StructProblem(TOO_LARGE, span);
    if (levels >= MOST_LEVELS) {
      throw new StructProblem(`structs in structs go at most ${MOST_LEVELS} levels deep`, span);
    }
    total += leaves;
    if (total > MOST_FIELDS) {
      throw new StructProblem(`too many: a struct has at most ${MOST_FIELDS} fields in all`, span);
    }
  }
}

/** A struct inside follows the outer one's byte order. Where it was promised another: say so. */
function checkOrders(declared: readonly Declared[], order: ByteOrder): void {
  for (const { field, span } of declared) {
    if (field.type.kind !== 'struct') continue;
    const inner = field.type.struct;
    if (inner.order === 'host' || inner.order === order) continue;
    throw new StructProblem(
      `a message has one byte order: ${inner.name} is ${inner.order}, so write ${inner.order} behind the } here too`,
      span,
    );
  }
}
