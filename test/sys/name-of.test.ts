import { describe, expect, it } from 'vitest';
import { nameOf } from '../../src/sys/name-of.ts';
import { bundle } from '../support/bundle.ts';
import { compile } from '../support/probe.ts';
import { start } from '../support/program.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

describe('the name of an address', () => {
  it('is the one that getnameinfo gives, or there is none', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, string>(`
import socket
def answer(address):
    return socket.getnameinfo((address, 0), socket.NI_NAMEREQD)[0]`);
    for (const address of ['127.0.0.1', '::1', '0.0.0.0'])
      expect(await nameOf(address), address).toBe(await python.ask(address));
  });

  it('is null for what is no address', async () => {
    expect(await nameOf('localhost')).toBeNull();
  });
});

describe('exitNow', () => {
  it('ends the process while a lookup is under way, which process.exit() waits for', async (context) => {
    if (process.platform !== 'linux') context.skip('LD_PRELOAD is of Linux');
    if (!has('cc')) context.skip('cc is not installed');
    const env = { LD_PRELOAD: compile(SILENT_RESOLVER, ['-shared', '-fPIC']) };
    const { code, stdout, stderr } = await start(process.execPath, [bundle(ASKING)], {
      env,
    }).exit();
    expect([code, stdout.toString(), stderr]).toEqual([7, 'asked', '']);
  });
});

/** A resolver that waits for name servers for ever, and says when it begins to. */
const SILENT_RESOLVER = `
  #include <signal.h>
  #include <unistd.h>
  int getnameinfo(void) {
    write(1, "asked", 5);
    kill(getpid(), SIGUSR2);
    for (;;) pause();
  }`;

const ASKING = `
  import { exitNow, nameOf } from './src/sys/name-of.ts';
  process.on('SIGUSR2', () => exitNow(7));
  void nameOf('127.0.0.1');`;
