/** Whether a session can be two programs, and which socket and call belongs to which of them. */
import type { Act, Side, Sock } from './story.ts';

/**
 * Gives every socket and call its side.
 * @returns whether there are two; where not, all of them are the server’s
 */
export function split(acts: readonly Act[], sockets: readonly Sock[]): boolean {
  const clients = new Set(sockets.filter(({ to }) => to !== null));
  if (clients.size === 0 || !canBeParted(acts, sockets)) return false;
  for (const sock of clients) sock.side = 'client';
  for (const act of acts) {
    // One that is bound to a client’s address needs the client.
    const { subject, target } = act;
    if (subject !== null && target?.side === 'client' && subject.listens === false) {
      if (subject.from === null) subject.side = 'client';
    }
  }
  const parts = acts.every(({ subject, others, call }) => {
    if (subject === null || call.name === 'connect' || call.name === 'bind') return true;
    return others.every(({ side }) => side === subject.side);
  });
  if (!parts) {
    for (const sock of sockets) sock.side = 'server';
    return false;
  }
  let last: Side = 'server';
  for (const act of acts) {
    const sock = act.subject ?? act.opened[0];
    // What is about no socket stands beside what was done before it.
    act.side = sock?.side ?? last;
    last = act.side;
  }
  return true;
}

function canBeParted(acts: readonly Act[], sockets: readonly Sock[]): boolean {
  const both = sockets.some(({ to, listens, from }) => to !== null && (listens || from !== null));
  // In two programs nobody keeps the order of what waits for nothing: a connect() before there is
  // a listener, a read() that must not wait and finds nothing yet.
  const hasty = acts.some(({ call, subject, target, step, blocked }) => {
    const code = step?.outcome.kind === 'error' ? step.outcome.error.code : null;
    if (code === 'ECONNREFUSED') return call.name === 'connect' && target !== null;
    return (
      code === 'EAGAIN' && !blocked && subject !== null && (subject.listens || hasEnd(subject))
    );
  });
  return !both && !hasty;
}

function hasEnd({ peer, to }: Sock): boolean {
  return peer !== null || to !== null;
}
