/** From the words that somebody typed, or copied from a message, to a topic. */
import { errnoOfNumber, nearest } from '../../socket/names.ts';
import type { Topic } from './topic.ts';
import { topics } from './topics.ts';

/** How many suggestions fit a line that is still read. */
const MOST_NEAR = 5;

/** No name and no message is as long; what is longer is cut, so that looking stays quick. */
const LONGEST = 200;

/** `LISTEN` is a state and `listen` a call: exactly as written goes before the rest. */
const EXACTLY = index((word) => word);
const ROUGHLY = index(plain);

/**
 * The topic for a name in any spelling: `time_wait`, `accept(2)`, `accept()`, `econnrefused`; for
 * an errno's number, `111`; or for a whole message: `bind: Address already in use`.
 * @returns null where nothing is known of it
 */
export function findTopic(words: string): Topic | null {
  const word = bare(words);
  const number = /^(?:errno\s*)?-?(\d{1,4})$/i.exec(word)?.[1];
  if (number !== undefined) return EXACTLY.get(errnoOfNumber(Number(number)) ?? '') ?? null;
  return EXACTLY.get(word) ?? ROUGHLY.get(plain(word)) ?? behindColon(word);
}

/** Names of topics that may have been meant, the likeliest first; none where nothing is near. */
export function nearestTopics(words: string): string[] {
  const word = plain(bare(words));
  if (word === '') return [];
  const near = nearest(word, ROUGHLY.keys());
  const found = [
    ...(near === null ? [] : [near]),
    // Two topics at once (`bind EINVAL`), the beginning of a name (`SO_`), or a part of it.
    ...word.split('-').filter((part) => ROUGHLY.has(part)),
    ...[...ROUGHLY.keys()].filter((key) => key.startsWith(word)),
    ...(word.length < 3 ? [] : [...ROUGHLY.keys()].filter((key) => key.includes(word))),
  ];
  const names = found.map((key) => ROUGHLY.get(key)?.name ?? key);
  return [...new Set(names)].slice(0, MOST_NEAR);
}

/** The calls that can return an errno, in the order of the table. */
export function callsReturning(errno: string): string[] {
  return topics.filter(({ errnos }) => errnos?.includes(errno)).map(({ name }) => name);
}

/** Names go before other words for the same, and earlier topics before later ones. */
function index(key: (word: string) => string): ReadonlyMap<string, Topic> {
  const found = new Map<string, Topic>();
  const add = (word: string, topic: Topic) => {
    if (!found.has(key(word))) found.set(key(word), topic);
  };
  for (const topic of topics) add(topic.name, topic);
  for (const topic of topics)
    for (const word of [...(topic.aliases ?? []), topic.message ?? topic.name]) add(word, topic);
  return found;
}

/** What perror(3) prints: `connect: Connection refused`. */
function behindColon(word: string): Topic | null {
  const behind = /:\s+(.+)/s.exec(word)?.[1];
  return behind === undefined ? null : findTopic(behind);
}

/** Without quotation marks, and without what stands behind a name: `accept(2)`, `close(fd);`. */
function bare(words: string): string {
  const word = words
    .trim()
    .slice(0, LONGEST)
    .replace(/^["'`“‘]+|["'`”’]+$/gu, '');
  return word.replace(/\s*\(.*\)\s*[;.]?$/s, '').trim();
}

/** Upper and lower case, and what joins words, make no difference. */
function plain(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[\s_-]+/g, '-');
}
