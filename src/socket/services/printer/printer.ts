/** A raw printer port, as on 9100: each connection is a job, and each job becomes a file. */
import { entriesOf, openToRead } from '../../../sys/files.ts';
import { pump } from '../../stream/pump.ts';
import { givenFolder } from '../given.ts';
import type { Service } from '../service.ts';
import type { World } from '../world.ts';
import { Job } from './job.ts';

/** Among so many names the highest number is looked for. */
const MOST_LOOKED_AT = 100_000;

export function printer(world: World): Service {
  const folder = givenFolder(world);
  let next = highestNumber(world, folder) + 1;
  return {
    async connection(connection) {
      const job = new Job(world, folder, () => next++);
      try {
        await pump(connection.source, job, connection.buffer);
        job.complete(connection);
      } catch (error) {
        if (job.giveUp(connection, error) === 'ours') await connection.reset();
        throw error;
      }
    },
  };
}

/** So that the numbers go on where an earlier server ended. */
function highestNumber({ door }: World, path: string): number {
  const folder = openToRead(path);
  if (typeof folder === 'number') return 0;
  const entries = entriesOf(folder, MOST_LOOKED_AT);
  door.sys.close(folder.fd);
  if (typeof entries === 'number') return 0;
  return entries.reduce((most, { name }) => Math.max(most, numberOf(name)), 0);
}

function numberOf(name: string): number {
  return Number(/^job-(\d{4,9})-/.exec(name)?.[1] ?? 0);
}
