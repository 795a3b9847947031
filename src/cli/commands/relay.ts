/** `socklab relay` and `socklab replay`: their options. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { countFrom } from '../values.ts';
import { type Done, finish, givenTo } from './finish.ts';
import { endpointsOf, listening } from './listening.ts';
import { client, hex, shared } from './shared.ts';
import { certificate, tlsClient } from './tls.ts';

export function addRelay(program: Command, context: Context, done: Done): void {
  const command = program
    .command('relay')
    .argument('[from]', 'where to listen')
    .argument('[to]', 'where each client’s bytes are passed on to')
    .usage('[options] <from> <to>')
    .description(
      'Sit between clients and a server: pass every byte on unchanged, show or record both directions.',
    )
    .option('--record <file>', 'keep what passes in this file, for socklab replay')
    .addOption(hex());
  const rules = listening(command);
  client(command, 'give up connecting to the server after this time');
  tlsClient(command);
  certificate(command);
  shared(command);
  finish(command, [
    'socklab relay --hex :8080 example.org:80',
    'socklab relay --record talk.jsonl :8080 :80',
    'socklab relay tls::8443 unix:/run/app.sock',
  ]);
  command.action(
    async (first: string | undefined, second: string | undefined, _, self: Command) => {
      const [from = '', to = ''] = endpointsOf(self, [first, second], ['from', 'to'], rules);
      const { relayCommand } = await import('../sockets/relay.ts');
      done(
        await relayCommand(context, from, to, {
          ...self.optsWithGlobals(),
          rules,
          given: givenTo(self),
        }),
      );
    },
  );
}

export function addReplay(program: Command, context: Context, done: Done): void {
  const command = program
    .command('replay')
    .argument('<file>', 'a recording of socklab relay --record')
    .argument('<endpoint>', 'where to send it')
    .description(
      'Send one side of a recording again, and hold each answer against the one that was recorded.',
    )
    .option('--connection <n>', 'only this connection of the recording', countFrom(1))
    .option('--timing', 'keep the pauses between the messages')
    .option('--keep-going', 'go on with the next connection when an answer differs');
  client(command, 'give up after this time without progress');
  tlsClient(command);
  shared(command);
  finish(command, [
    'socklab replay talk.jsonl :80',
    'socklab replay --connection 2 --json talk.jsonl example.org:80',
  ]);
  command.action(async (file: string, endpoint: string, _, self: Command) => {
    const { replayCommand } = await import('../sockets/replay.ts');
    done(
      await replayCommand(context, file, endpoint, {
        ...self.optsWithGlobals(),
        given: givenTo(self),
      }),
    );
  });
}
