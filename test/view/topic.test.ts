import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Topic } from '../../src/teach/explain/topic.ts';
import { topics } from '../../src/teach/explain/topics.ts';
import { widthOf } from '../../src/view/layout.ts';
import { renderTopic, renderTopicNames, type TopicFacts } from '../../src/view/topic.ts';
import { page } from '../support/steps.ts';

const TOPIC: Topic = {
  name: 'ECONNREFUSED',
  kind: 'errno',
  message: 'Connection refused',
  what: 'Nobody listens there: the kernel at that address answered the SYN with RST → no luck.',
  when: 'From connect().',
  advice: 'Start the server.',
  source: 'RFC 9293 §3.5.2',
  see: ['RST', 'listen'],
};
/** More than any topic has. */
const FACTS: TopicFacts = {
  call: {
    signature: 'int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    example: 'conn = accept(server)',
  },
  number: 111,
  returnedBy: ['connect', 'read', 'write', 'send', 'recv', 'sendto', 'recvfrom', 'recvuntil'],
};

describe('a topic', () => {
  it('has its texts beside their labels', () => {
    const shown = renderTopic(TOPIC, { number: 111, returnedBy: ['connect', 'read'] }, page());
    expect(shown.split('\n')).toEqual([
      '  ECONNREFUSED  errno 111: Connection refused',
      '  what     Nobody listens there: the kernel at that address answered the SYN',
      '           with RST → no luck.',
      '  when     From connect().',
      '  do       Start the server.',
      '  from     connect, read',
      '  see      RST, listen',
      '  source   RFC 9293 §3.5.2',
    ]);
  });

  it('has the prototype and an example, where it is a call', () => {
    const call: Topic = { ...TOPIC, name: 'accept', kind: 'call', errnos: ['EAGAIN', 'EBADF'] };
    const { message: _, ...rest } = call;
    const lines = renderTopic(rest, FACTS, page()).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '  accept  a call',
      '  in C     int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
      '  here     conn = accept(server)',
    ]);
    expect(lines).toContain('  errnos   EAGAIN EBADF');
  });

  it('is told to be no errno where it has no number', () => {
    expect(renderTopic({ ...TOPIC, name: 'EOF' }, {}, page())).toMatch(/EOF {2}an answer, but no/);
  });
});

describe.each(topics.map((topic) => [topic.name, topic] as const))('%s', (_, topic) => {
  it('fits into 80 columns and 24 rows, in every style, and says the same in each', () => {
    for (const style of [{}, { color: true }, { ascii: true }]) {
      const lines = renderTopic(topic, FACTS, page(style)).split('\n');
      expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
      expect(lines.length).toBeLessThan(24);
      expect(lines.join('\n')).not.toMatch(/\b(undefined|NaN)\b/);
    }
    const plain = renderTopic(topic, FACTS, page());
    const coloured = renderTopic(topic, FACTS, page({ color: true }));
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(renderTopic(topic, FACTS, page({ ascii: true }))).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('the names of all topics', () => {
  it('stand under their kinds, in columns', () => {
    const some = [
      ...['accept', 'getaddrinfo', 'bind'].map((name) => ({
        ...TOPIC,
        name,
        kind: 'call' as const,
      })),
      { ...TOPIC, name: 'byte order', kind: 'idea' as const },
    ];
    expect(renderTopicNames(some, page({}, 30)).split('\n')).toEqual([
      '  Calls',
      '  accept       getaddrinfo',
      '  bind',
      '',
      '  Ideas',
      '  byte order',
    ]);
  });

  it.each([80, 40, 28])('fit into %d columns', (width) => {
    const text = renderTopicNames(topics, page({}, width));
    expect(text.split('\n').filter((line) => widthOf(line) > width)).toEqual([]);
    expect(topics.filter(({ name }) => !text.includes(name))).toEqual([]);
  });

  it('stand one a line where there is no room for more', () => {
    const lines = renderTopicNames(topics, page({}, 5)).split('\n');
    for (const { name } of topics) expect(lines).toContain(`  ${name}`);
  });
});
