import { type ChangeKind, executionOf } from '../../../lib/review/tables/online-ddl';
import { changesOfColumn } from '../../../lib/review/tables/table-change';
import { costOf } from '../../../lib/review/tables/table-cost';
import { readTableStatement } from '../../../lib/review/tables/table-statement-reader';
import { describeEach, servers } from '../../servers';
import { Scene } from '../scene';

const PLAIN = `CREATE TABLE t (
  id INT NOT NULL, a INT NULL, b VARCHAR(20) NULL, long_text VARCHAR(300) NULL, e ENUM('x','y') NULL, g GEOMETRY NOT NULL SRID 0,
  c INT NOT NULL DEFAULT 0, v TEXT, KEY i (a), PRIMARY KEY (id), CHECK (a < 100), CONSTRAINT weak CHECK (a < 99) NOT ENFORCED
)`;
const WITHOUT_KEY = 'CREATE TABLE t (id INT NOT NULL, a INT NULL)';
const BY_RANGE =
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))';
const BY_HASH = 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4';
const REFERRING =
  'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT NULL, KEY (a), CONSTRAINT fk FOREIGN KEY (a) REFERENCES other (id))';

interface TableExample {
  readonly clause: string;
  readonly table?: string;
}

interface Example extends TableExample {
  readonly kind: ChangeKind;
  /** The clause of a down, which tells the old definition. */
  readonly down?: string;
}

