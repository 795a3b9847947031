/** An address, a name or a Unix socket's path on the screen, taken apart. */
import type {
  AddressInspection,
  Inspection,
  NameInspection,
  UnixInspection,
} from '../../socket/inspect/inspect.ts';
import { padEnd, widthOf } from '../layout.ts';
import type { Page } from '../page.ts';
import { inSigns } from '../signs.ts';
import { visibleText } from '../visible.ts';
import { addressLines } from './address.ts';
import { memoryLines, portLines, row } from './rows.ts';

/** Bytes of a Unix path on one line. */
const CHUNK = 16;

/**
 * @param text what was asked about, as it was typed
 * @param explain false leaves away what is said of all such addresses
 */
export function renderInspection(
  inspection: Inspection,
  text: string,
  page: Page,
  explain = true,
): string {
  return [title(text, inspection, page), '', ...lines(inspection, page, explain)].join('\n');
}

function title(text: string, inspection: Inspection, { theme, width }: Page): string {
  const typed = theme.strong(visibleText(text));
  const what = inSigns(whatItIs(inspection), theme);
  const line = `${typed}   ${what}`;
  return widthOf(line) <= width ? line : `${typed}\n  ${what}`;
}

function lines(inspection: Inspection, page: Page, explain: boolean): string[] {
  switch (inspection.kind) {
    case 'address':
      return addressLines(inspection, page, explain);
    case 'name':
      return nameLines(inspection, page, explain);
    case 'unix':
      return unixLines(inspection, page);
  }
}

function whatItIs(inspection: Inspection): string {
  switch (inspection.kind) {
    case 'address': {
      const { version } = inspection.address;
      if (inspection.port !== null) return endpointOf(inspection, `an IPv${version} address`);
      return version === 4
        ? 'an IPv4 address: 32 bits, four fields of 8'
        : 'an IPv6 address: 128 bits, eight groups of 16';
    }
    case 'name': {
      if (inspection.port !== null) return endpointOf(inspection, 'a name');
      const count = inspection.found.length;
      return count === 1 ? 'a name for one address' : `a name for ${count} addresses`;
    }
    case 'unix': {
      const kind = inspection.transport === 'unix' ? 'stream' : 'datagram';
      const where = inspection.form === 'path' ? 'a path' : 'an abstract name';
      return `the address of a Unix ${kind} socket: ${where}`;
    }
  }
}

function endpointOf({ transport }: AddressInspection | NameInspection, host: string): string {
  return `a ${(transport ?? 'tcp').toUpperCase()} endpoint: ${host} and a port`;
}

function nameLines({ found, port }: NameInspection, page: Page, explain: boolean): string[] {
  const wide = Math.max(...found.map(({ address }) => address.length));
  const all = found.map(({ address, scope }, i) => {
    const text = `${padEnd(address, wide)}   ${scope.word} (${scope.source})`;
    return row(i === 0 ? 'address' : '', text, page);
  });
  if (explain && found.length > 1) {
    all.push(row('', 'to be tried in this order, which is that of getaddrinfo() (RFC 6724)', page));
  }
  const [first] = found;
  if (first === undefined) return all;
  return [
    ...all,
    ...portLines(port, page),
    '',
    ...memoryLines(first.sockaddr, port !== null, page),
  ];
}

function unixLines({ form, name, sockaddr }: UnixInspection, page: Page): string[] {
  const bytes = new TextEncoder().encode(name).length;
  const size = bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const about =
    form === 'path'
      ? row('path', `${size}, and a zero byte that ends it`, page, name)
      : row('name', `${size}, behind a zero byte: it is no file’s`, page, name);
  return [about, '', ...memoryLines(sockaddr.flatMap(inChunks), true, page)];
}

/** A path's bytes, all of them: as many fields as it needs lines. */
function inChunks(field: UnixInspection['sockaddr'][number]): UnixInspection['sockaddr'] {
  const { label, bytes } = field;
  return Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) => ({
    label: i === 0 ? label : `${label}+${i * CHUNK}`,
    bytes: bytes.subarray(i * CHUNK, (i + 1) * CHUNK),
  }));
}
