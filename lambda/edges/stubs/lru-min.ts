/**
 * Stands in for `lru.min` in mysql2, which keeps decoders, TLS sessions and prepared statements with it. Here what has been in it for
 * longest goes first, and not what was not used for longest: of any of them the function comes nowhere near the most.
 */
export function createLRU<Value>({ max, onEviction }: Options<Value>): Map<unknown, Value> {
  return new (class extends Map<unknown, Value> {
    override set(key: unknown, value: Value): this {
      const [first] = this.size < max ? [] : this;
      if (first && this.delete(first[0])) onEviction?.(...first);
      return super.set(key, value);
    }
  })();
}

interface Options<Value> {
  readonly max: number;
  readonly onEviction?: (key: unknown, value: Value) => void;
}
