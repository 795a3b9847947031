/** The bytes that pass, shown on stderr: --hex of serve and connect, --dump of send. */
import { nowhere } from '../../socket/stream/nowhere.ts';
import type { Sink } from '../../socket/stream/stream.ts';
import { type Direction, type Through, tapped } from '../../socket/stream/tap.ts';
import { renderPassed } from '../../view/hexdump.ts';
import { eventJson } from '../../view/json.ts';
import { bytesJson } from '../../wire/json.ts';
import { type CommonOptions, type Context, drained, widthOf } from '../context.ts';
import { themeFor } from '../theme.ts';

export interface TrafficOptions extends CommonOptions {
  readonly json?: boolean;
}

/** The two ends of what passes, as endpoints are written; null where there is no address. */
export interface Ends {
  readonly local: string | null;
  readonly remote: string | null;
  /** What to call the peer where it has no address: the socket's name. */
  readonly name?: string;
}

/**
 * Shows some bytes that pass.
 * @param offset how many went before them, the same way between the same two
 * @returns a promise where whoever reads stderr is slow: nothing more should be moved until then
 */
export type Show = (
  direction: Direction,
  ends: Ends,
  offset: number,
  bytes: Uint8Array,
) => Promise<void> | undefined;

export interface Traffic {
  readonly show: Show;
  /** For the plans: each connection's bytes are shown as they pass. Undefined: nobody wants that. */
  readonly through: Through | undefined;
  /** On a terminal the hexadecimal view takes the place of the text: the output is then nowhere. */
  output(output: Sink): Sink;
}

/** @param wanted whether the user asked for it; without that nothing is wrapped, and nothing shown */
export function trafficOf(context: Context, options: TrafficOptions, wanted: boolean): Traffic {
  if (!wanted) return { show: () => undefined, through: undefined, output: (output) => output };
  const { stdout, stderr } = context;
  const show = options.json ? jsonOn(stderr) : hexOn(context, options);
  const instead = !options.json && stdout.isTTY === true && stderr.isTTY === true;
  return { show, through: throughOf(show), output: (output) => (instead ? nowhere : output) };
}

function throughOf(show: Show): Through {
  return (connection) => {
    const offsets = { in: 0, out: 0 };
    return tapped(connection, (direction, bytes) => {
      const offset = offsets[direction];
      offsets[direction] += bytes.length;
      return show(direction, connection, offset, bytes);
    });
  };
}

function jsonOn(stderr: NodeJS.WriteStream): Show {
  return (direction, { local, remote }, offset, bytes) => {
    const data = bytesJson(bytes);
    return written(stderr, eventJson('data', { direction, local, remote, offset, data }));
  };
}

function hexOn({ stderr, env }: Context, options: TrafficOptions): Show {
  const theme = themeFor(stderr, options, env);
  const began = performance.now();
  return (direction, { remote, name }, offset, bytes) => {
    const peer = remote === null || remote === '' ? (name ?? 'the peer') : remote;
    const seconds = (performance.now() - began) / 1000;
    const passed = { direction, peer, seconds, offset, bytes };
    // Asked anew each time: a terminal's width changes.
    return written(stderr, renderPassed(passed, { theme, width: widthOf(stderr) }));
  };
}

function written(stderr: NodeJS.WriteStream, lines: string): Promise<void> | undefined {
  return stderr.write(`${lines}\n`) ? undefined : drained(stderr);
}
