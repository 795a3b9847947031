/** TLS as a client: whom it believes, what it asks for, and how it says what is wrong. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { parseEndpoint } from '../../../src/socket/endpoint.ts';
import { SocketError } from '../../../src/socket/errors.ts';
import {
  hostOf,
  isServerName,
  secureClient,
  type TlsClientOptions,
} from '../../../src/socket/tls/client.ts';
import { Authority, contents, type Leaf } from '../../support/certificates.ts';
import { listener } from '../../support/peer.ts';
import { nodeServer, ourClient, rawTo, trusting } from '../../support/tls.ts';
import { has } from '../../support/tools.ts';

/** What the handshake failed with. */
async function failure(
  port: number,
  options: Partial<TlsClientOptions> = {},
): Promise<SocketError> {
  const raw = await rawTo(port);
  const error = await secureClient(raw, await trusting(options)).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SocketError)) throw new Error(`no SocketError: ${error}`);
  // What was refused is closed: its descriptor is nobody's any more.
  expect(raw.plain?.isOpen()).toBe(false);
  return error;
}

describe('what it asks for', () => {
  it('a name by SNI, and no address (RFC 6066 §3)', async () => {
    for (const [host, sni, asked] of [
      ['localhost', undefined, 'localhost'],
      ['127.0.0.1', undefined, false],
      ['127.0.0.1', 'localhost', 'localhost'],
    ] as const) {
      const { ours, peer } = await ourClient({}, { host, sni });
      expect('servername' in peer.socket && peer.socket.servername).toBe(asked);
      expect([ours.details.sni, ours.details.objections]).toEqual([asked || null, []]);
    }
  });

  it('a protocol by ALPN: the peer picks', async () => {
    const both = await ourClient({ ALPNProtocols: ['b', 'c'] }, { alpn: ['a', 'b'] });
    expect(both.ours.details.alpn).toBe('b');
    const none = await ourClient({ ALPNProtocols: ['b'] });
    expect(none.ours.details.alpn).toBeNull();
    const { port } = await nodeServer({ ALPNProtocols: ['b'] });
    expect(await failure(port, { alpn: ['a'] })).toMatchObject({
      call: 'tls',
      code: expect.stringContaining('NO_APPLICATION_PROTOCOL'),
      text: expect.stringContaining('none of the protocols'),
    });
  });

  it.each([
    ['tls:example.org:1', 'example.org'],
    ['tls:example.org.:1', 'example.org'],
    ['tls:127.0.0.2:1', '127.0.0.2'],
    ['tls:[::1]:1', '::1'],
    ['tls::1', 'localhost'],
    ['tls:*:1', 'localhost'],
  ])('of %s the host is %s', (text, host) => {
    expect(hostOf(parseEndpoint(text))).toBe(host);
  });

  it.each([
    ['example.org', true],
    ['127.0.0.1', false],
    ['::1', false],
    ['a b', false],
    ['', false],
  ])('%j as a name to ask for: %s', (name, yes) => {
    expect(isServerName(name)).toBe(yes);
  });
});

