/** A step on the screen: one line for the call, one for each socket that changed. */
import type { Blocked } from '../socket/session/job.ts';
import type { Change, ChangeField, Snapshot } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { renderDetails } from './detail.ts';
import { duration, hanging, padEnd, spread, widthOf } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';
import { renderSockaddr } from './sockaddr.ts';
import { isTheFin, visible } from './sockets.ts';
import type { Theme } from './theme.ts';
import { visibleText } from './visible.ts';

/** A step's label column: the sockets' names stand in it. */
const LABEL = 9;

export function renderStep(step: Step, page: Page): string {
  const { theme, width } = page;
  const lines = [renderCall(step, page)];
  if (step.layout !== null && step.outcome.kind === 'value') {
    lines.push(...renderSockaddr(step.layout, ' '.repeat(LABEL + 2), width, theme));
  }
  lines.push(...renderDetails(step.details, page));
  lines.push(...renderChanges(step.changes, step.sockets, page));
  return lines.join('\n');
}

/** `  accept(21) …      blocked: nobody has connected yet   [1]` */
export function renderBlocked({ text, because, job }: Blocked, { theme, width }: Page): string {
  // Signs first: an ASCII sign is wider than the one it stands for.
  const left = inSigns(`  ${text} …`, theme);
  return spread(left, inSigns(`blocked: ${because}   [${job}]`, theme), width);
}

/** One line for each socket: state, addresses, queues. */
export function renderChanges(
  changes: readonly Change[],
  sockets: readonly Snapshot[],
  page: Page,
): string[] {
  const names = [...new Set(changes.map((change) => change.socket))];
  return names.flatMap((name) => {
    const mine = changes.filter((change) => change.socket === name).map(visibleChange);
    const found = sockets.find((snapshot) => snapshot.socket === name);
    if (found === undefined) return [];
    const after = visible(found);
    const told = changeTexts(mine, after, page.theme);
    if (told.length === 0) return [];
    const text = inSigns(told.join('   '), page.theme);
    return [hanging(label(name, page.theme), text, page.width)];
  });
}

/** `  why      …`, an explanation under a step. */
export function renderWhy(text: string, page: Page): string {
  return renderNote('why', text, page);
}

/** The same with another word in front, such as `hint`. */
export function renderNote(word: string, text: string, { theme, width }: Page): string {
  return hanging(`  ${padEnd(word, LABEL - 1)} `, inSigns(visibleText(text), theme), width);
}

/** The call's own line: `  listen(21, 2) = 0                    4 µs`. */
export function renderCall(step: Step, { theme, width }: Page): string {
  const { outcome, job } = step;
  const start = inSigns(`  ${job === null ? '' : `[${job}] `}${visibleText(step.text)}`, theme);
  if (outcome.kind === 'error') {
    const result = `= ${theme.bad(`-1 ${outcome.error.code} (${outcome.error.text})`)}`;
    return `${start}${widthOf(start) + 1 + widthOf(result) <= width ? ' ' : '\n      '}${result}`;
  }
  const left = `${start} = ${inSigns(visibleText(step.shown), theme)}`;
  if (job === null)
    return spread(left, theme.dim(inSigns(duration(step.durationUs), theme)), width);
  const from =
    step.call.name === 'accept' ? step.sockets.find((s) => s.peer !== null)?.peer : undefined;
  const after = `after ${inSigns(duration(step.blockedUs), theme)}${from == null ? '' : `, from ${visibleText(from)}`}`;
  return spread(left, after, width);
}

function label(name: string, theme: Theme): string {
  return `  ${theme.strong(padEnd(name, LABEL - 1))} `;
}

/** What changed in one socket, the most telling first. */
function changeTexts(changes: readonly Change[], after: Snapshot, theme: Theme): string[] {
  const of = (field: ChangeField) => changes.find((change) => change.field === field);
  const told: string[] = [];
  const [state, local, peer] = [of('state'), of('local'), of('peer')];
  if (state !== undefined) told.push(stateText(state, after, theme));
  if (peer !== undefined && peer.to !== null) told.push(`${after.local ?? '—'} → ${peer.to}`);
  else if (local !== undefined) told.push(`local  ${local.from ?? '—'} → ${local.to ?? '—'}`);
  const queue = of('queue');
  if (after.queue !== null && (queue !== undefined || of('backlog') !== undefined)) {
    const from = typeof queue?.from === 'number' ? `${queue.from} → ` : '';
    // Linux compares the queue with the backlog by "greater than".
    const more = after.queue.used > after.queue.limit ? ' (Linux lets one more wait)' : '';
    told.push(`queue ${from}${after.queue.used} of ${after.queue.limit}${more}`);
  }
  const [received, unsent] = [of('receive_queue'), of('send_queue')];
  if (received !== undefined) told.push(receivedText(received, after));
  if (unsent !== undefined && !after.lingers) told.push(unsentText(unsent, after));
  const urgent = of('urgent');
  if (urgent !== undefined) {
    told.push(
      urgent.to === 1 ? 'urgent data has come (MSG_OOB takes it)' : 'no urgent data any more',
    );
  }
  return told;
}

/** close() with unread data sends RST, not FIN (RFC 2525 §2.17). */
function receivedText({ from, to }: Change, { kind }: Snapshot): string {
  if (to !== null) return `to read ${from ?? 0} → ${bytes(to)}`;
  return `${bytes(from)} unread and lost${kind.startsWith('TCP') ? ': RST was sent, not FIN' : ''}`;
}

function stateText({ from, to }: Change, after: Snapshot, theme: Theme): string {
  const now = to === null ? 'unknown: the kernel can’t be asked' : theme.strong(String(to));
  const text = from === null && to === 'CLOSED' ? now : `${from ?? '—'} → ${now}`;
  if (!after.lingers) return text;
  return `${text}   in the kernel only${after.fd === null ? '' : `: ${after.fd} has lost it`}`;
}

function unsentText({ from, to }: Change, { state }: Snapshot): string {
  if (isTheFin(state, to)) return 'FIN not acknowledged';
  if (state === 'FIN-WAIT-2' && from === 1 && to === 0) return 'FIN acknowledged';
  return `not acknowledged ${from ?? 0} → ${bytes(to)}`;
}

function bytes(count: string | number | null): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

function visibleChange(change: Change): Change {
  const shown = (value: Change['from']) => (typeof value === 'string' ? visibleText(value) : value);
  return { ...change, from: shown(change.from), to: shown(change.to) };
}
