/** The house keeps its rules; and the one who checks them sees where they are broken. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layers, violations } from './support/architecture.ts';
import { importsOf, tokensOf } from './support/imports.ts';

const ROOT = join(import.meta.dirname, '..');

let read: Map<string, string> | null = null;

function sources(): Map<string, string> {
  read ??= readSources();
  return read;
}

function readSources(): Map<string, string> {
  const entries = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const paths = entries.filter((entry) => entry.endsWith('.ts')).sort();
  return new Map(
    paths.map((path) => [
      `src/${path.split(sep).join('/')}`,
      readFileSync(join(ROOT, 'src', path), 'utf8'),
    ]),
  );
}

/** What is found in some files that are planted among the real ones, emptied. */
function planted(files: Readonly<Record<string, string>>): string[] {
  const real = [...sources().keys()].map((path): [string, string] => [path, '']);
  return violations(new Map([...real, ...Object.entries(files)]));
}

describe('the sources', () => {
  it('keep the rules', () => {
    expect(violations(sources())).toEqual([]);
  });

  it('were read: there are many files, in every folder, that import each other', () => {
    const files = sources();
    expect(files.size).toBeGreaterThan(60);
    const folders = new Set([...files.keys()].map((path) => path.split('/')[1]));
    folders.delete('index.ts');
    expect(folders).toEqual(new Set(layers));
    const imports = [...files.values()].flatMap((text) => importsOf(tokensOf(text)));
    expect(imports.length).toBeGreaterThan(200);
    // The oracle: lines that look like imports.
    const lines = [...files.values()].flatMap((text) =>
      text.split('\n').filter((line) => /^(import|export|\}).* from '[^']+';$/.test(line)),
    );
    const known = imports.filter(({ kind }) => kind !== 'dynamic');
    expect(known.length).toBe(lines.length);
  });
});

