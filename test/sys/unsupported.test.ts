import { describe, expect, it } from 'vitest';
import { whyUnsupported } from '../../src/sys/platform.ts';
import { run } from '../support/program.ts';

/** Has Node tell another platform before socklab starts. */
function pretending(platform: string) {
  const code = `Object.defineProperty(process, 'platform', { value: '${platform}' })`;
  return { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } };
}

describe('on a platform that it does not know, socklab', () => {
  it.each(['win32', 'sunos'])('says so in one sentence and exits with 69: %s', async (platform) => {
    const { code, stdout, stderr } = await run(['demo'], '', pretending(platform));
    expect(stderr).toBe(`socklab: ${whyUnsupported(platform)}\n`);
    expect(stdout.toString()).toBe('');
    expect(code).toBe(69);
  });

  it('names WSL to users of Windows, whatever they asked for', async () => {
    for (const args of [[], ['connect', '127.0.0.1:9'], ['no-such-command']]) {
      const { code, stderr } = await run(args, '', pretending('win32'));
      expect(stderr, args.join(' ')).toMatch(/^[^\n]*WSL[^\n]*\n$/);
      expect(code).toBe(69);
    }
  });
});
