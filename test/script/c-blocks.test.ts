import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lines } from '../support/lines.ts';

let lines: Lines;
beforeEach(async () => {
  lines = await Lines.begin();
});
afterEach(() => lines.session.close());

describe('the check of C around a call', () => {
  it('leads past its block where the condition does not hold', async () => {
    const { mismatch, end, notes } = await lines.run('if (listen(server, 1) < 0) {');
    expect([mismatch, end, notes]).toEqual([null, null, []]);
    const skipped = ['not run: the condition does not hold'];
    expect(await lines.all('close(server)')).toEqual(skipped);
    expect(await lines.all('if (listen(server, 1) < 0) {', 'x = 5', '}')).toEqual([
      ...skipped,
      ...skipped,
    ]);
    expect(await lines.all('exit(1);', '}')).toEqual(skipped);
    expect(lines.value('x')).toBeNull();
    expect(await lines.all('listen(server, 2)')).toEqual([]);
  });

  it('leads into it where it holds; exit() is where C would end', async () => {
    expect(await lines.all('if (connect(server, server) < 0) {', 'perror("connect");')).toEqual([
      'connect: Transport endpoint is already connected',
    ]);
    const { end, notes } = await lines.run('exit(-1);');
    expect(notes).toEqual(['exit(-1): a C program would end here']);
    expect(end).toEqual({
      code: -1,
      why: { expected: '>= 0', actual: 'EISCONN (Transport endpoint is already connected)' },
    });
    expect(await lines.all('}', 'x = 1')).toEqual([]);
    expect(lines.value('x')).toBe('1');
  });

  it('says what a body on its line does', async () => {
    const line = 'if (connect(server, server) < 0) { perror("connect"); return 1; }';
    const { end, notes } = await lines.run(line);
    expect(end?.code).toBe(1);
    expect(notes).toEqual([
      'connect: Transport endpoint is already connected',
      'return 1: a C program would end here',
    ]);
    expect((await lines.run('if (listen(server, 1) < 0) exit(1);')).end).toBeNull();
  });

  it('has an else', async () => {
    await lines.all('if (listen(server, 1) < 0) {', 'x = 1', '} else {', 'y = 1', '}', 'z = 1');
    expect([lines.value('x'), lines.value('y'), lines.value('z')]).toEqual([null, '1', '1']);
    await lines.all('if (listen(server, 1) == 0) {', 'a = 1', '} else {', 'b = 1', '}');
    expect([lines.value('a'), lines.value('b')]).toEqual(['1', null]);
    await lines.all('if (listen(server, 1) == 1) {', '} else {');
    expect((await lines.run('exit(2);')).end).toEqual({
      code: 2,
      why: { expected: '== 1', actual: '0' },
    });
  });

  it('ends nothing at the end of main()', async () => {
    await lines.all('int main(void) {', 'listen(server, 1)');
    expect((await lines.run('return 0;')).end).toBeNull();
    expect(await lines.all('exit(1);')).toEqual(['exit(1): a C program would end here']);
  });

  it.each([
    ['< 1', true],
    ['<= 0', true],
    ['<= -1', false],
    ['> 0', false],
    ['>= 0', true],
    ['== 0', true],
    ['== 1', false],
    ['!= 0', false],
    ['!= sizeof(int)', true],
    ['== NULL', true],
  ])('compares: 0 %s', async (comparison, taken) => {
    await lines.all(`if (listen(server, 1) ${comparison}) {`, 'x = 1', '}');
    expect(lines.value('x')).toBe(taken ? '1' : null);
  });

  it('knows a FILE from NULL', async () => {
    await lines.connect();
    await lines.all('if ((fin = fdopen(conn, "r")) == NULL) {', 'x = 1', '}');
    await lines.all('if ((bad = fdopen(conn, "q")) == NULL) {', 'y = 1', '}');
    expect([lines.value('x'), lines.value('y')]).toEqual([null, '1']);
  });

  it('is not decided while the call is blocked; whoever waits may ask', async () => {
    const { job, decide } = await lines.statement('if ((conn = accept(server)) < 0) {');
    expect(job.blocked).not.toBeNull();
    expect(await lines.all('x = 1')).toEqual(['not run: the condition does not hold']);
    lines.session.cancel();
    const step = await job.step;
    expect(decide?.(step)).toEqual({ notes: [], end: null });
    expect((await lines.run('exit(1);')).end?.why?.actual).toMatch(/^EINTR/);
  });

  it('is refused where it compares with no number', async () => {
    await expect(lines.run('if (listen(server, 1) < "x") {')).rejects.toThrow(
      /compared with a number/,
    );
  });
});
