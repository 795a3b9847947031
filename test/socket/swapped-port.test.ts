import { describe, expect, it } from 'vitest';
import { swapped, withoutHtons } from '../../src/socket/swapped-port.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

describe('a port with its bytes swapped', () => {
  it('is what C has without htons(), for every port', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<null, number[]>(`
import struct
def answer(question):
    return [struct.unpack('<H', struct.pack('>H', port))[0] for port in range(65536)]`);
    const ports = Array.from({ length: 65536 }, (_, port) => swapped(port));
    expect(ports).toEqual(await python.ask(null));
  });

  it('is recognised where the other way round is a port that people use', () => {
    expect(withoutHtons(35091)).toBe(5001);
    expect(withoutHtons(20480)).toBe(80);
  });

  it('is not suspected behind a port that makes sense, or behind any other', () => {
    for (const port of [5001, 80, 8888, 0, 22, 40000]) expect(withoutHtons(port)).toBeNull();
  });
});
