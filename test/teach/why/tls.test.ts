/** What helps where TLS failed. */
import { expect, it } from 'vitest';
import { tlsProblem } from '../../../src/socket/tls/problem.ts';
import { whyError } from '../../../src/teach/why/failed.ts';

it.each([
  ['CERT_HAS_EXPIRED', /clock.*--insecure/],
  ['CERT_NOT_YET_VALID', /clock.*--insecure/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /--ca FILE.*--insecure/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /--ca FILE.*--insecure/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /--ca FILE.*--insecure/],
  ['CERT_ALTNAME_INVALID', /--sni NAME.*--insecure/],
  ['WRONG_VERSION_NUMBER', /Without tls: in front/],
  ['EOF', /does not speak TLS/],
  ['ETIMEDOUT', /does not speak TLS/],
  ['UNEXPECTED_EOF', /by close_notify that it is done/],
  ['HTTP_REQUEST', /https:/],
  ['TLSV1_ALERT_UNKNOWN_CA', /could not verify/],
])('%s', (code, advice) => {
  const error = tlsProblem(code, 'what is wrong', { remote: '127.0.0.1:443' });
  expect(whyError(error, null, [])).toMatch(advice);
});
