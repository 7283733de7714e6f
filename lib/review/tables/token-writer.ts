import { isMark, keywordOf, type Token } from '../../../lambda/sql/tokens';
import { RESERVED_WORDS } from './reserved-words';

/** Goes through the tokens of a statement once and writes each, another one, or none. */
export class TokenWriter {
  readonly #tokens: readonly Token[];
  readonly #sql: string;
  readonly #written: string[] = [];
  #at = 0;
  #isRefused = false;

  constructor(tokens: readonly Token[], sql: string) {
    this.#tokens = tokens;
    this.#sql = sql;
  }

  text(): string | undefined {
    this.copyUntil(() => false);
    return this.#isRefused ? undefined : this.#written.join(' ');
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, index) => keywordOf(this.#tokens[this.#at + index]) === word);
  }

  name(): void {
    const token = this.#tokens[this.#at];
    // A mark is no name, and is left to whoever reads on.
    if (token === undefined || token.kind === 'mark') return;
    if (token.kind !== 'word') {
      this.copy();
      return;
    }
    this.#isRefused ||= RESERVED_WORDS.has(token.text.toUpperCase());
    this.#at += 1;
    this.#written.push(`\`${token.text}\``);
  }

  qualifiedName(): void {
    this.name();
    if (!this.isMark('.')) return;
    this.#written.push(`${this.#written.pop() ?? ''}.`);
    this.#at += 1;
    const name = this.#written.length;
    this.name();
    this.#written.push(this.#written.splice(name - 1).join(''));
  }

  dropExistence(): void {
    if (this.is('IF', 'EXISTS')) this.#at += 2;
    else if (this.is('IF', 'NOT', 'EXISTS')) this.#at += 3;
  }

  /** WAIT and NOWAIT stand only here, and never where a clause begins. */
  dropWait(): void {
    if (this.is('NOWAIT')) this.#at += 1;
    else if (this.is('WAIT')) this.#at += 2;
  }

  /** Writes a group as the string that it reads, so that whatever is in it can be read and compared. */
  expression(): void {
    const start = this.#written.length;
    this.copyGroup();
    const inner = this.#written.splice(start).slice(1, -1);
    const text = inner.map(plain).join('');
    this.#written.push(`('${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}')`);
  }

  /** Copies what is outside of all parentheses up to where it ends. */
  copyUntil(ends: () => boolean): void {
    while (this.#tokens[this.#at] && !ends()) {
      if (this.isMark('(')) this.copyGroup();
      else this.copy();
    }
  }

  copyGroup(): void {
    let depth = 0;
    do {
      if (this.isMark('(')) depth += 1;
      if (this.isMark(')')) depth -= 1;
      this.copy();
    } while (depth > 0 && this.#tokens[this.#at]);
  }

  copy(): void {
    const token = this.#tokens[this.#at];
    if (token === undefined) return;
    this.#at += 1;
    const text = this.#sql.slice(token.start, token.end);
    const previous = this.#tokens[this.#at - 2];
    // "@@x" and ":=" are one each, and a number's sign belongs to it.
    const joins = token.kind === 'mark' && previous?.kind === 'mark' && previous.end === token.start;
    if (joins && !/[(),]/.test(text + (this.#written.at(-1) ?? '')))
      this.#written.push((this.#written.pop() ?? '') + text);
    else this.#written.push(text);
  }

  isMark(text: string): boolean {
    return isMark(this.#tokens[this.#at], text);
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** Leaves tokens out. */
  skip(count = 1): void {
    this.#at += count;
  }

  /** Writes what is not there. */
  write(text: string): void {
    this.#written.push(text);
  }
}

/** A name is the same with and without backticks, and in whatever letters. */
function plain(written: string): string {
  if (written.startsWith("'")) return written;
  return written.replace(/^`(.*)`$/s, '$1').toLowerCase();
}