/** One for each kind of change. */
const EXAMPLES: readonly Example[] = [
  { kind: 'add-index', clause: 'ADD INDEX j (b)' },
  { kind: 'add-index', clause: 'ADD UNIQUE KEY j (c, id)' },
  { kind: 'add-fulltext-index', clause: 'ADD FULLTEXT INDEX f (v)' },
  { kind: 'add-spatial-index', clause: 'ADD SPATIAL INDEX s (g)' },
  { kind: 'drop-index', clause: 'DROP INDEX i' },
  { kind: 'rename-index', clause: 'RENAME INDEX i TO j' },
  { kind: 'change-index-visibility', clause: 'ALTER INDEX i INVISIBLE' },
  { kind: 'add-primary-key', clause: 'ADD PRIMARY KEY (id)', table: WITHOUT_KEY },
  { kind: 'drop-primary-key', clause: 'DROP PRIMARY KEY' },
  { kind: 'add-column', clause: 'ADD COLUMN n INT NULL AFTER id' },
  { kind: 'add-column', clause: "ADD COLUMN n VARCHAR(10) NOT NULL DEFAULT 'x'" },
  { kind: 'add-column', clause: 'ADD COLUMN n DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)' },
  { kind: 'add-column', clause: 'ADD COLUMN (n INT NOT NULL, m INT)' },
  { kind: 'add-auto-increment-column', clause: 'ADD COLUMN n INT AUTO_INCREMENT NOT NULL, ADD KEY (n)' },
  { kind: 'add-stored-column', clause: 'ADD COLUMN n INT AS (a + 1) STORED' },
  { kind: 'add-virtual-column', clause: 'ADD COLUMN n INT AS (a + 1) VIRTUAL' },
  { kind: 'add-column-with-expression', clause: 'ADD COLUMN n JSON DEFAULT (JSON_ARRAY())' },
  { kind: 'add-column-with-expression', clause: 'ADD COLUMN n INT NOT NULL DEFAULT (1 + 1)' },
  { kind: 'drop-column', clause: 'DROP COLUMN b' },
  { kind: 'rename-column', clause: 'RENAME COLUMN b TO n' },
  { kind: 'move-column', clause: 'MODIFY b VARCHAR(20) NULL FIRST', down: 'MODIFY b VARCHAR(20)' },
  { kind: 'change-default', clause: 'ALTER COLUMN c SET DEFAULT 5' },
  { kind: 'change-default', clause: 'MODIFY c INT NOT NULL DEFAULT 6', down: 'MODIFY c INT NOT NULL DEFAULT 0' },
  { kind: 'extend-varchar', clause: 'MODIFY b VARCHAR(60)', down: 'MODIFY b VARCHAR(20)' },
  { kind: 'extend-varchar', clause: 'MODIFY long_text VARCHAR(500)', down: 'MODIFY long_text VARCHAR(300)' },
  {
    kind: 'extend-varchar-by-charset',
    clause: 'MODIFY n VARCHAR(300)',
    down: 'MODIFY n VARCHAR(100)',
    table: 'CREATE TABLE t (n VARCHAR(100)) CHARACTER SET latin1',
  },
  { kind: 'extend-enum', clause: "MODIFY e ENUM('x','y','z')", down: "MODIFY e ENUM('x','y')" },
  { kind: 'change-nullability', clause: 'MODIFY c INT NULL DEFAULT 0', down: 'MODIFY c INT NOT NULL DEFAULT 0' },
  { kind: 'change-nullability', clause: 'MODIFY a INT NOT NULL', down: 'MODIFY a INT' },
  { kind: 'change-type', clause: 'MODIFY c BIGINT NOT NULL DEFAULT 0', down: 'MODIFY c INT NOT NULL DEFAULT 0' },
  { kind: 'change-type', clause: 'MODIFY b VARCHAR(70)', down: 'MODIFY b VARCHAR(20)' },
  { kind: 'change-type', clause: 'MODIFY b VARCHAR(10)', down: 'MODIFY b VARCHAR(20)' },
  { kind: 'change-type', clause: "MODIFY e ENUM('z','x','y')", down: "MODIFY e ENUM('x','y')" },
  { kind: 'add-foreign-key', clause: 'ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES other (id)' },
  { kind: 'drop-foreign-key', clause: 'DROP FOREIGN KEY fk', table: REFERRING },
  { kind: 'add-check', clause: 'ADD CONSTRAINT positive CHECK (a > 0)' },
  { kind: 'add-unenforced-check', clause: 'ADD CONSTRAINT positive CHECK (a > 0) NOT ENFORCED' },
  { kind: 'enforce-check', clause: 'ALTER CHECK weak ENFORCED' },
  { kind: 'drop-check', clause: 'DROP CHECK weak' },
  { kind: 'drop-check', clause: 'ALTER CHECK t_chk_1 NOT ENFORCED' },
  { kind: 'change-engine', clause: 'ENGINE = InnoDB' },
  { kind: 'change-row-format', clause: 'ROW_FORMAT = COMPACT' },
  { kind: 'force-rebuild', clause: 'FORCE' },
  { kind: 'change-default-charset', clause: 'DEFAULT CHARACTER SET = latin1' },
  { kind: 'convert-charset', clause: 'CONVERT TO CHARACTER SET latin1' },
  { kind: 'change-metadata', clause: "COMMENT = 'x'" },
  { kind: 'change-metadata', clause: 'AUTO_INCREMENT = 1000' },
  { kind: 'change-metadata', clause: 'STATS_PERSISTENT = 0' },
  { kind: 'rename-table', clause: 'RENAME TO u' },
  { kind: 'order-rows', clause: 'ORDER BY a' },
  { kind: 'add-partition', clause: 'ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))', table: BY_RANGE },
  { kind: 'drop-partition', clause: 'DROP PARTITION p0', table: BY_RANGE },
  { kind: 'rewrite-partitions', clause: 'COALESCE PARTITION 2', table: BY_HASH },
  { kind: 'rewrite-partitions', clause: 'REBUILD PARTITION p0', table: BY_RANGE },
  {
    kind: 'rewrite-partitions',
    clause: 'REORGANIZE PARTITION p0 INTO (PARTITION p2 VALUES LESS THAN (5), PARTITION p3 VALUES LESS THAN (10))',
    table: BY_RANGE,
  },
  { kind: 'remove-partitioning', clause: 'REMOVE PARTITIONING', table: BY_RANGE },
];

/** Several clauses in one statement. */
const MIXED: readonly string[] = [
  'ADD COLUMN n INT, ADD COLUMN m INT AS (a + 1) VIRTUAL, DROP COLUMN b',
  'ADD COLUMN n INT, ADD INDEX j (b)',
  'ADD COLUMN m INT AS (a + 1) VIRTUAL, ADD INDEX j (m)',
  'ADD COLUMN m INT AS (a + 1) VIRTUAL, ADD COLUMN n INT, ADD INDEX j (c)',
  'DROP COLUMN b, ADD COLUMN m INT AS (a + 1) VIRTUAL, ADD INDEX j (c)',
  'ADD COLUMN m INT AS (a + 1) VIRTUAL, DROP INDEX i',
  'ADD COLUMN n INT UNIQUE',
  'ADD COLUMN n INT CHECK (n > 0)',
  'ADD COLUMN n INT, DROP INDEX i',
  'ADD COLUMN n INT, DROP CHECK weak',
  'ADD COLUMN n INT, RENAME TO u',
  'ADD COLUMN n INT, ALTER COLUMN c SET DEFAULT 4',
  "ADD COLUMN n INT, COMMENT = 'x'",
  'DROP COLUMN b, RENAME INDEX i TO j',
  'DROP PRIMARY KEY, ADD PRIMARY KEY (id, c)',
  'DROP INDEX i, ADD INDEX j (c)',
];

