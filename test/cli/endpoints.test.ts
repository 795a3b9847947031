import { describe, expect, it } from 'vitest';
import { datagramEndpoint, sourceEndpoint, streamEndpoint } from '../../src/cli/endpoints.ts';
import { Failure } from '../../src/cli/exit.ts';
import { parseEndpoint } from '../../src/socket/endpoint.ts';

/** The lines of a failure's message, which are shown as they are. */
function refusal(read: (text: string) => unknown, text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.code).toBe(2);
    return error.message.split('\n');
  }
  throw new Error(`${text} was taken`);
}

describe('an endpoint on the command line', () => {
  it.each([
    '8888',
    ':0',
    '127.0.0.1:80',
    '[::1]:80',
    'localhost:http',
    '*:1',
    'tls:example.org:443',
    'tcp://[::]:80',
  ])('%s is taken as it is written', (text) => {
    expect(streamEndpoint(text)).toEqual(parseEndpoint(text));
  });

  it.each([
    ['256.1.1.1:80', '^^^^^^^^^', /not an IPv4 address/],
    ['127.0.0.1:65536', '          ^^^^^', /0 to 65535/],
    ['127.0.0.1', '         ^', /port is missing/],
    ['tpc:127.0.0.1:80', '^^^', /unknown scheme/],
    ['', '^', /endpoint is missing/],
    ['/run/x', '^^^^^^', /a Unix socket is written unix:\/run\/x$/],
    ['./x', '^^^', /a Unix socket is written unix:\.\/x$/],
    ['@x', '^^', /a Unix socket is written unix:@x$/],
    ['a b:80', '^^^', /not a host name/],
    [`unix:@${'x'.repeat(108)}`, `      ${'^'.repeat(108)}`, /abstract name has 107 bytes at most/],
    [`unix:/${'x'.repeat(107)}`, `     ${'^'.repeat(108)}`, /path has 107 bytes at most/],
  ])('%j is refused with a caret under its wrong part', (text, carets, message) => {
    const [what, line, under, why] = refusal(streamEndpoint, text);
    expect([what, line, under]).toEqual(['not an endpoint', `  ${text}`, `  ${carets}`]);
    expect(why).toMatch(message);
  });

  it.each(['udp:127.0.0.1:53', 'unixgram:@x'])('%s is refused by what it speaks', (text) => {
    const [transport = ''] = text.split(':');
    expect(refusal(streamEndpoint, text)).toEqual([
      'not an endpoint',
      `  ${text}`,
      `  ${'^'.repeat(transport.length)}`,
      `  this command speaks tcp, tls and unix, not ${transport}`,
    ]);
  });

  it('does nothing to the terminal when it is refused', () => {
    const text = refusal(streamEndpoint, '127.0.0.1:\x1b]0;owned\x07').join('\n');
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('an endpoint for datagrams', () => {
  it.each(['udp:127.0.0.1:53', 'udp::0', 'udp://[::1]:domain', 'unixgram:/x', 'unixgram:@x'])(
    '%s is one',
    (text) => {
      expect(datagramEndpoint(text)).toEqual(parseEndpoint(text));
    },
  );

  it.each(['8888', 'tls:example.org:443', 'unix:/x'])('%s is none', (text) => {
    expect(datagramEndpoint(text)).toBeNull();
  });

  it('is refused as others are', () => {
    expect(refusal(datagramEndpoint, 'udp:127.1:53')[1]).toBe('  udp:127.1:53');
  });
});

describe('a source address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1:0'],
    ['127.0.0.1:4000', '127.0.0.1:4000'],
    ['::1', '[::1]:0'],
    ['[::1]', '[::1]:0'],
    ['[::1]:4000', '[::1]:4000'],
    ['fe80::1%1', '[fe80::1%1]:0'],
    ['localhost', 'localhost:0'],
    [':4000', ':4000'],
    ['*', '*:0'],
  ])('%s is %s', (text, endpoint) => {
    expect(sourceEndpoint(text)).toEqual(parseEndpoint(endpoint));
  });

  it.each([
    '127.1',
    '256.1.1.1',
    '[::1',
    '::g',
    '127.0.0.1:',
    'a b',
    '',
    'udp:127.0.0.1',
    'unix:/x',
  ])('%j is none', (text) => {
    expect(refusal(sourceEndpoint, text)[0]).toBe('not an endpoint');
  });
});
