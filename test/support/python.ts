/** A python3 process that answers one question after the other, while a test runs. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Asks Python, whose answers come from libraries that we did not write. */
export class Python<Question, Answer> {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;

  /** @param code defines `answer(question)`; both travel as JSON. An exception answers null. */
  constructor(code: string) {
    const program = [
      'import json, sys',
      code,
      'for line in sys.stdin:',
      '    try:',
      '        told = answer(json.loads(line))',
      '    except Exception:',
      '        told = None',
      '    print(json.dumps(told), flush=True)',
    ];
    this.child = spawn('python3', ['-c', program.join('\n')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    onTestFinished(() => this.close());
  }

  /** One question at a time. */
  async ask(question: Question): Promise<Answer | null> {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error('python3 ended early');
    return JSON.parse(value);
  }

  private async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin.end();
    await ended;
  }
}
