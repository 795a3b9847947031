/**
 * Names and addresses: getaddrinfo(3) and getnameinfo(3). They ask files and servers, so they can
 * take long; Node asks in a thread of its own, and the prompt stays live.
 */
import { getaddrinfo, getnameinfo, type LookupFailure, readyToAsk } from '../../sys/names.ts';
import { constant, constants } from '../../sys/platform.ts';
import { resolver } from '../../sys/resolver.ts';
import { decodeAddress, formatAddress } from '../../sys/sockaddr.ts';
import type { Arg, Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import { addressArgument } from './address-argument.ts';
import type { Arguments } from './arguments.ts';
import { known, type Made, type Prepared, type Row } from './row.ts';
import { shownAddress } from './socket-address.ts';

const BECAUSE = 'the resolver has not answered yet';

export const resolvingCalls: readonly Row[] = [
  {
    name: 'getaddrinfo',
    kind: 'library',
    params: [
      { name: 'host', kind: 'text' },
      { name: 'service', kind: 'anything', optional: true },
      { name: 'family', kind: 'int', optional: true, constants: known(/^AF_(UNSPEC|INET)/) },
      { name: 'type', kind: 'int', optional: true, constants: known(/^SOCK_(STREAM|DGRAM)/) },
      { name: 'flags', kind: 'int', optional: true, constants: known(/^AI_/) },
    ],
    signature:
      'int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res);',
    does: 'Finds the addresses of a host name and the port of a service name. It returns 0, or an EAI_ error.',
    example: 'getaddrinfo("localhost", "http")',
    source: 'getaddrinfo(3)',
    blocks: { on: 'readable', because: BECAUSE },
    gives: 'addresses',
    prepare: askAddresses,
  },
  {
    name: 'getnameinfo',
    kind: 'library',
    params: [
      { name: 'address', kind: 'address' },
      { name: 'flags', kind: 'int', optional: true, constants: known(/^NI_/) },
    ],
    signature:
      'int getnameinfo(const struct sockaddr *addr, socklen_t addrlen, char *host, socklen_t hostlen, char *serv, socklen_t servlen, int flags);',
    does: 'Finds the name of an address and of its port: the other way round from getaddrinfo().',
    example: 'getnameinfo(127.0.0.1:80)',
    source: 'getnameinfo(3)',
    blocks: { on: 'readable', because: BECAUSE },
    gives: 'struct',
    prepare: askNames,
  },
];

function askAddresses(args: Arguments): Prepared {
  const host = args.text(0);
  const service = args.has(1) ? serviceArgument(args, 1) : null;
  const family = args.has(2) ? args.int(2) : 0;
  const type = args.has(3) ? args.int(3) : 0;
  const flags = args.has(4) ? args.int(4) : 0;
  if (host === null && service === null) throw new BadCall('a host or a service is wanted', 0);
  const shown = [host, service].map((text) => (text === null ? 'NULL' : JSON.stringify(text)));
  return asking(`getaddrinfo(${shown.join(', ')}, …)`, () =>
    either(
      getaddrinfo({ host, service, family, datagram: isDatagram(type), flags }),
      (found): Answer => {
        if ('code' in found) return found;
        const addresses = found.addresses.map(formatAddress);
        return { value: { kind: 'addresses', addresses }, lines: addresses };
      },
    ),
  );
}

function askNames(args: Arguments): Prepared {
  const at = args.at(0);
  const bytes = addressArgument(args, 0, familyOf(at));
  const flags = args.has(1) ? args.int(1) : 0;
  const address = decodeAddress(bytes);
  const text = `getnameinfo(${shownAddress(address)}, …)`;
  return asking(text, () => {
    if (!('port' in address)) return { code: 'EAI_FAMILY', text: 'ai_family not supported' };
    const has = (flag: string) => (flags & (constants.get(flag) ?? 0)) !== 0;
    const service = has('NI_NUMERICSERV') ? null : resolver.serviceAt(address.port);
    const port = service ?? String(address.port);
    const nameless = { code: 'EAI_NONAME', text: 'Name or service not known' };
    if (has('NI_NUMERICHOST')) return has('NI_NAMEREQD') ? nameless : names(address.host, port);
    return either(getnameinfo(address.host), (found) => {
      if (typeof found === 'string') return names(found, port);
      return has('NI_NAMEREQD') ? found : names(address.host, port);
    });
  });
}

/** What comes of an answer that is there, or will be. */
function either<T, R>(came: T | Promise<T>, then: (came: T) => R): R | Promise<R> {
  return came instanceof Promise ? came.then(then) : then(came);
}

function names(host: string, service: string): Answer {
  const fields = [host, service].map((text) => new Uint8Array(Buffer.from(text)));
  return { value: { kind: 'struct', fields }, lines: [`host ${host}`, `service ${service}`] };
}

type Answer = { readonly value: Value; readonly lines: readonly string[] } | LookupFailure;

/** Asks once; the call is repeated when the answer is there. */
function asking(text: string, ask: () => Answer | Promise<Answer>): Prepared {
  let answer: Answer | null = null;
  let coming: Promise<void> | null = null;
  readyToAsk();
  const begin = (): void => {
    const found = ask();
    // What needs nobody to be asked is there at once, and blocks nobody.
    if (!(found instanceof Promise)) answer = found;
    else
      coming = found.then((came) => {
        answer = came;
      });
  };
  return {
    text,
    wait: (_door, waiter) =>
      Promise.race([
        coming ?? Promise.resolve(),
        new Promise<void>((resolve) => {
          waiter.wake = resolve;
        }),
      ]),
    attempt: (): Made => {
      if (answer === null && coming === null) begin();
      if (answer === null) return { result: 0, again: true };
      if ('code' in answer) return { result: -1, failure: answer };
      const details = [{ kind: 'found', lines: answer.lines } as const];
      return { result: 0, value: answer.value, details };
    },
  };
}

function serviceArgument(args: Arguments, at: number): string | null {
  const arg = args.at(at);
  if (arg.kind === 'null') return null;
  return arg.kind === 'bytes' ? Buffer.from(arg.bytes).toString() : String(args.number(at));
}

function isDatagram(type: number): boolean {
  return type === constant('SOCK_DGRAM');
}

function familyOf(arg: Arg): number {
  const six =
    arg.kind === 'endpoint' && 'host' in arg.endpoint && arg.endpoint.host.kind === 'inet6';
  return constant(six ? 'AF_INET6' : 'AF_INET');
}
