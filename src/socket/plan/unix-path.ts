/**
 * Binding to the path of a Unix socket. The kernel leaves the path behind when a socket is closed,
 * and bind(2) refuses one that is there (unix(7)). A dead socket's path is taken over; anything
 * else is left alone.
 */
import { constant, errnoNumber } from '../../sys/platform.ts';
import { encodeAddress } from '../../sys/sockaddr.ts';
import {
  entryAt,
  isBoundTo,
  link,
  nameBeside,
  rename,
  sameEntry,
  unlink,
} from '../../sys/unix-path.ts';
import { call } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';

type PathEndpoint = Extract<Endpoint, { path: string }>;

/** Only its owner may connect: unix(7), "connecting … requires write permission on the socket". */
const OWNER_ONLY = 0o600;

/**
 * Binds the socket with mode 0600, and removes the path when the session closes.
 * @returns why it can't be bound; null where it is
 */
export async function bindPath(
  session: Session,
  name: string,
  endpoint: PathEndpoint,
): Promise<SocketError | null> {
  const record = session.sockets.get(name);
  if (record === undefined) throw new Error(`no socket ${name}`);
  // The file gets the mode that its socket has, from the first moment on. Not so on macOS.
  if (session.sys.fchmod(record.fd, OWNER_ONLY) < 0) process.umask(0o177);
  const bind = async (): Promise<SocketError | null> => {
    const { outcome } = await session.perform(call('bind', name, { kind: 'endpoint', endpoint }));
    return outcome.kind === 'error' ? outcome.error : null;
  };
  let failure = await bind();
  if (failure?.code === 'EADDRINUSE' && removeDead(session, endpoint.path, record.type))
    failure = await bind();
  if (failure !== null) return failure;
  const ours = entryAt(endpoint.path);
  session.whenClosed(() => {
    // Somebody may have removed it, and bound another one to the path.
    if (!sameEntry(entryAt(endpoint.path), ours)) return;
    try {
      unlink(endpoint.path);
    } catch {
      // The folder may not be written to any more: the path stays, and the next server takes it over.
    }
  });
  return null;
}

/**
 * Removes a socket's path that no socket has any more. Between looking and removing somebody else
 * could bind to it: so it is moved aside first, looked at again, and put back if it is another one.
 * @returns whether the path is free now
 */
function removeDead(session: Session, path: string, type: number): boolean {
  const found = entryAt(path);
  if (found === null) return true;
  // A socket that is bound and does not listen yet refuses connections, too: hence the list.
  const dead = found.isSocket && isBoundTo(path) !== true && refuses(session, path, type);
  if (!dead) return false;
  const aside = nameBeside(path);
  try {
    rename(path, aside);
  } catch {
    // No right to write to the folder, a longer name than it takes, or it has gone meanwhile.
    return entryAt(path) === null;
  }
  if (sameEntry(entryAt(aside), found) && refuses(session, aside, type)) {
    unlink(aside);
    return true;
  }
  try {
    link(aside, path);
  } catch {
    // Its place is taken: it stays where it is, and lives on.
    return false;
  }
  unlink(aside);
  return false;
}

/** Whether the kernel says that no socket has this path: connect(2) gives ECONNREFUSED. */
function refuses({ sys }: Session, path: string, type: number): boolean {
  const fd = sys.socket(constant('AF_UNIX'), type, 0);
  if (fd < 0) return false;
  try {
    // One that lives, and whose queue is full, would make us wait.
    sys.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK'));
    const result = sys.connect(fd, encodeAddress({ family: 'unix', path }));
    return result === -errnoNumber('ECONNREFUSED');
  } catch {
    return false; // the name aside is longer than a sockaddr takes
  } finally {
    sys.close(fd);
  }
}
