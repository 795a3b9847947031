/** The reply that `send` waits for, and what it must be. */
import type { UnmetReply } from '../../socket/plan/unmet-reply.ts';
import type { Theme } from '../../view/theme.ts';
import { renderUnmetReply } from '../../view/unmet-reply.ts';
import { type Expectation, parseExpectation } from '../../wire/expectation.ts';
import { parseReply, type Reply } from '../../wire/reply.ts';
import { TextProblem } from '../../wire/text-problem.ts';
import { EXIT, Failure } from '../exit.ts';
import { reading } from '../problem.ts';

export interface ReplyOptions {
  readonly reply?: string;
  readonly expect?: string;
  /** Milliseconds. */
  readonly gap: number;
  readonly repeat?: number;
}

/**
 * What the reply is, null where nothing was said of it, and what it must be.
 * @throws Failure where the options make no sense
 */
export function replyFor(
  options: ReplyOptions,
  theme: Theme,
): { readonly reply: Reply | null; readonly expected: Expectation | null } {
  const { reply, expect, repeat, gap } = options;
  if (gap > 0 && repeat === undefined)
    throw new Failure('--gap is the pause between messages: it needs --repeat', EXIT.usage);
  const read = <T>(option: string, text: string | undefined, parse: (text: string) => T) =>
    text === undefined ? null : reading(option, text, theme, TextProblem, parse);
  const parsed = {
    reply: read('--reply', reply, parseReply),
    expected: read('--expect', expect, parseExpectation),
  };
  if (parsed.reply?.kind === 'none' && parsed.expected !== null)
    throw new Failure('--expect compares the reply, and --reply none waits for none', EXIT.usage);
  return parsed;
}

/** What the user is told of a reply that was not as asked for. */
export function unmet({ shortcoming }: UnmetReply, theme: Theme): Failure {
  return new Failure(renderUnmetReply(shortcoming, theme), EXIT.unmet);
}
