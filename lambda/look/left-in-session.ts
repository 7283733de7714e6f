import type { Database } from '../ports';
import type { Step } from '../sql/step';
import { OF_SERVER } from './schema-listing';

/**
 * What may be left in the session and would mislead whatever is run there next. Temporary tables hide the tables whose names they
 * have: a down would change them in place of those, and whoever looks at the schema would see them. What is prepared would be run by
 * who has forgotten to prepare it. A number for the next INSERT cannot be unset on MySQL, where 0 counts as one.
 */
export class LeftInSession {
  readonly #database: Database;
  readonly #variables = new Set<string>();
  #mayMislead = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As far as it shows in the texts of the steps, and in the procedures that they have called. */
  get mayMislead(): boolean {
    return this.#mayMislead;
  }

  /** Told of each step before it is run. A table that is dropped again need not have been the only one. */
  async expect(step: Step): Promise<void> {
    this.noteVariables(step);
    if (this.#mayMislead || step.words[0] === 'DROP') return;
    this.#mayMislead =
      step.shows('makesTemporary') ||
      step.verb === 'PREPARE' ||
      step.verb === 'EXECUTE' ||
      (step.nature === 'session' && step.shows('isSpent')) ||
      (step.isProcedure && (await this.routinesMay()));
  }

  /** Told of DML, which leaves nothing else. */
  noteVariables(step: Step): void {
    if (step.nature === 'session' || step.isProcedure || step.shows('setsVariable')) this.#noteIn(step.text);
  }

  #noteIn(text: string): void {
    for (const [name] of text.matchAll(VARIABLE)) this.#variables.add(name);
  }

  /** Names of the user variables that the steps may have set since it was asked for; in a quoted text what looks like one. */
  takeVariables(): readonly string[] {
    const names = [...this.#variables];
    this.#variables.clear();
    return names;
  }

  /**
   * Whether any routine makes temporary tables or prepares a text, as far as its own is shown. A function may do so in whatever
   * statement. Notes the user variables of all.
   */
  async routinesMay(): Promise<boolean> {
    const texts = (await this.#database.query(ROUTINES)).map(({ text }) => text);
    for (const text of texts) this.#noteIn(String(text));
    return texts.some((text) => text === null || MAY_LEAVE.test(String(text)));
  }
}

/** A name longer than 64 characters is none. Behind a word, an @ is that of an account or an address. */
const VARIABLE = /(?<![@\w'"`])@(?:(['"`])[^'"`\\]{1,64}\1|[\w.$\u0080-\uffff]{1,64})/g;

/** By LIKE: of a routine of some 100 KB MySQL ends a REGEXP with an error (3699). It tells capitals from small letters there. */
const ROUTINES = `SELECT ROUTINE_DEFINITION AS text FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ${OF_SERVER}
  AND (ROUTINE_DEFINITION IS NULL OR ROUTINE_DEFINITION LIKE '%@%'
    OR LOWER(ROUTINE_DEFINITION) LIKE '%temporary%' OR LOWER(ROUTINE_DEFINITION) LIKE '%prepare%')`;

const MAY_LEAVE = /TEMPORARY|PREPARE/i;
