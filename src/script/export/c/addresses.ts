/** Socket addresses in C: filled in field by field, as in the lecture. */
import type { Domain } from '../domains.ts';
import { listenersOf } from '../listeners.ts';
import { type Address, addressOf, argOf } from '../resolved.ts';
import type { Act, Sock } from '../story.ts';
import { literal } from './literal.ts';
import type { CProgram } from './program.ts';

/** What bind(2), connect(2) and sendto(2) take. */
export interface CAddress {
  readonly pointer: string;
  readonly length: string;
}

const TYPES: Readonly<Record<Domain, string>> = {
  inet: 'struct sockaddr_in',
  inet6: 'struct sockaddr_in6',
  unix: 'struct sockaddr_un',
  other: 'struct sockaddr_storage',
};

/** Fills in the address that the call is given. Null where it was given none. */
export function addressArgument(p: CProgram, act: Act): CAddress | null {
  const address = addressOf(act);
  if (address === null) return null;
  const arg = argOf(act, 'address');
  const known = arg?.kind === 'name' ? p.addresses.get(arg.name) : undefined;
  if (known !== undefined) return cast(known, `${known}_length`);
  const { target } = act;
  const dynamic = target !== null && target.local !== null && !p.story.fixed.has(target.local);
  if (dynamic && p.has(target) && target !== act.subject) return askedAddress(p, target);
  const port = dynamic ? portArgument(p, target) : null;
  return filled(p, variableFor(act), address, port);
}

/** Named as the user named it: `serv_addr`; else after the socket whose address it is. */
function variableFor(act: Act): string {
  const arg = argOf(act, 'address');
  if (arg?.kind === 'name' && act.target?.name !== arg.name) return arg.name;
  return `${(act.target ?? act.subject)?.name ?? 'some'}_addr`;
}

function filled(p: CProgram, name: string, address: Address, port: string | null): CAddress {
  const family = address.family === 'abstract' ? 'unix' : address.family;
  const type = TYPES[family];
  // The same name may have held an address of another family.
  const variable = p.declare(type, p.names.of(`${type} ${name}`, name.replaceAll(/\W/g, '_')));
  p.line(`memset(&${variable}, 0, sizeof(${variable}));`);
  switch (address.family) {
    case 'inet':
      p.include('arpa/inet.h', 'netinet/in.h');
      p.line(
        `${variable}.sin_family = AF_INET;`,
        `${variable}.sin_addr.s_addr = ${hostText(address.host)};`,
        `${variable}.sin_port = htons(${port ?? address.port});`,
      );
      return cast(variable, `sizeof(${variable})`);
    case 'inet6':
      p.include('arpa/inet.h', 'netinet/in.h');
      p.line(
        `${variable}.sin6_family = AF_INET6;`,
        ...host6Lines(variable, address.host),
        ...(address.scope === 0 ? [] : [`${variable}.sin6_scope_id = ${address.scope};`]),
        `${variable}.sin6_port = htons(${port ?? address.port});`,
      );
      return cast(variable, `sizeof(${variable})`);
    case 'unix':
    case 'abstract':
      return filledUnix(p, variable, address);
    case 'other': {
      const { bytes } = address;
      if (bytes.length > 0) p.line(`memcpy(&${variable}, ${literal(bytes)}, ${bytes.length});`);
      return cast(variable, String(bytes.length));
    }
  }
}

function filledUnix(
  p: CProgram,
  variable: string,
  address: Extract<Address, { family: 'unix' | 'abstract' }>,
): CAddress {
  p.include('stddef.h', 'sys/un.h');
  p.line(`${variable}.sun_family = AF_UNIX;`);
  if (address.family === 'unix') {
    const { path } = address;
    p.line(`memcpy(${variable}.sun_path, ${literal(path)}, ${path.length});`);
    return cast(variable, `sizeof(${variable})`);
  }
  const { name } = address;
  p.comment('An abstract name begins with a zero byte, and its length counts: unix(7).');
  p.line(`memcpy(&${variable}.sun_path[1], ${literal(name)}, ${name.length});`);
  return cast(variable, `offsetof(struct sockaddr_un, sun_path) + ${name.length + 1}`);
}

function hostText(host: string): string {
  if (host === '0.0.0.0') return 'htonl(INADDR_ANY)';
  if (host === '127.0.0.1') return 'htonl(INADDR_LOOPBACK)';
  return `inet_addr("${host}")`;
}

function host6Lines(variable: string, host: string): string[] {
  if (host === '::') return [`${variable}.sin6_addr = in6addr_any;`];
  if (host === '::1') return [`${variable}.sin6_addr = in6addr_loopback;`];
  return [`inet_pton(AF_INET6, "${host}", &${variable}.sin6_addr);`];
}

/** The address of a socket of this program, which the kernel chose. */
function askedAddress(p: CProgram, sock: Sock): CAddress {
  const variable = askAddress(p, 'getsockname', sock, `${sock.name}_local`);
  return cast(variable, `${variable}_length`);
}

/** getsockname() or getpeername() into a variable of this name. @returns the variable */
export function askAddress(
  p: CProgram,
  call: 'getsockname' | 'getpeername',
  sock: Sock,
  wanted: string,
): string {
  const variable = storage(p, wanted);
  p.line(
    `${variable}_length = sizeof(${variable});`,
    `if (${call}(${p.socket(sock)}, (struct sockaddr *)&${variable}, &${variable}_length) < 0) {`,
    `    perror("${call}");`,
    '    exit(1);',
    '}',
  );
  return variable;
}

/** Room for any address, and for its length. @returns the variable; `_length` is behind its name */
export function storage(p: CProgram, wanted: string): string {
  p.include('sys/socket.h');
  const variable = p.names.of(`struct sockaddr_storage ${wanted}`, wanted);
  p.declare('struct sockaddr_storage', variable);
  p.declare('socklen_t', `${variable}_length`);
  return variable;
}

/** The port of a listener in the other program, which is told by whoever starts this one. */
function portArgument(p: CProgram, listener: Sock): string | null {
  const at = listenersOf(p.story).indexOf(listener);
  return at === -1 ? null : `atoi(argv[${at + 1}])`;
}

function cast(variable: string, length: string): CAddress {
  return { pointer: `(struct sockaddr *)&${variable}`, length };
}

/** `listening on 127.0.0.1:43121`: whoever starts the client waits for that. */
export function readyLines(p: CProgram, sock: Sock): void {
  const variable = askAddress(p, 'getsockname', sock, `${sock.name}_local`);
  p.line(`${p.use('show_address')}("listening on", &${variable}, ${variable}_length);`);
  p.line('fflush(stdout);');
}
