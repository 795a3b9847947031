/** Every command with its options, for commander. Each command's own code is loaded when it runs. */
import { Command, Option } from 'commander';
import { nearest } from '../socket/nearest.ts';
import type { CommonOptions, Context } from './context.ts';
import { EXIT, Failure } from './exit.ts';
import { countFrom, durationMs } from './values.ts';

/** The services by name: their code stays unloaded for --help. A test holds this list to the table. */
export const SERVICE_NAMES: readonly string[] = ['echo', 'discard'];

type Done = (code: number) => void;

export function createProgram(context: Context, version: string, done: Done): Command {
  const { stdout, stderr } = context;
  const program = new Command('socklab')
    .description('A socket playground: real system calls on real kernel sockets, one at a time.')
    .usage('[options] [command]')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'socklab: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  finish(program, [
    'socklab',
    'socklab demo',
    'socklab serve :8888 --once',
    'echo hello | socklab connect :8888',
  ]);
  program.action(async (options: CommonOptions) => {
    const [word] = program.args;
    if (word !== undefined) throw unknownCommand(word, program);
    if (stdout.isTTY !== true || context.stdin.isTTY !== true) return program.outputHelp();
    const { terminalRepl } = await import('./repl/terminal.ts');
    done(await terminalRepl(context, options));
  });
  addServe(program, context, done);
  addConnect(program, context, done);
  addSend(program, context, done);
  addRepl(program, context, done);
  addExplain(program, context, done);
  addDemo(program, context, done);
  return program;
}

function addServe(program: Command, context: Context, done: Done): void {
  const command = program
    .command('serve')
    .argument('<endpoint>', 'where to listen: 8888, 127.0.0.1:8888, [::1]:8888, :0, *:8888')
    .description(
      'Wait for connections. What clients send goes to stdout; what comes on stdin goes to all of them.',
    )
    .option('--once', 'serve one connection, then exit with its code')
    .addOption(
      new Option('--service <name>', 'do this with each connection instead').choices(SERVICE_NAMES),
    )
    .option('--backlog <n>', 'connections that may wait to be accepted', countFrom(0), 511)
    .option('--max-connections <n>', 'how many to serve at a time', countFrom(1))
    .option('--ready-fd <n>', 'write the address to this descriptor once it accepts', countFrom(1));
  shared(command);
  finish(command, [
    'socklab serve :8888',
    'socklab serve --once :0 > received.bin',
    'socklab serve --service echo --trace 127.0.0.1:7777',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { serveCommand } = await import('./serve.ts');
    done(await serveCommand(context, endpoint, self.optsWithGlobals()));
  });
}

function addConnect(program: Command, context: Context, done: Done): void {
  const command = program
    .command('connect')
    .argument('<endpoint>', 'where to connect to: 8888, example.org:80, [::1]:http')
    .description('Connect. stdin goes to the peer, and what the peer sends goes to stdout.')
    .addOption(
      new Option(
        '--on-eof <what>',
        'at the end of stdin: send FIN and go on reading, exit, or do nothing',
      )
        .choices(['half', 'exit', 'stay'])
        .default('half'),
    );
  client(command, 'give up connecting after this time');
  shared(command);
  finish(command, [
    'socklab connect example.org:80',
    'socklab connect --retry 5s 8888 < request.bin > reply.bin',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { connectCommand } = await import('./connect.ts');
    done(await connectCommand(context, endpoint, self.optsWithGlobals()));
  });
}

function addSend(program: Command, context: Context, done: Done): void {
  const command = program
    .command('send')
    .argument('<endpoint>', 'where to send to')
    .argument('[text...]', 'the message, joined with blanks; without it, stdin')
    .description('Send one message and FIN, and print the reply to its end.');
  client(command, 'give up after this time without progress');
  shared(command);
  finish(command, [
    'socklab send :8888 hello there',
    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socklab send example.org:80",
  ]);
  command.action(async (endpoint, words, _, self: Command) => {
    const { sendCommand } = await import('./connect.ts');
    done(await sendCommand(context, endpoint, words, self.optsWithGlobals()));
  });
}

