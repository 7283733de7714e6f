/**
 * Stands in for mysql2's parameters of a stated type, which nobody outside the driver has a way to make here. The driver itself
 * makes them of integers, where the server has said that it expects one.
 */

/** How many bytes each type has, by the number that the protocol gives it: TINY, SHORT, LONG, LONGLONG. */
const BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 4, 8: 8 };

export class TypedParameter {
  constructor(
    readonly type: number,
    readonly value: bigint,
    readonly unsigned: boolean,
  ) {}
}

/** An integer as the type that is expected; null where it is none, or does not fit. */
export function integerHint(value: unknown, type: number, unsigned: boolean): TypedParameter | null {
  const bytes = BYTES[type];
  if (bytes === undefined || !isInteger(value)) return null;
  const integer = BigInt(value);
  const held = unsigned ? BigInt.asUintN(bytes * 8, integer) : BigInt.asIntN(bytes * 8, integer);
  return held === integer ? new TypedParameter(type, integer, unsigned) : null;
}

function isInteger(value: unknown): value is bigint | boolean | number {
  return typeof value === 'bigint' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

/** How it is written. */
export function encodeTypedParameter({ type, value, unsigned }: TypedParameter): Encoded {
  const length = BYTES[type] ?? 0;
  const bits = BigInt.asUintN(length * 8, value);
  return {
    value: length === 8 ? bits : Number(bits),
    length,
    writer(written) {
      this.writeUIntLE(written, length);
    },
    type,
    unsigned,
  };
}

interface Encoded {
  readonly value: bigint | number;
  readonly length: number;
  readonly writer: (this: Packet, written: bigint | number) => void;
  readonly type: number;
  readonly unsigned: boolean;
}

/** What of the driver's packets is used. */
interface Packet {
  writeUIntLE(value: bigint | number, bytes: number): void;
}
