import { describe, expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import { tlsFailure } from '../../../src/socket/tls/problem.ts';

const WHERE = { local: '127.0.0.1:1', remote: '127.0.0.1:2' };

function failed(code: string, more: object = {}): unknown {
  return tlsFailure(Object.assign(new Error('as Node says it'), { code, ...more }), WHERE);
}

describe('an error of node:tls', () => {
  it('names what is wrong as OpenSSL does, and says what it means', () => {
    expect(failed('ERR_SSL_WRONG_VERSION_NUMBER')).toMatchObject({
      message: 'tls 127.0.0.1:2: WRONG_VERSION_NUMBER (what came from the peer is not TLS)',
      ...WHERE,
    });
  });

  it('may be the peer’s alert, under its older or its newer name', () => {
    for (const prefix of ['SSLV3', 'SSL/TLS'])
      expect(failed(`ERR_SSL_${prefix}_ALERT_HANDSHAKE_FAILURE`)).toMatchObject({
        text: 'the peer found nothing acceptable in what was offered; its alert: handshake failure',
      });
    expect(failed('ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY')).toMatchObject({
      text: 'the peer refused to go on; its alert: insufficient security',
    });
  });

  it('is told by its reason where it is not known here', () => {
    expect(failed('ERR_SSL_LENGTH_MISMATCH', { reason: 'length mismatch' })).toMatchObject({
      code: 'LENGTH_MISMATCH',
      text: 'length mismatch',
    });
    expect(failed('ERR_TLS_RENEGOTIATION_DISABLED')).toMatchObject({ text: 'as Node says it' });
  });

  it('is left as it is where the kernel said it, and where it is a defect', () => {
    const lost = new SocketError({ call: 'read', code: 'ECONNRESET', text: 'x' }, WHERE);
    expect(tlsFailure(lost, WHERE)).toBe(lost);
    for (const defect of [
      new TypeError('x'),
      Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
      'x',
    ])
      expect(tlsFailure(defect, WHERE)).toBe(defect);
  });
});
