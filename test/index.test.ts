/** The library as a program sees it: the example runs, the names are there, the types are right. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as library from '../src/index.ts';
import {
  type Arg,
  BadCall,
  type Call,
  type Change,
  call,
  callTable,
  type Endpoint,
  EndpointError,
  endpoint,
  formatEndpoint,
  type Job,
  named,
  type Outcome,
  parseEndpoint,
  parseStatement,
  Session,
  type SessionEvent,
  type Snapshot,
  SocketError,
  type Statement,
  type Step,
  SyntaxProblem,
  type Sys,
  succeeded,
  systemCalls,
  type TcpState,
  text,
  type Value,
} from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist/index.js');

/** The example in the docstring of src/index.ts. */
function example(): string {
  const source = readFileSync(join(ROOT, 'src/index.ts'), 'utf8');
  const block = /```ts\n([\s\S]*?)```/.exec(source)?.[1];
  if (block === undefined) throw new Error('there is no example');
  return block.replaceAll(/^ \* ?/gm, '');
}

/** The runner asks for colour; what the example prints is compared without. */
function uncoloured(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => name !== 'FORCE_COLOR');
  return { ...Object.fromEntries(entries), NO_COLOR: '1' };
}

describe('the example', () => {
  it('runs as it stands, against the package as it is built', (context) => {
    if (!existsSync(BUILT)) context.skip('the package is not built: npm run build');
    // A package may import itself by its name, the way that its users do.
    const child = spawnSync(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', example()],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 10_000,
        env: uncoloured(),
      },
    );
    expect([child.status, child.stderr]).toEqual([0, '']);
    expect(child.stdout).toMatch(/^listen\(\d+, 10\) \[/);
    expect(child.stdout).toContain("from: 'CLOSED', to: 'LISTEN'");
  });

  it('runs against the sources, and leaves nothing open', async () => {
    const [, names = '', , program = ''] =
      /import \{(.*?)\} from '(.*?)';\n([\s\S]*)/.exec(example()) ?? [];
    const printed: unknown[][] = [];
    const run = new Function(
      'library',
      'console',
      `const {${names}} = library; return (async () => {${program}})();`,
    );
    await run(library, { log: (...values: unknown[]) => printed.push(values) });
    expect(printed).toEqual([
      [
        expect.stringMatching(/^listen\(\d+, 10\)$/),
        [
          { socket: 'server', field: 'state', from: 'CLOSED', to: 'LISTEN' },
          { socket: 'server', field: 'queue', from: null, to: 0 },
          { socket: 'server', field: 'backlog', from: null, to: 10 },
        ],
      ],
    ]);
  });

  it('imports only what there is', () => {
    const names = /import \{(.*?)\}/.exec(example())?.[1]?.split(',') ?? [];
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(library).toHaveProperty(name.trim());
  });
});

describe('calls in a program', () => {
  it('are made of numbers, constants, names, bytes, text and endpoints', () => {
    expect(call('socket', 'AF_INET', 'SOCK_STREAM|SOCK_NONBLOCK', 0)).toEqual({
      name: 'socket',
      args: [
        { kind: 'constants', parts: ['AF_INET'] },
        { kind: 'constants', parts: ['SOCK_STREAM', 'SOCK_NONBLOCK'] },
        { kind: 'integer', value: 0 },
      ],
    });
    expect(call('write', 'conn', new Uint8Array([1, 2])).args).toEqual([
      { kind: 'name', name: 'conn' },
      { kind: 'bytes', bytes: new Uint8Array([1, 2]) },
    ]);
    expect(text('é')).toEqual({ kind: 'bytes', bytes: new Uint8Array([0xc3, 0xa9]) });
    expect(endpoint('[::1]:80')).toEqual({
      kind: 'endpoint',
      endpoint: { transport: 'tcp', host: { kind: 'inet6', literal: '::1', scope: 0 }, port: 80 },
    });
    const made = call('accept', 'server');
    expect(named('conn', made)).toEqual({ ...made, as: 'conn' });
    expect(made).not.toHaveProperty('as');
  });

  it('are the same as those that are parsed', () => {
    const pairs: [Call, string][] = [
      [
        named('s', call('socket', 'AF_INET', 'SOCK_STREAM', 0)),
        's = socket(AF_INET, SOCK_STREAM, 0)',
      ],
      [call('bind', 's', endpoint('127.0.0.1:0')), 'bind(s, 127.0.0.1:0)'],
      [call('write', 's', text('hi\n')), 'write(s, "hi\\n")'],
      [call('shutdown', 's', 'SHUT_WR'), 'shutdown s SHUT_WR'],
    ];
    for (const [made, written] of pairs) expect(parseStatement(written)?.call).toEqual(made);
  });

  it('make a connection from its beginning to its end', async () => {
    const session = new Session();
    await session.perform(named('server', call('socket', 'AF_INET', 'SOCK_STREAM', 0)));
    await session.perform(call('bind', 'server', endpoint('127.0.0.1:0')));
    await session.perform(call('listen', 'server', 1));
    const accepting = session.start(named('conn', call('accept', 'server')));
    await session.perform(named('client', call('socket', 'AF_INET', 'SOCK_STREAM', 0)));
    succeeded(await session.perform(call('connect', 'client', 'server')));
    await accepting.step;
    await session.perform(call('write', 'client', text('hello')));
    const value = succeeded(await session.perform(call('read', 'conn', 64)));
    expect(value).toEqual({ kind: 'bytes', bytes: new TextEncoder().encode('hello') });
    session.close();
  });
});

