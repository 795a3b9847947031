/** Services on real sockets, and the world that they are given. */
import type { Door } from '../../src/socket/door.ts';
import type { Service } from '../../src/socket/services/service.ts';
import type { News, World } from '../../src/socket/services/world.ts';
import type { Session } from '../../src/socket/session/session.ts';
import { SocketConnection } from '../../src/socket/stream/socket-connection.ts';
import { BareSocket, until } from './bare.ts';
import { callOf } from './session.ts';

/** 24 November 2026, 10:15:00 UTC. */
export const MORNING = Date.UTC(2026, 10, 24, 10, 15, 0);

/** A world in which time stands still. */
export function worldOf(
  door: Door,
  world: Partial<World> & { readonly news?: News[] } = {},
): World {
  const { news, ...rest } = world;
  return {
    door,
    now: () => MORNING,
    random: () => 0.5,
    file: null,
    dir: null,
    tell: (one) => void news?.push(one),
    ...rest,
  };
}

/** A connection that nobody serves yet, and the peer at its other end. */
export interface Pair {
  readonly connection: SocketConnection;
  readonly peer: Talker;
}

/** A connection that a service has, until it is over and closed as a server closes it. */
export interface Served extends Pair {
  readonly done: Promise<void>;
}

let made = 0;

export async function connectionOf(session: Session): Promise<Pair> {
  const name = `conn${++made}`;
  const listener = BareSocket.listening(1);
  await session.perform(callOf(`${name} = socket(AF_INET, SOCK_STREAM, 0)`));
  await session.perform(callOf(`connect(${name}, 127.0.0.1:${listener.port})`));
  const peer = new Talker((await listener.accepted()).fd);
  listener.close();
  return { connection: new SocketConnection(session, name), peer };
}

export async function served(session: Session, service: Service): Promise<Served> {
  const { connection, peer } = await connectionOf(session);
  const done = service.connection(connection).finally(() => connection.close());
  done.catch(() => {});
  return { connection, done, peer };
}

/** A peer that keeps what it received. */
export class Talker extends BareSocket {
  private readonly parts: Uint8Array[] = [];
  ended = false;

  get received(): Buffer {
    return Buffer.concat(this.parts);
  }

  /** What came with the last read that brought anything. */
  get latest(): string {
    return Buffer.from(this.parts.at(-1) ?? '').toString();
  }

  get text(): string {
    return this.received.toString();
  }

  /** Takes what has come. */
  take(): void {
    for (;;) {
      const part = this.read(256 * 1024);
      if (part === null) this.ended = true;
      if (part === null || part.length === 0) return;
      this.parts.push(part.slice());
    }
  }

  /** Waits until it has received the text. @returns all that it has received */
  async hears(text: string): Promise<string> {
    await until(`the peer hears ${JSON.stringify(text)}`, () => {
      this.take();
      return this.received.includes(text);
    });
    return this.text;
  }

  /** Waits for the end. @returns all that it has received */
  async hearsAll(): Promise<Buffer> {
    await until('the peer sees the end', () => {
      this.take();
      return this.ended;
    });
    return this.received;
  }

  /** Writes all, as there is room. */
  async says(content: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(content);
    let sent = 0;
    await until('all is written', () => {
      sent += this.write(bytes.subarray(sent, sent + 100_000));
      return sent === bytes.length;
    });
  }
}
