/** A page about the connection that it comes over. */
import type { Connection } from '../../stream/connection.ts';
import { plainText } from '../plain-text.ts';
import type { Answer } from './answer.ts';
import { pageFor } from './page.ts';
import type { Request } from './request.ts';

/** Every path leads to it. @param nowMs milliseconds since 1970 */
export function aboutPage(connection: Connection, request: Request, nowMs: number): Answer {
  return pageFor(request, {
    title: 'This connection',
    rows: [
      ['from', connection.remote ?? 'a socket without an address'],
      ['to', connection.local ?? 'a socket without an address'],
      ['at', new Date(nowMs).toISOString()],
    ],
    lines: request.lines.map(plainText),
  });
}
