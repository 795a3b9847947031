/** One source for many sinks. */
import { describe, expect, it } from 'vitest';
import { Input } from '../../../src/socket/plan/input.ts';
import { until } from '../../support/bare.ts';
import { FedSource, KeptSink } from '../../support/streams.ts';

const never = (error: unknown) => {
  throw error;
};

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('input', () => {
  it('goes to every sink that is attached', async () => {
    const source = new FedSource();
    const input = new Input(source, false);
    const [first, second] = [new KeptSink(), new KeptSink()];
    input.attach(first, never);
    source.feed('one ');
    await until('the first word', () => first.text === 'one ');
    input.attach(second, never);
    source.feed('two').end();
    await input.ended;
    expect([first.text, second.text]).toEqual(['one two', 'two']);
    expect(input.hasEnded).toBe(true);
  });

  it('is not read while nobody would get it', async () => {
    const source = new FedSource('early').end();
    const input = new Input(source, false);
    await turns(5);
    expect([source.reads, input.hasEnded]).toEqual([0, false]);
    const sink = new KeptSink();
    const detach = input.attach(sink, never);
    await input.ended;
    detach();
    expect(sink.text).toBe('early');
  });

  it('goes on for the others when one is detached', async () => {
    const source = new FedSource();
    const input = new Input(source, false);
    const [first, second] = [new KeptSink(), new KeptSink()];
    const detach = input.attach(first, never);
    input.attach(second, never);
    source.feed('a');
    await until('both have it', () => first.text === 'a' && second.text === 'a');
    detach();
    source.feed('b').end();
    await input.ended;
    expect([first.text, second.text]).toEqual(['a', 'ab']);
  });

  it('tells the one that failed, and goes on for the others', async () => {
    const source = new FedSource();
    const input = new Input(source, false);
    const broken = { busy: null, write: () => Promise.reject(new Error('broken')) };
    const thrown = {
      busy: null,
      write: () => {
        throw new Error('thrown');
      },
    };
    const failures: unknown[] = [];
    const sink = new KeptSink();
    input.attach(broken, (error) => failures.push(error));
    input.attach(thrown, (error) => failures.push(error));
    input.attach(sink, never);
    source.feed('a', 'b').end();
    await input.ended;
    expect(sink.text).toBe('ab');
    expect(failures.map(String).sort()).toEqual(['Error: broken', 'Error: thrown']);
  });

  it('is held up by the slowest', async () => {
    const source = new FedSource('a', 'b').end();
    const input = new Input(source, false);
    const [slow, fast] = [new KeptSink().hold(), new KeptSink()];
    input.attach(slow, never);
    input.attach(fast, never);
    await turns(5);
    expect([fast.text, source.reads, input.hasEnded]).toEqual(['a', 1, false]);
    slow.letGo();
    await input.ended;
    expect([slow.text, fast.text]).toEqual(['ab', 'ab']);
  });

  it('lets the rest of the program have its turns though it never runs dry', async () => {
    let left = 200;
    const endless = {
      read: () => (left-- > 0 ? 1 : 0),
      readable: () => Promise.resolve(),
    };
    const input = new Input(endless, false);
    input.attach(new KeptSink(), never);
    let seen = 0;
    const count = () => {
      seen++;
      if (!input.hasEnded) setImmediate(count);
    };
    setImmediate(count);
    await input.ended;
    expect(seen).toBeGreaterThan(5);
  });

  it('that fails rejects, and does not end', async () => {
    const source = new FedSource();
    const input = new Input(source, false);
    input.attach(new KeptSink(), never);
    source.fail(new Error('stdin'));
    await expect(input.ended).rejects.toThrow('stdin');
    expect(input.hasEnded).toBe(false);
  });
});

describe('quiet', () => {
  it('comes with the end', async () => {
    const source = new FedSource('x');
    const input = new Input(source, false);
    const sink = new KeptSink();
    input.attach(sink, never);
    await until('it was read', () => sink.text === 'x');
    const start = performance.now();
    const quiet = input.quiet();
    source.end();
    await quiet;
    expect(performance.now() - start).toBeLessThan(300);
  });

  it('comes half a second after the last bytes', async () => {
    const source = new FedSource('x');
    const input = new Input(source, false);
    const sink = new KeptSink();
    input.attach(sink, never);
    await until('it was read', () => sink.text === 'x');
    const start = performance.now();
    await input.quiet();
    expect(performance.now() - start).toBeGreaterThan(400);
    expect(input.hasEnded).toBe(false);
    source.end();
  });

  it('is there at once where nothing ever came, and at a terminal', async () => {
    const silent = new Input(new FedSource(), false);
    const source = new FedSource('typed');
    const typed = new Input(source, true);
    const sink = new KeptSink();
    typed.attach(sink, never);
    await until('it was read', () => sink.text === 'typed');
    const start = performance.now();
    await silent.quiet();
    await typed.quiet();
    expect(performance.now() - start).toBeLessThan(300);
  });
});
