/** Which of the two tables of numbers holds here, read both ways: name → number, number → name. */
import { darwinConstants, darwinErrnos, darwinTcpStates } from './constants-darwin.ts';
import { linuxConstants, linuxErrnos, linuxTcpStates } from './constants-linux.ts';

/** The states of a TCP connection, spelled as RFC 9293 §3.3.2 spells them. */
export type TcpState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

export type ErrnoName = keyof typeof linuxErrnos;

const darwin = process.platform === 'darwin';
const table: Readonly<Record<string, number>> = darwin ? darwinConstants : linuxConstants;
const errnos: Readonly<Record<string, number>> = darwin ? darwinErrnos : linuxErrnos;
const states: Readonly<Record<number, TcpState>> = darwin ? darwinTcpStates : linuxTcpStates;

/** Every constant of this platform that the call language knows, by its C name. */
export const constants: ReadonlyMap<string, number> = new Map(Object.entries(table));

/** A constant that both platforms have. Asking for one that is missing is a defect of ours. */
export function constant(name: keyof typeof darwinConstants): number {
  return table[name] as number;
}

/** Made when they are first asked for: most runs meet no error. */
let errnoNames: ReadonlyMap<number, string> | null = null;
let numbers: ReadonlyMap<string, number> | null = null;

/** `111` → `ECONNREFUSED`; a number without a name here stays readable: `errno 524`. */
export function errnoName(errno: number): string {
  errnoNames ??= new Map(Object.entries(errnos).map(([name, number]) => [number, name]));
  return errnoNames.get(errno) ?? `errno ${errno}`;
}

/** `ECONNREFUSED` → `111`. */
export function errnoNumber(name: ErrnoName): number {
  return errnos[name] as number;
}

/** Second names: errno(3), "may be the same value as". */
const errnoAliases: Readonly<Record<string, string>> = {
  EWOULDBLOCK: 'EAGAIN',
  ENOTSUP: 'EOPNOTSUPP',
};

/** The name that errors go by: `EWOULDBLOCK` → `EAGAIN`. */
export function canonicalErrno(name: string): string {
  return errnoAliases[name] ?? name;
}

/** Every errno of this platform by its names. */
export function errnoNumbers(): ReadonlyMap<string, number> {
  numbers ??= new Map([
    ...Object.entries(errnos),
    ...Object.entries(errnoAliases).flatMap(([alias, name]): [string, number][] => {
      const number = errnos[name];
      return number === undefined ? [] : [[alias, number]];
    }),
  ]);
  return numbers;
}

/** What the first byte of TCP_INFO means; undefined where the kernel invents a state. */
export function tcpStateOf(byte: number): TcpState | undefined {
  return states[byte];
}

/**
 * Why socklab cannot run on a platform, in one sentence, or null where it can.
 * @param platform as in `process.platform`
 */
export function whyUnsupported(platform: string): string | null {
  if (platform === 'linux' || platform === 'darwin') return null;
  if (platform === 'win32') {
    return 'socklab makes Linux and macOS system calls; on Windows, run it inside WSL (Windows Subsystem for Linux).';
  }
  return `socklab makes Linux and macOS system calls; it does not know those of ${platform}.`;
}
