/** The REPL's own commands, which begin with a dot. */

import type { Row } from '../../socket/calls/row.ts';
import { callTable } from '../../socket/calls/table.ts';
import type { Session } from '../../socket/session/session.ts';
import type { Snapshot } from '../../socket/state.ts';
import { whyNow } from '../../teach/why/now.ts';
import { stepJson } from '../../view/json.ts';
import { hanging, padEnd, widthOf } from '../../view/layout.ts';
import type { Page } from '../../view/page.ts';
import { inSigns } from '../../view/signs.ts';
import { renderSockets } from '../../view/sockets.ts';
import { renderBlocked } from '../../view/step.ts';
import { visibleText } from '../../view/visible.ts';
import { renderNow } from '../../view/why.ts';
import { nearest } from '../../wire/nearest.ts';
import { explanation, unknownTopic } from '../explain.ts';
import { exported, load, save } from './files.ts';
import type { Surroundings } from './surroundings.ts';

interface Command {
  readonly name: string;
  readonly usage: string;
  /** For the overview: it has room for some 22 characters. */
  readonly short: string;
  readonly does: string;
  /** Whether it is also written with a `!`, to write over files. */
  readonly forces?: true;
  /** @returns true to end the session */
  run(argument: string, around: Surroundings, force: boolean): boolean | Promise<boolean>;
}

const COMMANDS: readonly Command[] = [
  {
    name: '.help',
    usage: '.help CALL',
    short: 'what a call takes',
    does: 'this list, or what a call takes',
    run: (argument, around) =>
      say(around, argument === '' ? overview(around.page) : about(argument, around.page)),
  },
  {
    name: '.state',
    usage: '.state',
    short: 'every socket as it is now',
    does: 'every socket, as the kernel sees it now',
    run: (_, around) =>
      say(around, renderSockets(around.repl.session.snapshots().filter(isLive), around.page)),
  },
  {
    name: '.why',
    usage: '.why [N]',
    short: 'what that means here',
    does: 'what the last error, or call N that is blocked, means here',
    run: (argument, around) => {
      if (!/^\d*$/.test(argument)) return say(around, '  a job has a number: .why 2');
      const { session } = around.repl;
      if (argument !== '' && !session.jobs().some(({ job }) => job === Number(argument)))
        return say(around, noSuchJob(session, argument));
      const now = whyNow(session, argument === '' ? null : Number(argument));
      return say(around, renderNow(now, around.page));
    },
  },
  {
    name: '.predict',
    usage: '.predict on',
    short: 'guess before each call',
    does: 'on or off: ask what each call will do before it is made; alone: the score',
    run: (argument, around) =>
      say(
        around,
        hanging('  ', around.repl.predicting.command(argument).trim(), around.page.width),
      ),
  },
  {
    name: '.explain',
    usage: '.explain TOPIC',
    short: 'call, errno, state …',
    does: 'a call, an errno, a state, an option, a signal',
    run: (argument, around) =>
      say(around, explanation(argument, around.page) ?? `  ${unknownTopic(argument)}`),
  },
  {
    name: '.next',
    usage: '.next',
    short: 'what is possible now',
    does: 'a menu of the calls that are possible now',
    run: async (_, around) => {
      if (around.menu === null) return say(around, '  .next needs a terminal');
      await around.menu();
      return false;
    },
  },
  {
    name: '.jobs',
    usage: '.jobs',
    short: 'calls that are blocked',
    does: 'the calls that are blocked',
    run: (_, around) => {
      const jobs = around.repl.session.jobs();
      const lines = jobs.map((blocked) => renderBlocked(blocked, around.page));
      return say(around, lines.length === 0 ? '  no call is blocked' : lines.join('\n'));
    },
  },
  {
    name: '.cancel',
    usage: '.cancel [N]',
    short: 'end one, with EINTR',
    does: 'end blocked call N, or the newest, with EINTR',
    run: (argument, around) => {
      if (!/^\d*$/.test(argument)) return say(around, '  a job has a number: .cancel 2');
      const number = argument === '' ? undefined : Number(argument);
      if (around.repl.session.cancel(number)) return false;
      return say(around, noSuchJob(around.repl.session, argument));
    },
  },
  {
    name: '.json',
    usage: '.json [on|off]',
    short: 'steps as JSON',
    does: 'the last step as JSON; on: each step so',
    run: (argument, around) => say(around, asJson(argument, around)),
  },
  {
    name: '.save',
    usage: '.save FILE',
    short: 'keep it as a script',
    does: 'write down what was entered, as a script',
    forces: true,
    run: (argument, around, force) => {
      save(argument, force, around);
      return false;
    },
  },
  {
    name: '.load',
    usage: '.load FILE',
    short: 'run a script here',
    does: 'run a script here',
    run: async (argument, around) => {
      await load(argument, around);
      return false;
    },
  },
  {
    name: '.export',
    usage: '.export FORMAT',
    short: 'c python node mermaid',
    does: '.export c|python|node|json|mermaid [FILE]: the session as programs, data or a diagram',
    forces: true,
    run: (argument, around, force) => {
      exported(argument, force, around);
      return false;
    },
  },
  {
    name: '.reset',
    usage: '.reset',
    short: 'close all, start anew',
    does: 'close all sockets and start anew',
    run: (_, around) => {
      around.repl.reset();
      return say(around, '  all sockets are closed');
    },
  },
  {
    name: '.quit',
    usage: '.quit',
    short: 'so does Ctrl-D',
    does: 'close all sockets and end (so does Ctrl-D)',
    run: () => true,
  },
];

