import type { Effect } from './db-object';
import { effectsOf } from './effects';
import { classify, firstWords, type StatementKind } from './statement-kind';
import { endsTransaction, hiddenBy, natureOf, type Hidden, type StepNature } from './step-nature';
import { TokenReader } from './token-reader';
import { tokensOf } from './tokens';
import { isRead, isWithoutTrace, showsWhenDone } from './without-trace';

/**
 * A statement of a migration, and all that is asked of it where it is run, journalled or reverted. Its text is analysed
 * here and nowhere else.
 */
export interface Step {
  readonly text: string;
  readonly kind: StatementKind['kind'];
  /** The first four words in capitals, past the parentheses that may open a query. */
  readonly words: readonly string[];
  /** As many of them as tell it apart. */
  readonly verb: string;
  readonly nature: StepNature;
  /** What it does to which objects; undefined where they cannot be told. */
  readonly effects: readonly Effect[] | undefined;
  /** The database that a USE chooses. */
  readonly uses: string | undefined;

  /** It runs what nobody has read: statements that commit one by one, of which some may be done. */
  readonly isProcedure: boolean;
  /** Name of the procedure that a CALL calls. */
  readonly called: string | undefined;
  /** The one partition that it swaps or empties. */
  readonly partition: PartitionName | undefined;
  /** It makes or drops a temporary table. */
  readonly isTemporary: boolean;

  /** A session step that may run in the transaction of others: there, some system variables cannot be set. */
  readonly fitsTransaction: boolean;
  /** It may end the transaction that it is run in. */
  readonly endsTransaction: boolean;
  /** It only reads, but for what the functions in it do. */
  readonly isRead: boolean;
  /** It surely leaves schema and rows as they are. */
  readonly isWithoutTrace: boolean;
  /** The definitions of its objects surely tell that it was run. */
  readonly showsWhenDone: boolean;
  /** What it may have done where they are as before; null where it has done nothing then. */
  readonly hides: Hidden | null;
  /** Whether its text has a sign of this. */
  shows(sign: keyof typeof SIGNS): boolean;
}

/**
 * Looked for where it is asked, since a text may be large. Guesses on the safe side: a sign counts in a string or comment too.
 */
