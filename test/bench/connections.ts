/** How many connections a second are served: connect, 64 bytes there and back, close. */
import { amount, asked } from './harness/options.ts';
import {
  freePort,
  netEcho,
  output,
  peer,
  socklab,
  startListening,
  startPrinting,
} from './harness/program.ts';
import { report } from './harness/report.ts';
import { type Contender, interleaved, paired } from './harness/rounds.ts';

const SECONDS = amount(3, 0.3);
const AT_ONCE = 64;
const ROUNDS = amount(7, 3);

async function churn(): Promise<void> {
  const port = await freePort();
  const ours = await startListening(
    socklab('serve', '--quiet', '--service', 'echo', `:${port}`),
    port,
  );
  const [c, net] = [await startPrinting(peer('echo')), await startPrinting(netEcho())];
  const against = (name: string, to: number): Contender => ({
    name,
    run: async () => Number(await output(peer('churn', to, SECONDS, AT_ONCE))),
  });
  const contenders = [
    against('socklab', port),
    against('C epoll', c.port),
    against('Node net', net.port),
  ];
  const taken = await interleaved(contenders, ROUNDS);
  for (const server of [ours, c, net]) await server.stop();
  const others = { 'connections/churn-node': 'Node net', 'connections/churn-c': 'C epoll' };
  for (const [row, other] of Object.entries(others)) {
    const what = `connect, echo, close; ${AT_ONCE} at a time`;
    const figure = paired('socklab', other, taken, (mine, theirs) => mine / theirs);
    if (asked(row)) report({ row, what, unit: 'a second', contenders: taken, figure });
  }
}

if (asked('connections/churn-node') || asked('connections/churn-c')) await churn();
