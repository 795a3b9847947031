/**
 * Addresses that were met before. A look asks for the same few again and again, and reading one
 * costs more than the system call that asks for it.
 */
import { decodeAddress, type SocketAddress, shownAddress } from '../../sys/sockaddr.ts';

/** So that a session with many short connections keeps no more; the book is then begun anew. */
const MOST_KEPT = 1024;

export class AddressBook {
  private readonly known = new Map<string, SocketAddress>();
  private readonly texts = new WeakMap<SocketAddress, string | null>();

  /** What the first bytes mean: the same bytes give the same object, while it is kept. */
  read(bytes: Buffer, length: number): SocketAddress {
    const key = bytes.toString('latin1', 0, length);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_KEPT) this.known.clear();
    const address = decodeAddress(bytes.subarray(0, length));
    this.known.set(key, address);
    return address;
  }

  /** As {@link shownAddress} has it. */
  shown(address: SocketAddress | null): string | null {
    if (address === null) return null;
    const known = this.texts.get(address);
    if (known !== undefined) return known;
    const text = shownAddress(address);
    this.texts.set(address, text);
    return text;
  }
}
