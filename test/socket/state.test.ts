import { describe, expect, it } from 'vitest';
import { changesBetween, type Snapshot } from '../../src/socket/state.ts';

const NEW: Snapshot = {
  socket: 's',
  fd: 21,
  kind: 'TCP over IPv4',
  state: 'CLOSED',
  local: null,
  peer: null,
  receiveQueue: 0,
  sendQueue: null,
  urgent: false,
  queue: null,
  lingers: false,
  accepted: false,
  connected: false,
  ended: false,
};
const OPEN: Snapshot = {
  ...NEW,
  state: 'ESTABLISHED',
  local: '127.0.0.1:1024',
  peer: '127.0.0.1:80',
  sendQueue: 0,
};

describe('what changed between two pictures of a socket', () => {
  it('is nothing where they are alike', () => {
    expect(changesBetween(OPEN, { ...OPEN })).toEqual([]);
  });

  it('is the state alone for a new socket: its empty queues are no news', () => {
    expect(changesBetween(null, NEW)).toEqual([
      { socket: 's', field: 'state', from: null, to: 'CLOSED' },
    ]);
  });

  it('is told in the order in which it is read: state, addresses, queues', () => {
    const after: Snapshot = { ...OPEN, receiveQueue: 5, sendQueue: 7 };
    expect(changesBetween(NEW, after)).toEqual([
      { socket: 's', field: 'state', from: 'CLOSED', to: 'ESTABLISHED' },
      { socket: 's', field: 'local', from: null, to: '127.0.0.1:1024' },
      { socket: 's', field: 'peer', from: null, to: '127.0.0.1:80' },
      { socket: 's', field: 'receive_queue', from: 0, to: 5 },
      { socket: 's', field: 'send_queue', from: null, to: 7 },
    ]);
  });

  it('names a listener’s queue when it appears, though it is empty', () => {
    const listening: Snapshot = { ...NEW, state: 'LISTEN', queue: { used: 0, limit: 2 } };
    const [, ...queue] = changesBetween(NEW, listening);
    expect(queue).toEqual([
      { socket: 's', field: 'queue', from: null, to: 0 },
      { socket: 's', field: 'backlog', from: null, to: 2 },
    ]);
    expect(changesBetween(listening, { ...listening, queue: { used: 1, limit: 2 } })).toEqual([
      { socket: 's', field: 'queue', from: 0, to: 1 },
    ]);
  });

  it('tells of a queue that was emptied', () => {
    expect(changesBetween({ ...OPEN, receiveQueue: 5 }, OPEN)).toEqual([
      { socket: 's', field: 'receive_queue', from: 5, to: 0 },
    ]);
  });

  it('is the state alone where a socket is closed', () => {
    const closed: Snapshot = {
      ...NEW,
      fd: null,
      receiveQueue: null,
      sendQueue: null,
    };
    expect(changesBetween({ ...OPEN, receiveQueue: 0 }, closed)).toEqual([
      { socket: 's', field: 'state', from: 'ESTABLISHED', to: 'CLOSED' },
    ]);
    // Bytes that nobody read are lost with it, and make the close a reset.
    expect(changesBetween({ ...OPEN, receiveQueue: 5 }, closed)).toEqual([
      { socket: 's', field: 'state', from: 'ESTABLISHED', to: 'CLOSED' },
      { socket: 's', field: 'receive_queue', from: 5, to: null },
    ]);
  });

  it('is a lost peer where the descriptor stays open', () => {
    const lost: Snapshot = { ...OPEN, state: 'CLOSED', peer: null, sendQueue: null };
    expect(changesBetween(OPEN, lost)).toEqual([
      { socket: 's', field: 'state', from: 'ESTABLISHED', to: 'CLOSED' },
      { socket: 's', field: 'peer', from: '127.0.0.1:80', to: null },
    ]);
  });
});
