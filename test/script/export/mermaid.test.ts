/** The sequence diagram: two ends, calls as notes, data as arrows, and nothing that Mermaid would misread. */
import { describe, expect, it } from 'vitest';
import { exportMermaid } from '../../../src/script/export/mermaid.ts';
import { recorded } from '../../support/recorded.ts';
import { TOLD } from '../../support/told-sessions.ts';

/** Text in which no sign of Mermaid’s is left but the entities. */
const TEXT = String.raw`(?:[A-Za-z0-9 _.,()=|/+-]|#\d+;)+`;
const LINES = [
  /^ {4}participant e\d+ as \w+$/,
  new RegExp(`^ {4}Note over e\\d+: ${TEXT}$`),
  new RegExp(`^ {4}e\\d+(?:->>|-x|-\\))e\\d+: ${TEXT}$`),
];

/** The text as it is shown. */
function shown(diagram: string): string {
  return diagram.replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

describe('as a sequence diagram', () => {
  for (const { shows, lines } of TOLD) {
    it(`is well formed: ${shows}`, async () => {
      const { recording } = await recorded(await lines());
      const [first, ...rest] = exportMermaid(recording.all).trimEnd().split('\n');
      expect(first).toBe('sequenceDiagram');
      const ends = rest.filter((line) => line.includes(' participant '));
      expect(ends.length).toBeGreaterThanOrEqual(2);
      expect(rest.filter((line) => !LINES.some((pattern) => pattern.test(line)))).toEqual([]);
      const known = ends.map((line) => line.trim().split(' ')[1]);
      const used = rest.flatMap((line) => [...(line.split(':')[0]?.matchAll(/\be\d+\b/g) ?? [])]);
      expect(used.filter(([end]) => !known.includes(end))).toEqual([]);
    });
  }

  it('shows who sent what, and the states', async () => {
    const { recording } = await recorded(`server = socket(AF_INET, SOCK_STREAM, 0)
listen(server, 4)
client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server)
conn = accept(server)
write(client, "a;b#c")
read(conn, 64)
shutdown(client, SHUT_WR)
close(conn)`);
    const text = shown(exportMermaid(recording.all)).replaceAll(/= \d\d+$/gm, '= FD');
    expect(text).toBe(`sequenceDiagram
    participant e1 as server
    participant e2 as client
    Note over e1: server = socket(AF_INET, SOCK_STREAM, 0) = FD
    Note over e1: listen(server, 4) = 0
    Note over e1: server: CLOSED to LISTEN
    Note over e2: client = socket(AF_INET, SOCK_STREAM, 0) = FD
    e2->>e1: connect(client, server) = 0
    Note over e2: client: CLOSED to ESTABLISHED
    Note over e1: conn = accept(server) = FD
    Note over e2: write(client, "a;b#c") = 5
    e2->>e1: "a;b#c", 5 bytes
    Note over e1: read(conn, 64) = "a;b#c"
    Note over e2: shutdown(client, SHUT_WR) = 0
    e2-)e1: FIN
    Note over e2: client: ESTABLISHED to FIN-WAIT-1
    Note over e1: conn: ESTABLISHED to CLOSE-WAIT
    Note over e1: close(conn) = 0
    e1-)e2: FIN
    Note over e1: conn: CLOSE-WAIT to CLOSED
    Note over e2: client: FIN-WAIT-1 to TIME-WAIT
`);
  });
});
