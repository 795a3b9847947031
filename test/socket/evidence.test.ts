import { expect, it } from 'vitest';
import { holderOfPort } from '../../src/socket/evidence.ts';
import { BareSocket } from '../support/bare.ts';

it('tells who holds a port', () => {
  const listener = BareSocket.listening(1);
  const { port } = listener;
  expect(holderOfPort(port)).toMatchObject({ state: 'LISTEN', process: { pid: process.pid } });
  listener.close();
  expect(holderOfPort(port)).toBeNull();
});
