/** An endpoint → the addresses to try. */
import { expect, it } from 'vitest';
import {
  addressArg,
  addressesFor,
  type InternetEndpoint,
} from '../../../src/socket/plan/addresses.ts';
import { NO_SUCH_HOST, tcp } from '../../support/plans.ts';

const written = async (...args: Parameters<typeof addressesFor>) =>
  (await addressesFor(...args)).map(({ family, host }) => `${family} ${host}`);

const loopback: InternetEndpoint['host'] = { kind: 'loopback' };
const any: InternetEndpoint['host'] = { kind: 'any' };

it('without a host it is loopback, of the family that is wanted', async () => {
  expect(await written(tcp(loopback, 1), 0, 'connect')).toEqual(['inet 127.0.0.1']);
  expect(await written(tcp(loopback, 1), 4, 'bind')).toEqual(['inet 127.0.0.1']);
  expect(await written(tcp(loopback, 1), 6, 'bind')).toEqual(['inet6 ::1']);
});

it('every interface is both families, IPv6 first to bind and last to connect', async () => {
  expect(await written(tcp(any, 1), 0, 'bind')).toEqual(['inet6 ::', 'inet 0.0.0.0']);
  expect(await written(tcp(any, 1), 4, 'bind')).toEqual(['inet 0.0.0.0']);
  expect(await written(tcp(any, 1), 6, 'bind')).toEqual(['inet6 ::']);
  expect(await written(tcp(any, 1), 0, 'connect')).toEqual(['inet 127.0.0.1', 'inet6 ::1']);
});

it('a literal is itself, or does not suit', async () => {
  expect(await written(tcp('127.0.0.9', 1), 4, 'bind')).toEqual(['inet 127.0.0.9']);
  expect(await written(tcp('::1', 1), 0, 'bind')).toEqual(['inet6 ::1']);
  await expect(addressesFor(tcp('127.0.0.9', 1), 6, 'bind')).rejects.toMatchObject({
    message: expect.stringContaining('127.0.0.9 as IPv6'),
    code: 'EAI_ADDRFAMILY',
  });
  await expect(addressesFor(tcp('::1', 1), 4, 'bind')).rejects.toMatchObject({
    code: 'EAI_ADDRFAMILY',
  });
});

it('a name is asked for, with the port of the endpoint', async () => {
  const found = await addressesFor(tcp('localhost', 4711), 4, 'connect');
  expect(found).toContainEqual({ family: 'inet', host: '127.0.0.1', port: 4711 });
});

it('a name that does not resolve fails in getaddrinfo()', async () => {
  await expect(addressesFor(tcp(NO_SUCH_HOST, 1), 0, 'connect')).rejects.toMatchObject({
    name: 'SocketError',
    call: 'getaddrinfo',
    remote: NO_SUCH_HOST,
    code: expect.stringMatching(/^(ENOTFOUND|EAI_)/),
  });
});

it('an address is an argument of a call, with its scope', () => {
  expect(addressArg({ family: 'inet6', host: 'fe80::1', port: 7, scope: 3 })).toEqual({
    kind: 'endpoint',
    endpoint: {
      transport: 'tcp',
      host: { kind: 'inet6', literal: 'fe80::1', scope: 3 },
      port: 7,
    },
  });
  expect(addressArg({ family: 'inet', host: '127.0.0.1', port: 7 })).toMatchObject({
    endpoint: { host: { kind: 'inet', literal: '127.0.0.1' } },
  });
});
