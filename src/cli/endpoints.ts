/** Endpoints on the command line. A mistake is shown with a caret under it. */
import { type AccessRule, parseRule } from '../socket/access.ts';
import { type Endpoint, EndpointError, parseEndpoint } from '../socket/endpoint.ts';
import type {
  DatagramEndpoint,
  Family,
  InternetEndpoint,
  StreamEndpoint,
} from '../socket/plan/addresses.ts';
import { UNIX_PATH_SIZE } from '../sys/sockaddr.ts';
import { renderProblem } from '../view/caret.ts';
import { createTheme } from '../view/theme.ts';
import { EXIT, Failure } from './exit.ts';

/** The path's own bytes: its terminator has to fit, too. */
const MOST_NAME_BYTES = UNIX_PATH_SIZE - 1;

/** @throws Failure with a caret under the part that is wrong */
export function streamEndpoint(text: string): StreamEndpoint {
  const endpoint = parsed(text);
  const { transport } = endpoint;
  if (transport === 'tcp' || transport === 'tls' || transport === 'unix')
    return endpoint as StreamEndpoint;
  throw problem(`this command speaks tcp, tls and unix, not ${endpoint.transport}`, text, [
    0,
    endpoint.transport.length,
  ]);
}

/**
 * Null where the endpoint is one of another transport.
 * @throws Failure with a caret under the part that is wrong
 */
export function datagramEndpoint(text: string): DatagramEndpoint | null {
  const endpoint = parsed(text);
  const { transport } = endpoint;
  return transport === 'udp' || transport === 'unixgram' ? (endpoint as DatagramEndpoint) : null;
}

/** -4 and -6. */
export function familyOf(options: { readonly 4?: boolean; readonly 6?: boolean }): Family {
  return options[4] ? 4 : options[6] ? 6 : 0;
}

/** `ADDR[:PORT]` for --source: without a port the kernel picks one. */
export function sourceEndpoint(text: string): InternetEndpoint {
  if (text === '') throw problem('an address is missing', text, [0, 1]);
  const hasPort = /\]:|^[^:[]*:[^:]*$/.test(text);
  const endpoint = parsed(
    hasPort ? text : text.includes(':') && !text.startsWith('[') ? `[${text}]:0` : `${text}:0`,
  );
  if (endpoint.transport === 'tcp' && 'port' in endpoint) return endpoint;
  throw problem('an address, and a port at most', text, [0, text.length]);
}

/**
 * What --allow and --deny say.
 * @throws Failure with a caret under what is no network; where the peers have no addresses
 */
export function rulesFrom(
  words: readonly { readonly allow: boolean; readonly text: string }[],
  endpoint: Endpoint,
): AccessRule[] {
  if (words.length > 0 && !('port' in endpoint))
    throw new Failure(
      '--allow and --deny are about IP addresses: a Unix socket’s peers have none',
      EXIT.usage,
    );
  return words.map(({ allow, text }) => {
    try {
      return parseRule(allow, text);
    } catch (error) {
      if (error instanceof EndpointError)
        throw problem(error.message, error.text, error.span, 'not a network');
      throw error;
    }
  });
}

function parsed(text: string): Endpoint {
  try {
    const endpoint = parseEndpoint(text);
    // A path ends with a zero byte, and an abstract name begins with one.
    const [name, what] =
      'path' in endpoint
        ? [endpoint.path, 'path']
        : 'abstract' in endpoint
          ? [endpoint.abstract, 'abstract name']
          : ['', ''];
    if (Buffer.byteLength(name) > MOST_NAME_BYTES) {
      const message = `a Unix socket’s ${what} has ${MOST_NAME_BYTES} bytes at most (unix(7))`;
      throw new EndpointError(message, text, [text.length - name.length, text.length]);
    }
    return endpoint;
  } catch (error) {
    if (error instanceof EndpointError) throw problem(error.message, error.text, error.span);
    throw error;
  }
}

function problem(
  message: string,
  text: string,
  span: readonly [number, number],
  what = 'not an endpoint',
): Failure {
  const theme = createTheme({ color: false, ascii: false });
  return new Failure(
    `${what}\n${renderProblem({ message, text, span, suggestion: null }, theme)}`,
    EXIT.usage,
  );
}
