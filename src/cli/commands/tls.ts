/** The options of TLS, for commands that connect and for those that listen. */
import { type Command, InvalidArgumentError } from 'commander';

/** ALPN counts a protocol's bytes in one byte (RFC 7301 §3.1). */
const LONGEST_PROTOCOL = 255;

const TLS = 'TLS:';

export function tlsClient(command: Command): void {
  command
    .optionsGroup(TLS)
    .option('--sni <name>', 'ask for this name, and want a certificate for it')
    .option('--alpn <list>', 'offer these protocols, as in h2,http/1.1', protocols)
    .option('--ca <file>', 'trust the certificates in this PEM file, and no others')
    .option('--insecure', 'do not verify the peer’s certificate');
}

export function tlsServer(command: Command): void {
  certificate(command);
  command.option('--alpn <list>', 'speak these protocols, as in h2,http/1.1', protocols);
}

export function certificate(command: Command): void {
  command
    .optionsGroup(TLS)
    .option('--cert <file>', 'show this certificate, in PEM form; one is made without it')
    .option('--key <file>', 'its private key, in PEM form, if it is not in the same file');
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
