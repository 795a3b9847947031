/** How the message of `send --struct` lies in memory, shown before it is sent. */
import { renderRecord } from '../../view/struct.ts';
import { type CommonOptions, type Context, widthOf } from '../context.ts';
import type { Running } from '../running.ts';
import { themeFor } from '../theme.ts';
import type { Message } from './message.ts';

/** How a structure's bytes lie: for a person, or with --dump. */
export function tellStruct(
  { layout, bytes }: Message,
  { stderr, env }: Context,
  options: CommonOptions & { readonly json?: boolean; readonly dump?: boolean },
  tell: Running['tell'],
): void {
  if (layout === null || bytes === null || options.json) return;
  const page = { theme: themeFor(stderr, options, env), width: widthOf(stderr) };
  tell('message', {}, renderRecord(layout, bytes, page), options.dump ? undefined : 'news');
}
