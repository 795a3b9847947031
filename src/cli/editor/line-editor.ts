/**
 * A line being typed, with things that can be printed above it. Node's readline has no search, no
 * pastes, and draws a long line anew for each of its characters; the libraries for prompts ask one
 * question and end. So the editor is ours: keys.ts reads, typing.ts edits, painter.ts draws.
 */
import { completed } from './completion.ts';
import type { Editor, EditorOptions } from './editor.ts';
import { Hold } from './hold.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { Painter, WHERE } from './painter.ts';
import { Typing } from './typing.ts';

/** How long the rest of a sequence may take that Esc has begun. */
const SEQUENCE_MS = 100;
/** How long a terminal may take to say where the cursor is. */
const REPORT_MS = 200;
/** What waits is bounded: more than so many keys ahead, and no more are read. */
const MOST_AHEAD = 10_000;
/** Texts that wait while the screen is somebody else's. */
const MOST_HELD_BACK = 1000;

export class LineEditor implements Editor {
  private readonly options: EditorOptions;
  private readonly hold: Hold;
  private readonly painter: Painter;
  private readonly decoder = new KeyDecoder();
  private readonly typing: Typing;
  /** Keys that came while a line was being answered. */
  private ahead: Key[] = [];
  /** The prompt is shown, and keys are taken. */
  private live = false;
  /** The screen is not ours: what is printed has to wait. */
  private away = false;
  private heldBack: string[] = [];
  /** The last key was a Tab, and more than one word could stand there. */
  private tabbed = false;
  private waiting: NodeJS.Timeout | undefined;
  private unanswered: NodeJS.Timeout | undefined;
  /** How often the terminal was asked where the cursor is, and has not answered. */
  private asked = 0;
  private readonly closing = new AbortController();

  constructor(options: EditorOptions) {
    this.options = options;
    this.hold = new Hold(options.input, options.output);
    this.painter = new Painter(options.output);
    this.typing = new Typing(options.history.lines);
  }

  start(): void {
    this.listen();
    this.options.output.on('resize', this.onResize);
    process.on('SIGCONT', this.onContinued);
    this.show();
  }

  print(text: string): void {
    if (this.away) {
      if (this.heldBack.length < MOST_HELD_BACK) this.heldBack.push(text);
    } else if (this.live) {
      // And a blank line, as behind the answer to a statement.
      this.draw(`${text}\n\n`);
    } else {
      this.options.output.write(`${text}\n`);
    }
  }

  insert(text: string): void {
    this.typing.insert(text);
    if (this.live) this.draw();
  }

