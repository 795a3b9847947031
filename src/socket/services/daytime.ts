/** Daytime (RFC 867): the date and time as one line, "without regard to the input". */
import { farewell } from '../stream/farewell.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

export function daytime({ door, now }: World): Service {
  const answer = () => new TextEncoder().encode(`${written(new Date(now()))}\r\n`);
  return {
    async connection(connection) {
      await connection.sink.write(answer());
      await farewell(door, connection);
    },
    datagram: answer,
  };
}

/** RFC 867: "One popular syntax is: Weekday, Month Day, Year Time-Zone". Always UTC. */
function written(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString('en-US', { ...options, timeZone: 'UTC' });
  const day = part({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
  return `${day} ${date.toISOString().slice(11, 19)}-UTC`;
}
