/** What is told of a script before it runs: each mistake with its place, and nothing of a right one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Checked, checkScript } from '../../src/script/check.ts';
import { MOST_MISTAKES } from '../../src/script/source.ts';
import type { NameKind } from '../../src/socket/calls/kinds.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { headerStructs } from '../../src/socket/records.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { marked, marking } from '../support/marked.ts';

/** What the lines below may use. */
const BEFORE = `
struct person { char name[30]; uint32_t age; }
struct pair { struct person left; struct person right[2]; }
server = socket(AF_INET, SOCK_STREAM, 0)
client = socket(AF_INET, SOCK_STREAM, 0)
fin = fdopen(client, "r")
data = read(client, 64)
peer = getpeername(client)
n = write(client, "x")
msg = read(client, person)
struct sockaddr_in addr;
struct pair both;
left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)
sv = socketpair(AF_UNIX, SOCK_STREAM, 0)
int fds[2];
char buf[64];
`.trim();
const FIRST = BEFORE.split('\n').length + 1;

function check(text: string, known: Readonly<Record<string, NameKind>> = {}): Checked {
  return checkScript(text, new Map(Object.entries(known)), headerStructs());
}

describe('a mistake', () => {
  it.each<[written: string, message: RegExp, suggestion?: string]>([
    // Names.
    ['close(«sever»)', /^there is no sever$/, 'server'],
    ['close(«nothing»)', /^there is no nothing$/],
    ['bind(server, «clinet»)', /there is no clinet/, 'client'],
    ['x = «dta»', /there is no dta/, 'data'],
    ['write(client, «dat»)', /there is no dat; text stands between double quotes: "dat"/, 'data'],
    ['poll(«[{server, POLLIN}, {clinet, POLLIN}]», 1)', /clinet/, 'client'],
    ['close(«later»)', /^there is no later yet: line \d+ gives it$/],
    ['«memset(&ader, 0, 1)»', /there is no ader/, 'addr'],
    ['close(«left2»)', /there is no left2/, 'left'],
    ['close(«sv[2]»)', /there is no sv\[2\]/, 'sv[0]'],
    ['close(«sv»)', /there is no sv/],
    ['wait(«clinet», CLOSED)', /there is no clinet/, 'client'],
    ['wait(«nothing»)', /there is no nothing/],
    ['cancel(«nothing»)', /there is no nothing/],
    ['fgets(«fnn»)', /there is no fnn/, 'fin'],
    ['write(client, buf, «sizeof(bfu)»)', /there is no bfu/, 'buf'],
    ['«int x = nothing»;', /there is no nothing/],
    ['if (listen(server, 1) < «nothng») {', /there is no nothng/],
    // Constants.
    ['socket(«AF_INTE», SOCK_STREAM, 0)', /there is no constant AF_INTE/, 'AF_INET'],
    ['socket(AF_INET, «SOCKET_STREAM», 0)', /there is no constant SOCKET_STREAM/, 'SOCK_STREAM'],
    ['socket(AF_INET, «SOCK_STREAM|SOCK_NONBLOK», 0)', /SOCK_NONBLOK/, 'SOCK_NONBLOCK'],
    ['poll(client, «POLIN»)', /there is no constant POLIN/, 'POLLIN'],
    ['poll(«{client, POLIN}»)', /there is no constant POLIN/, 'POLLIN'],
    ['shutdown(client, «SHUT_WRITE»)', /there is no constant SHUT_WRITE/, 'SHUT_WR'],
    ['x = «AF_INTE»', /there is no constant AF_INTE/, 'AF_INET'],
    // Calls.
    ['«lisetn»(server, 1)', /there is no call lisetn/, 'listen'],
    ['listen(server, «accept(server)»)', /accept\(\) is a step of its own/],
    ['listen(server, «htons(sever)»)', /there is no sever/, 'server'],
    ['listen(server, «htons(70000)»)', /70000 does not fit: 0 to 65535/],
    // Kinds and numbers of arguments.
    ['«listen(server)»', /listen takes socket, backlog/],
    ['«listen(server, 1, 2)»', /listen takes socket, backlog/],
    ['listen(«"server"», 1)', /a socket is given by its name/],
    ['listen(«data», 1)', /data is bytes; a socket is given by its name/],
    ['listen(server, «"1"»)', /a number or a constant is wanted/],
    ['listen(server, «client»)', /client is a socket; a number/],
    ['bind(server, «data»)', /data is bytes; an address is/],
    ['bind(server, «"127.0.0.1:80"»)', /an address is/],
    ['write(client, «5»)', /bytes are written/],
    ['write(client, «server»)', /server is a socket; bytes/],
    ['read(client, «"64"»)', /a count of bytes/],
    ['read(client, «data»)', /data is bytes; a count of bytes, or the name of a struct/],
    ['recv(client, 64, «5»)', /flags are constants/],
    ['send(client, "x", «MSG_PEK»)', /there is no constant MSG_PEK/, 'MSG_PEEK'],
    ['wait(client, «FIN_WAIT_3», 1s)', /there is no state FIN_WAIT_3/, 'FIN-WAIT-1'],
    ['sleep(«"x"»)', /a time is wanted/],
    ['fgets(«client»)', /client is a socket; a FILE is wanted/],
    ['fprintf(«"x"», "y")', /a FILE is wanted/],
    ['htons(«65536»)', /65536 does not fit: 0 to 65535/],
    ['htons(«-1»)', /-1 does not fit/],
    ['setsockopt(server, SOL_SOCKET, SO_LINGER, «5s»)', /an option takes/],
    ['x = «5s»', /this can’t be given a name/],
    ['x = «LISTEN»', /this can’t be given a name/],
    ['x = «client»', /client is a socket, and goes by this name alone/],
    ['x = «person»', /person is the name of a structure/],
    // Addresses.
    [
      'connect(client, «loaclhost:80»)',
      /the kernel knows no names: give the address of loaclhost/,
      'localhost',
    ],
    ['connect(client, 127.0.0.1:«prt»)', /no service and no value has the name prt/],
    ['connect(client, 127.0.0.1:«data»)', /data is bytes; a port is a number/],
    ['connect(client, «hots:n»)', /the kernel knows no names/],
    // Structures.
    ['x = «persn{"Ann", 33}»', /there is no struct persn/, 'person'],
    ['x = «person{"Ann"}»', /person/],
    ['x = «person{"Ann", 33, 1}»', /person/],
    ['x = «person{33, "Ann"}»', /name/],
    ['write(client, «person{"Ann", -1}»)', /age.*-1.*uint32_t/],
    ['write(client, «person{"Ann", clinet}»)', /there is no clinet/, 'client'],
    ['read(client, «persn»)', /there is no persn/, 'person'],
    ['«struct persn x»;', /there is no struct persn/, 'person'],
    ['x = «msg.agee»', /struct person has no field agee/, 'msg.age'],
    ['write(client, «both.left.nmae»)', /struct person has no field nmae/, 'both.left.name'],
    ['write(client, «both.lft.name»)', /struct pair has no field lft/, 'both.left.name'],
    ['«addr.sin_prot» = 5', /struct sockaddr_in has no field sin_prot/, 'addr.sin_port'],
    ['«addr.sin_addr.saddr» = 5', /struct in_addr has no field saddr/, 'addr.sin_addr.s_addr'],
    ['«ader.sin_port» = 5', /there is no ader/, 'addr'],
    ['«n.x» = 5', /n is no structure/],
    ['x = «client.x»', /client is no structure/],
    ['write(client, «msg.age»)', /msg.age is a number; bytes/],
    // What is expected.
    ['close(client) = «blokced»', /blokced is no answer/, 'blocked'],
    ['close(client) = «whatever»', /whatever is no answer/],
    ['close(client) = «EADDRINUS»', /is no answer/, 'EADDRINUSE'],
    ['poll(client, POLLIN) = «POLIN»', /POLIN is no answer/, 'POLLIN'],
    ['poll(client, POLLIN) = «{POLIN}»', /POLIN is no answer/, 'POLLIN'],
    ['read(client, 1) = «LISTEN»', /only state\(\) and wait\(\)/],
    ['read(client, person) = «persn{"Ann", 33}»', /there is no struct persn/, 'person'],
    ['read(client, person) = «{nothing, 33}»', /nothing is no answer/],
    ['write(client, "x") = «sizeof(mgs)»', /there is no mgs/, 'msg'],
    ['htons(1) = «htons(70000)»', /does not fit/],
    ['getpeername(client) = 127.0.0.1:«prt»', /no service and no value/],
    ['getpeername(client) = «hots:80»', /the kernel knows no names/],
    // Braces.
    ['if (listen(server, 1) < 0) «{»', /the closing } of this is missing/],
    ['int main(void) «{»', /the closing } of this is missing/],
    ['«}»', /this } closes nothing/],
    ['«}» else {', /this } closes nothing/],
  ])('%s', (written, message, suggestion) => {
    const { text } = marked(written);
    const after = 'later = accept(server)\n';
    const { mistakes } = check(`${BEFORE}\n${text}\n${after}`);
    const told = mistakes.map((mistake) => ({
      line: mistake.line,
      marked: marking(mistake.text, mistake.span),
      message: mistake.message,
    }));
    expect(told).toEqual([
      { line: FIRST, marked: written, message: expect.stringMatching(message) },
    ]);
    expect(mistakes[0]?.suggestion).toBe(suggestion ?? null);
    expect(mistakes[0]?.column).toBe((mistakes[0]?.span[0] ?? 0) + 1);
  });

  it('is told once for each line, all of them in order', () => {
    const { mistakes } = check('clsoe(a)\nclose(b)\n\nx = socket(AF_INTE, 1, 0)\nclose(x)\n"');
    expect(mistakes.map(({ line, column, message }) => [line, column, message])).toEqual([
      [1, 1, 'there is no call clsoe'],
      [2, 7, 'there is no b'],
      [4, 12, 'there is no constant AF_INTE'],
      [6, 1, 'the closing " is missing'],
    ]);
  });

  it('in a structure over several lines is told in its line', () => {
    const text = 'close(x)\nstruct person {\n  char name[30]; # who\n  uint23_t age;\n}\n';
    const [, mistake] = check(text).mistakes;
    expect(mistake).toMatchObject({ line: 4, column: 3, text: '  uint23_t age;', span: [2, 10] });
    expect(mistake?.suggestion).toBe('uint32_t');
  });

  it.each([
    ['a name that nobody gave', 'close(a)\nread(a, 1)\nbind(a, 127.0.0.1:0)', [1]],
    ['one that is given later', 'close(a)\nread(a, 1)\na = socket(1, 2, 3)\nclose(a)', [1]],
    ['one whose own line is wrong', 'a = socket(AF_INET SOCK)\nbind(a, :0)\nclose(a)', [1]],
    ['two of them', 'l, r = socketpair(1, 2\nwrite(l, "x")\nread(r, 1)\nclose(s)', [1, 4]],
    ['C', 'if ((fd = acept(s)) < 0) {\n}\nclose(fd)', [1]],
    ['a declaration', 'int fd = socket(1, 2;\nclose(fd)', [1]],
    ['an array', 'sv = socketpair(1, 2\nclose(sv[0])\nclose(sv[1])', [1]],
    ['one that is used before', 'close(a)\na = socket(1', [1, 2]],
    ['an answer is no name', 'read(x, 1) = y = 2\nclose(x)\nclose(y)', [1, 2, 3]],
    ['each of several', 'close(a)\nclose(b)\nclose(a)\nclose(b)', [1, 2]],
  ])('that leaves a name unknown is told once: %s', (_, text, lines) => {
    expect(check(text).mistakes.map(({ line }) => line)).toEqual(lines);
  });

  it('never suggests a name that was told to be unknown', () => {
    const { mistakes } = check('sever1 = 5\nclose(sever2)\nclose(sever3)\nclose(q1)\nclose(q2)');
    expect(mistakes.map(({ suggestion }) => suggestion)).toEqual(['sever1', 'sever1', null, null]);
  });

  it.each([
    'a, «a» = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'socketpair(AF_UNIX, SOCK_STREAM, 0, «[a, a]»)',
  ])('is one name for two sockets: %s', (written) => {
    const { text, span } = marked(written);
    expect(check(text).mistakes).toMatchObject([{ message: 'two sockets need two names', span }]);
  });

  it('is told of the first hundred alone', () => {
    expect(check('q\n'.repeat(1000)).mistakes).toHaveLength(MOST_MISTAKES);
    const each = Array.from({ length: 1000 }, (_, i) => `close(x${i})`);
    expect(check(each.join('\n')).mistakes).toHaveLength(MOST_MISTAKES);
    expect(check('q\nclose(x)\n'.repeat(1000)).mistakes).toHaveLength(MOST_MISTAKES);
  });
});

