/** Endpoints on the command line. A mistake is shown with a caret under it. */
import { type Endpoint, EndpointError, parseEndpoint } from '../socket/endpoint.ts';
import type { InternetEndpoint, StreamEndpoint } from '../socket/plan/addresses.ts';
import { renderProblem } from '../view/caret.ts';
import { createTheme } from '../view/theme.ts';
import { EXIT, Failure } from './exit.ts';

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

function parsed(text: string): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointError) throw problem(error.message, error.text, error.span);
    throw error;
  }
}

function problem(message: string, text: string, span: readonly [number, number]): Failure {
  const theme = createTheme({ color: false, ascii: false });
  return new Failure(
    `not an endpoint\n${renderProblem({ message, text, span, suggestion: null }, theme)}`,
    EXIT.usage,
  );
}
