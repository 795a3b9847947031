/** Jobs become files. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Unsuitable } from '../../../src/socket/services/given.ts';
import { printer } from '../../../src/socket/services/printer/printer.ts';
import type { Service } from '../../../src/socket/services/service.ts';
import type { News } from '../../../src/socket/services/world.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { openDescriptors, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { MIB, scratch } from '../../support/payload.ts';
import { served, worldOf } from '../../support/services.ts';
import { pattern } from '../../support/streams.ts';

const [FIRST, SECOND] = ['job-0001-20261124T101500', 'job-0002-20261124T101500'];

let sys: FaultySys;
let session: Session;
let dir: string;
let news: News[];
beforeEach(() => {
  sys = new FaultySys();
  session = new Session({ sys, observe: false });
  dir = scratch();
  news = [];
});
afterEach(() => session.close());

const printing = (): Service => printer(worldOf(session, { dir, news }));
const contents = (name: string) => readFileSync(join(dir, name));

/** Sends one job to its end. */
async function print(service: Service, bytes: Uint8Array | string): Promise<string | null> {
  const { connection, peer, done } = await served(session, service);
  await peer.says(bytes);
  peer.finish();
  await done;
  peer.close();
  return connection.remote;
}

describe('a job', () => {
  it('becomes a file of its owner’s, and is told', async () => {
    const bytes = pattern(3 * MIB);
    const before = openDescriptors();
    const remote = await print(printing(), bytes);
    expect(readdirSync(dir)).toEqual([`${FIRST}.bin`]);
    expect(contents(`${FIRST}.bin`).equals(bytes)).toBe(true);
    expect(statSync(join(dir, `${FIRST}.bin`)).mode & 0o777).toBe(0o600);
    const told = { remote, file: `${FIRST}.bin`, bytes: bytes.length, complete: true };
    const sentence = `${FIRST}.bin: ${bytes.length} bytes from ${remote}`;
    expect(news).toEqual([{ type: 'job', fields: told, sentence, minor: false }]);
    expect(openDescriptors()).toBe(before);
  });

  it('has another name while it comes', async () => {
    const { peer, done } = await served(session, printing());
    await peer.says('half');
    await until('it is there', () => readdirSync(dir).length === 1);
    expect(readdirSync(dir)).toEqual([`${FIRST}.part`]);
    peer.finish();
    await done;
    expect(readdirSync(dir)).toEqual([`${FIRST}.bin`]);
    peer.close();
  });

  it('gets a number of its own, also among those that come at the same time', async () => {
    const service = printing();
    const all = await Promise.all([served(session, service), served(session, service)]);
    for (const [at, { peer }] of all.entries()) {
      await peer.says(`job ${at}`);
      await until('it is there', () => readdirSync(dir).length === at + 1);
    }
    for (const { peer, done } of all.reverse()) {
      peer.finish();
      await done;
      peer.close();
    }
    expect(readdirSync(dir).sort()).toEqual([`${FIRST}.bin`, `${SECOND}.bin`]);
    expect(contents(`${FIRST}.bin`).toString()).toBe('job 0');
    expect(contents(`${SECOND}.bin`).toString()).toBe('job 1');
  });

  it('is none where nothing comes', async () => {
    await print(printing(), '');
    expect([readdirSync(dir), news]).toEqual([[], []]);
  });

  it('goes on counting where an earlier server ended', async () => {
    writeFileSync(join(dir, 'job-0041-20200101T000000.bin'), '');
    writeFileSync(join(dir, 'job-x-9999.bin'), '');
    await print(printing(), 'next');
    expect(contents('job-0042-20261124T101500.bin').toString()).toBe('next');
  });
});

describe('nothing is ever overwritten', () => {
  it('where the names are taken, the next number is used', async () => {
    const service = printing();
    writeFileSync(join(dir, `${FIRST}.part`), 'kept');
    const { peer, done } = await served(session, service);
    await peer.says('mine');
    await until('it is there', () => readdirSync(dir).length === 2);
    writeFileSync(join(dir, `${SECOND}.bin`), 'kept too');
    peer.finish();
    await done;
    peer.close();
    expect(contents(`${FIRST}.part`).toString()).toBe('kept');
    expect(contents(`${SECOND}.bin`).toString()).toBe('kept too');
    expect(contents('job-0003-20261124T101500.bin').toString()).toBe('mine');
    expect(news[0]?.fields.file).toBe('job-0003-20261124T101500.bin');
  });
});

describe('what goes wrong', () => {
  it('a job that the peer breaks off stays as one that is not complete', async () => {
    const before = openDescriptors();
    const { peer, done } = await served(session, printing());
    await peer.says('half');
    await until('it is there', () => readdirSync(dir).length === 1);
    peer.reset();
    await expect(done).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(contents(`${FIRST}.part`).toString()).toBe('half');
    expect(readdirSync(dir)).toEqual([`${FIRST}.part`]);
    expect(news).toMatchObject([{ fields: { bytes: 4, complete: false } }]);
    expect(news[0]?.sentence).toMatch(/, not complete: the connection was lost$/);
    expect(openDescriptors()).toBe(before);
  });

  it('a full disk ends that job only, the peer is told by a reset, and nothing stays', async () => {
    const service = printing();
    const [one, two] = [await served(session, service), await served(session, service)];
    await two.peer.says('other');
    await until('the other is there', () => readdirSync(dir).length === 1);
    sys.fail('write', 'ENOSPC');
    await one.peer.says('too much');
    await expect(one.done).rejects.toMatchObject({
      message: `write ${join(dir, SECOND)}.part: ENOSPC (No space left on device)`,
    });
    expect(() => one.peer.read(1)).toThrow('ECONNRESET');
    expect(readdirSync(dir)).toEqual([`${FIRST}.part`]);
    two.peer.finish();
    await two.done;
    expect(contents(`${FIRST}.bin`).toString()).toBe('other');
    two.peer.close();
  });

  it('a folder that has gone is an error of the job', async () => {
    dir = join(dir, 'sub');
    mkdirSync(dir);
    const service = printing();
    rmdirSync(dir);
    const { peer, done } = await served(session, service);
    await peer.says('x');
    await expect(done).rejects.toMatchObject({ call: 'open', code: 'ENOENT' });
    expect(() => peer.read(1)).toThrow('ECONNRESET');
  });

  it('a folder that is none is refused at the start', () => {
    dir = '/etc/passwd';
    expect(printing).toThrow(new Unsuitable('--dir /etc/passwd: Not a directory'));
  });
});