/** MariaDB has rules of its own. */
const mysql = servers().filter(({ kind }) => kind === 'mysql');

describeEach(mysql, 'on $name, as on Aurora, the review knows what it costs to', (server) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.start(server);
    await scene.sql('CREATE TABLE other (id INT PRIMARY KEY)');
  });
  afterAll(() => scene.end());

  async function accepts(example: TableExample, ...clauses: readonly string[]): Promise<boolean> {
    await scene.sql('DROP TABLE IF EXISTS t, u');
    await scene.sql(example.table ?? PLAIN);
    try {
      await scene.sql(alterTable(example, ...clauses));
      return true;
    } catch (error) {
      expect(String((error as { code?: string }).code)).toMatch(/NOT_SUPPORTED/);
      return false;
    }
  }

  async function tableId(): Promise<unknown> {
    const rows = await scene.sql(
      `SELECT TABLE_ID FROM information_schema.INNODB_TABLES WHERE NAME IN ('${scene.name}/t', '${scene.name}/u')`,
    );
    return rows[0]?.['TABLE_ID'];
  }

  async function rebuildsInPlace(example: TableExample): Promise<boolean> {
    await scene.sql('DROP TABLE IF EXISTS t, u');
    await scene.sql(example.table ?? PLAIN);
    const before = await tableId();
    await scene.sql(alterTable(example, 'ALGORITHM=INPLACE'));
    return before !== (await tableId());
  }

  test.each(EXAMPLES)('$clause', async (example) => {
    expect(kindsIn(example)).toContain(example.kind);
    const { algorithm, blocksWrites, rebuilds } = executionOf(example.kind);

    const instant = await accepts(example, 'ALGORITHM=INSTANT');
    const inPlace = await accepts(example, 'ALGORITHM=INPLACE');
    const withWrites = await accepts(example, 'ALGORITHM=INPLACE', 'LOCK=NONE');

    const known = { algorithm, blocksWrites: algorithm === 'COPY' || blocksWrites === true };
    expect({
      algorithm: instant ? 'INSTANT' : inPlace ? 'INPLACE' : 'COPY',
      blocksWrites: !instant && !withWrites,
    }).toEqual(known);
    // A partition has an id of its own.
    if (inPlace && !example.kind.includes('partition')) {
      expect({ rebuilds: await rebuildsInPlace(example) }).toEqual({ rebuilds: rebuilds === true });
    }
  });

  test.each(MIXED)('%s', async (clause) => {
    const cost = costOf(readTableStatement(`ALTER TABLE t ${clause}`)!, {
      checksForeignKeys: true,
      definitionBefore: () => undefined,
    });
    const example: TableExample = { clause };

    const instant = await accepts(example, 'ALGORITHM=INSTANT');
    const copies = !instant && !(await accepts(example, 'ALGORITHM=INPLACE'));
    const rebuilds = !instant && !copies && (await rebuildsInPlace(example));

    expect(cost?.code).toBe(copies ? 'table-copy' : rebuilds ? 'table-rebuild' : undefined);
  });
});

/** The clauses that say how come first: what is done to partitions, or ORDER BY, must be the last one. */
function alterTable({ clause }: TableExample, ...how: readonly string[]): string {
  return `ALTER TABLE t ${how.join(', ')}${clause === 'REMOVE PARTITIONING' ? ' ' : ', '}${clause}`;
}

function kindsIn({ clause, down }: Example): readonly ChangeKind[] {
  const [change] = readTableStatement(`ALTER TABLE t ${clause}`)!.changes;
  if (change?.kind !== 'change-column') return [change!.kind];
  const [before] = readTableStatement(`ALTER TABLE t ${down}`)!.changes;
  return before?.kind === 'change-column' ? changesOfColumn(change, before.definition) : [];
}
