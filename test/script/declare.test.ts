import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../src/socket/errors.ts';
import { Lines } from '../support/lines.ts';

let lines: Lines;
beforeEach(async () => {
  lines = await Lines.begin();
});
afterEach(() => lines.session.close());

describe('a line that makes no call', () => {
  it.each<[line: string, name: string, value: string]>([
    ['x = 5', 'x', '5'],
    ['x = "ab" * 2', 'x', '"abab"'],
    ['x = {1, "a"}', 'x', '{1, "a"}'],
    ['x = AF_INET|AF_UNIX', 'x', '3'],
    ['x = NULL', 'x', '0'],
    ['x = :8888', 'x', '127.0.0.1:8888'],
    ['x = localhost:80', 'x', '127.0.0.1:80'],
    ['x = 127.0.0.1:port', 'x', '127.0.0.1:4711'],
    ['x = port', 'x', '4711'],
    ['x = sizeof(person)', 'x', '36'],
    ['x = sizeof(msg)', 'x', '36'],
    ['x = sizeof(unsigned short)', 'x', '2'],
    ['x = sizeof(socklen_t)', 'x', '4'],
    ['x = person{"Ann", port}', 'x', 'person{"Ann", 4711}'],
    ['x = person{"Ann", htons(1)}', 'x', 'person{"Ann", 256}'],
    ['msg.age = 33', 'msg', 'person{"", 33}'],
    ['msg.name = "Ann"', 'msg', 'person{"Ann", 0}'],
    ['msg = {"Bob", 44}', 'msg.age', '44'],
    ['int x = 5;', 'x', '5'],
    ['char *x = "abc";', 'x', '"abc"'],
    ['struct person x;', 'x', 'person{"", 0}'],
    ['struct person x = {0};', 'x', 'person{"", 0}'],
    ['struct person x = {"Ann", 33};', 'x', 'person{"Ann", 33}'],
    ['char x[64];', 'x', '""'],
  ])('%s', async (line, name, value) => {
    await lines.all(
      'struct person { char name[30]; uint32_t age; }',
      'struct person msg;',
      'port = 4711',
    );
    expect((await lines.run(line)).job).toBeNull();
    expect(lines.value(name)).toBe(value);
    expect(lines.session.steps).toHaveLength(3);
  });

  it('declares memory of a size, which memset() clears', async () => {
    await lines.all('char buf[64];', 'n = sizeof(buf)', 'buf = "abc"', 'bzero(buf, 64);');
    expect([lines.value('n'), lines.value('buf')]).toEqual(['64', '""']);
    await lines.all('struct sockaddr_in a;', 'a.sin_port = 5', 'memset(&a, 0, sizeof(a));');
    expect(lines.value('a.sin_port')).toBe('0');
  });

  it('gives nothing to a number without a value: C would have whatever lies there', async () => {
    await lines.all('int fd, *p;', 'FILE *f;');
    expect([lines.value('fd'), lines.value('p'), lines.value('f')]).toEqual([null, null, null]);
  });

  it.each<[line: string, message: RegExp, suggestion?: string]>([
    ['x = nobody', /nobody stands for no value/],
    ['x = server', /server stands for no value/],
    ['x = 5s', /can’t be given a name/],
    ['x = LISTEN', /can’t be given a name/],
    ['x = 127.0.0.1:nobody', /127.0.0.1:nobody is no address/],
    ['x = sizeof(nobody)', /nothing is known of the size of nobody/],
    ['x = (accept(server))', /accept\(\) is a step of its own/],
    ['x = persn{1}', /no struct persn/],
    ['addr.sin_port = 80', /no structure addr.*declare it first/],
    ['server.sin_port = 80', /server is no structure/],
    ['a.sin_prot = 80', /no field sin_prot/],
    ['a.sin_port = 65536', /does not fit/],
    ['a.sin_port = "abc"', /2 bytes, not 3/],
    ['struct persn x;', /no struct persn/, 'person'],
    ['char x[0];', /x: an array of none/],
    ['char x[999999999];', /x: too large/],
    ['void x[3];', /x: void has no bytes/],
    ['memset(&nobody, 0, 1);', /no memory of the name nobody/],
    ['bzero(server, 1);', /no memory of the name server/],
  ])('is refused where it makes no sense: %s', async (line, message, suggestion) => {
    await lines.all('struct person { int age; }', 'struct sockaddr_in a;');
    const refused = lines.run(line);
    await expect(refused).rejects.toThrow(BadCall);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(message),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  });

  it('refuses what a call gives, where the field can’t hold it', async () => {
    await lines.all('struct sockaddr_in a;');
    await expect(
      lines.statement('a.sin_port = htonl(1)').then(({ job }) => job.step),
    ).rejects.toThrow(BadCall);
    await expect(
      lines.statement('b.sin_port = htons(1)').then(({ job }) => job.step),
    ).rejects.toThrow(/declare it first/);
  });
});
