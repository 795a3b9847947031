import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printFields, printStruct } from '../../../src/wire/struct/definition.ts';
import { parseFields, parseStruct } from '../../../src/wire/struct/parse.ts';
import { definitions, structsIn } from '../../support/structs.ts';

describe('a struct, printed', () => {
  it.each([
    'struct person { char name[30]; uint32_t age; } packed network',
    'struct person { char name[30]; uint32_t age; }',
    'struct s { unsigned long int a[3]; bool b; } little',
    'struct s { int a; } packed',
  ])('is as it is written: %s', (text) => {
    expect(printStruct(parseStruct(text))).toBe(text);
  });

  it('has one field after the other, however they were written', () => {
    const text = 'struct\ns\n{ int\ta , b[0x10] /* , c */ ; unsigned // no\n int d }network ;';
    expect(printStruct(parseStruct(text))).toBe(
      'struct s { int a; int b[16]; unsigned int d; } network',
    );
    expect(printStruct(parseStruct('typedef struct tag { int a; } packed s;'))).toBe(
      'struct s { int a; } packed',
    );
  });

  it('is read back as the same', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const known = structsIn(definition);
        expect(parseStruct(printStruct(definition), known)).toEqual(definition);
        expect(parseFields(printFields(definition), known)).toEqual({ fields: definition.fields });
      }),
    );
  });
});