describe('nothing is told', () => {
  const contract = readFileSync(join(import.meta.dirname, 'suites', 'handshake.sock'), 'utf8');
  const lecture = readFileSync(join(import.meta.dirname, 'suites', 'lecture.sock'), 'utf8');

  it.each([
    ['the handshake', contract],
    ['the lecture’s C', lecture],
    ['an empty script', '\n\n# nothing\n'],
    ['line ends of any kind', 'x = 1\r\ny = x\rz = y\n'],
  ])('of %s', (_, text) => {
    expect(check(text).mistakes).toEqual([]);
  });

  it.each([...callTable.values()].map(({ name, example }) => [name, example] as const))(
    'of the example of %s',
    (_, example) => {
      const names = { server: 'socket', client: 'socket', conn: 'socket' } as const;
      const files = { fin: 'file', fout: 'file' } as const;
      expect(check(example, { ...names, ...files }).mistakes).toEqual([]);
    },
  );

  it.each([
    // Names by out parameters, by pairs, by -D; fields; items; jobs; what is expected by name.
    'fscanf(fin, "%s%d", who, &age)\nwrite(client, who) = age',
    'accept(server, &from, &len)\nsendto(client, "x", from)\nlisten(server, len)',
    'conn = accept(server) = blocked\nwrite(conn, "x")\ncancel(conn)\nwait(conn)',
    'close(sv[0])\nclose(sv[1])\nclose(left)\nclose(right)',
    'socketpair(AF_UNIX, SOCK_STREAM, 0, fds);\nclose(fds[0])',
    'socketpair(AF_UNIX, SOCK_STREAM, 0, [c, d])\nclose(c)\nclose(d)',
    'addr.sin_port = htons(8888)\naddr.sin_addr.s_addr = htonl(INADDR_ANY);\nbind(server, &addr)',
    'msg.age = 5\nwrite(client, msg.name)\nn = msg.age',
    'both.left.age = 5\nwrite(client, both.left)\nboth.right[1].age = 6',
    'other = msg\nwrite(client, other.name)',
    'read(client, msg) = msg\nread(client, person) = {"Ann", n}',
    'again = wait(data)\nwrite(client, again)',
    'bind(server, 127.0.0.1:n)\nx = 127.0.0.1:n\nbind(server, x)',
    'getpeername(client) = server\ngetsockname(client) = peer',
    'write(client, &msg, sizeof(msg)) = sizeof(person)',
    'len = sizeof(unsigned int)\nlen = sizeof(socklen_t)\nlen = sizeof(buf)',
    'found = getaddrinfo("localhost", "http")\nconnect(client, found)',
    'read(client, buf, 64)\nwrite(client, buf)',
    'got = inet_pton(AF_INET, "127.0.0.1")\nwrite(client, got) = 4',
    'poll(server, POLLIN) = {POLLIN}\npoll(server, POLLIN) = POLLIN',
    'state(client) = FIN_WAIT_2\nwait(client, TIME_WAIT, 1s) = TIME-WAIT',
    'if (listen(server, 1) < 0) {\nperror("x");\n} else {\nclose(server)\n}',
    'if (listen(server, n) != sizeof(msg)) { exit(EXIT_FAILURE); }',
    'int main(void)\n{\nreturn 0;\n}',
    'FILE *fout = fdopen(client, "w");\nfprintf(fout, "%d %s", n, "x")',
    'fprintf(fin, "%d", msg.age)',
    'connect(client, host:80)\nconnect(client, host:PORT)\nlisten(server, PORT) = PORT',
  ])('of %j', (text) => {
    const known = { host: 'bytes', PORT: 'integer' } as const;
    expect(check(`${BEFORE}\n${text}`, known).mistakes).toEqual([]);
  });
});

