import type { Connection } from 'mysql2';
import { ConnectionLost, ServerError, type Written } from '../../ports';
import { translateError } from './translate-error';

/**
 * Whether the server takes several statements in one packet. The driver has that as a setting of the whole session, and
 * a session that runs migrations must not have it: a text that our splitter took for one statement and that is two is then
 * refused. So it is switched on for packets of ours, and off before anything else.
 *
 * Source: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_set_option.html
 */
export class MultiStatements {
  readonly #client: Connection;
  #state: 'off' | 'on' | 'unknown-to-server' = endsSessions ? 'unknown-to-server' : 'off';

  constructor(client: Connection) {
    this.#client = client;
  }

  /** False where the server, or a proxy before it, does not know the command. */
  async allow(): Promise<boolean> {
    if (this.#state === 'off') {
      try {
        await this.sending(() => setOption(this.#client, ON));
        this.#state = 'on';
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        this.#state = 'unknown-to-server';
      }
    }
    return this.#state === 'on';
  }

  async refuse(): Promise<void> {
    if (this.#state !== 'on') return;
    await setOption(this.#client, OFF);
    this.#state = 'off';
  }

  /** A proxy may end a session in which it meets what it does not know: the next one does without. */
  async sending<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      endsSessions ||= error instanceof ConnectionLost;
      throw error;
    }
  }
}

/** What stands before the server is the same for all sessions of a process. */
let endsSessions = false;

/** The port's `writeTogether`, for where each statement is a packet of its own. */
export async function writeOneByOne(
  write: (statement: string) => Promise<Written>,
  statements: readonly string[],
  answered: (written: Written) => void,
): Promise<void> {
  for (const statement of statements) answered(await write(statement));
}

/** Sends what the driver has no command for, by what its own commands use; a test shows where it no longer does. */
function setOption(client: Connection, option: number): Promise<void> {
  return new Promise((resolve, reject) => {
    (client as unknown as Commands).addCommand({
      onResult: (error) => (error === null ? resolve() : reject(translateError(error))),
      // At first without a packet, then with the server's answer. True: it is over.
      execute(packet, connection) {
        if (packet === undefined) {
          connection._resetSequenceId();
          connection._bumpSequenceId(1);
          connection.write(Buffer.from([3, 0, 0, 0, COM_SET_OPTION, option, 0]));
          return false;
        }
        this.onResult(packet.isError() ? packet.asError('utf8') : null);
        return true;
      },
    });
  });
}

const COM_SET_OPTION = 0x1b;
const ON = 0;
const OFF = 1;

/** What of the driver's inside is used. */
interface Commands {
  addCommand(command: Command): void;
}

interface Command {
  readonly onResult: (error: Error | null) => void;
  execute(packet: Packet | undefined, connection: Wire): boolean;
}

interface Packet {
  isError(): boolean;
  asError(encoding: string): Error;
}

interface Wire {
  _resetSequenceId(): void;
  _bumpSequenceId(packets: number): void;
  write(bytes: Buffer): void;
}
