import { isMark, keywordOf, type Token } from './tokens';

/** A name with the database it is qualified with, if any. */
export interface QualifiedName {
  readonly schema?: string;
  readonly name: string;
}

/** Reads tokens one after the other, as a parser by hand wants them. */
export class TokenReader {
  readonly #tokens: Iterator<Token, unknown>;
  readonly #ahead: Token[] = [];

  constructor(tokens: Iterable<Token>) {
    this.#tokens = tokens[Symbol.iterator]();
  }

  peek(ahead = 0): Token | undefined {
    while (this.#ahead.length <= ahead) {
      const next = this.#tokens.next();
      if (next.done) return undefined;
      this.#ahead.push(next.value);
    }
    return this.#ahead[ahead];
  }

  next(): Token | undefined {
    this.peek();
    return this.#ahead.shift();
  }

  /** The word that comes, in capitals; the empty string where it is no bare word. */
  keyword(ahead = 0): string {
    return keywordOf(this.peek(ahead));
  }

  isNext(mark: string): boolean {
    return isMark(this.peek(), mark);
  }

  /** Takes these words if all of them come now. */
  accept(words: string): boolean {
    const expected = words.split(' ');
    if (!expected.every((word, index) => this.keyword(index) === word)) return false;
    expected.forEach(() => this.next());
    return true;
  }

  /** Takes the first of these words that comes now. */
  acceptAny(...words: readonly string[]): boolean {
    return words.some((word) => this.accept(word));
  }

  acceptMark(mark: string): boolean {
    const taken = this.isNext(mark);
    if (taken) this.next();
    return taken;
  }

  /** Takes a name, quoted or not; nothing where none comes. */
  name(): string | undefined {
    const token = this.peek();
    if (!token || token.kind === 'mark') return undefined;
    return this.next()?.text;
  }

  /** Takes a name that may be qualified with its database. */
  qualifiedName(): QualifiedName | undefined {
    // MariaDB takes `.t` for a name in the database that is in use.
    this.acceptMark('.');
    const first = this.name();
    if (first === undefined) return undefined;
    if (!this.isNext('.') || isMark(this.peek(1), '*')) return { name: first };
    this.next();
    const second = this.name();
    return second === undefined ? undefined : { schema: first, name: second };
  }

  /** Takes a group in parentheses, if one comes, and gives what is inside, cut at its commas. */
  group(): readonly (readonly Token[])[] {
    return this.acceptMark('(') ? this.list(() => this.isNext(')'), true) : [];
  }

  /**
   * Takes the tokens until one outside of all parentheses ends it, cut at the commas outside of all parentheses.
   *
   * @param ends is given the token before in the same item
   */
  list(ends: (previous?: Token) => boolean = () => false, closes = false): readonly (readonly Token[])[] {
    const items: Token[][] = [[]];
    let depth = 0;
    for (let token = this.peek(); token && (depth > 0 || !ends(items.at(-1)?.at(-1))); token = this.peek()) {
      this.next();
      if (isMark(token, '(')) depth += 1;
      if (isMark(token, ')')) depth -= 1;
      if (depth === 0 && isMark(token, ',')) items.push([]);
      else items.at(-1)?.push(token);
    }
    if (closes) this.next();
    return items;
  }

  /** Takes all that is left. */
  rest(): readonly Token[] {
    const tokens: Token[] = [];
    for (let token = this.next(); token; token = this.next()) tokens.push(token);
    return tokens;
  }
}
