import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import type { SecretsEndpoint } from '../../rehearsal/endpoints/secrets-endpoint';
import type { Database } from '../../rehearsal/servers/database-types';

/** A user of the server whose password is rotated as RDS does it: the server's first, then the secret's. */
export class RotatingUser {
  readonly #name = `certify_${randomBytes(4).toString('hex')}`;

  constructor(
    private readonly server: Database,
    private readonly secrets: SecretsEndpoint,
  ) {}

  async create(session: Connection): Promise<void> {
    const password = newPassword();
    await session.query('CREATE USER ? IDENTIFIED BY ?', [this.#name, password]);
    await session.query('GRANT ALL PRIVILEGES ON *.* TO ?', [this.#name]);
    this.#publish(password);
  }

  async rotate(session: Connection): Promise<void> {
    const password = newPassword();
    await session.query('ALTER USER ? IDENTIFIED BY ?', [this.#name, password]);
    // Whoever read the secret between the two changes has the old password.
    this.#publish(password, 1);
  }

  async drop(session: Connection): Promise<void> {
    await session.query('DROP USER IF EXISTS ?', [this.#name]);
  }

  #publish(password: string, stale = 0): void {
    const { host, port } = this.server;
    this.secrets.setDefault({ username: this.#name, password, host, port, engine: 'mysql' }, stale);
  }
}

function newPassword(): string {
  return randomBytes(12).toString('hex');
}
