/** A request's head as a value: RFC 9112. Pure. */
import { type Refusal, refusal } from './refusal.ts';

export interface Request {
  readonly method: string;
  /** As it came. */
  readonly target: string;
  /** The part of it that names what is wanted, still percent-encoded: it begins with a slash. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** The head's lines as bytes, to be shown. */
  readonly lines: readonly Uint8Array[];
  /** Whether the peer wants to send more requests afterwards. */
  readonly keepAlive: boolean;
  readonly is10: boolean;
  /** Bytes of content behind the head; null where their number is not known before they are read. */
  readonly contentLength: number | null;
  /** The peer waits to be told that it may send the content: 100-continue. */
  readonly expects: boolean;
  /** A field's values, joined by commas; empty where there is none. @param name in lower case */
  field(name: string): string;
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Methods that are known: RFC 9110 §9.1, RFC 5789. */
const KNOWN = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/** @param lines of the head, without their ends: one at least */
export function parseHead(lines: readonly Uint8Array[]): Request | Refusal {
  const [first = '', ...rest] = lines.map((line) => Buffer.from(line).toString('latin1'));
  // RFC 9112 §2.2: a bare CR is not to be taken for anything, for others may take it for an end.
  if ([first, ...rest].some((line) => /[\r\0]/.test(line)))
    return refusal(400, 'a line of the head contains CR or NUL');
  const [, method = '', target = '', major, minor] =
    /^(\S+) (\S+) HTTP\/(\d)\.(\d)$/.exec(first) ?? [];
  if (!TOKEN.test(method)) return refusal(400, 'the request line is not METHOD TARGET HTTP/1.1');
  if (major !== '1') return refusal(505, 'this server speaks HTTP/1.1 and HTTP/1.0');
  const fields = fieldsOf(rest);
  if (fields === null) return refusal(400, 'a header field is not NAME: VALUE');
  const field = (name: string) => (fields.get(name) ?? []).join(', ');
  if (minor !== '0' && fields.get('host')?.length !== 1)
    return refusal(400, 'HTTP/1.1 needs one Host field');
  const content = contentOf(fields, minor === '0');
  if (typeof content === 'object' && content !== null) return content;
  if (!KNOWN.includes(method)) return refusal(501, 'the method is not known');
  if (method !== 'GET' && method !== 'HEAD')
    return refusal(405, 'this server answers GET and HEAD only');
  const where = partsOf(target);
  if (where === null) return refusal(400, 'the target is neither a path nor an http URL');
  const options = field('connection').toLowerCase().split(/ *, */);
  return {
    method,
    target,
    ...where,
    lines,
    keepAlive: minor === '0' ? options.includes('keep-alive') : !options.includes('close'),
    is10: minor === '0',
    contentLength: content,
    expects: field('expect') !== '',
    field,
  };
}

/** Null where a line is no field. A line that goes on with the one before (obs-fold) is none either. */
function fieldsOf(lines: readonly string[]): Map<string, string[]> | null {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    // No space before the colon: RFC 9112 §5.1, for others may read another name.
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!TOKEN.test(name)) return null;
    const value = line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '');
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return fields;
}

/** How much content follows: RFC 9112 §6. What two readers could read in two ways is refused. */
function contentOf(
  fields: ReadonlyMap<string, readonly string[]>,
  is10: boolean,
): number | null | Refusal {
  const encodings = fields.get('transfer-encoding');
  const lengths = fields.get('content-length');
  if (encodings !== undefined) {
    if (is10 || lengths !== undefined)
      return refusal(400, 'the length of the content is given in two ways');
    return encodings.join().toLowerCase() === 'chunked'
      ? null
      : refusal(501, 'the transfer coding is not known');
  }
  const [length = '0', ...others] = lengths ?? [];
  if (others.length > 0 || !/^\d{1,15}$/.test(length))
    return refusal(400, 'Content-Length is not one number');
  return Number(length);
}

/** The path and the query of a target: `/x?y`, or `http://host/x?y` as a proxy is asked. */
function partsOf(target: string): Pick<Request, 'path' | 'query'> | null {
  const local = /^https?:\/\/[^/?#]+(.*)$/i.exec(target)?.[1] ?? target;
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?$/.exec(local) ?? [];
  if (path === '' && local !== target) return { path: '/', query };
  return path.startsWith('/') ? { path, query } : null;
}
