/** The servers that the page's tasks talk to: real ones, from the distribution. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestRunner } from 'vitest';
import { has } from '../support/tools.ts';
import { makeCertificates } from './certificates.ts';
import { inside, type Stage } from './stage.ts';

interface Server {
  readonly tools: readonly string[];
  /** What must lie in the folder before. */
  readonly prepare?: (folder: string) => void;
  /** A line of sh. */
  readonly command: string;
  /** Where it answers once it is ready. */
  readonly ready: string;
}

const redis: Server = {
  tools: ['redis-server', 'redis-cli'],
  command:
    'redis-server --bind 127.0.0.1 --port 6379 --unixsocket redis.sock --save "" --daemonize no',
  ready: ':6379',
};

const smtp: Server = {
  tools: ['aiosmtpd'],
  command: 'aiosmtpd -n -l 127.0.0.1:25',
  ready: ':25',
};

const dns: Server = {
  tools: ['dnsmasq'],
  command:
    'dnsmasq -d -C /dev/null --no-resolv --no-hosts --address=/db.example/10.1.2.3 --pid-file=dns.pid',
  ready: ':53',
};

const sorting: Server = {
  tools: ['socat'],
  command: 'socat TCP-LISTEN:7000,reuseaddr,fork EXEC:sort',
  ready: ':7000',
};

const web = nginx(':80', 'listen 80;');

/** nginx with these servers, in the foreground; all that it writes is in the folder. */
function nginx(ready: string, ...servers: readonly string[]): Server {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${name};`,
  );
  const http = [
    ...['access_log off;', 'server_tokens off;', 'ssl_protocols TLSv1.3;', 'root html;'],
    ...temporary,
    ...servers.map((text) => `server { ${text} }`),
  ];
  const main = 'user root; daemon off; master_process off; pid nginx.pid; events {}';
  return {
    tools: ['nginx'],
    command: 'nginx -p . -c nginx.conf -e stderr',
    ready,
    prepare: (folder) => {
      mkdirSync(join(folder, 'html'));
      writeFileSync(join(folder, 'html', 'index.html'), '<h1>It works</h1>\n');
      writeFileSync(join(folder, 'nginx.conf'), `${main}\nhttp { ${http.join('\n')} }\n`);
    },
  };
}

/** The folder of a task in which certificates lie. */
function certified(server: Server): Server {
  return {
    ...server,
    tools: [...server.tools, 'openssl'],
    prepare: (folder) => {
      makeCertificates(folder);
      server.prepare?.(folder);
    },
  };
}

/** Each certificate on a port of its own. */
const secureWeb = certified(
  nginx(
    ':8443',
    ...['good', 'expired', 'alone', 'other'].map(
      (name, i) =>
        `listen ${8443 + i} ssl; ssl_certificate ${name}.pem; ssl_certificate_key ${name}.key;`,
    ),
  ),
);

/** By the task's heading. */
const SERVERS: Readonly<Record<string, Server>> = {
  'Talk SMTP by hand': smtp,
  'Fetch a page with a request of your own': web,
  'Ask a Redis whether it is well': redis,
  'Talk to a daemon over its Unix socket': redis,
  'Ask a name server in hexadecimal': dns,
  'Say that you are done, and read the answer': sorting,
  'Send a request slowly': redis,
  'Check a service by its exit code': redis,
  'See which of some ports are open': redis,
  'Find out who has the port': redis,
  'Watch a client and its server': redis,
  'Record a conversation and play it again': redis,
  'See whether a certificate is good': secureWeb,
  'Fetch a page over TLS with a CA of your own': secureWeb,
  'Put TLS in front of a server': certified(web),
  'Reach a Unix socket over TCP': redis,
};

/** Starts a task's server, and waits until it answers. */
export async function startServer(title: string, stage: Stage): Promise<void> {
  const server = SERVERS[title];
  if (server === undefined) return;
  const missing = server.tools.find((tool) => !has(tool));
  if (missing !== undefined)
    TestRunner.getCurrentTest()?.context.skip(`${missing} is not installed`);
  server.prepare?.(stage.folder);
  const started = inside(stage, server.command);
  const reached = inside(
    stage,
    `socklab connect --quiet --retry 5s --on-eof exit ${server.ready} < /dev/null`,
  );
  const { code, stderr } = await reached.exit();
  if (code !== 0) throw new Error(`${server.command}: ${stderr}${started.stderr}`);
}
