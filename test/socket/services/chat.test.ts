/** A chat of several, one of whom may be slow, rude or gone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chat } from '../../../src/socket/services/chat/chat.ts';
import type { Service } from '../../../src/socket/services/service.ts';
import type { News } from '../../../src/socket/services/world.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { until } from '../../support/bare.ts';
import { type Served, served, type Talker, worldOf } from '../../support/services.ts';

let session: Session;
let news: News[];
let service: Service;
beforeEach(() => {
  session = new Session({ observe: false });
  news = [];
  service = chat(worldOf(session, { news }));
});
afterEach(() => session.close());

/** One more, who has been greeted. */
async function joined(): Promise<Served> {
  const one = await served(session, service);
  await one.peer.hears('/quit leaves\n');
  return one;
}

/** As many as are named, who know of each other. */
async function all(...names: string[]): Promise<Talker[]> {
  const peers: Talker[] = [];
  for (const [at, name] of names.entries()) {
    const { peer } = await joined();
    peers.push(peer);
    await peer.says(`/name ${name}\n`);
    for (const each of peers) await each.hears(`guest1 is now ${name}\n`);
    expect(peers.length).toBe(at + 1);
  }
  return peers;
}

describe('what is said', () => {
  it('reaches the others with the name before it, and not whoever said it', async () => {
    const [ann, bob, cat] = (await all('ann', 'bob', 'cat')) as [Talker, Talker, Talker];
    await ann.says('hello\n');
    await bob.hears('ann: hello\n');
    await cat.hears('ann: hello\n');
    await bob.says('hi ann\n');
    await ann.hears('bob: hi ann\n');
    expect(ann.text).not.toContain('hello');
  });

  it('is one line at a time, however it is cut on the way', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    for (const part of ['o', 'ne\ntw', 'o\r', '\n', '\n  \nthree', ' and ', 'four\n'])
      await ann.says(part);
    const heard = await bob.hears('four\n');
    expect(heard.slice(heard.indexOf('ann: one'))).toBe(
      'ann: one\nann: two\nann: three and four\n',
    );
  });

  it('comes with the line ending that the other one uses', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await bob.says('I use telnet\r\n');
    await ann.hears('bob: I use telnet\n');
    await ann.says('hello\n');
    await bob.hears('ann: hello\r\n');
  });

  it('can’t take over a terminal', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    const bytes = [
      0x1b,
      ...Buffer.from('[2J a\tb '),
      0x9b,
      0x00,
      0x7f,
      0x0d,
      ...Buffer.from('\u202e\u2028\u009b'),
    ];
    await ann.says(Uint8Array.from([...bytes, ...Buffer.from('👩‍🚀 ä end\n')]));
    const heard = await bob.hears('end\n');
    expect(heard.slice(heard.lastIndexOf('ann: '))).toBe(
      `ann: \ufffd[2J a b ${'\ufffd'.repeat(4)}${'\ufffd'.repeat(3)}👩‍🚀 ä end\n`,
    );
  });

  it('is cut where the line is too long, and whoever said it is told', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await ann.says(`${'x'.repeat(999)}ä and more${'y'.repeat(100_000)}\nshort\n`);
    await bob.hears('ann: short\n');
    const heard = bob.text;
    // The character that the cut would go through is left out as a whole.
    expect(heard.slice(heard.indexOf('ann: x'))).toBe(`ann: ${'x'.repeat(999)}\nann: short\n`);
    await ann.hears('1000 bytes at most');
    expect(ann.text.split('at most').length).toBe(2);
  });

  it.each([1000, 1001, 1002, 1003])('of %i bytes is heard up to the thousandth', async (length) => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await ann.says(`${'x'.repeat(length)}\nnext\n`);
    const heard = await bob.hears('ann: next\n');
    expect(heard.slice(heard.indexOf('ann: x'))).toBe(`ann: ${'x'.repeat(1000)}\nann: next\n`);
  });

  it('counts as a line where FIN follows', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await ann.says('last words');
    ann.finish();
    expect(await bob.hears('* ann left\n')).toMatch(/\nann: last words\n\* ann left\n$/);
  });
});

