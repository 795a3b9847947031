/** The listeners whose ports the kernel chooses: whoever starts the client tells it the ports. */
import type { Sock, Story } from './story.ts';

/** In the order of the client’s arguments; only those that its sockets connect to. */
export function listenersOf({ sockets, fixed }: Story): Sock[] {
  const wanted = new Set(sockets.map(({ to }) => to));
  return sockets.filter(
    (sock) => wanted.has(sock) && sock.local !== null && !fixed.has(sock.local),
  );
}