function addRepl(program: Command, context: Context, done: Done): void {
  const command = program
    .command('repl')
    .description(
      'Make one call at a time and see what it changed. Reads statements from a pipe, too.',
    )
    .option(
      '--timeout <duration>',
      'from a pipe: how long blocked calls may take at the end',
      durationMs,
      5000,
    );
  finish(command, [
    'socklab repl',
    "echo 'server = socket(AF_INET, SOCK_STREAM, 0)' | socklab repl",
  ]);
  command.action(async (_, self: Command) => {
    const options = self.optsWithGlobals<CommonOptions & { timeout: number }>();
    if (context.stdin.isTTY === true && context.stdout.isTTY === true) {
      const { terminalRepl } = await import('./repl/terminal.ts');
      done(await terminalRepl(context, options));
    } else {
      const { pipedRepl } = await import('./repl/piped.ts');
      done(await pipedRepl(context, options, options.timeout));
    }
  });
}

function addExplain(program: Command, context: Context, done: Done): void {
  const command = program
    .command('explain')
    .argument('[topic...]', 'accept, ECONNREFUSED, 111, TIME-WAIT, SO_REUSEADDR, SIGPIPE …')
    .description('What a call, an errno, a state, an option or a signal means. Alone: all topics.')
    .option('--json', 'the same as one JSON object a line');
  finish(command, [
    'socklab explain accept',
    'socklab explain time-wait',
    'socklab explain address already in use',
  ]);
  command.action(async (words, _, self: Command) => {
    const { explainCommand } = await import('./explain.ts');
    done(await explainCommand(context, words, self.optsWithGlobals()));
  });
}

function addDemo(program: Command, context: Context, done: Done): void {
  const command = program
    .command('demo')
    .description('The whole life of a TCP connection, on real sockets, in one go.')
    .option('--auto', 'do not pause, on a terminal either');
  finish(command, ['socklab demo', 'socklab demo --auto --color always | less -R']);
  command.action(async (_, self: Command) => {
    const { demoCommand } = await import('./demo.ts');
    done(await demoCommand(context, self.optsWithGlobals()));
  });
}

/** The options of those that connect. */
function client(command: Command, timeout: string): void {
  command
    .option('--timeout <duration>', timeout, durationMs, 10_000)
    .option('--retry <duration>', 'keep trying so long until it listens', durationMs, 0)
    .option('--source <addr[:port]>', 'connect from this local address');
}

/** The options of serve, connect and send. */
function shared(command: Command): void {
  command
    .addOption(new Option('-4', 'IPv4 only').conflicts('6'))
    .addOption(new Option('-6', 'IPv6 only').conflicts('4'))
    .addOption(new Option('--trace', 'show each call on stderr, as strace does').conflicts('json'))
    .option('--json', 'tell each call and event on stderr, one JSON object a line')
    .addOption(
      new Option(
        '--step',
        'on a terminal: pause before each call, show the state after it',
      ).conflicts(['json', 'trace']),
    )
    .option('--raw', 'write the peer’s bytes to a terminal as they are: they can take it over');
}

/** The options of every command, and its examples. */
function finish(command: Command, examples: readonly string[]): void {
  command
    // The program itself takes any word, to answer a misspelt command; commands inherit that.
    .allowExcessArguments(command.parent === null)
    .addOption(
      new Option('--color <when>', 'colour the output')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--ascii', 'draw with ASCII characters only')
    .option('--quiet', 'say nothing but what was asked for')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

function unknownCommand(word: string, program: Command): Failure {
  const names = program.commands.map((command) => command.name());
  const near = nearest(word, names);
  const hint = near === null ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return new Failure(`unknown command '${word}'; ${hint}`, EXIT.usage);
}