  async handOver<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.away = true;
    this.unlisten();
    try {
      return await work(this.closing.signal);
    } finally {
      this.away = false;
      if (!this.closing.signal.aborted) this.listen();
      for (const text of this.heldBack.splice(0)) this.print(text);
    }
  }

  close(): void {
    this.live = false;
    this.closing.abort();
    this.unlisten();
    this.options.output.off('resize', this.onResize);
    process.off('SIGCONT', this.onContinued);
  }

  private listen(): void {
    const { input } = this.options;
    this.hold.take();
    input.on('data', this.onData);
    input.on('end', this.onGone);
    input.on('error', this.onGone);
    input.resume();
  }

  private unlisten(): void {
    const { input } = this.options;
    clearTimeout(this.waiting);
    input.off('data', this.onData);
    input.off('end', this.onGone);
    input.off('error', this.onGone);
    input.pause();
    this.hold.release();
  }

  private readonly onData = (bytes: Buffer): void => {
    clearTimeout(this.waiting);
    const keys = this.decoder.push(bytes);
    // Behind a change of the window that came before them: it is told in the same turn of the event
    // loop, in no certain order.
    setImmediate(() => this.take(keys));
    if (!this.decoder.unfinished) return;
    this.waiting = setTimeout(() => this.take(this.decoder.flush()), SEQUENCE_MS);
  };

  /** In raw mode no key ends the input: the terminal has hung up. */
  private readonly onGone = (): void => {
    this.live = false;
    this.away = true;
    this.options.onEnd();
  };

  private readonly onContinued = (): void => {
    if (this.away || !this.live) return;
    this.hold.retake();
    this.painter.forget();
    this.draw();
  };

  private readonly onResize = (): void => {
    if (!this.live && this.asked === 0) return;
    if (this.asked === 0 && !this.painter.mustAsk) {
      this.painter.resized(null);
      this.draw();
      return;
    }
    // Asked already: the answer to that is too old, and another one comes.
    this.asked++;
    clearTimeout(this.unanswered);
    this.unanswered = setTimeout(() => this.relocate(null), REPORT_MS);
    this.live = false;
    this.away = true;
    this.options.output.write(WHERE);
  };

  /** Draws anew after a resize. @param column where the terminal says that the cursor is */
  private relocate(column: number | null): void {
    clearTimeout(this.unanswered);
    this.asked = 0;
    this.away = false;
    this.painter.resized(column);
    this.show();
  }

  private take(keys: readonly Key[]): void {
    if (this.closing.signal.aborted) return;
    for (const key of keys) {
      if (key.kind === 'report') {
        if (this.asked > 0 && --this.asked === 0) this.relocate(key.column - 1);
        continue;
      }
      // As in a shell, Ctrl-C drops what was typed ahead.
      if (!this.live && key.kind === 'key' && key.name === 'C-c') this.ahead = [];
      this.ahead.push(key);
    }
    if (this.ahead.length > MOST_AHEAD) this.options.input.pause();
    this.run();
  }

  /** Takes the keys that there are, until a line has to be answered first. */
  private run(): void {
    let done = 0;
    while (this.live) {
      const key = this.ahead[done];
      if (key === undefined) break;
      done++;
      this.press(key);
    }
    this.ahead.splice(0, done);
    if (this.ahead.length <= MOST_AHEAD && !this.away) this.options.input.resume();
    if (this.live) this.draw();
  }

  private show(): void {
    if (this.closing.signal.aborted) return;
    this.live = true;
    for (const text of this.heldBack.splice(0)) this.print(text);
    this.run();
  }

  private draw(above = ''): void {
    const { prompt, text, cursor } = this.typing.shown;
    this.painter.draw(prompt ?? this.options.prompt(), text, cursor, above);
  }

  private press(key: Key): void {
    const again = this.tabbed;
    this.tabbed = false;
    const deed = this.typing.press(key);
    if (deed === 'enter') this.enter();
    else if (deed === 'interrupt') this.interrupt();
    else if (deed === 'end') this.end();
    else if (deed === 'suspend') this.suspend();
    else if (deed === 'complete') this.complete(again);
    else if (deed === 'clear screen') this.painter.clearScreen();
  }

  private enter(): void {
    const { text } = this.typing.line;
    const { memorable } = this.typing;
    this.leave();
    this.live = false;
    const answered = this.options.onLine(text);
    // The answer first: a file system may be slow.
    this.options.history.add(memorable);
    void answered.then(() => this.show());
  }

  /** The line stays where it is, and another one begins below. */
  private leave(behind = ''): void {
    this.draw();
    this.painter.finish(behind);
    this.typing.fresh();
  }

  /** Throws away what has been typed, as a shell does. */
  private interrupt(): void {
    const { line } = this.typing;
    if (line.text === '') {
      this.options.onInterrupt();
      return;
    }
    line.end();
    this.leave('^C');
  }

  private end(): void {
    this.leave();
    this.live = false;
    this.options.onEnd();
  }

  private suspend(): void {
    this.draw();
    this.painter.finish();
    this.live = false;
    this.away = true;
    this.hold.suspend(() => {
      this.away = false;
      this.show();
    });
  }

  private complete(again: boolean): void {
    const { output, page } = this.options;
    const { line } = this.typing;
    const [matches, word] = this.options.complete(line.text.slice(0, line.cursor));
    const rows = Math.max(2, (output.rows || 24) - 2);
    const { insert, list } = completed(matches, word, page(), rows);
    this.typing.insert(insert);
    if (again && insert === '' && list !== '') this.draw(`${list}\n`);
    this.tabbed = list !== '';
  }
}
