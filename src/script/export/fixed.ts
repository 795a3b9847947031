/**
 * Which addresses will be the same when a session is run again: those that somebody chose. Ports
 * that the kernel chose will be others.
 */
import type { Arg } from '../../socket/call.ts';
import { canonicalEndpoint, formatEndpoint } from '../../socket/endpoint.ts';
import type { Step } from '../../socket/step.ts';
import type { Entry, Recorded } from '../recording.ts';

export class Fixed {
  private readonly asked = new Set<string>();
  /** What the kernel chose, and the name of the socket that got it first. */
  private readonly chosen = new Map<string, string>();

  constructor(all: readonly Recorded[]) {
    for (const one of all) if (one.kind === 'line' && one.step !== null) this.take(one, one.step);
  }

  /** Whether this address, as a call answered it, will be the same again. */
  has(address: string): boolean {
    const key = keyOf(address);
    return this.asked.has(key) && !this.chosen.has(key);
  }

  /** The socket that got this address from the kernel: its name will mean the new one. */
  socketAt(arg: Arg): string | null {
    if (arg.kind !== 'endpoint') return null;
    return this.chosen.get(keyOf(formatEndpoint(canonicalEndpoint(arg.endpoint)))) ?? null;
  }

  private take(entry: Entry, step: Step): void {
    const subject = entry.meanings[0]?.sockets[0];
    const local = step.sockets.find(({ socket }) => socket === subject?.name)?.local ?? null;
    if (step.layout !== null && step.outcome.kind === 'value') {
      const wanted = wantedIn(step);
      const remote = entry.line.kind === 'call' ? entry.line.statement.call.args.at(-1) : undefined;
      if (wanted !== null && step.call.name === 'bind') {
        if (local !== null && !this.chosen.has(keyOf(local))) this.asked.add(keyOf(local));
      } else if (wanted !== null && remote?.kind === 'endpoint' && !this.chosen.has(wanted)) {
        this.asked.add(wanted);
      }
    }
    if (local === null || subject === undefined || this.asked.has(keyOf(local))) return;
    if (!this.chosen.has(keyOf(local))) this.chosen.set(keyOf(local), subject.name);
  }
}

/** What the socket address that was passed asks for; null for port 0, and for no name. */
function wantedIn({ layout }: Step): string | null {
  const port = layout?.find(({ label }) => label === 'port')?.bytes;
  if (port !== undefined) return port.every((byte) => byte === 0) ? null : portOf(port);
  const path = layout?.find(({ label }) => label === 'path')?.bytes ?? [];
  return path.length === 0 ? null : '';
}

function portOf([high = 0, low = 0]: Uint8Array): string {
  return String(high * 256 + low);
}

/** What of an address decides: the port, or all of a Unix socket’s name. */
function keyOf(address: string): string {
  return address.startsWith('unix') ? address : (/:(\d+)$/.exec(address)?.[1] ?? address);
}
