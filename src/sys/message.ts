/**
 * struct msghdr: a datagram together with its sender and with what the kernel says beside it
 * (recvmsg(2), cmsg(3)). Its pointers are written once, since typed arrays stay where they are.
 */
import { addressOf } from './ffi.ts';
import { viewOf, zeroed } from './memory.ts';
import { ADDRESS_STORAGE } from './sockaddr.ts';

/** struct msghdr of Linux on 64 bits: pointers and lengths in turns. */
const HEADER = {
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  size: 56,
};
/** struct iovec. */
const IOV = { base: 0, length: 8, size: 16 };
/** struct cmsghdr: its length counts itself. */
const CONTROL = { length: 0, level: 8, type: 12, data: 16 };
/** More than struct in6_pktinfo takes. */
const CONTROL_ROOM = 64;

const IPPROTO_IP = 0;
const IP_PKTINFO = 8;
const IPPROTO_IPV6 = 41;
const IPV6_RECVPKTINFO = 49;
const IPV6_PKTINFO = 50;

export class Message {
  /** What system calls take. */
  readonly header: Uint8Array;
  /** The datagram itself. */
  readonly data: Uint8Array;
  private readonly name = zeroed(ADDRESS_STORAGE);
  private readonly control = zeroed(CONTROL_ROOM);
  private readonly iov = zeroed(IOV.size);
  private readonly view: DataView;
  private readonly iovView: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.header = zeroed(HEADER.size);
    this.view = viewOf(this.header);
    this.iovView = viewOf(this.iov);
    this.view.setBigUint64(HEADER.name, addressOf(this.name), true);
    this.view.setBigUint64(HEADER.iov, addressOf(this.iov), true);
    this.view.setBigUint64(HEADER.iovLength, 1n, true);
    this.view.setBigUint64(HEADER.control, addressOf(this.control), true);
    this.iovView.setBigUint64(IOV.base, addressOf(data), true);
  }

  /** Says how much room there is; the kernel overwrites it. */
  toReceive(): this {
    this.lengths(this.data.length, this.name.length, this.control.length);
    return this;
  }

  /** @param via what {@link via} gave: the address of ours that it is to leave from */
  toSend(bytes: Uint8Array, address: Uint8Array, via: Uint8Array): this {
    this.data.set(bytes);
    this.name.set(address);
    this.control.set(via);
    this.lengths(bytes.length, address.length, via.length);
    return this;
  }

  /** The sender's address, as the kernel wrote it. A view: copy it. */
  get sender(): Uint8Array {
    return this.name.subarray(0, this.view.getUint32(HEADER.nameLength, true));
  }

  /**
   * Which address of ours it came to, so that an answer can leave from the same one: a control
   * message (IP_PKTINFO of ip(7), IPV6_PKTINFO of ipv6(7)); null where the kernel did not say.
   */
  get via(): Uint8Array | null {
    const length = Number(this.view.getBigUint64(HEADER.controlLength, true));
    if (length < CONTROL.data) return null;
    const copy = zeroed(length);
    copy.set(this.control.subarray(0, length));
    const view = viewOf(copy);
    const [level, type] = [view.getInt32(CONTROL.level, true), view.getInt32(CONTROL.type, true)];
    if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO) {
      const linkLocal =
        copy[CONTROL.data] === 0xfe && ((copy[CONTROL.data + 1] ?? 0) & 0xc0) === 0x80;
      // An address of a link means nothing without its interface; any other may take another way.
      if (!linkLocal) view.setUint32(CONTROL.data + 16, 0, true);
      return copy;
    }
    if (level !== IPPROTO_IP || type !== IP_PKTINFO) return null;
    // struct in_pktinfo: the interface, the address to answer from, the one that it was sent to.
    view.setInt32(CONTROL.data, 0, true);
    return copy;
  }

  private lengths(data: number, name: number, control: number): void {
    this.iovView.setBigUint64(IOV.length, BigInt(data), true);
    this.view.setUint32(HEADER.nameLength, name, true);
    this.view.setBigUint64(HEADER.controlLength, BigInt(control), true);
  }
}

/** The options that make the kernel say where a datagram came to. Linux only. */
export function pktinfoOption(family: 'inet' | 'inet6'): { level: number; option: number } {
  return family === 'inet'
    ? { level: IPPROTO_IP, option: IP_PKTINFO }
    : { level: IPPROTO_IPV6, option: IPV6_RECVPKTINFO };
}
