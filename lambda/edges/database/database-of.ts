import type { Connection, ResultSetHeader } from 'mysql2';
import { ConnectionLost, ServerError, type Database, type Row, type Written } from '../../ports';
import { MultiStatements, writeOneByOne } from './multi-statements';
import { payloadBytes, tooLarge } from './packet-size';
import { DRIVERS_CODE, translateError } from './translate-error';

/** The port of a connection. */
export function databaseOf(client: Connection, name: string): Database {
  const packets = { max: Infinity };
  const multi = new MultiStatements(client);
  const kindsOf = new Map<string, string>();
  const run = async (statement: string): Promise<unknown> => {
    await multi.refuse();
    return send(client, statement, packets);
  };
  const write = async (statement: string): Promise<Written> => writtenOf(await run(statement));
  return {
    name,
    packets,
    query: async (statement) => {
      const result = await run(statement);
      return Array.isArray(result) ? (result as readonly Row[]) : [];
    },
    write,
    execute: async (statement, parameters) => {
      // Not every statement can be prepared.
      if (parameters.length === 0) return run(statement);
      await multi.refuse();
      const bytes = payloadBytes(statement, parameters);
      if (bytes >= packets.max) throw tooLarge(bytes, packets.max);
      const kinds = parameters.map(kindOf).join();
      // The driver has it prepared for the kinds of its first values, and MySQL would make those of later ones.
      if ((kindsOf.get(statement) ?? kinds) !== kinds) client.unprepare(statement);
      kindsOf.set(statement, kinds);
      return new Promise((resolve, reject) => {
        client.execute(statement, [...parameters] as never[], (error, result) =>
          error ? reject(withoutSecret(translated(client, error), statement)) : resolve(result),
        );
      });
    },
    readTogether: async (statements) => ((await multi.allow()) ? readTogether(client, statements, packets.max) : null),
    writeTogether: async (statements, answered) => {
      if (!(await multi.allow())) return writeOneByOne(write, statements, answered);
      await multi.sending(() => send(client, statements.join(';'), { max: packets.max, answered }));
    },
  };
}

/** What the driver tells the server that a parameter is. */
function kindOf(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value;
}

/** How a text is sent. */
interface Sending {
  /** Bytes that the server takes at once. */
  readonly max?: number;
  /** Milliseconds; without it a statement takes what it takes. */
  readonly timeout?: number;
  /** Is told of each statement that only writes, when its answer comes. */
  readonly answered?: (written: Written) => void;
}

/** Refused before it is sent where it is too large: a server that gets such a packet closes the connection. */
export function send(
  client: Connection,
  text: string,
  { max = Infinity, timeout, answered }: Sending = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const bytes = payloadBytes(text);
    if (bytes >= max) throw tooLarge(bytes, max);
    const query = client.query({ sql: text, ...(timeout !== undefined && { timeout }) }, (error, result) =>
      error ? reject(withoutSecret(known(translated(client, error)), text)) : resolve(result),
    );
    if (answered === undefined) return;
    query.on('result', (result: unknown) => answered(writtenOf(result)));
    // One that gives rows all the same has its place, too: those who listen count.
    query.on('fields', (fields: unknown) => fields !== undefined && answered(writtenOf([])));
  });
}

/** The driver has seen in the handshake whose server it is, and does not document where it says so; a test shows where it no longer does. */
function translated(client: Connection, error: Error): Error {
  return translateError(error, (client as Connection & { readonly _isMariaDB?: boolean })._isMariaDB);
}

/** What the driver says of a statement without parameters is said of a step, and no bug of ours. */
function known(error: Error): Error {
  const isKnown = error instanceof ServerError || error instanceof ConnectionLost;
  return isKnown ? error : new ServerError(DRIVERS_CODE, 0, error.message);
}

/** Of a statement that it cannot read the server tells the rest, which a password may be in: it would be stored, logged and mailed. */
function withoutSecret(error: Error, text: string): Error {
  if (/IDENTIFIED|PASSWORD/i.test(text)) error.message = error.message.replace(/ near '.*' at /s, " near '…' at ");
  return error;
}

/** Statements in one packet. */
const PACKET = 200;

/** Null where one is refused: those who read one by one know what that means. */
async function readTogether(
  client: Connection,
  statements: readonly string[],
  max: number,
): Promise<readonly (readonly Row[])[] | null> {
  const results: (readonly Row[])[] = [];
  for (let start = 0; start < statements.length; start += PACKET) {
    const packet = statements.slice(start, start + PACKET);
    try {
      const result = await send(client, packet.join(';'), { max });
      results.push(...((packet.length === 1 ? [result] : result) as readonly (readonly Row[])[]));
    } catch (error) {
      if (error instanceof ServerError) return null;
      throw error;
    }
  }
  return results;
}

function writtenOf(result: unknown): Written {
  const { affectedRows, insertId } = (Array.isArray(result) ? {} : result) as Partial<ResultSetHeader>;
  return { found: affectedRows ?? 0, insertId: insertId ?? 0 };
}
