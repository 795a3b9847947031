/**
 * A session as a sequence diagram of Mermaid’s: the two ends, or each socket where there are not
 * two; calls and changes of state as notes, what was sent as arrows.
 */
import type { Change } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import { quotedShort } from '../../wire/bytes.ts';
import { printCall, printOutcome } from '../print.ts';
import type { Recorded } from '../recording.ts';
import { isStream, isTcp } from './domains.ts';
import { bytesOf, resultOf } from './resolved.ts';
import { type Act, type Sock, type Story, storyOf } from './story.ts';

/** Of longer texts the beginning tells enough. */
const MOST = 60;
const MOST_BYTES = 24;

export function exportMermaid(all: readonly Recorded[]): string {
  const diagram = new Diagram(storyOf(all));
  const numbers = new Map(diagram.story.acts.map((act) => [act.number, act]));
  // A change that no call made stands behind the call before it.
  const unmade = new Map<number, Change[]>();
  let last = 0;
  for (const one of all) {
    if (one.kind === 'line') last = numbers.has(one.number) ? one.number : last;
    else unmade.set(last, [...(unmade.get(last) ?? []), ...one.changes]);
  }
  for (const act of diagram.story.acts) {
    diagram.act(act);
    diagram.changes(unmade.get(act.number) ?? []);
  }
  return diagram.text();
}

class Diagram {
  readonly story: Story;
  private readonly lines: string[] = [];
  /** The participants, in the order in which they appear. */
  private readonly ends = new Map<string, string>();
  private readonly named = new Map<string, Sock>();

  constructor(story: Story) {
    this.story = story;
  }

  act(act: Act): void {
    const { subject, step, call } = act;
    for (const sock of [subject, ...act.others, ...act.opened]) {
      if (sock !== null) this.named.set(sock.name, sock);
    }
    const sock = subject ?? act.opened[0] ?? null;
    const made = `${printCall(call)} ${step === null ? 'is blocked still' : `= ${cameText(step)}`}`;
    if (!this.arrow(act, made)) this.note(sock, made);
    if (step !== null) this.changes(step.changes);
  }

  /** Changes of state, one note for each socket. */
  changes(changes: readonly Change[]): void {
    for (const { socket, field, from, to } of changes) {
      const sock = this.named.get(socket);
      if (field !== 'state' || sock === undefined || to === null || from === null) continue;
      this.note(sock, `${socket}: ${from} to ${to}`);
    }
  }

  text(): string {
    const ends = [...this.ends].map(([name, id]) => `    participant ${id} as ${name}`);
    return `${['sequenceDiagram', ...ends, ...this.lines].join('\n')}\n`;
  }

  /** What the call sent to the other end; false where it sent nothing, or nobody of the session’s is there. */
  private arrow(act: Act, made: string): boolean {
    const { subject, call, step } = act;
    const other = subject === null ? null : this.otherEnd(act, subject);
    if (subject === null || other === null || step?.outcome.kind !== 'value') return false;
    const [from, to] = [this.end(subject), this.end(other)];
    if (from === to) return false;
    switch (call.name) {
      case 'connect':
        if (!isStream(subject)) return false;
        this.lines.push(`    ${from}->>${to}: ${escaped(made)}`);
        return true;
      case 'write':
      case 'send':
      case 'sendto': {
        const bytes = bytesOf(act);
        const count = resultOf(act);
        const sent = `${quotedShort(bytes.subarray(0, count), MOST_BYTES)}, ${count} bytes`;
        this.note(subject, made);
        this.lines.push(`    ${from}->>${to}: ${escaped(sent)}`);
        return true;
      }
      case 'shutdown':
      case 'close':
      case 'fclose':
        return this.ending(act, made, `    ${from}`, to);
      default:
        return false;
    }
  }

  private otherEnd({ target }: Act, sock: Sock): Sock | null {
    const { sockets } = this.story;
    const known = sock.peer ?? target ?? sock.to;
    return known ?? sockets.find(({ local }) => local !== null && local === sock.remote) ?? null;
  }

  /** FIN, or RST where bytes were left unread (RFC 2525 §2.17). */
  private ending(
    { subject, step, call, isOpen }: Act,
    made: string,
    from: string,
    to: string,
  ): boolean {
    if (subject === null || !isStream(subject) || !isOpen) return false;
    const how = call.args[1]?.kind === 'constants' ? call.args[1].parts[0] : null;
    if (call.name === 'shutdown' && how === 'SHUT_RD') return false;
    const states = step?.changes.filter(
      ({ field, socket }) => field === 'state' && socket === subject.name,
    );
    // One that had sent its FIN before sends no other.
    const ended = states?.some(({ from }) => from === 'ESTABLISHED' || from === 'CLOSE-WAIT');
    const lost = step?.changes.some(({ field, to }) => field === 'receive_queue' && to === null);
    this.note(subject, made);
    if (lost === true && isTcp(subject)) this.lines.push(`${from}-x${to}: RST`);
    else if (ended === true || !isTcp(subject))
      this.lines.push(`${from}-)${to}: ${isTcp(subject) ? 'FIN' : 'end of file'}`);
    return true;
  }

  private note(sock: Sock | null, text: string): void {
    const where = sock === null ? [...this.ends.values()][0] : this.end(sock);
    if (where !== undefined) this.lines.push(`    Note over ${where}: ${escaped(text)}`);
  }

  private end(sock: Sock): string {
    const name = this.story.isSplit ? sock.side : sock.name.replaceAll(/\W/g, '_');
    const known = this.ends.get(name);
    if (known !== undefined) return known;
    const id = `e${this.ends.size + 1}`;
    this.ends.set(name, id);
    return id;
  }
}

function cameText({ outcome }: Step): string {
  if (outcome.kind === 'error') return outcome.error.code;
  if (outcome.value.kind === 'bytes') return quotedShort(outcome.value.bytes, MOST_BYTES);
  return printOutcome(outcome);
}

/** Mermaid’s own signs as `#number;`, which it shows as they are. */
function escaped(text: string): string {
  const short = text.length > MOST ? `${text.slice(0, MOST)}...` : text;
  return short.replaceAll(/[^A-Za-z0-9 _.,()=|/+-]/gu, (one) => `#${one.codePointAt(0)};`);
}
