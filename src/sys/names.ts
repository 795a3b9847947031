/** getaddrinfo(3) and getnameinfo(3) as a C program is answered: addresses, or an EAI_ error. */
import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { bind, bindNow } from './ffi.ts';
import { parseIPv4, parseIPv6 } from './inet.ts';
import { nameOf } from './name-of.ts';
import { constant, constants } from './platform.ts';
import { readyToResolve, resolver } from './resolver.ts';
import type { SocketAddress } from './sockaddr.ts';

type Internet = Extract<SocketAddress, { port: number }>;

/** What was asked, and did not resolve. `text` as gai_strerror(3) has it. */
export interface LookupFailure {
  readonly code: string;
  readonly text: string;
}

export interface Question {
  /** Null: this machine, or every interface with AI_PASSIVE. */
  readonly host: string | null;
  /** A port, or the name of a service; null: port 0. */
  readonly service: string | null;
  /** AF_UNSPEC, AF_INET or AF_INET6. */
  readonly family: number;
  readonly datagram: boolean;
  readonly flags: number;
}

const TEXTS = {
  EAI_NONAME: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_FAIL: 'Non-recoverable failure in name resolution',
  EAI_FAMILY: 'ai_family not supported',
  EAI_SERVICE: 'Servname not supported for ai_socktype',
  EAI_ADDRFAMILY: 'Address family for hostname not supported',
} as const;

export type Found = { readonly addresses: readonly Internet[] } | LookupFailure;

/** The answer; a promise of it only where the resolver must be asked, which can take long. */
export function getaddrinfo(question: Question): Found | Promise<Found> {
  const version = versionOf(question.family);
  if (version === null) return failure('EAI_FAMILY');
  // getaddrinfo(3): with AI_NUMERICSERV a service that is no number is EAI_NONAME.
  if (has(question, 'AI_NUMERICSERV') && /\D/.test(question.service ?? ''))
    return failure('EAI_NONAME');
  const port = portOf(question);
  if (port === null) return failure('EAI_SERVICE');
  if (question.host === null) return { addresses: without(question, version, port) };
  const literal = literalAddress(question.host, port);
  if (literal !== null) {
    const suits = version === 0 || (version === 6) === (literal.family === 'inet6');
    return suits ? { addresses: [literal] } : failure('EAI_ADDRFAMILY');
  }
  // A scope such as fe80::1%lo is the resolver's business, too.
  if (has(question, 'AI_NUMERICHOST')) return failure('EAI_NONAME');
  return lookedUp(question.host, question, version, port);
}

async function lookedUp(
  host: string,
  question: Question,
  family: 0 | 4 | 6,
  port: number,
): Promise<Found> {
  try {
    const hints = has(question, 'AI_ADDRCONFIG') ? ADDRCONFIG : 0;
    const found = await lookup(host, { all: true, family, order: 'verbatim', hints });
    return { addresses: found.map(({ address }) => addressOf(address, port)) };
  } catch (error) {
    return failureOf(error);
  }
}

const libc = bind('uint32_t inet_addr(const char *)');

/** inet_addr(3): 32 bits in network order, as a number of this machine; INADDR_NONE for no address. */
export function inetAddr(text: string): number {
  return Number(libc(text)) >>> 0;
}

/** As `ready` of Sys: for what is asked here. */
export function readyToAsk(): void {
  bindNow(libc);
  readyToResolve();
}

/** @returns the host's name */
export async function getnameinfo(host: string): Promise<string | LookupFailure> {
  return (await nameOf(host)) ?? failure('EAI_NONAME');
}

function versionOf(family: number): 0 | 4 | 6 | null {
  if (family === constant('AF_UNSPEC')) return 0;
  if (family === constant('AF_INET')) return 4;
  return family === constant('AF_INET6') ? 6 : null;
}

function portOf({ service, datagram }: Question): number | null {
  if (service === null) return 0;
  if (/^\d+$/.test(service)) return Number(service) <= 65535 ? Number(service) : null;
  return resolver.portOf(service, datagram ? 'udp' : 'tcp');
}

/** getaddrinfo(3): without a host, the loopback addresses, or the wildcards with AI_PASSIVE. */
function without(question: Question, version: 0 | 4 | 6, port: number): Internet[] {
  const passive = has(question, 'AI_PASSIVE');
  const four: Internet = { family: 'inet', host: passive ? '0.0.0.0' : '127.0.0.1', port };
  const six: Internet = { family: 'inet6', host: passive ? '::' : '::1', port, scope: 0 };
  if (version !== 0) return version === 4 ? [four] : [six];
  return passive ? [four, six] : [six, four];
}

function literalAddress(host: string, port: number): Internet | null {
  if (parseIPv4(host) !== null) return { family: 'inet', host, port };
  const [address = '', zone] = host.split('%');
  if (parseIPv6(address) === null) return null;
  const scope = zone === undefined ? 0 : resolver.scopeOf(zone);
  return scope === null ? null : { family: 'inet6', host: address, port, scope };
}

function addressOf(text: string, port: number): Internet {
  return literalAddress(text, port) ?? { family: 'inet', host: text, port };
}

function has({ flags }: Question, name: string): boolean {
  return (flags & (constants.get(name) ?? 0)) !== 0;
}

function failureOf(error: unknown): LookupFailure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // Node folds EAI_NONAME and EAI_NODATA into ENOTFOUND; a name that can't be one is EINVAL.
  if (code in TEXTS) return failure(code as keyof typeof TEXTS);
  return failure('EAI_NONAME');
}

function failure(code: keyof typeof TEXTS): LookupFailure {
  return { code, text: TEXTS[code] };
}
