/** socket, bind, listen, accept, connect, shutdown, close and their kin in C. */
import { constantValue } from '../../../socket/names.ts';
import { isStream, isTcp } from '../domains.ts';
import { argOf, errorOf, numberOf, numberText, outOf } from '../resolved.ts';
import type { Act, Sock } from '../story.ts';
import { addressArgument, askAddress, readyLines, storage } from './addresses.ts';
import { checked } from './checked.ts';
import { type CProgram, isBefore } from './program.ts';

export type Emit = (p: CProgram, act: Act, subject: string) => void;

export const socketCalls: Readonly<Record<string, Emit>> = {
  socket: (p, act) => {
    p.include('sys/socket.h');
    includesOf(p, act, 'protocol');
    const kind = ['domain', 'type', 'protocol'].map((name) => numberText(act, name)).join(', ');
    opened(p, act, `socket(${kind})`);
    const [sock] = act.opened;
    const type = numberOf(act, 'type') ?? 0;
    if (sock !== undefined && (type & constantValue('SOCK_NONBLOCK')) !== 0)
      p.nonBlocking.add(sock);
  },
  socketpair: (p, act) => {
    p.include('sys/socket.h');
    const kind = ['domain', 'type', 'protocol'].map((name) => numberText(act, name)).join(', ');
    const pair = p.declare('int', p.names.of(`pair ${act.number}`, act.call.as ?? 'pair'), '[2]');
    checked(p, act, `socketpair(${kind}, ${pair}) < 0`);
    for (const [i, sock] of act.opened.entries()) {
      p.paired.set(sock, `${pair}[${i}]`);
      p.open.add(sock);
    }
  },
  bind: (p, act, subject) => {
    const address = addressArgument(p, act);
    if (address === null) return;
    const path = act.step?.layout?.find(({ label }) => label === 'path')?.bytes[0];
    if (path !== undefined && path !== 0 && errorOf(act) === null) {
      const variable = address.pointer.split('&')[1];
      p.comment(
        'A Unix socket’s name stays in the file system: one of an earlier run is in the way.',
      );
      p.line(`unlink(${variable}.sun_path);`);
    }
    checked(p, act, `bind(${subject}, ${address.pointer}, ${address.length}) < 0`);
  },
  listen: (p, act, subject) => {
    checked(p, act, `listen(${subject}, ${numberText(act, 'backlog')}) < 0`);
    const { subject: sock } = act;
    if (sock === null || errorOf(act) !== null) return;
    const inside = p.story.sockets.some(({ to }) => to === sock);
    if (p.side === 'server' || !inside) readyLines(p, sock);
  },
  accept: (p, act, subject) => {
    if (act.subject !== null && p.nonBlocking.has(act.subject) && errorOf(act) === null) {
      p.line(`${p.use('wait_for')}(${subject}, POLLIN);`);
    }
    const peer = outOf(act, 'peer');
    if (peer === null || errorOf(act) !== null) {
      opened(p, act, `accept(${subject}, NULL, NULL)`);
      return;
    }
    const variable = storage(p, peer);
    p.addresses.set(peer, variable);
    p.line(`${variable}_length = sizeof(${variable});`);
    opened(p, act, `accept(${subject}, (struct sockaddr *)&${variable}, &${variable}_length)`);
  },
  connect: (p, act, subject) => {
    const address = addressArgument(p, act);
    if (address === null) return;
    checked(p, act, `connect(${subject}, ${address.pointer}, ${address.length}) < 0`);
  },
  shutdown: (p, act, subject) => {
    checked(p, act, `shutdown(${subject}, ${numberText(act, 'how')}) < 0`);
    if (act.subject !== null && numberOf(act, 'how') !== constantValue('SHUT_RD')) {
      p.ended.add(act.subject);
    }
  },
  close: (p, act, subject) => {
    if (act.subject !== null) beforeClose(p, act, act.subject);
    checked(p, act, `close(${subject}) < 0`);
    if (act.subject !== null) p.open.delete(act.subject);
  },
  getsockname: (p, act) => asked(p, act, 'getsockname'),
  getpeername: (p, act) => asked(p, act, 'getpeername'),
};

/** `if ((fd = socket(…)) < 0) {`. */
function opened(p: CProgram, act: Act, call: string): void {
  const [sock] = act.opened;
  if (sock === undefined) {
    checked(p, act, `${call} < 0`);
    return;
  }
  checked(p, act, `(${p.socket(sock)} = ${call}) < 0`);
  p.open.add(sock);
}

/**
 * What had come by the time that the session closed the socket: closing with unread data sends
 * RST, and closing a listener resets the connections in its queue.
 */
export function beforeClose(p: CProgram, act: Act, sock: Sock): void {
  if (p.side === null) return;
  const lost = act.step?.changes.find(({ field, to }) => field === 'receive_queue' && to === null);
  if (p.isParted(sock) && typeof lost?.from === 'number') {
    p.line(`${p.use('wait_bytes')}(${p.socket(sock)}, ${lost.from});`);
  }
  if (sock.listens) waitForQueue(p, sock, act);
}

/** Connections that nobody accepted had come all the same. @param until null for the program’s end */
export function waitForQueue(p: CProgram, listener: Sock, until: Act | null): void {
  const waiting = p.story.acts.filter(
    (act) =>
      act.call.name === 'connect' &&
      act.subject?.to === listener &&
      act.subject.peer === null &&
      (until === null || isBefore(act, until, p.story)),
  );
  if (waiting.length === 0) return;
  const name = p.socket(listener);
  if (isTcp(listener)) p.line(`${p.use('wait_queue')}(${name}, ${waiting.length});`);
  else if (isStream(listener)) p.line(`${p.use('wait_for')}(${name}, POLLIN);`);
}

function asked(p: CProgram, act: Act, call: 'getsockname' | 'getpeername'): void {
  const { subject } = act;
  if (subject === null) return;
  const wanted = outOf(act, 'answer') ?? act.call.as ?? `${subject.name}_addr`;
  if (errorOf(act) !== null) {
    const variable = storage(p, wanted);
    const length = `${variable}_length`;
    p.line(`${length} = sizeof(${variable});`);
    const to = `(struct sockaddr *)&${variable}, &${length}`;
    checked(p, act, `${call}(${p.socket(subject)}, ${to}) < 0`);
    return;
  }
  const variable = askAddress(p, call, subject, wanted);
  for (const name of [outOf(act, 'answer'), act.call.as]) {
    if (name !== null && name !== undefined) p.addresses.set(name, variable);
  }
  p.line(
    `${p.use('show_address')}("${call}(${subject.name}) =", &${variable}, ${variable}_length);`,
  );
}

/** The header that has the constant in it. */
export function includesOf(p: CProgram, act: Act, param: string): void {
  const arg = argOf(act, param);
  if (arg?.kind !== 'constants') return;
  for (const part of arg.parts.map(String)) {
    if (/^(IPPROTO|IP|IPV6|INADDR|SOL_IP|SOL_IPV6)_?/.test(part)) p.include('netinet/in.h');
    if (/^(TCP|SOL_TCP)_?/.test(part)) p.include('netinet/in.h', 'netinet/tcp.h');
    if (part === 'SOL_UDP') p.include('netinet/udp.h');
    if (/^(O_|F_|FD_)/.test(part)) p.include('fcntl.h');
    if (part === 'FIONREAD') p.include('sys/ioctl.h');
    if (/^SIOC/.test(part)) p.include('sys/ioctl.h', 'linux/sockios.h');
    if (/^POLL/.test(part)) p.include('poll.h');
    if (/^(AI|NI)_/.test(part)) p.include('netdb.h');
  }
}
