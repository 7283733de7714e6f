import { isMark, tokensOf, type Token } from '../sql/tokens';

/**
 * Why a query is not run; null where it may be. The driver sends what it is given: MariaDB reads one value too many as other
 * values and takes NaN for 0, an array becomes a text of JSON, and a function its own source.
 */
export function misfitOf(statement: unknown, parameters: unknown): string | null {
  if (typeof statement !== 'string') return `query takes a text, and was given ${nameOf(statement)}; nothing was run`;
  if (!Array.isArray(parameters))
    return `the parameters of a query are an array, and it was given ${nameOf(parameters)}; the statement was not run`;
  const faults = parameters.map(faultOf);
  const bad = faults.findIndex((fault) => fault !== null);
  if (bad !== -1) return `parameter ${bad + 1} is ${faults[bad]}; the statement was not run`;
  const marks = parameters.length === 0 ? 0 : marksIn(statement).length;
  if (marks === parameters.length) return null;
  const [has, given] = [count(marks, 'question mark'), count(parameters.length, 'parameter')];
  return `the statement has ${has} and was given ${given}; it was not run`;
}

/**
 * A statement with parameters as the driver takes them. A Date is a moment, and is sent as the digits of a clock in UTC: the server
 * turns them into those of the session's time zone, in which it reads them, so that `new Date()` and NOW() are the same.
 */
export function asSent(statement: string, parameters: readonly unknown[]): readonly [string, readonly unknown[]] {
  const dates = parameters.some(isDate) ? marksIn(statement).filter((_, at) => isDate(parameters[at])) : [];
  const text = dates.reduceRight(
    (rest, { start, end }) => rest.slice(0, start) + OF_SESSION + rest.slice(end),
    statement,
  );
  return [text, parameters.map(taken)];
}

const OF_SESSION = "CONVERT_TZ(?, '+00:00', @@SESSION.time_zone)";

function faultOf(value: unknown): string | null {
  if (value === undefined) return 'undefined: for NULL give null';
  if (Array.isArray(value))
    return 'an array: IN takes a question mark for each value, and a JSON column JSON.stringify(value)';
  return isHeld(value) ? null : `${nameOf(value)}, which no column can hold`;
}

function isHeld(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value !== 'symbol' && typeof value !== 'function';
  if (isDate(value)) return value.getUTCFullYear() > 0 && value.getUTCFullYear() <= 9999;
  return isBytes(value) || isPlain(value);
}

function isDate(value: unknown): value is Date {
  return kindOf(value) === 'Date';
}

/** A Buffer is one, too. */
function isBytes(value: unknown): value is Uint8Array {
  return kindOf(value) === 'Uint8Array';
}

/** What has a class may be anything: the JSON of a Map is an empty object, and that of a Temporal has quotes. */
function isPlain(value: unknown): value is object {
  const above: unknown = kindOf(value) === 'Object' ? Object.getPrototypeOf(value) : value;
  return above === null || Object.getPrototypeOf(above) === null;
}

/** Of the driver's own kinds: it would send other bytes as a text, and no object that is made without a class. */
function taken(value: unknown): unknown {
  if (isBytes(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return kindOf(value) === 'Object' ? { ...(value as object) } : value;
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function nameOf(value: unknown): string {
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  if (typeof value === 'string') return 'a text';
  if (typeof value !== 'object' || value === null || isDate(value)) return String(value);
  const { constructor: made } = value as { readonly constructor?: unknown };
  const name = typeof made === 'function' ? made.name : 'Object';
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

function marksIn(statement: string): readonly Token[] {
  return [...tokensOf(statement)].filter((token) => isMark(token, '?'));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