describe('names', () => {
  it('are given to those who come: the lowest number that is free', async () => {
    const one = await joined();
    const two = await joined();
    expect(two.peer.text).toContain('* Welcome. You are guest2. Who is here: guest1, guest2\n');
    await one.peer.hears('* guest2 joined\n');
    one.peer.close();
    await two.peer.hears('* guest1 left\n');
    expect((await joined()).peer.text).toContain('You are guest1.');
  });

  it.each([
    ['two words', 'a name is a letter, then'],
    ['', 'a name is a letter, then'],
    ['1st', 'a name is a letter, then'],
    ['a'.repeat(21), 'a name is a letter, then'],
    ['a\x1b[2J', 'a name is a letter, then'],
    ['a\u202eb', 'a name is a letter, then'],
    // What shows as nothing: fillers, which are letters, variation selectors, a joiner.
    ['ann\u115f', 'a name is a letter, then'],
    ['ann\u3164', 'a name is a letter, then'],
    ['ann\ufe0f', 'a name is a letter, then'],
    ['an\u034fn', 'a name is a letter, then'],
    ['an\u200dn', 'a name is a letter, then'],
    // The a is Cyrillic, the o Greek.
    ['\u0430nn', 'it mixes letters of several scripts'],
    ['b\u03bfb', 'it mixes letters of several scripts'],
    ['bob', 'somebody else is bob'],
    ['BOB', 'somebody else is bob'],
    // In full width.
    ['ｂｏｂ', 'somebody else is bob'],
  ])('%j is not to be had', async (name, why) => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await ann.says(`/name ${name}\nnext\n`);
    await ann.hears(`* Your name is still ann: ${why}`);
    await bob.hears('ann: next\n');
  });

  it.each(['Ann', 'Zoë', 'a-b_9', '李', 'Анна', 'Νίκος', '李Ann'])('%s is one', async (name) => {
    const [, bob] = (await all(name, 'bob')) as [Talker, Talker];
    await bob.says('/who\n');
    await bob.hears(`* Here: ${name}, bob\n`);
  });

  it('are free again when one leaves or takes another', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    await ann.says('/name cat\n');
    await bob.hears('* ann is now cat\n');
    await bob.says('/name ann\n');
    await ann.hears('* bob is now ann\n');
  });

  it('look as they are compared', async () => {
    const [ann, bob] = (await all('ann', 'bob')) as [Talker, Talker];
    // In full width again.
    await ann.says('/name ｃａｔ\n');
    await bob.hears('* ann is now cat\n');
  });

  it('are listed up to a number', async () => {
    for (let count = 0; count < 52; count++) await served(session, service);
    const { peer } = await joined();
    expect(peer.text).toMatch(/guest49, guest50 and 3 more\n/);
  });
});

describe('leaving', () => {
  it.each([
    ['/quit', (peer: Talker) => peer.says('/quit\nnot heard\n')],
    ['FIN', async (peer: Talker) => peer.finish()],
    ['the end of the process', async (peer: Talker) => peer.close()],
  ])('by %s is told to the others', async (how, leave) => {
    const { peer, done } = await joined();
    const other = await joined();
    // To close with something unread would be a reset.
    await peer.hears('guest2 joined\n');
    await leave(peer);
    expect(await other.peer.hears('* guest1 left\n')).toMatch(/left\n$/);
    if (how === '/quit') peer.close();
    await done;
    expect(other.peer.text).not.toContain('not heard');
    expect(news.map(({ type, fields }) => `${type} ${fields.name}`)).toEqual([
      'joined guest1',
      'joined guest2',
      'left guest1',
    ]);
  });

  it('by a reset is told too, and is an error of the connection', async () => {
    const { peer, done } = await joined();
    const other = await joined();
    peer.reset();
    await other.peer.hears('* guest1 left\n');
    await expect(done).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('one who does not read', () => {
  const line = `${'y'.repeat(900)}\n`;

  it('is dropped, and the others hear everything', async () => {
    service = chat(worldOf(session, { news }), { fullBytes: 20_000, patienceMs: 100 });
    const slow = await joined();
    slow.peer.set('SO_RCVBUF', 4096);
    const [ann, bob] = [await joined(), await joined()];
    const count = 12_000;
    // Whoever has heard all of it has heard the word about the slow one too.
    const [, heard] = await Promise.all([
      ann.peer.says(`${line.repeat(count)}the end\n`),
      until(
        'all is heard',
        () => {
          bob.peer.take();
          return bob.peer.latest.includes('the end\n');
        },
        20_000,
      ),
    ]);
    expect(heard).toBeUndefined();
    expect(bob.peer.text.split(`guest2: ${line}`).length - 1).toBe(count);
    expect(bob.peer.text).toContain('* guest1 was dropped: too slow to read\n');
    expect(bob.peer.text).not.toContain('guest1 left');
    await slow.done;
    expect(news.filter(({ type }) => type === 'dropped')).toMatchObject([
      { fields: { name: 'guest1' }, sentence: 'guest1 was dropped: too slow to read' },
    ]);
    // Its connection was reset: what it had not read by then is all that it gets.
    expect(() => {
      for (;;) if (slow.peer.read(1_000_000) === null) throw new Error('FIN');
    }).toThrow('ECONNRESET');
  });

  it('holds up only whoever writes faster than it reads, and keeps all', async () => {
    service = chat(worldOf(session, { news }), { fullBytes: 20_000, patienceMs: 5000 });
    const [slow, ann] = [await joined(), await joined()];
    const count = 12_000;
    const saying = ann.peer.says(line.repeat(count));
    let [last, got] = [performance.now(), 0];
    await until(
      'the slow one has all',
      () => {
        if (performance.now() - last < 2) return false;
        last = performance.now();
        got += slow.peer.read(100_000)?.length ?? 0;
        return got >= count * (line.length + 'guest2: '.length);
      },
      20_000,
    );
    await saying;
    expect(news.map(({ type }) => type)).toEqual(['joined', 'joined']);
  });
});
