/** Questions, names and numbers in C; and what only socklab can do, as a comment. */
import type { TcpState } from '../../../socket/state.ts';
import { printCall } from '../../print.ts';
import { PASSING } from '../answer.ts';
import { isTcp } from '../domains.ts';
import { argOf, numberOf, numberText, resultOf, textOf } from '../resolved.ts';
import type { Act } from '../story.ts';
import { addressArgument } from './addresses.ts';
import { type Emit, includesOf } from './calls-sockets.ts';
import { onlyHere } from './checked.ts';
import { textLiteral } from './literal.ts';
import type { CProgram } from './program.ts';

/** <netinet/tcp.h>. */
const STATES: Readonly<Record<TcpState, string>> = {
  ESTABLISHED: 'TCP_ESTABLISHED',
  'SYN-SENT': 'TCP_SYN_SENT',
  'SYN-RECEIVED': 'TCP_SYN_RECV',
  'FIN-WAIT-1': 'TCP_FIN_WAIT1',
  'FIN-WAIT-2': 'TCP_FIN_WAIT2',
  'TIME-WAIT': 'TCP_TIME_WAIT',
  CLOSED: 'TCP_CLOSE',
  'CLOSE-WAIT': 'TCP_CLOSE_WAIT',
  'LAST-ACK': 'TCP_LAST_ACK',
  LISTEN: 'TCP_LISTEN',
  CLOSING: 'TCP_CLOSING',
};

export const askingCalls: Readonly<Record<string, Emit>> = {
  state: showState,
  wait: showState,
  queue: (p, act, subject) => {
    if (act.subject === null || !isTcp(act.subject)) return;
    const n = resultOf(act);
    p.line(
      `printf("queue(${act.subject.name}) = %u\\n", ${p.use('wait_queue')}(${subject}, ${n}));`,
    );
  },
  sleep: (p, act) => {
    const arg = argOf(act, 'time');
    const ms = arg?.kind === 'duration' ? arg.ms : (numberOf(act, 'time') ?? 0) * 1000;
    p.include('poll.h');
    p.line(`poll(NULL, 0, ${ms}); /* milliseconds */`);
  },
  cancel: (p, act) => onlyHere(p, printCall(act.call)),
  htons: ordered,
  htonl: ordered,
  ntohs: ordered,
  ntohl: ordered,
  inet_addr: (p, act) => {
    if (act.call.as !== undefined) return;
    p.include('arpa/inet.h');
    const text = textLiteral(textOf(act, 'text') ?? '');
    p.line(`printf("inet_addr() = %u\\n", inet_addr(${text}));`);
  },
  strlen: (p, act) => {
    const value = act.meanings[0]?.value;
    const bytes =
      value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes : new Uint8Array();
    const end = bytes.indexOf(0);
    const { pointer } = p.data(end === -1 ? bytes : bytes.subarray(0, end));
    p.line(`printf("strlen() = %zu\\n", strlen(${pointer}));`);
  },
  inet_pton: (p, act) => {
    p.include('arpa/inet.h', 'netinet/in.h');
    const bytes = p.declare('struct in6_addr', p.names.of('in6_addr', 'binary'));
    const text = textLiteral(textOf(act, 'text') ?? '');
    const call = `inet_pton(${numberText(act, 'family')}, ${text}, &${bytes})`;
    p.line(`printf("inet_pton() = %d\\n", ${call});`);
  },
  inet_ntop: (p, act) => {
    p.include('arpa/inet.h', 'netinet/in.h');
    const value = act.meanings[1]?.value;
    const { pointer } = p.data(value?.kind === 'bytes' ? value.bytes : new Uint8Array(16));
    const text = p.buffer(64);
    const call = `inet_ntop(${numberText(act, 'family')}, ${pointer}, ${text}, 64)`;
    p.line(`if (${call} == NULL)`, '    perror("inet_ntop");');
    p.line('else', `    printf("inet_ntop() = %s\\n", ${text});`);
  },
  getaddrinfo,
  getnameinfo,
};

