/** One file for all clients. */
import { appendFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { file } from '../../../src/socket/services/file.ts';
import { Unsuitable } from '../../../src/socket/services/given.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { openDescriptors, until } from '../../support/bare.ts';
import { fileOf, MIB, scratch } from '../../support/payload.ts';
import { served, worldOf } from '../../support/services.ts';
import { pattern } from '../../support/streams.ts';

let session: Session;
beforeEach(() => {
  session = new Session({ observe: false });
});
afterEach(() => session.close());

const sending = (path: string) => file(worldOf(session, { file: path }));

describe('each client', () => {
  it('gets all of it, at the same time as others, and then FIN', async () => {
    const bytes = pattern(4 * MIB);
    const before = openDescriptors();
    const service = sending(fileOf(bytes));
    const all = await Promise.all([1, 2, 3].map(() => served(session, service)));
    const got = await Promise.all(all.map(({ peer }) => peer.hearsAll()));
    expect(got.map((one) => one.equals(bytes))).toEqual([true, true, true]);
    for (const { peer } of all) peer.close();
    await Promise.all(all.map(({ done }) => done));
    expect(openDescriptors()).toBe(before);
  });

  it('gets an empty file', async () => {
    const { peer, done } = await served(session, sending(fileOf(new Uint8Array(0))));
    expect((await peer.hearsAll()).length).toBe(0);
    peer.close();
    await done;
  });

  it('gets all of it though it talks, and nobody listens', async () => {
    const bytes = pattern(4 * MIB);
    const { peer, done } = await served(session, sending(fileOf(bytes)));
    await peer.says(pattern(300_000));
    expect((await peer.hearsAll()).equals(bytes)).toBe(true);
    peer.close();
    await done;
  });

  it('gets what was added while it was sent', async () => {
    const path = fileOf(pattern(16 * MIB));
    const { connection, peer, done } = await served(session, sending(path));
    await until('it waits for the peer', () => connection.bytesOut > 0);
    appendFileSync(path, 'and the end');
    const got = await peer.hearsAll();
    expect([got.length, got.subarray(-11).toString()]).toEqual([16 * MIB + 11, 'and the end']);
    peer.close();
    await done;
  });

  it('gets the file that has the name when it comes', async () => {
    const path = fileOf(Buffer.from('old'));
    const service = sending(path);
    writeFileSync(`${path}.new`, 'new');
    renameSync(`${path}.new`, path);
    const { peer, done } = await served(session, service);
    expect((await peer.hearsAll()).toString()).toBe('new');
    peer.close();
    await done;
  });

  it('is reset where the file has gone: an empty one would look like all of it', async () => {
    const path = fileOf(Buffer.from('short'));
    const service = sending(path);
    rmSync(path);
    const { peer, done } = await served(session, service);
    await expect(done).rejects.toMatchObject({
      message: `open ${path}: ENOENT (No such file or directory)`,
    });
    expect(() => peer.read(1)).toThrow('ECONNRESET');
  });
});

describe('what it does not take', () => {
  it.each([
    ['nothing', '/nowhere/at/all', 'No such file or directory'],
    ['a folder', '/tmp', 'it is a folder'],
    ['a device', '/dev/zero', 'it is no regular file'],
  ])('%s', (_, path, why) => {
    expect(() => sending(path)).toThrow(new Unsuitable(`--file ${path}: ${why}`));
  });

  it('leaves nothing open', () => {
    const before = openDescriptors();
    expect(() => sending('/tmp')).toThrow(Unsuitable);
    const path = join(scratch(), 'f');
    writeFileSync(path, 'x');
    sending(path);
    expect(openDescriptors()).toBe(before);
    expect(readdirSync(dirname(path))).toEqual(['f']);
  });
});
