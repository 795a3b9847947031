/** A connection of a server while a service that needs no promise has it: one small object. */
import { SocketError } from '../errors.ts';
import type { Connection } from '../stream/connection.ts';
import type { End } from '../stream/pump.ts';

/** What all of a server's connections have in common. */
export interface Attending {
  closed(connection: Connection, lost: SocketError | null): void;
  /** It is over, and there is room for another. */
  over(): void;
  /** What can't happen has. */
  broken(error: unknown): void;
}

export class Attended implements End {
  private readonly connection: Connection;
  private readonly server: Attending;

  constructor(connection: Connection, server: Attending) {
    this.connection = connection;
    this.server = server;
  }

  resolve(): void {
    this.close(null);
  }

  reject(error: unknown): void {
    if (error instanceof SocketError) this.close(error);
    else this.server.broken(error);
  }

  private close(lost: SocketError | null): void {
    const { connection, server } = this;
    connection
      .close()
      .then(() => server.closed(connection, lost))
      .then(() => server.over(), server.broken);
  }
}