describe('an import that is against the rules is seen', () => {
  const cases: readonly [path: string, text: string, seen: string][] = [
    ['src/sys/x.ts', "import { quoted } from '../wire/bytes.ts';", 'sys may not import wire'],
    ['src/sys/x.ts', "import type { Call } from '../socket/call.ts';", 'sys may not import socket'],
    ['src/wire/x.ts', "import { errnoName } from '../sys/platform.ts';", 'wire may not import sys'],
    ['src/wire/x.ts', "import type { Sys } from '../sys/sys.ts';", 'wire may not import sys'],
    [
      'src/socket/x.ts',
      "import { parseStatement } from '../script/parser.ts';",
      'socket may not import script',
    ],
    [
      'src/socket/plan/x.ts',
      "import { why } from '../../teach/why/failed.ts';",
      'socket may not import teach',
    ],
    [
      'src/socket/x.ts',
      "import { createTheme } from '../view/theme.ts';",
      'socket may not import view',
    ],
    [
      'src/script/x.ts',
      "import { systemCalls } from '../sys/syscalls.ts';",
      'script may not import sys',
    ],
    [
      'src/script/x.ts',
      "export { why } from '../teach/why/failed.ts'; let x;",
      'script may not import teach',
    ],
    [
      'src/teach/x.ts',
      "import { constants } from '../sys/platform.ts';",
      'teach may not import sys',
    ],
    ['src/teach/x.ts', "import '../view/theme.ts';", 'teach may not import view'],
    [
      'src/view/x.ts',
      "import { callTable } from '../socket/calls/table.ts';",
      'view may not import socket (types only)',
    ],
    [
      'src/view/x.ts',
      "import { type Call } from '../socket/call.ts';",
      'view may not import socket (types only)',
    ],
    [
      'src/view/x.ts',
      "const a = await import('../teach/why/failed.ts');",
      'view may not import teach (types only)',
    ],
    [
      'src/view/x.ts',
      "import type { Field } from '../sys/sockaddr.ts';",
      'view may not import sys',
    ],
    ['src/view/x.ts', "import { EXIT } from '../cli/exit.ts';", 'view may not import cli'],
    ['src/socket/x.ts', "export * from '../cli/exit.ts'; let x;", 'socket may not import cli'],
    [
      'src/socket/x.ts',
      "import { Session } from '../index.ts';",
      'src/index.ts, which is for others',
    ],
    ['src/sys/x.ts', "import koffi from 'koffi';", 'only src/sys/ffi.ts may'],
    ['src/socket/x.ts', "import koffi from 'koffi';", 'only src/sys/ffi.ts may'],
    ['src/cli/x.ts', "const k = require('koffi');", 'only src/sys/ffi.ts may'],
    ['src/view/x.ts', "import chalk from 'chalk';", 'only src/view/theme.ts may'],
    ['src/cli/x.ts', "import chalk from 'chalk';", 'only src/view/theme.ts may'],
    ['src/script/x.ts', "import { Command } from 'commander';", 'only src/cli/ may'],
    ['src/view/x.ts', "const q = await import('inquirer');", 'only src/cli/ may'],
    ['src/sys/x.ts', "import ipaddr from 'ipaddr.js';", 'only src/socket/ may'],
    ['src/view/x.ts', "import ipaddr from 'ipaddr.js';", 'only src/socket/ may'],
    ['src/cli/x.ts', "import ipaddr from 'ipaddr.js';", 'only src/socket/ may'],
    ['src/cli/x.ts', "import { Certificate } from 'pkijs';", 'only src/socket/tls/ may'],
    ['src/cli/x.ts', "import lodash from 'lodash';", 'which is no dependency'],
    [
      'src/socket/x.ts',
      "import { readFileSync } from 'node:fs';",
      'only sys and cli touch the system',
    ],
    ['src/socket/x.ts', "import { connect } from 'node:tls';", 'only sys and cli touch the system'],
    [
      'src/socket/tls/x.ts',
      "import { connect } from 'node:net';",
      'only sys and cli touch the system',
    ],
    [
      'src/wire/x.ts',
      "import { stdout } from 'node:process';",
      'only sys and cli touch the system',
    ],
    ['src/view/x.ts', 'process.stdout.write("x");', 'uses process.stdout: only cli may'],
    ['src/socket/x.ts', 'const input = process . stdin;', 'uses process.stdin: only cli may'],
    ['src/teach/x.ts', 'const write = () => process.stderr;', 'uses process.stderr: only cli may'],
    ['src/sys/x.ts', 'const { stdout } = process;', 'passes process on'],
    ['src/sys/x.ts', "const out = process['stdout'];", 'passes process on'],
    ['src/script/x.ts', 'console.log("here");', 'uses console: only cli writes'],
    [
      'src/cli/x.ts',
      `const m = await import(\`./\${name}.ts\`);`,
      'something that is not written out',
    ],
    ['src/cli/x.ts', "import('./main.ts' + name);", 'something that is not written out'],
    ['src/cli/x.ts', "import { gone } from './gone.ts';", 'src/cli/gone.ts, which is not there'],
    ['src/utils/x.ts', 'export const x = 1;', 'in no folder that the architecture knows'],
    ['src/x.ts', 'export const x = 1;', 'in no folder that the architecture knows'],
    ['src/socket/index.ts', 'export const x = 1;', 'is a barrel'],
    [
      'src/socket/all.ts',
      "export { call } from './call.ts';\nexport * from './step.ts';",
      'is a barrel',
    ],
    ['src/wire/x.ts', `${'\n'.repeat(300)}export const x = 1;\n`, 'has 301 lines, more than 300'],
  ];
  for (const [path, text, seen] of cases) {
    it(`${path}: ${text.trim().slice(0, 70)}`, () => {
      const found = planted({ [path]: text });
      expect(found).toEqual([expect.stringContaining(seen)]);
      expect(found[0]).toContain(path);
    });
  }

  it('a cycle, also one that is closed by import() or by a file of its own', () => {
    const two = { 'src/wire/a.ts': "import './b.ts';", 'src/wire/b.ts': "import './a.ts';" };
    expect(planted(two)).toEqual(['a cycle: src/wire/a.ts → src/wire/b.ts → src/wire/a.ts']);
    const later = { 'src/wire/a.ts': "import './b.ts';", 'src/wire/b.ts': "import('./a.ts');" };
    expect(planted(later)).toEqual([expect.stringContaining('a cycle')]);
    expect(planted({ 'src/wire/a.ts': "import './a.ts';" })).toEqual([
      'a cycle: src/wire/a.ts → src/wire/a.ts',
    ]);
    const three = {
      'src/wire/a.ts': "export { b } from './b.ts';\nexport const a = 1;",
      'src/wire/b.ts': "import { c } from './c.ts';",
      'src/wire/c.ts': "import { a } from './a.ts';",
    };
    expect(planted(three)).toEqual([expect.stringContaining('a cycle')]);
  });
});

