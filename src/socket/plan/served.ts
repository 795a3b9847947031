/** A connection of a server whose bytes only go somewhere: one small object, and no promise. */
import { SocketError } from '../errors.ts';
import type { Connection } from '../stream/connection.ts';
import { Pump, sharedBuffer } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';

/** What all of a server's connections have in common. */
export interface Serving {
  closed(connection: Connection, lost: SocketError | null): void;
  /** One is over, and there is room for another. */
  over(): void;
  /** What can't happen has. */
  broken(error: unknown): void;
}

export class Served extends Pump {
  private readonly connection: Connection;
  private readonly server: Serving;

  constructor(connection: Connection, into: Sink, server: Serving) {
    super(connection.source, into, connection.buffer ?? sharedBuffer());
    this.connection = connection;
    this.server = server;
  }

  protected ended(): void {
    this.close(null);
  }

  protected failed(error: unknown): void {
    if (error instanceof SocketError) this.close(error);
    else this.server.broken(error);
  }

  private close(lost: SocketError | null): void {
    const { connection, server } = this;
    connection
      .close()
      .then(() => server.closed(connection, lost))
      .then(server.over, server.broken);
  }
}
