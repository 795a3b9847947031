import { describe, expect, it } from 'vitest';
import { whyUnanswered } from '../../../src/socket/datagram/answerable.ts';
import { peerNamed } from '../../../src/socket/datagram/datagram.ts';

describe('a service answers', () => {
  it.each([
    ['127.0.0.1:40000', '127.0.0.1:7777'],
    ['[::1]:123', '[::]:7777'],
    ['unix:@client', 'unix:/run/server'],
  ])('%s', (from, local) => {
    expect(whyUnanswered(peerNamed(from), local)).toBeNull();
  });
});

describe('a service does not answer', () => {
  it.each([
    // RFC 862, 867, 865, 864, 868: an answer would be answered.
    ['127.0.0.1:7', '127.0.0.1:7777', /port 7 is a service/],
    ['127.0.0.1:13', '127.0.0.1:7777', /port 13 is/],
    ['127.0.0.1:17', '127.0.0.1:7777', /port 17 is/],
    ['[::1]:19', '[::]:7777', /port 19 is/],
    ['127.0.0.1:37', '127.0.0.1:7777', /port 37 is/],
    // Itself, or one like it.
    ['127.0.0.1:7777', '127.0.0.1:7777', /our own/],
    ['127.0.0.1:7777', '[::]:7777', /our own/],
    ['unix:@me', 'unix:@me', /our own/],
    ['127.0.0.1:0', '127.0.0.1:7777', /port 0/],
  ])('%s, at %s', (from, local, why) => {
    expect(whyUnanswered(peerNamed(from), local)).toMatch(why);
  });

  it('who has no address', () => {
    expect(whyUnanswered(null, 'unix:@me')).toMatch(/no address/);
  });
});
