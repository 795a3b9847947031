/** An argument that is a structure: `{1, 0}`, `person{"Ann", 33}`. */
import { nearest } from '../../wire/nearest.ts';
import { ValueProblem } from '../../wire/struct/value.ts';
import type { Arg, Item, Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import { recordOf } from '../records.ts';
import type { Arguments } from './arguments.ts';

/**
 * With a type, the structure as it lies in memory; without one, its fields.
 * @throws BadCall for a type that there is not, and for values that its fields can’t hold
 */
export function structureOf(
  args: Arguments,
  arg: Extract<Arg, { kind: 'struct' }>,
  at: number,
): Value {
  const fields = arg.fields.map((field) => itemOf(args, field, at));
  if (arg.type === undefined) return { kind: 'struct', fields };
  const { structs } = args.scope;
  const type = structs.get(arg.type);
  if (type === undefined) {
    throw new BadCall(`there is no struct ${arg.type}`, at, nearest(arg.type, structs.keys()));
  }
  try {
    return recordOf(type, fields);
  } catch (error) {
    if (error instanceof ValueProblem) throw new BadCall(error.message, at);
    throw error;
  }
}

function itemOf(args: Arguments, arg: Arg, at: number): Item {
  if (arg.kind === 'list') return arg.items.map((one) => itemOf(args, one, at));
  if (arg.kind === 'decimal') return arg.value;
  const value = args.valueOf(arg, at);
  if (value?.kind === 'bytes') return value.bytes;
  if (value?.kind === 'struct') return value.fields;
  return args.numberOf(arg, at);
}
