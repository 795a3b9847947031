/** Whatever a user can meet has its text: the tables are asked what there is. */
import { describe, expect, it } from 'vitest';
import { callTable } from '../../../src/socket/calls/table.ts';
import { linuxTcpStates } from '../../../src/sys/constants-linux.ts';
import { constants, errnoNumbers } from '../../../src/sys/platform.ts';
import { callsReturning, findTopic } from '../../../src/teach/explain/find.ts';
import type { Topic } from '../../../src/teach/explain/topic.ts';
import { topicKinds, topicNames, topics } from '../../../src/teach/explain/topics.ts';

/** Names that have no topic of this kind: none, where all is well. */
function missing(names: Iterable<string>, ...kinds: readonly Topic['kind'][]): string[] {
  return [...names].filter((name) => {
    const topic = findTopic(name);
    if (topic === null || !kinds.includes(topic.kind)) return true;
    return topic.name !== name && topic.aliases?.includes(name) !== true;
  });
}

const calls = topics.filter(({ kind }) => kind === 'call');

describe('there is a text for', () => {
  it('every call of the table', () => {
    expect(callTable.size).toBeGreaterThan(10);
    expect(missing(callTable.keys(), 'call')).toEqual([]);
  });

  it('every state of a connection', () => {
    const states = new Set(Object.values(linuxTcpStates));
    expect(states.size).toBe(11);
    expect(missing(states, 'state')).toEqual([]);
    expect(topics.filter(({ kind }) => kind === 'state')).toHaveLength(states.size);
  });

  it('every errno of the table, and every one that a call can return', () => {
    expect(missing(errnoNumbers().keys(), 'errno')).toEqual([]);
    const returned = calls.flatMap(({ errnos }) => errnos ?? []);
    expect(returned.length).toBeGreaterThan(200);
    expect(missing(returned, 'errno')).toEqual([]);
  });

  it('every errno that has no number, or a second name', () => {
    const words = ['EWOULDBLOCK', 'ENOTSUP', 'EOF', 'EAI_NONAME', 'EAI_AGAIN', 'EAI_FAIL'];
    words.push('EAI_FAMILY', 'EAI_SERVICE', 'EAI_SOCKTYPE', 'EAI_NODATA', 'EAI_SYSTEM');
    expect(missing(words, 'errno')).toEqual([]);
  });

  it('every option and every other constant of the table', () => {
    const names = [...constants.keys()];
    const options = names.filter((name) => /^(SO|TCP|IP|IPV6)_/.test(name));
    expect(options.length).toBeGreaterThan(35);
    expect(missing(options, 'option')).toEqual([]);
    const others = names.filter((name) => !options.includes(name));
    expect(others.length).toBeGreaterThan(35);
    expect(missing(others, 'constant')).toEqual([]);
  });

  it('every constant that the table of calls offers', () => {
    const offered = [...callTable.values()].flatMap(({ params }) =>
      params.flatMap((param) => param.constants ?? []),
    );
    const names = offered.filter((name) => name !== '0');
    expect(names.length).toBeGreaterThan(50);
    expect(missing(names, 'option', 'constant')).toEqual([]);
  });

  it('every signal and idea that belongs to sockets', () => {
    expect(missing(['SIGPIPE', 'SIGINT', 'SIGURG', 'SIGIO'], 'signal')).toEqual([]);
    const ideas = ['SYN', 'FIN', 'RST', 'ACK', 'handshake', 'backlog', 'half-close', 'byte order'];
    ideas.push('padding', 'buffering', 'blocking', 'non-blocking', 'Nagle', 'MSS', '4-tuple');
    ideas.push('ephemeral port', 'localhost', 'NULL sockaddr', 'stream vs datagram');
    expect(missing(ideas, 'idea')).toEqual([]);
  });
});

describe.each(topics.map((topic) => [topic.name, topic] as const))(
  'the text about %s',
  (_, topic) => {
    it('is whole and short', () => {
      const all = [topic.what, topic.when, topic.advice];
      for (const text of all) {
        // It ends as a sentence does, and is written with the apostrophe of print.
        expect(text).toMatch(/^\S.*\S\.$/);
        expect(text).not.toMatch(/ {2}|'/);
      }
      expect(all.join(' ').split('"').length % 2).toBe(1);
      expect(all.join(' ').length).toBeLessThan(700);
      expect(topic.source).toMatch(/^(\w+(\.\w+)?\(\d\w*\)|RFC \d+|System V ABI|made )/);
    });

    it('leads on to topics that there are', () => {
      const see = topic.see ?? [];
      expect(see.filter((name) => !topicNames.includes(name))).toEqual([]);
      expect(new Set([...see, topic.name]).size).toBe(see.length + 1);
      expect(see.length).toBeGreaterThan(0);
    });
  },
);

describe('the errnos of a call', () => {
  it.each(calls.map(({ name, errnos }) => [name, errnos] as const))('%s', (_, errnos) => {
    expect(errnos).toEqual([...new Set(errnos)].sort());
  });

  it('are found the other way round', () => {
    expect(callsReturning('EINPROGRESS')).toContain('connect');
    expect(callsReturning('EINPROGRESS')).not.toContain('listen');
    expect(callsReturning('ENOTANERRNO')).toEqual([]);
  });
});

describe('names', () => {
  it('are there once, and each leads to its own topic', () => {
    expect(new Set(topicNames).size).toBe(topics.length);
    for (const topic of topics) expect(findTopic(topic.name)).toBe(topic);
    expect([...new Set(topics.map(({ kind }) => kind))]).toEqual(topicKinds);
  });

  it('hide none of another topic', () => {
    const claimed = topics.flatMap((topic) =>
      [topic.name, ...(topic.aliases ?? [])].map((word) => [word, topic.name] as const),
    );
    const hidden = claimed.filter(([word, name]) => findTopic(word)?.name !== name);
    expect(hidden).toEqual([]);
  });
});
