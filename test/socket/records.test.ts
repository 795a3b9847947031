/** Structures of C: on the wire, field by field, and as addresses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Evaluator } from '../../src/script/evaluate.ts';
import { parseLine } from '../../src/script/parser.ts';
import type { Value } from '../../src/socket/call.ts';
import { fieldOf, headerStructs, withField, zeroRecord } from '../../src/socket/records.ts';
import { type Step, succeeded } from '../../src/socket/step.ts';
import { runC } from '../support/probe.ts';
import { answer, TestSession } from '../support/session.ts';
import { has } from '../support/tools.ts';

let session: TestSession;
let evaluator: Evaluator;
beforeEach(async () => {
  session = new TestSession();
  evaluator = new Evaluator(session);
  await session.do('l, r = socketpair(AF_UNIX, SOCK_STREAM, 0)');
});
afterEach(() => session.close());

/** Carries out lines that need not be calls. @returns the last one's step */
async function lines(...texts: string[]): Promise<Step | undefined> {
  let step: Step | undefined;
  for (const text of texts) {
    const line = parseLine(text, session.scope.structs);
    if (line === null) throw new Error(`no line: ${text}`);
    step = await (await evaluator.run(line)).job?.step;
  }
  return step;
}

function hex(value: Value | undefined): string {
  if (value?.kind !== 'bytes' && value?.kind !== 'record') throw new Error(`${value?.kind}`);
  return Buffer.from(value.bytes).toString('hex');
}

const PERSON = 'struct person { char name[6]; uint16_t age; }';

describe('a structure on the wire', () => {
  it('is what a C compiler lays out, and is read back by its fields', async (context) => {
    await lines(PERSON, 'write(l, person{"Ann", 33})', 'msg = read(r, person)');
    const msg = session.values.get('msg');
    expect(session.scope.valueOf('msg.age')).toEqual({ kind: 'integer', value: 33 });
    expect(session.scope.valueOf('msg.name')).toMatchObject({ kind: 'bytes' });
    expect(answer(await session.do('write(l, msg.name)'))).toBe(3);
    if (!has('cc')) context.skip('cc is not installed');
    const told = runC(`
      #include <stdint.h>
      #include <stdio.h>
      #include <string.h>
      ${PERSON};
      int main(void) {
        struct person one;
        memset(&one, 0, sizeof one);
        strcpy(one.name, "Ann");
        one.age = 33;
        for (size_t i = 0; i < sizeof one; i++) printf("%02x", ((unsigned char *)&one)[i]);
      }`);
    expect(hex(msg)).toBe(told);
  });

  it('may come in part: a short read, and recvn() for all of it', async () => {
    await lines(PERSON, 'write(l, "Ann")', 'part = read(r, person)');
    expect(hex(session.values.get('part'))).toBe(Buffer.from('Ann').toString('hex'));
    const step = session.steps.at(-1);
    expect(step?.details).toMatchObject([
      { kind: 'record', bytes: Uint8Array.from(Buffer.from('Ann')) },
    ]);
    const all = session.begin('all = recvn(r, person)');
    await session.do('write(l, "Ann\\0\\0")');
    await session.do('write(l, hex"00 21 00 ff")');
    expect(succeeded(await all.step)).toMatchObject({ kind: 'record' });
    expect(session.scope.valueOf('all.age')).toEqual({ kind: 'integer', value: 33 });
    expect(answer(await session.do('recvn(r, 1)'))).toBe(1);
  });

  it('is read and written as C’s lines have it', async () => {
    const step = await lines(
      ...[PERSON, 'struct person msg;', 'write(l, person{"Bob", 7})'],
      'n = read(r, &msg, sizeof(msg))',
    );
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 8 });
    expect(step?.details).toMatchObject([{ kind: 'record' }]);
    expect(session.scope.valueOf('msg.age')).toEqual({ kind: 'integer', value: 7 });
    await lines('msg.age = 8', 'write(l, &msg, sizeof(msg))', 'other = read(r, person)');
    expect(session.scope.valueOf('other.age')).toEqual({ kind: 'integer', value: 8 });
  });

  it('of which less came keeps its size when a field is set', async () => {
    await lines(PERSON, 'struct person msg;', 'write(l, "An")', 'read(r, &msg, 8)', 'msg.age = 5');
    expect(hex(session.values.get('msg'))).toBe('416e000000000500');
  });

  it('refuses what its fields can’t hold', async () => {
    await lines(PERSON);
    for (const [text, message] of [
      ['write(l, person{"Ann", 70000})', /70000/],
      ['write(l, person{"too long a name", 1})', /name/],
      ['write(l, persn{"Ann", 1})', /^there is no struct persn$/],
      ['write(l, person{"Ann", 1}, 9)', /^there are 8 bytes, not 9; C would send/],
    ] as const) {
      await expect(lines(text), text).rejects.toThrow(message);
    }
    await lines('struct person msg;');
    await expect(lines('msg.height = 1')).rejects.toThrow('there is no field height');
    await expect(lines('msh.age = 1')).rejects.toThrow(/^there is no structure msh: declare it/);
    await expect(lines('l.age = 1')).rejects.toThrow(/^l is no structure/);
  });
});