describe('whom it believes', () => {
  let made: Authority | null = null;
  afterAll(() => made?.remove());
  const authority = (context: TestContext): Authority => {
    if (!has('openssl')) context.skip('openssl is not installed');
    made ??= new Authority();
    return made;
  };

  const cases: readonly [what: string, leaf: Leaf | null, code: string, text: string | RegExp][] = [
    [
      'expired',
      { to: '20210203040506Z' },
      'CERT_HAS_EXPIRED',
      'the certificate of CN=localhost expired on 2021-02-03 04:05:06 UTC',
    ],
    [
      'early',
      { from: '20480203040506Z' },
      'CERT_NOT_YET_VALID',
      'the certificate of CN=localhost is valid only from 2048-02-03 04:05:06 UTC on',
    ],
    [
      'other',
      { names: 'DNS:other.example,IP:::2', subject: '/CN=localhost' },
      'CERT_ALTNAME_INVALID',
      'the certificate is for other.example, ::2, not for localhost',
    ],
    [
      'many',
      { names: Array.from({ length: 11 }, (_, i) => `DNS:h${i}.example`).join() },
      'CERT_ALTNAME_INVALID',
      /^the certificate is for h0.example, .*h7.example and 3 more, not for localhost$/,
    ],
    [
      'bare',
      { names: null, subject: '/O=Firm/CN=old.example' },
      'CERT_ALTNAME_INVALID',
      'the certificate is for old.example, not for localhost',
    ],
    [
      'self-signed',
      null,
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'the certificate of CN=localhost is self-signed, and is not among those that are trusted',
    ],
  ];
  it.for(cases)(
    'a certificate that is %s is refused, and with insecure described',
    async ([name, leaf, code, text], context) => {
      const root = authority(context);
      const pair = leaf === null ? root.selfSigned(name) : root.signed(name, leaf);
      const { port } = await nodeServer(contents(pair));
      const ca = readFileSync(root.ca);
      const error = await failure(port, { ca });
      expect(error).toMatchObject({ call: 'tls', code, remote: `127.0.0.1:${port}` });
      if (typeof text === 'string') expect(error.text).toBe(text);
      else expect(error.text).toMatch(text);
      const raw = await rawTo(port);
      const connection = await secureClient(raw, await trusting({ ca, insecure: true }));
      expect(connection.details.objections[0]).toEqual({ code, text: error.text });
      await connection.close();
    },
  );

  it('one that a root signed which is not trusted', async (context) => {
    const root = authority(context);
    const { port } = await nodeServer(contents(root.signed('good')));
    const told = await failure(port, { ca: undefined });
    expect(told.code).toMatch(/^UNABLE_TO_/);
    expect(told.text).toBe(
      'the certificate of CN=localhost was issued by CN=Test Root, which is not among those that are trusted',
    );
  });

  it('one that is good, by its name, its addresses and its root', async (context) => {
    const root = authority(context);
    const { port } = await nodeServer(contents(root.signed('good')));
    const ca = readFileSync(root.ca);
    for (const host of ['localhost', '127.0.0.1', '::1']) {
      const connection = await secureClient(await rawTo(port), await trusting({ ca, host }));
      expect(connection.details).toMatchObject({
        objections: [],
        certificate: {
          subject: 'CN=localhost',
          issuer: 'CN=Test Root',
          names: ['localhost', '127.0.0.1', '::1'],
        },
      });
      await connection.close();
    }
    expect(await failure(port, { ca, sni: 'other.example' })).toMatchObject({
      text: 'the certificate is for localhost, 127.0.0.1, ::1, not for other.example',
    });
  });

  it('nothing of the application is sent to one that is refused', async (context) => {
    const root = authority(context);
    let came: Promise<Buffer> | null = null;
    const { port } = await nodeServer(contents(root.selfSigned('nobody')), (peer) => {
      came = peer.end();
    });
    await failure(port);
    expect(String(await came)).toBe('');
  });
});

describe('a handshake that fails', () => {
  it('since the peer speaks no TLS', async () => {
    const server = await listener();
    void server.accept().then(({ socket }) => socket.write('220 mail.example ESMTP\r\n'));
    expect(await failure(server.port)).toMatchObject({
      call: 'tls',
      code: 'WRONG_VERSION_NUMBER',
      text: 'what came from the peer is not TLS',
    });
  });

  it('since the peer hangs up', async () => {
    const server = await listener();
    void server.accept().then(async (peer) => {
      await peer.bytes(1);
      peer.socket.end();
    });
    expect(await failure(server.port)).toMatchObject({ call: 'tls', code: 'EOF' });
  });

  it('since the peer resets: no matter of TLS', async () => {
    const server = await listener();
    void server.accept().then(async (peer) => {
      await peer.bytes(1);
      peer.reset();
    });
    expect(await failure(server.port)).toMatchObject({ call: 'read', code: 'ECONNRESET' });
  });

  it('since the peer says nothing in time', async () => {
    const server = await listener();
    void server.accept();
    expect(await failure(server.port, { timeoutMs: 50 })).toMatchObject({
      call: 'tls',
      code: 'ETIMEDOUT',
      text: 'the handshake was not done within 0.05 s',
    });
  });

  it('since the two have no version in common', async () => {
    const { port } = await nodeServer({
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const { call, code } = await failure(port);
    expect([call, code]).toEqual(['tls', expect.stringMatching(/PROTOCOL/)]);
  });

  it('since the session is closed meanwhile', async () => {
    const server = await listener();
    const raw = await rawTo(server.port);
    const securing = secureClient(raw, await trusting());
    const { socket } = await server.accept();
    if (socket.bytesRead === 0) await once(socket, 'data');
    await raw.close();
    await expect(securing).rejects.toMatchObject({ call: 'read', code: 'EBADF' });
  });
});