describe('what goes wrong', () => {
  it('has a class for each kind', async () => {
    expect(() => endpoint('127.1:80')).toThrow(EndpointError);
    expect(() => parseStatement('bnd(s)')).toThrow(SyntaxProblem);
    const session = new Session();
    await expect(session.perform(call('close', 'nobody'))).rejects.toThrow(BadCall);
    const step = await session.perform(call('socket', 99, 99, 99));
    expect(() => succeeded(step)).toThrow(SocketError);
    session.close();
  });

  it('is read back as it was written', () => {
    for (const written of ['127.0.0.1:80', '[::1]:443', 'udp:*:53', 'unix:/tmp/x', 'unix:@name']) {
      expect(formatEndpoint(parseEndpoint(written))).toBe(written);
    }
  });
});

describe('types', () => {
  it('say what calls take and give', () => {
    expectTypeOf(call).returns.toEqualTypeOf<Call>();
    expectTypeOf(call).parameter(0).toEqualTypeOf<Call['name']>();
    expectTypeOf(call).parameter(1).toEqualTypeOf<Arg | number | Uint8Array | string>();
    expectTypeOf(endpoint).toEqualTypeOf<(written: string) => Arg>();
    expectTypeOf(parseEndpoint).returns.toEqualTypeOf<Endpoint>();
    expectTypeOf(parseStatement).returns.toEqualTypeOf<Statement | null>();
    expectTypeOf(succeeded).toEqualTypeOf<(step: Step) => Value>();
    expectTypeOf<Session['perform']>().toEqualTypeOf<(call: Call) => Promise<Step>>();
    expectTypeOf<Session['start']>().returns.toEqualTypeOf<Job>();
    expectTypeOf<Session['snapshots']>().returns.toEqualTypeOf<Snapshot[]>();
    expectTypeOf(systemCalls).toEqualTypeOf<Sys>();
    expect(callTable.get('bind')?.params.length).toBe(2);
  });

  it('tell outcomes and events apart', () => {
    expectTypeOf<Step['outcome']>().toEqualTypeOf<Outcome>();
    expectTypeOf<Extract<Outcome, { kind: 'error' }>['error']>().toEqualTypeOf<SocketError>();
    expectTypeOf<Extract<Outcome, { kind: 'value' }>['value']>().toEqualTypeOf<Value>();
    expectTypeOf<SessionEvent['type']>().toEqualTypeOf<'step' | 'blocked' | 'change'>();
    expectTypeOf<Step['changes']>().toEqualTypeOf<readonly Change[]>();
    expectTypeOf<Snapshot['state']>().toEqualTypeOf<TcpState | null>();
    expectTypeOf<'bind'>().toExtend<Call['name']>();
    expectTypeOf<'frobnicate'>().not.toExtend<Call['name']>();
    expect(callTable.has('frobnicate')).toBe(false);
  });
});
