/** The options of TLS, for commands that connect and for those that listen. */
import { type Command, InvalidArgumentError } from 'commander';

/** ALPN counts a protocol's bytes in one byte (RFC 7301 §3.1). */
const LONGEST_PROTOCOL = 255;

export function tlsClient(command: Command): void {
  command
    .option('--sni <name>', 'tls: ask for this name, and want a certificate for it')
    .option('--alpn <list>', 'tls: offer these protocols, as in h2,http/1.1', protocols)
    .option('--ca <file>', 'tls: trust the certificates in this PEM file, and no others')
    .option('--insecure', 'tls: do not verify the peer’s certificate');
}

export function tlsServer(command: Command): void {
  certificate(command);
  command.option('--alpn <list>', 'tls: speak these protocols, as in h2,http/1.1', protocols);
}

export function certificate(command: Command): void {
  command
    .option('--cert <file>', 'tls: show this certificate, in PEM form; one is made without it')
    .option('--key <file>', 'tls: its private key, in PEM form, if it is not in the same file');
}

function protocols(text: string): readonly string[] {
  const list = text.split(',').map((one) => one.trim());
  for (const one of list) {
    const { length } = Buffer.from(one);
    if (length === 0 || length > LONGEST_PROTOCOL)
      throw new InvalidArgumentError('It takes names of protocols with commas: h2,http/1.1');
  }
  return list;
}
