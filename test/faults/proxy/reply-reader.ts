/** How the server answered one statement: `ok`, `rows`, or the number of its error. */
export interface Reply {
  readonly result: 'ok' | 'rows' | number;
  /** Whether a transaction is open after it; after an error nobody says. */
  readonly isInTransaction?: boolean;
  /** Whether another reply to the same command follows. */
  readonly hasMore: boolean;
}

const IN_TRANSACTION = 0x0001;
const MORE_RESULTS = 0x0008;

/**
 * Tells where the replies to one command end: one for each of its statements. Without CLIENT_DEPRECATE_EOF, which the
 * function's driver does not ask for.
 */
export class ReplyReader {
  readonly #isPreparing: boolean;
  /** `definitions`: how many lists of them, each closed by an EOF, come before the rows or the end. */
  #state: 'first' | 'columns' | 'rows' | 'definitions' = 'first';
  #lists = 0;

  /** @param isPreparing - the command prepares a statement, which has an answer of its own form */
  constructor(isPreparing: boolean) {
    this.#isPreparing = isPreparing;
  }

  /** Takes the next packet; gives the reply that it ends, if it ends one. */
  push(payload: Buffer): Reply | null {
    const head = payload[0];
    if (head === 0xff) return { result: payload.readUInt16LE(1), hasMore: false };
    const isEof = head === 0xfe && payload.length < 9;
    switch (this.#state) {
      case 'first':
        if (this.#isPreparing) return this.#onPrepared(payload);
        if (head === 0x00) return this.#end('ok', statusOfOk(payload));
        // An option of the session was set.
        if (isEof) return this.#end('ok', payload.readUInt16LE(3));
        this.#state = 'columns';
        return null;
      case 'columns':
        if (isEof) this.#state = 'rows';
        return null;
      case 'rows':
        return isEof ? this.#end('rows', payload.readUInt16LE(3)) : null;
      case 'definitions':
        if (isEof) this.#lists -= 1;
        return this.#lists === 0 ? { result: 'ok', hasMore: false } : null;
    }
  }

  #onPrepared(payload: Buffer): Reply | null {
    this.#lists = [payload.readUInt16LE(5), payload.readUInt16LE(7)].filter((count) => count > 0).length;
    this.#state = 'definitions';
    return this.#lists === 0 ? { result: 'ok', hasMore: false } : null;
  }

  #end(result: 'ok' | 'rows', status: number): Reply {
    this.#state = 'first';
    return { result, isInTransaction: (status & IN_TRANSACTION) !== 0, hasMore: (status & MORE_RESULTS) !== 0 };
  }
}

/** An OK packet holds two numbers of varying length before its status. */
function statusOfOk(payload: Buffer): number {
  const afterRows = 1 + lengthOfNumber(payload, 1);
  return payload.readUInt16LE(afterRows + lengthOfNumber(payload, afterRows));
}

function lengthOfNumber(payload: Buffer, at: number): number {
  switch (payload.readUInt8(at)) {
    case 0xfc:
      return 3;
    case 0xfd:
      return 4;
    case 0xfe:
      return 9;
    default:
      return 1;
  }
}
