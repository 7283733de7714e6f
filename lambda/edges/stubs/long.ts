/**
 * Stands in for `long` in mysql2, which reads with it the integers that a number cannot hold. The language has them by now.
 */
module.exports = class Long {
  readonly #value: bigint;

  constructor(low: number, high: number, isUnsigned: boolean) {
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    this.#value = isUnsigned ? bits : BigInt.asIntN(64, bits);
  }

  toNumber(): number {
    return Number(this.#value);
  }

  toString(): string {
    return this.#value.toString();
  }
};
