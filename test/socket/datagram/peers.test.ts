import { describe, expect, it } from 'vitest';
import { peerNamed } from '../../../src/socket/datagram/datagram.ts';
import { Peers } from '../../../src/socket/datagram/peers.ts';

const ann = peerNamed('127.0.0.1:1');
const bob = peerNamed('127.0.0.1:2');
const eve = peerNamed('127.0.0.1:3');

describe('the peers that were heard from lately', () => {
  it('are known once each, the one heard from last at the end', () => {
    const peers = new Peers({ most: 9, forgetMs: 1000 });
    for (const peer of [ann, bob, ann]) peers.heardFrom(peer);
    expect(peers.all().map(({ name }) => name)).toEqual([bob.name, ann.name]);
  });

  it('are so many at most: who was silent for longest makes way', () => {
    const peers = new Peers({ most: 2, forgetMs: 1000 });
    for (const peer of [ann, bob, ann, eve]) peers.heardFrom(peer);
    expect(peers.all()).toEqual([ann, eve]);
  });

  it('are forgotten when they were silent for too long', () => {
    let now = 0;
    const peers = new Peers({ most: 9, forgetMs: 1000, clock: () => now });
    peers.heardFrom(ann);
    now = 600;
    peers.heardFrom(bob);
    now = 1000;
    expect(peers.all()).toEqual([ann, bob]);
    now = 1001;
    expect(peers.all()).toEqual([bob]);
    peers.forget(bob);
    expect(peers.all()).toEqual([]);
  });

  it('can be waited for', async () => {
    const peers = new Peers({ most: 9, forgetMs: 1000 });
    let come = false;
    const some = peers.some().then(() => {
      come = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(come).toBe(false);
    peers.heardFrom(ann);
    await some;
    expect(peers.all()).toEqual([ann]);
  });

  it('are told apart by their address, not by how it is written', () => {
    const peers = new Peers({ most: 9, forgetMs: 1000 });
    for (const byte of [0xfe, 0xff]) {
      const address = Uint8Array.from(peerNamed('unix:@x').address).fill(byte, 3);
      peers.heardFrom({ name: 'unix:@\ufffd', address });
    }
    expect(peers.all()).toHaveLength(2);
  });
});
