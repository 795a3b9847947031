/** What `serve`, `connect` and `send` say of an error whose socket has gone: what is not known is not told. */
import { expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import { linuxErrnos } from '../../../src/sys/constants-linux.ts';
import { whyError } from '../../../src/teach/why/failed.ts';

const CALLS = [
  'bind',
  'listen',
  'accept',
  'connect',
  'read',
  'write',
  'send',
  'recv',
  'sendto',
  'recvfrom',
];

/** Of a peer whose address the kernel does not know any more, or never knew. */
const NAMELESS = ['read', 'write', 'send', 'recv'];

it.each(CALLS)('%s, with every errno', (call) => {
  let told = 0;
  const addresses = [
    '127.0.0.1:9',
    '[fe80::1]:80',
    'unix:@x',
    ...(NAMELESS.includes(call) ? [null] : []),
  ];
  for (const code of Object.keys(linuxErrnos)) {
    for (const address of addresses) {
      const where = { local: address, remote: address };
      const why = whyError(new SocketError({ call, code, text: 'text' }, where), null, []);
      expect(why ?? '', `${call} ${code} ${address}`).not.toMatch(/\b(null|undefined|NaN)\b/);
      if (why !== null) told++;
    }
  }
  expect(told).toBeGreaterThan(0);
});

it('a link-local address without its link is told as that', () => {
  const where = { local: null, remote: '[fe80::1]:80' };
  const error = new SocketError(
    { call: 'connect', code: 'EINVAL', text: 'Invalid argument' },
    where,
  );
  expect(whyError(error, null, [])).toBe(
    '[fe80::1]:80 is on every link: say which one, as in [fe80::1%eth0]:80.',
  );
});
