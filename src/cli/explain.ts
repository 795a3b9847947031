/** `socklab explain TOPIC`, and `.explain` at the prompt. */
import { callTable } from '../socket/calls/table.ts';
import { constants, errnoNumbers } from '../sys/platform.ts';
import { callsReturning, findTopic, nearestTopics } from '../teach/explain/find.ts';
import type { Topic } from '../teach/explain/topic.ts';
import { topics } from '../teach/explain/topics.ts';
import { eventJson } from '../view/json.ts';
import type { Page } from '../view/page.ts';
import { renderTopic, renderTopicNames, type TopicFacts } from '../view/topic.ts';
import { visibleText } from '../view/visible.ts';
import { type CommonOptions, type Context, widthOf } from './context.ts';
import { EXIT, Failure } from './exit.ts';
import { themeFor } from './theme.ts';

export interface ExplainOptions extends CommonOptions {
  readonly json?: boolean;
}

/** Lines longer than this are hard to read, on however wide a terminal. */
const WIDEST = 100;

/** @throws Failure where nothing is known of the topic; it names the nearest ones */
export async function explainCommand(
  { stdout, env }: Context,
  words: readonly string[],
  options: ExplainOptions,
): Promise<number> {
  const wanted = words.join(' ');
  if (options.json === true) {
    const found = wanted.trim() === '' ? topics : [findTopic(wanted)];
    for (const topic of found) {
      if (topic === null) throw new Failure(unknownTopic(wanted), EXIT.usage);
      stdout.write(`${topicJson(topic)}\n`);
    }
    return EXIT.done;
  }
  const page = {
    theme: themeFor(stdout, options, env),
    width: Math.min(widthOf(stdout), WIDEST),
  };
  const text = explanation(wanted, page);
  if (text === null) throw new Failure(unknownTopic(wanted), EXIT.usage);
  stdout.write(`${text}\n`);
  return EXIT.done;
}

/** What is known of the words; of none, the names of all topics. Null where nothing is known. */
export function explanation(words: string, page: Page): string | null {
  if (words.trim() === '') return renderTopicNames(topics, page);
  const topic = findTopic(words);
  return topic === null ? null : renderTopic(topic, factsOf(topic), page);
}

/** A sentence for the case that {@link explanation} is null. */
export function unknownTopic(words: string): string {
  const near = nearestTopics(words);
  const hint =
    near.length === 0 ? 'explain without a topic lists all' : `did you mean ${oneOf(near)}?`;
  return `nothing is known of '${visibleText(words.trim())}'; ${hint}`;
}

function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

function factsOf({ name, kind }: Topic): TopicFacts {
  const row = kind === 'call' ? callTable.get(name) : undefined;
  const number = kind === 'errno' ? errnoNumbers().get(name) : constants.get(name);
  return {
    ...(row === undefined ? {} : { call: row }),
    ...(number === undefined ? {} : { number }),
    ...(kind === 'errno' ? { returnedBy: callsReturning(name) } : {}),
  };
}

function topicJson(topic: Topic): string {
  const { call, number, returnedBy } = factsOf(topic);
  return eventJson('explain', {
    name: topic.name,
    kind: topic.kind,
    number: number ?? null,
    message: topic.message ?? null,
    what: topic.what,
    when: topic.when,
    do: topic.advice,
    signature: call?.signature ?? null,
    example: call?.example ?? null,
    errnos: topic.errnos ?? [],
    returned_by: returnedBy ?? [],
    see: topic.see ?? [],
    aliases: topic.aliases ?? [],
    source: topic.source,
  });
}
