/** Lines of the call language of all kinds, made up by fast-check as values. */
import fc from 'fast-check';
import type { Expected } from '../../src/script/expected.ts';
import type { Declarator, Line, Statement } from '../../src/script/statement.ts';
import type { Arg, Call, CallName } from '../../src/socket/call.ts';
import type { ParamKind } from '../../src/socket/calls/kinds.ts';
import type { Param, Row } from '../../src/socket/calls/row.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { parseEndpoint } from '../../src/socket/endpoint.ts';
import { TCP_STATES } from '../../src/socket/state.ts';
import { parseStruct } from '../../src/wire/struct/parse.ts';

/** A line without the places where its parts stand: they are not printed. */
export type MadeLine =
  | { readonly kind: 'call'; readonly statement: Omit<Statement, 'spans' | 'expectedSpan'> }
  | Spanless<Exclude<Line, { kind: 'call' }>>;

type Spanless<T> = T extends unknown ? Omit<T, 'span'> : never;

const name = fc.constantFrom('s', 'conn', 'my-sock', '_x1', 'a.sin_port', 'pair[0]', 'pets[2].age');
const plainName = fc.constantFrom('s', 'conn', 'my-sock', '_x1');
const bytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
    fc.tuple(fc.nat(255), fc.nat(200)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
  )
  .map((data) => ({ kind: 'bytes', bytes: data }) as const);
const integer = fc
  .oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(0, -1, 1))
  .map((value) => ({ kind: 'integer', value: value + 0 }) as const);
const decimal = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  )
  .map((value) => ({ kind: 'decimal', value: value + 0 }) as const);
const constants = fc
  .tuple(
    fc.constantFrom<string | number>('O_RDWR', 'POLLIN', 'MSG_PEEK'),
    fc.array(fc.oneof(fc.constantFrom('O_NONBLOCK', 'POLLHUP'), fc.integer()), { maxLength: 3 }),
  )
  .map(([first, more]) => ({ kind: 'constants', parts: [first, ...more] }) as const);
const endpoint = fc.constantFrom(
  ...[':0', '127.0.0.1:8888', '[::1]:80', '[fe80::1%3]:80', '*:80', 'localhost:80', 'a-b.c:1'],
  ...['udp::8', 'udp:127.0.0.1:53', 'udp:[::1]:53', 'tls:x.org:443', 'tcp:udp:53'],
);
/** A path may have a closing brace, so one stands in no structure. */
const path = fc.constantFrom(
  ...['unix:/tmp/a-b.sock', 'unix:@name', 'unixgram:/tmp/x', 'unix:////x', 'unix:x{y}"z]'],
);
const addressOf = (text: string): Arg => ({ kind: 'endpoint', endpoint: parseEndpoint(text) });
const address = endpoint.map(addressOf);
const at = fc
  .constantFrom('127.0.0.1', '[::1]', '', '*', 'host', 'udp:127.0.0.1')
  .chain((host) =>
    fc.constantFrom('port', 'my-port').map((port) => ({ kind: 'at', host, port }) as const),
  );
const state = fc.constantFrom(...TCP_STATES).map((one) => ({ kind: 'state', state: one }) as const);
const duration = fc.nat().map((ms) => ({ kind: 'duration', ms }) as const);
const sizeOf = fc
  .constantFrom('msg', 'msg.name', 'unsigned int', 'sockaddr_in')
  .map((of) => ({ kind: 'sizeof', of }) as const);
const named = name.map((one) => ({ kind: 'name', name: one }) as const);
const reference = name.map((one) => ({ kind: 'name', name: one, ref: true }) as const);

/** Every kind of argument, also inside others. */
const { inner } = fc.letrec<{ inner: Arg; struct: Arg; list: Arg; computed: Arg }>((tie) => ({
  inner: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...[integer, decimal, bytes, constants, named, reference, address, at, state, duration, sizeOf],
    fc.constant({ kind: 'null' } as const),
    ...[tie('struct'), tie('list'), tie('computed')],
  ),
  struct: fc
    .tuple(
      fc.option(fc.constantFrom('person', 'sockaddr_in')),
      fc.array(tie('inner'), { maxLength: 3 }),
    )
    .map(([type, fields]) => ({ kind: 'struct', fields, ...(type === null ? {} : { type }) })),
  list: fc.array(tie('inner'), { maxLength: 3 }).map((items) => ({ kind: 'list', items })),
  computed: tie('inner').map((one) => ({ kind: 'call', call: { name: 'htons', args: [one] } })),
}));
const arg: fc.Arbitrary<Arg> = fc.oneof({ weight: 9, arbitrary: inner }, path.map(addressOf));

/** What can stand for a parameter of each kind, so that the form stays the one that was chosen. */
const FITTING: Readonly<Partial<Record<ParamKind, fc.Arbitrary<Arg>>>> = {
  flags: constants,
  out: fc.oneof(reference, named, fc.constant({ kind: 'null' } as const)),
  state,
};

