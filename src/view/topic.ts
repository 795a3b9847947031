/** What `explain` shows: one topic with its labels, or the names of all. */
import type { Topic, TopicKind } from '../teach/explain/topic.ts';
import { hanging, padEnd, widthOf } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';

/** What the tables know of a topic beside its text. */
export interface TopicFacts {
  /** Of a call that socklab makes: its C prototype, and how it is written here. */
  readonly call?: { readonly signature: string; readonly example: string };
  /** The number of an errno or a constant on this system. */
  readonly number?: number;
  /** Of an errno: the calls that can return it. */
  readonly returnedBy?: readonly string[];
}

/** Labels stand in the same column as the names of sockets in a step. */
const LABEL = 8;
const GAP = '  ';

const KINDS: Readonly<Record<TopicKind, { one: string; all: string }>> = {
  call: { one: 'a call', all: 'Calls' },
  state: { one: 'a state of a TCP connection', all: 'States' },
  errno: { one: 'an answer, but no errno', all: 'Errnos' },
  option: { one: 'an option', all: 'Options' },
  constant: { one: 'a constant', all: 'Constants' },
  signal: { one: 'a signal', all: 'Signals' },
  idea: { one: 'an idea', all: 'Ideas' },
};

/**
 *   ECONNREFUSED  errno 111: Connection refused
 *   what     Nobody listens there: …
 */
export function renderTopic(topic: Topic, facts: TopicFacts, page: Page): string {
  const { theme, width } = page;
  const rows: readonly (readonly [label: string, text: string | undefined])[] = [
    ['in C', facts.call?.signature],
    ['here', facts.call?.example],
    ['what', topic.what],
    ['when', topic.when],
    ['do', topic.advice],
    ['errnos', topic.errnos?.join(' ')],
    ['from', facts.returnedBy?.join(', ')],
    ['see', topic.see?.join(', ')],
    ['source', topic.source],
  ];
  const lines = rows.flatMap(([label, text]) =>
    text === undefined || text === ''
      ? []
      : [hanging(`${GAP}${theme.dim(padEnd(label, LABEL))} `, inSigns(text, theme), width)],
  );
  const title = hanging(`${GAP}${theme.strong(topic.name)}${GAP}`, kindOf(topic, facts), width);
  return [title, ...lines].join('\n');
}

/** The names of all topics, kind by kind, in columns. */
export function renderTopicNames(topics: readonly Topic[], page: Page): string {
  const kinds = [...new Set(topics.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const names = topics.filter((topic) => topic.kind === kind).map(({ name }) => name);
      return `${GAP}${page.theme.strong(KINDS[kind].all)}\n${columns(names, page.width)}`;
    })
    .join('\n\n');
}

function kindOf({ kind, message }: Topic, { number }: TopicFacts): string {
  const what = kind === 'errno' && number !== undefined ? `errno ${number}` : KINDS[kind].one;
  return message === undefined ? what : `${what}: ${message}`;
}

/** Read across, as the topics are in an order of their own. */
function columns(names: readonly string[], width: number): string {
  const wide = Math.max(...names.map(widthOf)) + GAP.length;
  const across = Math.max(1, Math.floor((width - GAP.length) / wide));
  const rows = Array.from({ length: Math.ceil(names.length / across) }, (_, row) =>
    names.slice(row * across, (row + 1) * across),
  );
  return rows
    .map((row) => (GAP + row.map((name) => padEnd(name, wide)).join('')).trimEnd())
    .join('\n');
}
