/** The sockets of a session as a table. */
import type { Snapshot } from '../socket/state.ts';
import { hanging, padEnd, widthOf } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';
import { visibleText } from './visible.ts';

const HEADINGS = ['name', 'fd', 'state', 'local', 'peer', 'queues'] as const;

export function renderSockets(sockets: readonly Snapshot[], page: Page): string {
  const { theme, width } = page;
  if (sockets.length === 0) return '  no sockets yet';
  const rows = sockets
    .map(visible)
    .map((socket) => [
      socket.socket,
      socket.fd === null ? 'closed' : String(socket.fd),
      stateCell(socket),
      socket.local ?? '—',
      socket.peer ?? '—',
      queuesCell(socket),
    ]);
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => widthOf(row[i] ?? ''))),
  );
  const total = 2 + widths.reduce((sum, one) => sum + one + 2, 0);
  const lines =
    total - 2 <= width
      ? [line(HEADINGS, widths, (text) => theme.dim(text)), ...rows.map((row) => line(row, widths))]
      : rows.map((row) => narrow(row, width));
  return inSigns(lines.join('\n'), theme);
}

function line(
  cells: readonly string[],
  widths: readonly number[],
  paint = (text: string) => text,
): string {
  return paint(`  ${cells.map((cell, i) => padEnd(cell, widths[i] ?? 0)).join('  ')}`.trimEnd());
}

/** Where the table is too wide for the terminal: two lines a socket, or more. */
function narrow(cells: readonly string[], width: number): string {
  const [name = '', fd = '', state = '', local = '', peer = '', queues = ''] = cells;
  const end = queues === '' ? '' : `  ${queues}`;
  const first = `  ${padEnd(name, 8)} ${padEnd(fd, 6)} ${state}${end}`;
  return `${first}\n${hanging(' '.repeat(11), `${local} → ${peer}`, width)}`;
}

function stateCell({ state, kind, fd }: Snapshot): string {
  if (state !== null) return kind.startsWith('TCP') ? state : `${state} (${kind})`;
  if (fd === null) return '—';
  return kind.startsWith('TCP') ? 'unknown' : kind;
}

function queuesCell({ state, queue, receiveQueue, sendQueue }: Snapshot): string {
  if (queue !== null) return `${queue.used} of ${queue.limit} wait`;
  const parts = [];
  if (receiveQueue) parts.push(`${receiveQueue} to read`);
  if (sendQueue) parts.push(unacknowledged(state, sendQueue));
  return parts.join(', ');
}

function unacknowledged(state: Snapshot['state'], count: number): string {
  return isTheFin(state, count) ? 'FIN not acknowledged' : `${count} not acknowledged`;
}

/** Whether what the peer has not acknowledged is the FIN, which counts as one (RFC 9293 §3.4). */
export function isTheFin(state: Snapshot['state'], count: unknown): boolean {
  const ending = state === 'FIN-WAIT-1' || state === 'LAST-ACK' || state === 'CLOSING';
  return ending && count === 1;
}

/** A Unix socket's name is any bytes, and its peer chose them. */
export function visible(socket: Snapshot): Snapshot {
  const shown = (text: string | null) => (text === null ? null : visibleText(text));
  return { ...socket, local: shown(socket.local), peer: shown(socket.peer) };
}