function argumentsOf(form: readonly Param[]): fc.Arbitrary<readonly Arg[]> {
  const least = form.filter(({ optional }) => !optional).length;
  const each = form.map(({ kind }) => FITTING[kind] ?? arg);
  return fc
    .tuple(fc.integer({ min: least, max: form.length }), fc.tuple(...each))
    .map(([count, args]) => args.slice(0, count));
}

/** Every call of the table in every form, with arguments of any kind: what fits is checked later. */
export function callsOf(row: Row): fc.Arbitrary<Call> {
  const forms = [row.params, ...(row.alsoAs ?? [])];
  return fc
    .tuple(fc.constantFrom(...forms).chain(argumentsOf), fc.option(name), fc.option(plainName))
    .map(([args, as, second]) => ({
      name: row.name as CallName,
      args,
      ...(as === null ? {} : { as }),
      ...(as === null || second === null || second === as ? {} : { second }),
    }));
}

const call = fc.constantFrom(...callTable.values()).chain(callsOf);

const expected: fc.Arbitrary<Expected> = fc.oneof(
  ...[integer, constants, at, state, sizeOf, named],
  fc.tuple(bytes, fc.boolean()).map(([data, prefix]) => ({ ...data, prefix })),
  fc.constantFrom('^a.*$', 'a\\/b', 'x # "y" \\\\', '[(]\\/\\*').map(regex),
  fc.constantFrom('EPIPE', 'EAI_NONAME').map((one) => ({ kind: 'errno', name: one }) as const),
  fc
    .constantFrom('127.0.0.1:80', '[::1]:80', 'unix:/x', 'unix:@n', '0.0.0.0:1')
    .map((one) => ({ kind: 'address', address: one }) as const),
  fc
    .tuple(fc.option(fc.constant('person')), fc.array(inner, { maxLength: 3 }))
    .map(([type, fields]) => ({
      kind: 'struct' as const,
      fields,
      ...(type === null ? {} : { type }),
    })),
  fc
    .constantFrom('htons', 'ntohl')
    .chain((one) =>
      integer.map((inner) => ({ kind: 'call', call: { name: one, args: [inner] } }) as const),
    ),
  fc.constantFrom('eof', 'null', 'blocked', 'anything').map((kind) => ({ kind }) as const),
);

function regex(source: string): Expected {
  return { kind: 'regex', source };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const code = fc.option(
  fc.oneof(integer, fc.constant({ kind: 'name', name: 'EXIT_FAILURE' } as const)),
);
const ending = fc.oneof(
  text.map((one) => ({ kind: 'perror', text: one }) as const),
  integer.map((one) => ({ kind: 'exit', word: 'exit', code: one }) as const),
  code.map((one) => ({ kind: 'exit', word: 'return', code: one }) as const),
);
const part = fc.oneof(
  ending,
  fc.constantFrom('open', 'close', 'else').map((kind) => ({ kind }) as const),
);

const guard = fc.record({
  operator: fc.constantFrom('<', '>', '<=', '>=', '==', '!='),
  right: fc.oneof(integer, sizeOf, named, fc.constant({ kind: 'null' } as const)),
  body: fc.option(fc.array(ending, { maxLength: 3 })),
});

const statement: fc.Arbitrary<Omit<Statement, 'spans' | 'expectedSpan'>> = fc.oneof(
  fc.record({ call, expected: fc.option(expected) }),
  fc.record({ call, expected: fc.constant(null), guard }),
);

const declarator: fc.Arbitrary<Declarator> = fc.record({
  name: fc.constantFrom('a', 'serv_addr', '_x'),
  pointer: fc.boolean(),
  count: fc.option(fc.nat(100_000)),
  value: fc.option(arg),
});
const types = ['int', 'unsigned long', 'const char', 'FILE', 'struct sockaddr_in', 'static char'];

const structs = [
  'struct person { char name[30]; uint32_t age; }',
  'struct wire { char name[30]; uint32_t age; } packed network',
  'struct pets { unsigned char n; double weight[3]; } little',
].map((one) => parseStruct(one));

/** What can be assigned: a call with a name is a call. */
const assigned = arg.filter(({ kind }) => kind !== 'call');

export const line: fc.Arbitrary<MadeLine> = fc.oneof(
  { weight: 6, arbitrary: statement.map((one) => ({ kind: 'call' as const, statement: one })) },
  fc.constantFrom(...structs).map((definition) => ({ kind: 'struct' as const, definition })),
  fc.record({
    kind: fc.constant('declare' as const),
    type: fc.constantFrom(...types),
    declarators: fc
      .array(declarator, { minLength: 1, maxLength: 3 })
      // One name for what a call gives: that is the call.
      .filter(([one, ...more]) => more.length > 0 || one?.value?.kind !== 'call'),
  }),
  fc.record({ kind: fc.constant('assign' as const), target: name, value: assigned }),
  fc.record({ kind: fc.constant('zero' as const), target: name }),
  part.map((one) => ({ kind: 'c' as const, part: one })),
);