describe('struct sockaddr_in, field by field', () => {
  it('is an address that can be bound, and is filled in', async () => {
    const bound = await lines(
      's = socket(AF_INET, SOCK_STREAM, 0)',
      'struct sockaddr_in addr;',
      'memset(&addr, 0, sizeof(addr));',
      'addr.sin_family = AF_INET',
      'addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK)',
      'addr.sin_port = htons(0)',
      'bind(s, (struct sockaddr *) &addr, sizeof(addr))',
    );
    expect(bound && answer(bound)).toBe(0);
    expect(bound?.text).toMatch(/^bind\(\d+, \{AF_INET, 127\.0\.0\.1:0\}, 16\)$/);
    await lines('listen(s, 1)', 'getsockname(s, (struct sockaddr *) &addr, &len)');
    const local = session.snapshots().find(({ socket }) => socket === 's')?.local;
    await lines('port = ntohs(addr.sin_port)');
    expect(session.values.get('port')).toEqual({
      kind: 'integer',
      value: Number(local?.split(':')[1]),
    });
    expect(session.values.get('len')).toEqual({ kind: 'integer', value: 16 });
    const connected = await lines(
      'c = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(c, &addr, sizeof(addr))',
    );
    expect(connected && answer(connected)).toBe(0);
  });

  it('with the wrong byte order goes where a C program would go', async () => {
    const bound = await lines(
      ...['s = socket(AF_INET, SOCK_STREAM, 0)', 'struct sockaddr_in addr;'],
      ...['addr.sin_family = AF_INET', 'addr.sin_port = 36895', 'bind(s, &addr, sizeof(addr))'],
    );
    // 36895 = 0x901f; read high byte first, 0x1f90 = 8080.
    expect(bound?.text).toContain('0.0.0.0:8080');
  });

  it('takes the bytes of inet_pton(), and no other number of them', async () => {
    await lines('struct sockaddr_in addr;', 'addr.sin_addr = inet_pton(AF_INET, "10.0.0.1")');
    expect(hex(session.scope.valueOf('addr.sin_addr'))).toBe('0a000001');
    await expect(lines('addr.sin_addr = inet_pton(AF_INET6, "::1")')).rejects.toThrow(
      'sin_addr has 4 bytes, not 16',
    );
  });

  it('keeps an unnamed peer apart from one with a name', async () => {
    const name = `unix:@socklab-records-${process.pid}`;
    await lines(
      ...['s = socket(AF_UNIX, SOCK_STREAM, 0)', `bind(s, ${name})`, 'listen(s, 1)'],
      ...['c = socket(AF_UNIX, SOCK_STREAM, 0)', `connect(c, ${name})`, 'struct sockaddr_un peer;'],
      'conn = accept(s, &peer, &len)',
    );
    expect(session.values.get('len')).toEqual({ kind: 'integer', value: 2 });
    expect(hex(session.values.get('peer'))).toMatch(/^0100(00)*$/);
    await lines('getpeername(conn, &plain, &len)', 'u = socket(AF_UNIX, SOCK_DGRAM, 0)');
    await expect(lines('sendto(u, "x", plain)')).rejects.toThrow(/has no address/);
  });
});

describe('the structures of the system’s headers', () => {
  it('are as large as C has them', (context) => {
    if (!has('cc')) context.skip('cc is not installed');
    const names = [...headerStructs().keys()];
    const told = runC(`
      #include <netinet/in.h>
      #include <stdio.h>
      #include <sys/socket.h>
      #include <sys/time.h>
      #include <sys/un.h>
      int main(void) { ${names.map((name) => `printf("%zu ", sizeof(struct ${name}));`).join('')} }`);
    const ours = [...headerStructs().values()].map((one) => zeroRecord(one).bytes.length);
    expect(ours.join(' ')).toBe(told.trim());
  });

  it('have fields that can be set and read', () => {
    const definition = headerStructs().get('timeval');
    if (definition === undefined) throw new Error('there is no struct timeval');
    const set = withField(zeroRecord(definition), ['tv_usec'], { kind: 'integer', value: 500 });
    expect(fieldOf(set, ['tv_usec'])).toEqual({ kind: 'integer', value: 500 });
    expect(fieldOf(set, ['tv_sec'])).toEqual({ kind: 'integer', value: 0 });
    expect(fieldOf(set, ['tv_nsec'])).toBeNull();
  });
});
