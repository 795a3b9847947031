/** `.save`, `.load` and `.export` at the prompt, with real files. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, start } from '../../support/program.ts';
import { temporaryFolder } from '../../support/told-programs.ts';
import { has } from '../../support/tools.ts';

const ECHO = `server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0)
listen(server, 5)
conn = accept(server)
client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server)
write(client, "hello\\n")
read(conn, 64)
`;

async function repl(...lines: string[]) {
  const { code, stdout } = await run(['repl', '--timeout', '1s'], `${lines.join('\n')}\n`);
  return { code, text: stdout.toString() };
}

describe('.save', () => {
  it('writes a script that socklab runs, readable for others as files are', async () => {
    const path = join(temporaryFolder(), 'echo.sock');
    const { code, text } = await repl(ECHO, `.save ${path}`);
    expect([code, text.trimEnd().split('\n').at(-1)]).toEqual([
      0,
      `  ${path} is written: socklab run ${path}`,
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readFileSync(path, 'utf8')).toContain('\nconn = accept(server) = blocked\n');
    for (let i = 0; i < 2; i++) expect((await run(['run', path])).code).toBe(0);
  });

  it('does not write over a file, unless it is told to', async () => {
    const path = join(temporaryFolder(), 'mine');
    writeFileSync(path, 'precious');
    const { text } = await repl('a = socket(AF_INET, SOCK_STREAM, 0)', `.save ${path}`);
    expect(text).toContain(`  ${path} is there already; .save! writes over it\n`);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    const forced = await repl('a = socket(AF_INET, SOCK_STREAM, 0)', `.save! ${path}`);
    expect(forced.text).toContain('is written');
    expect(readFileSync(path, 'utf8')).toContain('\na = socket(AF_INET, SOCK_STREAM, 0)\n');
  });

  it('follows no link into a place that is not there', async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    const { text } = await repl('x = 1', `.save ${join(folder, 'link')}`);
    expect(text).toContain('can’t be written: EEXIST: file already exists');
    expect(readdirSync(folder)).toEqual(['link']);
  });

  it('says what is wrong, and shows names safely', async () => {
    const { text, code } = await repl('.save', 'x = 1', '.save /no/such/\u001b[2J');
    expect(text).toContain(
      '  .save FILE writes the session down as a script; .load FILE runs it\n',
    );
    expect(text).toContain(
      '  /no/such/^[[2J can’t be written: ENOENT: no such file or directory\n',
    );
    expect(text).not.toContain('\u001b');
    expect(code).toBe(0);
    expect((await repl('.save x')).text).toBe('  nothing was entered yet\n');
  });

  it('begins anew behind .reset', async () => {
    const path = join(temporaryFolder(), 'after');
    await repl('x = 1', '.reset', 'y = 2', `.save ${path}`);
    expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual(['y = 2', '']);
  });
});

describe('.load', () => {
  function file(text: string): string {
    const path = join(temporaryFolder(), 'script.sock');
    writeFileSync(path, text);
    return path;
  }

  it('runs a script’s lines as if they were typed, each shown', async () => {
    const path = file(`struct pair {
  uint8_t a;
  uint8_t b;
}
a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)
n = read(b, 10) = blocked
write(a, pair{1, 2}) = 2
wait(n) = "\\x01\\x02"
`);
    const { code, text } = await repl(`.load ${path}`, 'write(b, "more") = 4');
    expect(text).toContain('› struct pair {\n›   uint8_t a;\n');
    expect(text).toMatch(/› write\(a, pair\{1, 2\}\) = 2\n {2}write\(\d+, /);
    expect(text).toMatch(/^ {2}write\(\d+, "more", 4\) = 4/m);
    expect(code).toBe(0);
  });

  it('stops at the first line that does not fit', async () => {
    const path = file('a = socket(AF_INET, SOCK_STREAM, 0)\n\nlisten(a, 1) = 5\nclose(a)\n');
    const { code, text } = await repl(`.load ${path}`);
    expect(text).toContain(`expected 5, and 0 came\n  ${path}:3: the rest was not run\n`);
    expect(text).not.toContain('close(');
    expect(code).toBe(1);
  });

  it('stops where a call fails that must succeed', async () => {
    const path = file('a = socket(AF_INET, SOCK_STREAM, 0)\nread(a, 1)\nclose(a)\n');
    const { code, text } = await repl(`.load ${path}`);
    expect(text).toContain('  in a script it must succeed, since nothing else is expected\n');
    expect(text).toContain(`${path}:2: the rest was not run`);
    expect(code).toBe(1);
  });

  it('waits for a call that blocks and does not say so', async () => {
    const path = file(`a = socket(AF_INET, SOCK_STREAM, 0)
sleep(30ms)
read(a, 1) = ENOTCONN
`);
    const { code, text } = await repl(`.load ${path}`);
    const order = [...text.matchAll(/^› (\w+)|= (0|-1)/gm)].map(([whole]) => whole);
    expect(order).toEqual(['› a', '› sleep', '= 0', '› read', '= -1']);
    expect(code).toBe(0);
  });

  it('runs nothing of what can’t be read', async () => {
    const path = file('a = socket(AF_INET, SOCK_STREAM, 0)\nlisetn(a, 1)\n');
    const { code, text } = await repl(`.load ${path}`);
    expect(text).toContain(`  ${path}:2: there is no call lisetn\n    lisetn(a, 1)\n`);
    expect(text).toContain('  nothing of it was run\n');
    expect(text).not.toContain('socket(AF_INET');
    expect(code).toBe(2);
  });

  it('is not asked for predictions', async () => {
    const path = file('a = socket(AF_INET, SOCK_STREAM, 0)\nlisten(a, 1) = 0\n');
    const { text } = await repl('.predict on', `.load ${path}`);
    expect(text).toMatch(/^ {2}listen\(\d+, 1\) = 0/m);
  });

  it('says which file can’t be read', async () => {
    const folder = temporaryFolder();
    const { text } = await repl('.load', `.load ${folder}`, `.load ${folder}/none`);
    expect(text).toBe(
      `  .load FILE runs a script here, line by line
  ${folder} is no file
  ${folder}/none can’t be read: ENOENT: no such file or directory
`,
    );
  });
});

describe('.export', () => {
  it('prints, where no file is named', async () => {
    const { text } = await repl(ECHO, '.export mermaid');
    expect(text).toContain('\nsequenceDiagram\n    participant e1 as server\n');
    const json = (await repl(ECHO, '.export json')).text.trimEnd().split('\n');
    expect(JSON.parse(json.at(-1) ?? '')).toMatchObject({ type: 'summary', steps: 8 });
  });

  it('writes the two programs of C beside each other, or into a folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'in'));
    const { text } = await repl(
      ...[ECHO, `.export c ${folder}/demo.c`, `.export c ${folder}/in`, `.export c ${folder}/demo`],
    );
    expect(text).toContain(`  ${folder}/demo-server.c and ${folder}/demo-client.c are written\n`);
    expect(text).toContain(`${folder}/demo-server.c is there already; .export! writes over it`);
    expect(readdirSync(folder).sort()).toEqual(['demo-client.c', 'demo-server.c', 'in']);
    expect(readdirSync(join(folder, 'in')).sort()).toEqual(['client.c', 'server.c']);
  });

  it('gives the others their own ends, unless the name has one', async () => {
    const folder = temporaryFolder();
    const lines = ['python p', 'node n', 'json j', 'mermaid m', 'python q.txt', 'c one'];
    await repl(
      'a = socket(AF_INET, SOCK_STREAM, 0)',
      ...lines.map((line) => `.export ${line.replace(' ', ` ${folder}/`)}`),
    );
    const names = ['j.jsonl', 'm.mmd', 'n.mjs', 'one.c', 'p.py', 'q.txt'];
    expect(readdirSync(folder).sort()).toEqual(names);
  });

  it('is a Python program that runs', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const path = join(temporaryFolder(), 'echo.py');
    await repl(ECHO, `.export python ${path}`);
    const { code, stdout } = await start('python3', [path]).exit();
    expect([code, stdout.toString()]).toEqual([0, "read(conn) = b'hello\\n' (6 bytes)\n"]);
  });

  it('and the others speak plain ASCII where they are asked to', async () => {
    const lines = [ECHO, '.save /no/such/x', '.load /none', '.export c', '.export node'];
    const { stdout } = await run(['repl', '--ascii', '--timeout', '1s'], lines.join('\n'));
    expect(stdout.toString()).toContain("/none can't be read");
    expect(stdout.toString().replaceAll(/[\n\x20-\x7e]/g, '')).toBe('');
  });

  it('knows its formats', async () => {
    const { text } = await repl('.export', '.export pyhton', '.export c');
    expect(text).toBe(`  .export c|python|node|json|mermaid [FILE]
  there is no format pyhton; did you mean python?
  nothing was entered yet
`);
  });
});
