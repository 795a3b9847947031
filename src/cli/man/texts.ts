/** What the manual page says beyond the command line's own definitions. */

type Terms = readonly (readonly [term: string, text: string])[];

export const about: readonly string[] = [
  '`socklab` makes real system calls on real kernel sockets, one at a time, and shows what each one changed. Alone on a terminal it opens a prompt, at which each line is a call; `socklab run` makes the calls of a script, and holds each answer against what it must be.',
  '`serve`, `connect` and `send` are the same calls, made for you: for pipelines, and to test a protocol by hand. Standard output carries the peer’s bytes and nothing else; all that `socklab` says about itself goes to standard error. What a peer sends is made visible on a terminal, so that it can’t take the terminal over; into a pipe or a file it goes as it is.',
  'At the end of its input a client sends FIN, and still reads the answer to its end. A reset is never taken for an end of file.',
];

export const endpoints: Terms = [
  ['`8888`, `:8888`', 'TCP; `serve` binds 127.0.0.1, the others go to 127.0.0.1'],
  [
    '`127.0.0.1:8888`, `[::1]:8888`, `localhost:http`, `example.org:80`',
    'TCP; a service’s name will do for the port',
  ],
  [
    '`*:8888`, `0.0.0.0:8888`, `[::]:8888`',
    'every interface of this host; never unless it is asked for',
  ],
  ['`:0`', 'the kernel picks the port, and the line that `serve` begins with tells it'],
  ['`udp:127.0.0.1:8888`', 'UDP, with any of the above'],
  ['`tls:example.org:443`', 'TLS over TCP; the certificate is verified'],
  [
    '`unix:/path`, `unix:@name`',
    'a Unix stream socket, by its path or its abstract name; `unixgram:` for datagrams',
  ],
  ['`tcp://127.0.0.1:8888`, `unix:///path`', 'the same, as URLs are written'],
];

export const endpointNotes: readonly string[] = [
  'Addresses are written as inet_pton(3) reads them: 127.1 is a mistake, and no surprise.',
];

export const durations = 'A duration is a number with its unit: `200ms`, `5s`, `2m`, `1h`.';

export const environment: Terms = [
  ['`NO_COLOR`', 'If it is set, there are no colours. `--color` goes before it.'],
  [
    '`FORCE_COLOR`',
    'If it is set, there are colours in a pipe, too; 0 stands for none. It goes before NO_COLOR.',
  ],
  ['`TERM`', 'At a `dumb` terminal there are no colours, and it edits the line itself.'],
  ['`XDG_STATE_HOME`', 'The folder for the history, instead of `~/.local/state`.'],
  ['`XDG_CACHE_HOME`', 'The folder for what has been compiled, instead of `~/.cache`.'],
  [
    '`NODE_DISABLE_COMPILE_CACHE`',
    'If it is set, nothing that has been compiled is kept or taken.',
  ],
  ['`SOCKLAB_DEBUG`', 'If it is set, the message about a defect has its stack trace.'],
];

export const files: Terms = [
  [
    '`~/.local/state/socklab/history`',
    'What was entered at the prompt. Nobody else may read it (mode 0600).',
  ],
  [
    '`~/.cache/socklab/code`',
    'What has been compiled, so that the next start is quicker. It is taken only from a folder that nobody else may enter (mode 0700), and can be removed at any time.',
  ],
];

export const seeAlso =
  'nc(1), socat(1), strace(1), ss(8), socket(2), bind(2), listen(2), accept(2), connect(2), ip(7), tcp(7), udp(7), unix(7)';