function showState(p: CProgram, act: Act, subject: string): void {
  const outcome = act.step?.outcome;
  const value = outcome?.kind === 'value' ? outcome.value : null;
  const { subject: sock } = act;
  if (sock === null || value?.kind !== 'state' || value.state === null) {
    if (act.call.name === 'state' || act.call.args.length > 1) onlyHere(p, printCall(act.call));
    return;
  }
  // tcp(7): of a connection in TIME-WAIT the descriptor knows no more, and a closed one nothing.
  if (!act.isOpen || value.state === 'TIME-WAIT') {
    p.comment(`${sock.name} was ${value.state}; a descriptor can’t tell: see \`ss -tan\`.`);
    return;
  }
  const label = `state(${sock.name})`;
  // One that passes by itself may be over before it is asked for.
  const wanted = PASSING.has(value.state) ? '0' : STATES[value.state];
  p.line(`${p.use('show_state')}("${label}", ${subject}, ${wanted});`);
}

function ordered(p: CProgram, act: Act): void {
  // `addr.sin_port = htons(8888)`: the address is filled in where it is passed.
  if (act.call.as !== undefined) return;
  p.include('arpa/inet.h');
  const { name } = act.call;
  const call = `${name}(${numberText(act, 'number')})`;
  includesOf(p, act, 'number');
  p.line(`printf("${call} = %u\\n", (unsigned int)${call});`);
}

function getaddrinfo(p: CProgram, act: Act): void {
  p.include('netdb.h', 'arpa/inet.h', 'netinet/in.h');
  for (const param of ['family', 'type', 'flags']) includesOf(p, act, param);
  const [hints, found, each] = ['hints', 'found', 'each'].map((name) => p.names.of(name, name));
  p.declare('struct addrinfo', hints ?? '');
  p.declare('struct addrinfo *', found ?? '');
  p.declare('struct addrinfo *', each ?? '');
  const n = p.declare('int', 'value');
  const [host, service] = ['host', 'service'].map((param) => {
    const text =
      textOf(act, param) ?? (numberOf(act, param) === null ? null : numberText(act, param));
    return text === null || argOf(act, param)?.kind === 'null' ? 'NULL' : textLiteral(text);
  });
  const numbers = ['family', 'type', 'flags'].map((param) => numberText(act, param));
  const type = numberOf(act, 'type') ? numbers[1] : 'SOCK_STREAM';
  p.line(
    `memset(&${hints}, 0, sizeof(${hints}));`,
    `${hints}.ai_family = ${numbers[0]};`,
    `${hints}.ai_socktype = ${type}; /* each address once */`,
    `${hints}.ai_flags = ${numbers[2]};`,
    `${found} = NULL;`,
    `if ((${n} = getaddrinfo(${host}, ${service}, &${hints}, &${found})) != 0)`,
    `    fprintf(stderr, "getaddrinfo: %s\\n", gai_strerror(${n}));`,
  );
  const variable = `(const struct sockaddr_storage *)${each}->ai_addr`;
  p.line(
    `for (${each} = ${found}; ${each} != NULL; ${each} = ${each}->ai_next)`,
    `    ${p.use('show_address')}("getaddrinfo() =", ${variable}, ${each}->ai_addrlen);`,
    `if (${found} != NULL)`,
    `    freeaddrinfo(${found});`,
  );
}

function getnameinfo(p: CProgram, act: Act): void {
  const to = addressArgument(p, act);
  if (to === null) {
    onlyHere(p, printCall(act.call));
    return;
  }
  p.include('netdb.h');
  includesOf(p, act, 'flags');
  const [host, service] = ['host', 'service'].map((name) => p.names.of(name, name));
  p.declare('char', host ?? '', '[256]');
  p.declare('char', service ?? '', '[64]');
  const n = p.declare('int', 'value');
  const rest = `${host}, sizeof(${host}), ${service}, sizeof(${service}), ${numberText(act, 'flags')}`;
  p.line(
    `if ((${n} = getnameinfo(${to.pointer}, ${to.length}, ${rest})) != 0)`,
    `    fprintf(stderr, "getnameinfo: %s\\n", gai_strerror(${n}));`,
    'else',
    `    printf("getnameinfo() = %s %s\\n", ${host}, ${service});`,
  );
}