export const commandNames: readonly string[] = COMMANDS.map((command) => command.name);

/** Runs a line that begins with a dot. @returns whether the session is to end, and whether the line was understood */
export async function runCommand(
  line: string,
  around: Surroundings,
): Promise<{ quit: boolean; known: boolean }> {
  const [word = '', ...rest] = line.trim().split(/\s+/);
  const force = word.endsWith('!');
  const command = COMMANDS.find(({ name, forces }) =>
    force ? forces && `${name}!` === word : name === word,
  );
  if (command === undefined) {
    const near = nearest(word, commandNames);
    around.print(
      `  there is no ${visibleText(word)}${near === null ? '; .help lists the commands' : `; did you mean ${near}?`}`,
    );
    return { quit: false, known: false };
  }
  const quit = await command.run(rest.join(' '), around, force);
  if (!quit) around.repl.predicting.ask();
  return { quit, known: true };
}

function noSuchJob(session: Session, number: string): string {
  const blocked = session.jobs().map(({ job }) => job);
  if (blocked.length === 0) return '  no call is blocked';
  return `  there is no job ${number}; blocked: ${blocked.join(', ')}`;
}

/** `.json`: the last step; `.json on`: all that come. */
function asJson(argument: string, { repl }: Surroundings): string {
  if (argument === 'on' || argument === 'off') {
    repl.json = argument === 'on';
    return repl.json
      ? '  each step is shown as JSON from now on'
      : '  steps are shown as text again';
  }
  if (argument !== '') return '  .json shows the last step; .json on and .json off all that come';
  const last = repl.session.steps.at(-1);
  return last === undefined ? '  no call was made yet' : stepJson(last);
}

function say(around: Surroundings, text: string): false {
  around.print(text);
  return false;
}

/** The first half on the left; one below the other where there is no room beside. */
function inTwoColumns(entries: readonly string[], width: number): string[] {
  const half = Math.ceil(entries.length / 2);
  const wide = Math.max(...entries.slice(0, half).map(widthOf)) + 2;
  if (width < 2 + wide + Math.max(...entries.slice(half).map(widthOf))) {
    return entries.map((entry) => `  ${entry}`);
  }
  return entries
    .slice(0, half)
    .map((entry, i) => `  ${padEnd(entry, wide)}${entries[half + i] ?? ''}`.trimEnd());
}

/** One screen of 24 rows. */
function overview({ theme, width }: Page): string {
  const text = [
    '  A statement is a call, one a line: [name =] call(arguments) [= expected]',
    '    server = socket(AF_INET, SOCK_STREAM, 0)',
    '    bind(server, 127.0.0.1:8888)      or bare: bind server 127.0.0.1:8888',
    '    connect(client, server)           a name stands for its address',
    '    bind(late, server) = EADDRINUSE   says what must come',
    '',
    hanging('  Calls: ', [...callTable.keys()].join(' '), width),
    '',
    ...inTwoColumns(
      COMMANDS.map(({ usage, short }) => `${padEnd(usage, 14)} ${short}`),
      width,
    ),
    '',
    '  Tab completes; Ctrl-R searches; Ctrl-C ends the newest blocked call.',
  ];
  return inSigns(text.join('\n'), theme);
}

function about(word: string, page: Page): string {
  const { theme, width } = page;
  const command = COMMANDS.find(({ name }) => name === word || name === `.${word}`);
  if (command !== undefined) return hanging(`  ${padEnd(command.usage, 14)} `, command.does, width);
  const row = callTable.get(word.replace(/\(?\)?$/, ''));
  if (row === undefined) {
    const near = nearest(word, callTable.keys());
    return `  there is no call ${visibleText(word)}${near === null ? '' : `; did you mean ${near}?`}`;
  }
  const lines = [
    hanging('  ', row.signature, width),
    hanging('  ', row.does, width),
    `  here: ${row.name}(${row.params.map((param) => (param.optional ? `[${param.name}]` : param.name)).join(', ')})`,
    `  such as: ${row.example}`,
    ...constantsOf(row).map((line) => hanging('  ', line, width)),
    `  manual: ${row.source}`,
  ];
  return inSigns(lines.join('\n'), theme);
}

/** A closed socket without a connection has nothing more to show. */
function isLive({ fd, state }: Snapshot): boolean {
  return fd !== null || (state !== null && state !== 'CLOSED');
}

function constantsOf(row: Row): string[] {
  return row.params.flatMap(({ name, constants }) =>
    constants === undefined ? [] : [`${name}: ${constants.join(' ')}`],
  );
}
