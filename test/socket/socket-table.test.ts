/** Names and descriptors: which socket a name means, and for how long it is known. */
import { beforeEach, expect, it } from 'vitest';
import { type SocketRecord, SocketTable } from '../../src/socket/socket-table.ts';

const TCP = { domain: 2, type: 1 };

let table: SocketTable;
beforeEach(() => {
  table = new SocketTable();
});

const names = () => table.all().map(({ name }) => name);

it('finds a socket by its name and by its descriptor', () => {
  const record = table.add(21, TCP, 'server');
  expect(record).toMatchObject({
    name: 'server',
    fd: 21,
    open: true,
    nonBlocking: false,
    last: null,
  });
  expect(table.get('server')).toBe(record);
  expect(table.byDescriptor(21)).toBe(record);
  expect(table.get('fd21')).toBeUndefined();
  expect(table.byDescriptor(22)).toBeUndefined();
});

it('gives a socket without a name one of its number', () => {
  expect(table.add(21, TCP).name).toBe('fd21');
});

it('keeps a closed socket by its name, and not by its number', () => {
  const record = table.add(21, TCP, 'server');
  table.close(record);
  expect(table.get('server')).toBe(record);
  expect(record.open).toBe(false);
  expect(table.byDescriptor(21)).toBeUndefined();
  expect([table.openOnes(), names()]).toEqual([[], ['server']]);
});

it('gives a name to the newest; an open one that had it stays within reach by its number', () => {
  const first = table.add(21, TCP, 'conn');
  const second = table.add(22, TCP, 'conn');
  expect(table.get('conn')).toBe(second);
  expect(table.get('fd21')).toBe(first);
  expect(first.name).toBe('fd21');
  expect(table.openOnes()).toEqual([first, second]);
});

it('gives a name to the newest, and forgets a closed one that had it', () => {
  const first = table.add(21, TCP, 'conn');
  table.close(first);
  const second = table.add(21, TCP, 'conn');
  expect(table.all()).toEqual([second]);
});

it('loses no open socket whose number is another one’s name', () => {
  const first = table.add(21, TCP, 'conn');
  const odd = table.add(22, TCP, 'fd21');
  const second = table.add(23, TCP, 'conn');
  expect(new Set(table.all())).toEqual(new Set([first, odd, second]));
});

it('lists sockets in the order in which they were made, also where a name is used again', () => {
  table.add(21, TCP, 'a');
  table.add(22, TCP, 'b');
  const again = table.add(23, TCP, 'a');
  expect(table.all().map(({ fd }) => fd)).toEqual([21, 22, 23]);
  expect(table.all().at(-1)).toBe(again);
});

it('keeps the 1000 that were closed last', () => {
  for (let fd = 0; fd < 3000; fd++) table.close(table.add(fd, TCP));
  const open = table.add(5000, TCP, 'open');
  expect(names().length).toBe(1001);
  expect(table.get('fd1999')).toBeUndefined();
  expect(table.get('fd2000')).toBeDefined();
  expect(table.get('open')).toBe(open);
});

it('never forgets an open one, however many were closed', () => {
  const open = table.add(1, TCP, 'first');
  for (let round = 0; round < 3000; round++) table.close(table.add(2, TCP, `s${round}`));
  expect(table.get('first')).toBe(open);
});

it('gives sockets in turn, some at a time, and looks at no more than it must', () => {
  for (let fd = 0; fd < 10; fd++) table.add(fd, TCP);
  let asked = 0;
  const next = (most: number, wanted = (_fd: number) => true) =>
    table.inTurn(most, ({ fd }) => ++asked > 0 && wanted(fd)).map(({ fd }) => fd);
  expect(next(4)).toEqual([0, 1, 2, 3]);
  expect(next(4)).toEqual([4, 5, 6, 7]);
  expect(next(4)).toEqual([0, 1, 8, 9]);
  expect(asked).toBe(12);
  // One that is gone, one that is new, and one that has another name.
  table.discard(table.byDescriptor(2) as SocketRecord);
  table.add(10, TCP);
  table.makeWay('fd3');
  expect(next(4)).toEqual([4, 5, 6, 7]);
  expect(next(4)).toEqual([3, 8, 9, 10]);
  expect(next(4, (fd) => fd % 2 === 1)).toEqual([1, 5, 7, 9]);
  // All of them, each once, where they are few.
  expect([next(20), next(20)]).toEqual([
    [0, 1, 3, 4, 5, 6, 7, 8, 9, 10],
    [0, 1, 3, 4, 5, 6, 7, 8, 9, 10],
  ]);
  expect(next(20, () => false)).toEqual([]);
});
