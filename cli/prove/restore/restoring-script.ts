const SET_MODE = 'SET sql_mode = ';

/** Sets the mode in which a program is made. */
export function modeSet(mode: string): string {
  return `${SET_MODE}'${mode}'`;
}

export function setsMode(statement: string): boolean {
  return statement.startsWith(SET_MODE);
}

/** Makes what keeps the mode of the session in which it is made. */
export const MAKES_PROGRAM =
  /^CREATE (?:OR REPLACE |AGGREGATE )*(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE|LIBRARY)\b/;

/**
 * The statements of several objects as one script. Each object's are written for a session in the mode that it has by
 * itself; what sets another one for an object also sets it for those behind.
 */
export function restoringScript(each: readonly (readonly string[] | null)[]): readonly string[] {
  const script: string[] = [];
  let mode: string | null = null;
  for (const statements of each) {
    let wanted: string | null = null;
    for (const text of statements ?? []) {
      if (setsMode(text)) wanted = text;
      else {
        const needed: string | null = wanted ?? (mode === null ? null : OWN_MODE);
        if (needed !== null && needed !== mode && MAKES_PROGRAM.test(text)) {
          script.push(needed);
          mode = needed;
        }
        script.push(text);
      }
    }
  }
  return script;
}

/** Not by its name: it is another one on another server. */
const OWN_MODE = `${SET_MODE}DEFAULT`;
