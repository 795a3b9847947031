/** The head of a request: its lines as they come, bounded. */
import type { Reader } from '../../stream/reader.ts';
import { type Refusal, refusal } from './refusal.ts';

/** RFC 9112 §3: "all HTTP senders and recipients support, at a minimum, request-line lengths of 8000 octets". */
const LONGEST_REQUEST_LINE = 8192;
const LONGEST_HEAD = 32 * 1024;
const MOST_FIELDS = 100;

const [LF, CR] = [0x0a, 0x0d];

/** @returns the lines without their ends; null where the peer has ended before a request */
export async function readHead(reader: Reader): Promise<readonly Uint8Array[] | Refusal | null> {
  const lines: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const most = lines.length === 0 ? LONGEST_REQUEST_LINE : LONGEST_HEAD - size;
    const line = reader.line(most);
    if (line === null) {
      if (await reader.fill()) continue;
      if (lines.length === 0 && reader.isEmpty) return null;
      return refusal(400, 'the connection ended within the head');
    }
    size += line.length;
    if (line.at(-1) !== LF && lines.length === 0)
      return refusal(414, `a request line has ${LONGEST_REQUEST_LINE} bytes at most`);
    if (line.at(-1) !== LF || size >= LONGEST_HEAD)
      return refusal(431, `a head has ${LONGEST_HEAD} bytes at most`);
    // RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line terminator".
    const text = line.subarray(0, line.at(-2) === CR ? -2 : -1);
    if (text.length > 0) lines.push(text);
    // The same section: an empty line before the request line is ignored.
    else if (lines.length > 0) return lines;
    if (lines.length > MOST_FIELDS + 1)
      return refusal(431, `a head has ${MOST_FIELDS} fields at most`);
  }
}
