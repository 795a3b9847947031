/** Our hold on the terminal: raw mode, and pastes that are marked as such. Both end with us. */
import type { ReadStream, WriteStream } from 'node:tty';

/** xterm’s control sequences, DECSET 2004: a paste comes between ESC [ 200 ~ and ESC [ 201 ~. */
const MARK_PASTES = '\x1b[?2004h';
const PLAIN_PASTES = '\x1b[?2004l';

/** How long a stop signal may take to arrive. */
const STOPPED_AFTER_MS = 20;

export class Hold {
  private readonly input: ReadStream;
  private readonly output: WriteStream;
  private held = false;
  private suspended = false;
  /** Whatever ends the process: Node itself takes raw mode back, and knows nothing of the rest. */
  private readonly atExit = () => this.release();

  constructor(input: ReadStream, output: WriteStream) {
    this.input = input;
    this.output = output;
  }

  take(): void {
    if (this.held) return;
    this.held = true;
    process.once('exit', this.atExit);
    this.input.setRawMode(true);
    this.output.write(MARK_PASTES);
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    process.off('exit', this.atExit);
    this.output.write(PLAIN_PASTES);
    this.input.setRawMode(false);
  }

  /**
   * Ctrl-Z: stops the process group, as the terminal itself would have done, until `fg`.
   * @param resumed called when the terminal is ours again
   */
  suspend(resumed: () => void): void {
    this.release();
    this.suspended = true;
    const resume = () => {
      process.off('SIGCONT', resume);
      if (!this.suspended) return;
      this.suspended = false;
      this.take();
      resumed();
    };
    process.on('SIGCONT', resume);
    process.kill(0, 'SIGTSTP');
    // A process group that no shell would wake is not stopped (setpgid(2), "orphaned"), and gets no
    // SIGCONT. Behind setImmediate, for that signal to come first where there is one.
    setTimeout(() => setImmediate(resume), STOPPED_AFTER_MS);
  }

  /** Whoever continued us may have changed the modes of the terminal: kill -STOP, then fg. */
  retake(): void {
    if (this.suspended || !this.held) return;
    this.release();
    this.take();
  }
}
