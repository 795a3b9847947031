/** A Unix socket's path: made for its owner only, taken over from the dead, never from the living. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openListener } from '../../../src/socket/plan/listener.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { python } from '../../support/program.ts';
import { callOf } from '../../support/session.ts';

let session: Session;
let folder: string;
let path: string;
beforeEach(() => {
  session = new Session();
  folder = mkdtempSync(join(tmpdir(), 'socklab-path-'));
  path = join(folder, 's');
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

function listen(by = session): Promise<string> {
  return openListener(by, { transport: 'unix', path }, { family: 0, backlog: 5 });
}

/** A process that binds, says so, and is killed: its path stays. */
function leaveDead(kind = 'SOCK_STREAM'): void {
  const program = `import socket,os,sys; s = socket.socket(socket.AF_UNIX, socket.${kind}); s.bind(sys.argv[1]); os._exit(0)`;
  expect(spawnSync('python3', ['-c', program, path]).status).toBe(0);
  expect(statSync(path).isSocket()).toBe(true);
}

const CAN_SPEAK = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1])
if sys.argv[2] == 'listen': s.listen(1)
print('ready it', flush=True)
sys.stdin.read()
`;

describe('the path of a Unix socket', () => {
  it('belongs to its owner alone, whatever the umask, and is gone at the end', async () => {
    const umask = process.umask(0);
    try {
      expect(await listen()).toBe(`unix:${path}`);
    } finally {
      process.umask(umask);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    session.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a socket that nobody has any more', async () => {
    leaveDead();
    expect(await listen()).toBe(`unix:${path}`);
    expect(readdirSync(folder)).toEqual(['s']);
  });

  it.each(['listen', 'only bound'])('is left to a living one that is there: %s', async (how) => {
    const owner = python(CAN_SPEAK, path, how);
    await owner.ready();
    const before = statSync(path).ino;
    await expect(listen()).rejects.toMatchObject({ call: 'bind', code: 'EADDRINUSE' });
    expect(statSync(path).ino).toBe(before);
    expect(readdirSync(folder)).toEqual(['s']);
  });

  it('is left alone where it is a file, a folder or a link, also one to a dead socket', async () => {
    writeFileSync(path, 'precious');
    await expect(listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(statSync(path).size).toBe(8);
    rmSync(path);
    leaveDead();
    const link = join(folder, 'link');
    symlinkSync(path, link);
    path = link;
    await expect(listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(readdirSync(folder).sort()).toEqual(['link', 's']);
  });

  it('of a server in Node is left alone, too', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await expect(listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
      expect(existsSync(path)).toBe(true);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is left alone at the end where it is another’s by then', async () => {
    await listen();
    rmSync(path);
    const other = new Session();
    await listen(other);
    session.close();
    expect(existsSync(path)).toBe(true);
    other.close();
    expect(existsSync(path)).toBe(false);
  });

  it('goes to one of many who want it at the same moment', async () => {
    leaveDead();
    const sessions = Array.from({ length: 8 }, () => new Session());
    try {
      const results = await Promise.allSettled(sessions.map((one) => listen(one)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { outcome } = await session
        .perform(callOf('c = socket(AF_UNIX, SOCK_STREAM, 0)'))
        .then(() => session.perform(callOf(`connect(c, unix:${path})`)));
      expect(outcome.kind).toBe('value');
    } finally {
      for (const one of sessions) one.close();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['has gone', () => rmSync(folder, { recursive: true })],
    [
      'is a file now',
      () => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
    ],
    [
      'is a link to itself now',
      () => {
        rmSync(folder, { recursive: true });
        symlinkSync(folder, folder);
      },
    ],
  ])('whose folder %s does not keep the session from closing', async (_, change) => {
    await listen();
    change();
    session.close();
    expect(session.sockets.openOnes()).toEqual([]);
  });
});