describe('what keeps the rules is not reported', () => {
  const cases: readonly [path: string, text: string][] = [
    ['src/view/x.ts', "import type { Step } from '../socket/step.ts';"],
    ['src/view/x.ts', "export type { Step } from '../socket/step.ts';\nexport const x = 1;"],
    ['src/socket/x.ts', "import { constant } from '../sys/platform.ts';"],
    ['src/socket/inspect/x.ts', "import ipaddr from 'ipaddr.js';"],
    ['src/socket/tls/x.ts', "import { connect } from 'node:tls';"],
    ['src/cli/x.ts', "import { createTheme } from '../view/theme.ts';\nprocess.stdout.write('');"],
    ['src/cli/x.ts', "const { default: inquirer } = await import('inquirer');"],
    ['src/cli/x.ts', "import { readFileSync } from 'node:fs';\nconsole.log(readFileSync);"],
    ['src/view/x.ts', "import { stripVTControlCharacters } from 'node:util';"],
    ['src/sys/x.ts', 'export const mac = process.platform === "darwin";'],
    ['src/wire/x.ts', "// import koffi from 'koffi'\n/* import 'chalk' */ export const x = 1;"],
    ['src/wire/x.ts', 'export const text = "import koffi from \'koffi\'";'],
    ['src/wire/x.ts', `export const text = \`process.stdout \${1 + 1} import("x")\`;`],
    ['src/wire/x.ts', 'export const slash = /["\'`]/.test("") || 4 / 2 / 1;'],
    ['src/wire/x.ts', 'export const of = (a: { process: { stdout: 1 } }) => a.process.stdout;'],
    ['src/wire/x.ts', `${'\n'.repeat(299)}export const x = 1;\n`],
  ];
  for (const [path, text] of cases) {
    it(`${path}: ${text.trim().slice(0, 70)}`, () => {
      expect(planted({ [path]: text })).toEqual([]);
    });
  }

  it('types that go round in a circle', () => {
    const two = {
      'src/wire/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'src/wire/b.ts': "import type { A } from './a.ts';\nexport type B = A;",
    };
    expect(planted(two)).toEqual([]);
  });
});

describe('imports are read', () => {
  it('in every way of writing them', () => {
    const text = `
      import a from 'a';
      import b, { c as d } from "b";
      import * as e from 'e';
      import type { F } from 'f';
      import { type G, h } from 'g';
      import type from 'i';
      import 'j';
      export { k } from 'k';
      export type { L } from 'l';
      export * from 'm';
      export * as n from 'n';
      export { o };
      const p = await import('p'), q = import.meta.url;
      const template = \`\${await import('r')} import 's' \${{ t: "\`" }.t}\`;
    `;
    const found = importsOf(tokensOf(text)).map(({ specifier, kind }) => `${specifier} ${kind}`);
    expect(found).toEqual([
      'a value',
      'b value',
      'e value',
      'f type',
      'g value',
      'i value',
      'j value',
      'k reexport',
      'l reexport type',
      'm reexport',
      'n reexport',
      'p dynamic',
      'r dynamic',
    ]);
  });
});
