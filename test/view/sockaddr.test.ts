import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { addressFields, encodeAddress, type SocketAddress } from '../../src/sys/sockaddr.ts';
import { widthOf } from '../../src/view/layout.ts';
import { renderSockaddr } from '../../src/view/sockaddr.ts';
import { page } from '../support/steps.ts';

const INDENT = ' '.repeat(11);

function shown(
  address: SocketAddress,
  style: Parameters<typeof page>[0] = {},
  width = 80,
): string[] {
  return renderSockaddr(addressFields(encodeAddress(address)), INDENT, width, page(style).theme);
}

const IPV4: SocketAddress = { family: 'inet', host: '127.0.0.1', port: 8888 };
const IPV6: SocketAddress = { family: 'inet6', host: 'fe80::1', port: 443, scope: 2 };
const PATH: SocketAddress = { family: 'unix', path: '/run/user/1000/socklab/a-longer-name.sock' };
const ABSTRACT: SocketAddress = { family: 'abstract', name: 'x' };

describe('a socket address in memory', () => {
  it('of IPv4 is as in the design', () => {
    expect(shown(IPV4)).toEqual([
      '           02 00  │ 22 b8 │ 7f 00 00 01 │ 00 00 00 00 00 00 00 00',
      '           family   port    address       padding',
      '           8888 = 0x22b8, high byte first (htons)',
    ]);
    // With room for it, the port's note stands beside the labels.
    expect(shown(IPV4, {}, 100)[1]).toBe(
      '           family   port    address       padding   8888 = 0x22b8, high byte first (htons)',
    );
  });

  it('says that port 0 lets the kernel choose', () => {
    expect(shown({ ...IPV4, port: 0 }).join('\n')).toContain('port 0: the kernel chooses one');
  });

  it('leaves the note about the port away where it is said elsewhere', () => {
    const fields = addressFields(encodeAddress(IPV4));
    const { theme } = page();
    expect(renderSockaddr(fields, INDENT, 80, theme, null)).toEqual(shown(IPV4).slice(0, 2));
  });

  it('of a Unix path is its beginning, and says that there is more', () => {
    const [bytes = '', labels = ''] = shown(PATH);
    expect(bytes).toBe(`${INDENT}01 00  │ 2f 72 75 6e 2f 75 73 65 72 2f 31 30 30 30 2f 73 …`);
    expect(labels).toBe(`${INDENT}family   path`);
  });

  it('of an abstract name begins with the zero byte that makes it one', () => {
    expect(shown(ABSTRACT)[0]).toBe(`${INDENT}01 00  │ 00 78`);
  });

  it.each([80, 60, 40])(
    'has every byte, and every label under its bytes, in %d columns',
    (width) => {
      for (const address of [IPV4, IPV6, ABSTRACT]) {
        const fields = addressFields(encodeAddress(address)).filter(
          ({ bytes }) => bytes.length > 0,
        );
        const lines = shown(address, {}, width);
        const found = fields.map(({ label }) => {
          const row = lines.findIndex(
            (line) => new RegExp(`\\b${label}\\b`).test(line) && !/\d\d \d\d/.test(line),
          );
          const column = lines[row]?.search(new RegExp(`\\b${label}\\b`)) ?? -1;
          const cell = lines[row - 1]?.slice(column).split('│')[0] ?? '';
          return [label, cell.trim()];
        });
        expect(found).toEqual(
          fields.map(({ label, bytes }) => [
            label,
            Buffer.from(bytes)
              .toString('hex')
              .replaceAll(/..(?=.)/g, '$& '),
          ]),
        );
      }
    },
  );

  it.each([{}, { ascii: true }, { color: true }])('fits into 80 columns with %o', (style) => {
    const wide = [IPV4, IPV6, PATH, ABSTRACT]
      .flatMap((address) => shown(address, style))
      .filter((line) => widthOf(line) > 80);
    expect(wide).toEqual([]);
  });

  it('is ASCII alone with --ascii, and says the same in colour', () => {
    for (const address of [IPV4, IPV6, PATH, ABSTRACT]) {
      expect(shown(address, { ascii: true }).join('')).toMatch(/^[\x20-\x7e]*$/);
      expect(shown(address, { color: true }).map(stripVTControlCharacters)).toEqual(shown(address));
    }
  });
});
