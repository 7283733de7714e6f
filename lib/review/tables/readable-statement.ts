import { keywordOf, tokensOf } from '../../../lambda/sql/tokens';
import { TokenWriter } from './token-writer';

/**
 * Writes an ALTER TABLE or CREATE INDEX as the grammar knows it: without comments, names that are keywords in backticks,
 * expressions as strings, and without what only MariaDB has and does not change what the statement costs.
 *
 * The grammar takes an executable comment for a comment, and the server for code. Of a name it takes only some of the
 * words that a server does, and some that no server takes.
 *
 * @returns undefined where a reserved word stands for a name
 */
export function readableStatement(sql: string): string | undefined {
  const writer = new StatementWriter([...tokensOf(sql)], sql);
  if (writer.is('ALTER')) writer.alterTable();
  else writer.createIndex();
  return writer.text();
}

const CONSTRAINTS = ['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'];
const EXPRESSIONS = new Set(['AS', 'CHECK', 'DEFAULT']);

/** Knows where the clauses have names and what only MariaDB has. */
class StatementWriter extends TokenWriter {
  alterTable(): void {
    this.copy();
    while (this.is('ONLINE') || this.is('IGNORE')) this.skip();
    this.copy();
    this.dropExistence();
    this.qualifiedName();
    this.dropWait();
    while (this.peek()) {
      this.#clause();
      this.copyUntil(() => this.isMark(','));
      this.copy();
    }
  }

  createIndex(): void {
    this.copy();
    if (this.is('OR', 'REPLACE')) this.skip(2);
    if (this.is('ONLINE')) this.skip();
    this.copyUntil(() => this.is('INDEX'));
    this.copy();
    this.dropExistence();
    this.name();
    this.copyUntil(() => this.is('ON'));
    this.copy();
    this.qualifiedName();
    this.dropWait();
    this.#keyParts();
    this.dropWait();
  }

  #clause(): void {
    if (this.is('ADD')) this.#add();
    else if (this.is('DROP')) this.#drop();
    else if (this.is('MODIFY') || this.is('CHANGE')) this.#change();
    else if (this.is('ALTER')) this.#alter();
    else if (this.is('RENAME')) this.#rename();
    else if (this.is('PARTITION', 'BY')) this.#partition();
    else if (this.is('ORDER', 'BY')) {
      this.copy();
      this.copy();
      this.name();
    }
  }

  /** It stands last. The grammar knows it in CREATE TABLE only; to take it away costs the same. */
  #partition(): void {
    while (this.peek()) this.skip();
    this.write('REMOVE PARTITIONING');
  }

  #add(): void {
    this.copy();
    if (this.is('PARTITION') || this.is('SYSTEM', 'VERSIONING') || this.is('PERIOD', 'FOR')) return;
    if (this.is('COLUMN')) this.skip();
    this.dropExistence();
    if (!this.isMark('(')) {
      this.#element();
      return;
    }
    // The grammar knows such a list with nothing but columns in it.
    this.skip();
    while (this.peek() && !this.isMark(')')) {
      this.#element();
      if (!this.isMark(',')) continue;
      this.copy();
      this.write('ADD');
    }
    this.skip();
  }

  /** One element of a list of columns and keys, up to the comma or parenthesis behind it. */
  #element(): void {
    if (this.is('CONSTRAINT')) {
      this.copy();
      this.dropExistence();
      if (!CONSTRAINTS.some((word) => this.is(word))) this.name();
    }
    if (this.is('CHECK')) {
      this.#definition();
    } else if (this.is('PRIMARY', 'KEY') || this.is('FOREIGN', 'KEY')) {
      this.copy();
      this.copy();
      this.#key();
    } else if (['UNIQUE', 'FULLTEXT', 'SPATIAL', 'INDEX', 'KEY'].some((word) => this.is(word))) {
      this.copy();
      if (this.is('INDEX') || this.is('KEY')) this.copy();
      this.#key();
    } else {
      this.dropExistence();
      this.name();
      this.#definition();
    }
  }

  #key(): void {
    this.dropExistence();
    if (!this.isMark('(') && !this.is('USING')) this.name();
    this.copyUntil(() => this.isMark('('));
    this.#keyParts();
    this.#definition();
  }

  #keyParts(): void {
    if (!this.isMark('(')) return;
    this.copy();
    while (this.peek() && !this.isMark(')')) {
      if (this.isMark('(')) this.expression();
      else this.name();
      this.copyUntil(() => this.isMark(',') || this.isMark(')'));
      if (this.isMark(',')) this.copy();
    }
    this.copy();
  }

  /** What stands behind a name, up to the comma or parenthesis that ends it. */
  #definition(): void {
    // The type may be a keyword that needs a group; nothing in it is a name.
    while (this.peek() && !this.isMark(',') && !this.isMark(')')) {
      const word = keywordOf(this.peek());
      if (word === 'PERSISTENT') {
        this.skip();
        this.write('STORED');
      } else if (word === 'AFTER') {
        this.copy();
        this.name();
      } else if (word === 'REFERENCES') {
        this.copy();
        this.qualifiedName();
        this.#keyParts();
      } else {
        this.copy();
        if (EXPRESSIONS.has(word) && this.isMark('(')) this.expression();
        else if (this.isMark('(')) this.copyGroup();
      }
    }
  }

  #drop(): void {
    this.copy();
    if (this.is('PRIMARY', 'KEY') || this.is('PARTITION')) return;
    if (this.is('SYSTEM', 'VERSIONING') || this.is('PERIOD', 'FOR')) return;
    if (this.is('FOREIGN')) {
      this.copy();
      this.copy();
    } else if (['COLUMN', 'INDEX', 'KEY', 'CONSTRAINT', 'CHECK'].some((word) => this.is(word))) this.copy();
    this.dropExistence();
    this.name();
    // They mean nothing to either server.
    if (this.is('RESTRICT') || this.is('CASCADE')) this.skip();
  }

  #change(): void {
    const renames = this.is('CHANGE');
    this.copy();
    if (this.is('COLUMN')) this.copy();
    this.dropExistence();
    this.name();
    if (renames) this.name();
    this.#definition();
  }

  #alter(): void {
    this.#named('INDEX', 'KEY', 'CONSTRAINT', 'CHECK', 'COLUMN');
    // What MariaDB calls ignored, MySQL calls invisible.
    const isNot = this.is('NOT', 'IGNORED');
    if (!isNot && !this.is('IGNORED')) return;
    this.skip(isNot ? 2 : 1);
    this.write(isNot ? 'VISIBLE' : 'INVISIBLE');
  }

  #rename(): void {
    if (!['COLUMN', 'INDEX', 'KEY'].some((word) => keywordOf(this.peek(1)) === word)) {
      this.copy();
      if (this.is('TO') || this.is('AS') || this.isMark('=')) {
        this.skip();
        this.write('TO');
      }
      this.qualifiedName();
      return;
    }
    this.#named('COLUMN', 'INDEX', 'KEY');
    if (!this.is('TO')) return;
    this.copy();
    this.name();
  }

  /** A verb, perhaps one of these words, and a name. */
  #named(...kinds: readonly string[]): void {
    this.copy();
    if (kinds.some((word) => this.is(word))) this.copy();
    this.dropExistence();
    this.name();
  }
}
