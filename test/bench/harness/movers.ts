/** Those that can send a file over loopback and receive it: each of its own kind at both ends. */
import { has } from '../../support/tools.ts';
import { peer, socklab } from './program.ts';
import { ASIDE } from './rounds.ts';
import type { Mover } from './transfer.ts';

/** @param send whether socklab sends by `send --file`, instead of `connect` */
export function socklabMover(send: boolean): Mover {
  return {
    name: 'socklab',
    server: (port) => socklab('serve', '--quiet', '--once', `:${port}`),
    client: (port, file) =>
      send
        ? socklab('send', '--quiet', '--file', file, `:${port}`)
        : socklab('connect', '--quiet', `:${port}`),
  };
}

/** What the kernel allows: C that copies as little as it can. Shown beside the others. */
export const kernelsOwn: Mover = {
  name: `C by splice${ASIDE}`,
  server: (port) => peer('splice', 'take', port),
  client: (port) => peer('splice', 'send', port),
};

/** Those that are installed. @param large whether socat counts with a large buffer, or as it comes */
export function neighbours(large: boolean): Mover[] {
  const both = [socat('socat', []), socat('socat -b 262144', ['-b', '262144'])] as const;
  const counted = large ? [both[1]] : [both[0], { ...both[1], name: both[1].name + ASIDE }];
  return [...PLAIN.filter(({ name }) => has(name)), ...(has('socat') ? counted : [])];
}

const PLAIN: readonly Mover[] = [
  {
    name: 'nc',
    server: (port) => ['nc', '-d', '-l', '127.0.0.1', String(port)],
    client: (port) => ['nc', '-N', '127.0.0.1', String(port)],
  },
  {
    name: 'ncat',
    server: (port) => ['ncat', '--recv-only', '-l', '127.0.0.1', String(port)],
    client: (port) => ['ncat', '--send-only', '127.0.0.1', String(port)],
  },
];

function socat(name: string, options: readonly string[]): Mover {
  return {
    name,
    server: (port) => ['socat', '-u', ...options, `TCP-LISTEN:${port},bind=127.0.0.1`, 'STDOUT'],
    client: (port) => ['socat', '-u', ...options, 'STDIN', `TCP:127.0.0.1:${port}`],
  };
}