const SIGNS = {
  /**
   * It depends on what earlier ones left in the session, or leaves something there: user variables, temporary tables,
   * LAST_INSERT_ID(). A migration with such a step cannot go on in a new session; it has to start over.
   */
  carriesSession:
    /(?<![@\w'"`])@(?![@\s])|\bCREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b|\bLAST_INSERT_ID\s*\(|\bFOUND_ROWS\s*\(|\bROW_COUNT\s*\(|\bPREPARE\b|@@\s*(?:\w+\s*\.\s*)?(?:identity|last_insert_id)\b|\bSET\b[^;]*\b(?:last_insert_id|insert_id|rand_seed\d)\s*:?=/i,
  /** It asks for what the last statement of some kind has left. */
  asksForLast: /\b(LAST_INSERT_ID|FOUND_ROWS|ROW_COUNT)\s*\(|@@\s*(?:\w+\s*\.\s*)?(?:identity|last_insert_id)\b/i,
  /** Not a SET, it sets a user variable all the same. */
  setsVariable: /:=|\bINTO\b[^(]*@/i,
  /** It sets what the next statement uses up: set again, it would be used once more. */
  isSpent: /\bSET\b[^;]*\b(?:insert_id|rand_seed\d)\s*:?=/i,
  /** A SET that may come to something else when it is run again: it calls, it reads rows or a clock, or what changes by itself. */
  mayVary: /\(|\b(CURRENT_|LOCALTIME|UTC_|VALUE\s+FOR)|@@[\s\w.]*(_id|identity|timestamp|_count|seed)/i,
  /** It asks how the statement before it went, which another one in between would change. */
  asksBack: /\b(ROW_COUNT|FOUND_ROWS)\s*\(/i,
  /** It may choose the database in which names without one are. */
  mayUse: /\bUSE\b/i,
  /** Run, or run later as a text, it may make a temporary table. */
  makesTemporary: /\bTEMPORARY\b/i,
  /** It sets an engine, of a table or as the default for those to come; or runs what nobody has read. */
  maySetEngine: /ENGINE(?!\s*=?\s*InnoDB\b)|\bCALL\b|\bEXECUTE\b/i,
  /** It may set how much and how long the server reads for us, or in which character set it reads and answers. */
  maySpoilLooking:
    /max_join_size|sql_big_selects|character|charset|\bnames\b|collation_connection|max_execution_time|max_statement_time/i,
  /** It may set how definitions are printed, or which of them are shown. */
  setsPrint: /sql_mode|show_|sql_quote|sql_buffer|character|charset|names|collation|time_zone|old|role/i,
  /** There is something in parentheses, so that it may call a function. */
  mayCall: /\(/,
  /** It takes a value of a sequence. */
  movesSequence: /\b(nextval|setval|next\s+value)\b/i,
  /** It gives back rows that it writes, as MariaDB has it. */
  givesRows: /\bRETURNING\b/i,
  /** Refused, it may have dropped something all the same, on MariaDB. */
  mayDropPartly: /\bDROP\b[^;]*,|\bDROP\s+(DATABASE|SCHEMA)\b|\bOR\s+REPLACE\b/i,
  /** A table may be filled as it is made. */
  hasQuery: /\bSELECT\b/i,
  /** Where foreign keys lead to what it names anew, other tables show that, too. */
  mayRename: /\b(RENAME|CHANGE|MODIFY)\b/i,
  /** Maintenance of partitions: it gives rows, and changes nothing that SHOW CREATE shows. */
  maintainsPartitions: /\b(ANALYZE|CHECK|OPTIMIZE|REPAIR)\s+PARTITION\b/i,
  /** Behind its beginning, rows are written. */
  writesBehind: /\s(?:DELETE\s+FROM|(?:INSERT|REPLACE)\s+INTO|UPDATE\s+\S+\s+SET)\b/i,
  /** If only in a comment, a server that reads several statements could take it for the end of one. */
  hasSemicolon: /;/,
} as const;

/** A partition as a statement names it. */
export interface PartitionName {
  readonly schema: string | undefined;
  readonly table: string;
  readonly partition: string;
}

/** Reads a statement. */
export function stepOf(text: string): Step {
  const words = firstWords(text);
  const { kind, verb } = classify(text, words);
  const effects = effectsOf(text, kind);
  const leavesNoTrace = isWithoutTrace(words, text);
  const nature = natureOf(kind, verb, effects, leavesNoTrace);
  const isProcedure = verb === 'CALL' || verb === 'EXECUTE';
  const isTemporary = TEMPORARY.test(words.join(' '));
  return {
    text,
    kind,
    words,
    verb,
    nature,
    effects,
    uses: verb === 'USE' ? usedDatabase(text) : undefined,
    isProcedure,
    called: isProcedure ? CALLED.exec(text)?.[1] : undefined,
    partition: partitionIn(text),
    isTemporary,
    fitsTransaction: verb === 'USE' || verb === 'SET @',
    endsTransaction: endsTransaction(words, nature, isTemporary),
    isRead: isRead(kind, words),
    isWithoutTrace: leavesNoTrace,
    showsWhenDone: showsWhenDone(words, effects),
    hides: hiddenBy(effects),
    shows: (sign) => SIGNS[sign].test(text),
  };
}

function usedDatabase(text: string): string | undefined {
  const reader = new TokenReader(tokensOf(text));
  return reader.accept('USE') ? reader.name() : undefined;
}

function partitionIn(text: string): PartitionName | undefined {
  const [, schema, table, partition] = ONE_PARTITION.exec(text) ?? [];
  return table === undefined || partition === undefined ? undefined : { schema, table, partition };
}

const CALLED = /\bCALL\s+(?:`?[\w$]+`?\s*\.\s*)?`?([\w$]+)/i;

/** With names that the list of InnoDB's tables shows as they are. */
const ONE_PARTITION =
  /^\s*ALTER\s+TABLE\s+(?:`?(\w+)`?\s*\.\s*)?`?(\w+)`?\s+(?:EXCHANGE|TRUNCATE)\s+PARTITION\s+`?(\w+)`?(?:\s+WITH\b|\s*$)/i;

const TEMPORARY = /^(CREATE|CREATE OR REPLACE|DROP) TEMPORARY\b/;