describe('a script of 64 KiB', () => {
  it('may have two names that fill it, and are nearly the same', () => {
    const name = 'a'.repeat(32 * 1024);
    const text = `s = socket(AF_INET, SOCK_STREAM, 0)\naccept(s, &${name}, NULL)\nclose(${name}b)`;
    const spent = cpuTime(() => {
      expect(check(text).mistakes).toMatchObject([{ line: 3, suggestion: null }]);
    });
    expect(spent).toBeLessThan(250);
  });

  it.each([
    ...['q', '"', 'close(a)', 'x = 1', 'x = socket(AF_INET, SOCK_STREAM, 0)', '{', '}', 'int a;'],
    ...[
      'if (close(s) < 0) {',
      'struct a {',
      'struct a { int a; }',
      'struct a { /*',
      '/*',
      'a.b = c',
    ],
    ...['write(s, «', 'bind(s, a:a)', 'x = [', 'é', '= =', 'exit(1);', 'memset(a, 0, 1)'],
  ])('is read in linear time: %j in each line', (line) => {
    const time = (length: number) => {
      const text = `${line}\n`.repeat(Math.ceil(length / (line.length + 1)));
      return Math.min(...[1, 2].map(() => cpuTime(() => check(text))));
    };
    const short = time(16 * 1024);
    const long = time(64 * 1024);
    expect(long, `${short} ms, ${long} ms`).toBeLessThan(9 * short + 100);
  });

  it.each<[string, (i: number) => string]>([
    ['right lines with new names', (i) => `s${i} = socket(AF_INET, SOCK_STREAM, 0)`],
    ['right lines with the same name', () => 's = socket(AF_INET, SOCK_STREAM, 0)'],
    ['values', (i) => `v${i} = ${i}`],
    ['fields', () => 'struct sockaddr_in a;\na.sin_port = htons(80)'],
    ['names that are not there', (i) => `v${i} = w${i}`],
    ['expectations', (i) => `s${i} = socket(AF_INET, SOCK_STREAM, 0) = "x"...`],
  ])('of 10,000 lines costs no more than ten of 1,000: %s', (_, line) => {
    const text = (count: number) => Array.from({ length: count }, (_line, i) => line(i)).join('\n');
    const [long, short] = [text(10_000), text(1000)];
    // All of them are kept, so that the collector has as much to do; it has threads of its own,
    // whose time counts, and is noise. A quadratic reader would take ten times as long.
    let kept: unknown;
    const ten = () => {
      kept = Array.from({ length: 10 }, () => check(short));
    };
    const one = () => {
      kept = check(long);
    };
    const least = (work: () => void) => Math.min(...[1, 2, 3].map(() => cpuTime(work)));
    const times = [least(ten), least(one)] as const;
    expect(kept).toBeDefined();
    expect(times[1], times.join(' ms, ')).toBeLessThan(2 * times[0] + 50);
  });
});
