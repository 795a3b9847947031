/** Requests that get no answer but a status and a reason. */

/** The statuses that are sent, by number: RFC 9110 §15. */
export const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
};

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  /** A sentence without its full stop. Nothing of the request is repeated in it. */
  readonly why: string;
}

export function refusal(status: number, why: string): Refusal {
  return { status, why };
}

export function isRefusal(value: object): value is Refusal {
  return 'why' in value;
}
