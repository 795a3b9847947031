/** Lines carried out one by one, on a session with a listener `server`. */
import { type Evaluation, Evaluator } from '../../src/script/evaluate.ts';
import { parseLine } from '../../src/script/parser.ts';
import { printValue } from '../../src/script/print.ts';
import type { Job } from '../../src/socket/session/job.ts';
import { TestSession } from './session.ts';

export class Lines {
  readonly session = new TestSession();
  private readonly evaluator = new Evaluator(this.session);

  /** With a listening socket, and nothing connected to it. */
  static async begin(): Promise<Lines> {
    const lines = new Lines();
    await lines.session.all(
      'server = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(server, 127.0.0.1:0)',
      'listen(server, 4)',
    );
    return lines;
  }

  async connect(): Promise<void> {
    await this.session.all(
      'client = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(client, server)',
      'conn = accept(server)',
    );
  }

  async run(line: string): Promise<Evaluation> {
    const parsed = parseLine(line, this.session.scope.structs);
    if (parsed === null) throw new Error(`nothing in: ${line}`);
    return await this.evaluator.run(parsed);
  }

  async statement(line: string): Promise<Evaluation & { readonly job: Job }> {
    const { job, ...rest } = await this.run(line);
    if (job === null) throw new Error(`no call: ${line}`);
    return { job, ...rest };
  }

  /** Runs several. @returns what there was to say of them */
  async all(...lines: string[]): Promise<string[]> {
    const notes: string[] = [];
    for (const line of lines) notes.push(...(await this.run(line)).notes);
    return notes;
  }

  /** What a name stands for, as it is written; null where it stands for nothing. */
  value(name: string): string | null {
    const value = this.session.scope.valueOf(name);
    return value === undefined ? null : printValue(value, 0);
  }
}
