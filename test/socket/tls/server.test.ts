/** TLS as a server, with Node’s own TLS as the client. */
import { once } from 'node:events';
import { connect as dialTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  secureServer,
  serverContext,
  type TlsServerOptions,
} from '../../../src/socket/tls/server.ts';
import { acceptor, dialTcp, localhostPair, ourServer } from '../../support/tls.ts';

/** A TCP connection to a server of ours that waits for a handshake, and what becomes of it. */
async function waiting(timeoutMs = 5000, options: Partial<TlsServerOptions> = {}) {
  const { port, accept } = await acceptor();
  const context = serverContext({ ...(await localhostPair()), ...options });
  const socket = await dialTcp(port);
  const done = secureServer(await accept(), context, timeoutMs);
  done.catch(() => {});
  return { socket, done };
}

describe('a server', () => {
  it('knows the name that was asked for, and asks for no certificate', async () => {
    const { ours } = await ourServer({ minVersion: 'TLSv1.3' });
    expect(ours.details).toMatchObject({
      version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      sni: 'localhost',
      alpn: null,
      certificate: null,
      objections: [],
    });
  });

  it('picks its first protocol that the client offers', async () => {
    const alpn = ['h2', 'http/1.1'];
    const both = await ourServer({ ALPNProtocols: ['http/1.1', 'h2'] }, { alpn });
    expect(both.ours.details.alpn).toBe('h2');
    const { done, socket } = await waiting(5000, { alpn });
    const client = dialTls({ socket, ALPNProtocols: ['smtp'], rejectUnauthorized: false });
    const [error] = await once(client, 'error');
    expect(String(error)).toMatch(/no application protocol/);
    await expect(done).rejects.toMatchObject({ call: 'tls', code: 'NO_APPLICATION_PROTOCOL' });
  });

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n', 'HTTP_REQUEST', 'the peer sent an HTTP request without TLS'],
    [
      'something else',
      'EHLO localhost\r\n',
      'WRONG_VERSION_NUMBER',
      'what came from the peer is not TLS',
    ],
  ])('a client speaks %s', async (_, bytes, code, text) => {
    const { done, socket } = await waiting();
    socket.write(bytes);
    await expect(done).rejects.toMatchObject({ call: 'tls', code, text });
  });

  it('a client hangs up, or resets, or says nothing in time', async () => {
    const hangsUp = await waiting();
    hangsUp.socket.end();
    await expect(hangsUp.done).rejects.toMatchObject({ call: 'tls', code: 'EOF' });
    const resets = await waiting();
    resets.socket.resetAndDestroy();
    await expect(resets.done).rejects.toMatchObject({ call: 'read', code: 'ECONNRESET' });
    const silent = await waiting(50);
    await expect(silent.done).rejects.toMatchObject({ call: 'tls', code: 'ETIMEDOUT' });
    await once(silent.socket.resume(), 'end');
  });

  it('takes no second handshake on a connection (TLS 1.2)', async () => {
    const { ours, peer } = await ourServer({ maxVersion: 'TLSv1.2' });
    const room = new Uint8Array(1);
    if (!('renegotiate' in peer.socket)) throw new Error('no TLS');
    (peer.socket as ReturnType<typeof dialTls>).renegotiate({}, () => {});
    await ours.source.readable();
    expect(() => ours.source.read(room)).toThrow(/RENEGOTIATION/);
  });
});
