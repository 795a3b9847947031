/** The options of the commands that listen. */
import { type Command, Option } from 'commander';
import { countFrom } from '../values.ts';
import { idle } from './shared.ts';

/** A rule as it was written. */
export interface RuleWords {
  readonly allow: boolean;
  readonly text: string;
}

/** @returns where the rules of --allow and --deny are gathered */
export function listening(command: Command): RuleWords[] {
  const rules: RuleWords[] = [];
  command
    .optionsGroup('Listening:')
    .option('--once', 'serve one connection, then exit with its code')
    .option('--backlog <n>', 'connections that may wait to be accepted', countFrom(0), 4096)
    .option('--max-connections <n>', 'how many to serve at a time', countFrom(1))
    .addOption(idle())
    .addOption(
      rule('--allow', 'let in who has an address of this network, such as 10.0.0.0/8', true, rules),
    )
    .addOption(
      rule(
        '--deny',
        'let in nobody of this network; the first of these that matches decides',
        false,
        rules,
      ),
    )
    .option('--ready-fd <n>', 'write the address to this descriptor once it accepts', countFrom(1));
  return rules;
}

/** --allow and --deny are one list, in the order in which they were given. */
function rule(name: string, text: string, allow: boolean, rules: RuleWords[]): Option {
  return new Option(`${name} <cidr...>`, text).argParser((word: string) => {
    rules.push(...word.split(',').map((one) => ({ allow, text: one })));
    return rules;
  });
}

/**
 * The endpoints. Behind --allow they were taken for networks, which they can't be: an endpoint has
 * a port, and a network has none.
 * @param words those that were found; @param names of all that are needed
 */
export function endpointsOf(
  command: Command,
  words: readonly (string | undefined)[],
  names: readonly string[],
  rules: RuleWords[],
): string[] {
  const found = words.filter((word) => word !== undefined);
  const at = found.length;
  while (found.length < names.length) {
    const last = rules.at(-1)?.text ?? '';
    if (!isEndpoint(last)) break;
    rules.pop();
    found.splice(at, 0, last);
  }
  if (found.length < names.length)
    return command.error(`socklab: missing required argument '${names[found.length]}'`);
  return found;
}

function isEndpoint(text: string): boolean {
  return /^:|^\*|^\d+$|\]:|^[^:]+:[^:]*$|^[a-z]+:/i.test(text);
}
