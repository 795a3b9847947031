/** One file: each client gets all of it, then FIN. */
import type { Connection } from '../stream/connection.ts';
import { farewell } from '../stream/farewell.ts';
import { sendFile } from '../stream/send-file.ts';
import { givenFile, openedFile } from './given.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

export function file(world: World): Service {
  const { door } = world;
  const path = givenFile(world);
  const sendAll = async (connection: Connection) => {
    // Anew for each client: who replaces the file need not start the server again.
    const opened = openedFile(door, path);
    try {
      // To its end, also where it has grown meanwhile.
      await sendFile(door, connection, opened);
    } finally {
      door.sys.close(opened.fd);
    }
  };
  return {
    async connection(connection) {
      try {
        await sendAll(connection);
      } catch (error) {
        // A part of a file must not look like all of it: no FIN.
        await connection.reset();
        throw error;
      }
      await farewell(door, connection);
    },
  };
}
