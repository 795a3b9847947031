/** Whether what a call answered came from the session itself, so that it will be the same again. */
import type { Act, Sock, Story } from './story.ts';

/** Whether the other end of a socket is one of the session’s. */
function isInside({ sockets }: Story, sock: Sock): boolean {
  if (sock.peer !== null || sock.to !== null) return true;
  return sock.remote !== null && sockets.some(({ local }) => local === sock.remote);
}

/** Whether what was read had been sent by a socket of the session. */
export function cameFromInside(story: Story, { subject, step }: Act): boolean {
  const from = step?.details.find((detail) => detail.kind === 'from')?.address;
  if (from !== undefined) return story.sockets.some(({ local }) => local === from);
  return subject !== null && isInside(story, subject);
}
