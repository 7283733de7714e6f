import { inventoryOf } from '../../../lambda/schema/inventory';

/** As SHOW CREATE TABLE of MariaDB 10.11 prints it. */
const MARIADB = `CREATE TABLE \`child\` (
  \`id\` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'it''s; /* no */ -- comment',
  \`parent_id\` int(11) DEFAULT NULL,
  \`a\` int(11) DEFAULT NULL CHECK (\`a\` > 0),
  \`b\` int(11) GENERATED ALWAYS AS (\`a\` + 1) VIRTUAL,
  \`j\` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(\`j\`)),
  \`e\` enum('x,y','z)') DEFAULT 'x,y',
  \`period\` int(11) DEFAULT NULL,
  \`Key, ( \`\`x\` int(11) DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`u\` (\`e\`),
  KEY \`k\` (\`a\`,\`b\` DESC) COMMENT 'x',
  SPATIAL KEY \`sp\` (\`g\`),
  FULLTEXT KEY \`ft\` (\`t\`),
  CONSTRAINT \`child_ibfk_1\` FOREIGN KEY (\`period\`) REFERENCES \`parent\` (\`id\`) ON DELETE CASCADE,
  CONSTRAINT \`chk\` CHECK (\`a\` < 100 and \`e\` <> 'CONSTRAINT'),
  PERIOD FOR SYSTEM_TIME (\`a\`, \`b\`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci COMMENT='tail, KEY (x)'
 PARTITION BY RANGE (\`id\`)
SUBPARTITION BY HASH (\`id\`)
SUBPARTITIONS 2
(PARTITION \`p0\` VALUES LESS THAN (10) ENGINE = InnoDB,
 PARTITION \`p 1\` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)`;

/** As SHOW CREATE TABLE of MySQL 9 prints it. */
const MYSQL = `CREATE TABLE \`child\` (
  \`id\` bigint NOT NULL AUTO_INCREMENT,
  \`a\` int DEFAULT NULL,
  \`b\` int GENERATED ALWAYS AS ((\`a\` + 1)) VIRTUAL,
  \`hidden\` int DEFAULT NULL /*!80023 INVISIBLE */,
  PRIMARY KEY (\`id\`),
  KEY \`k\` (\`a\`,\`b\`) /*!80000 INVISIBLE */,
  KEY \`functional_index\` ((lower(\`a\`))),
  FULLTEXT KEY \`ft\` (\`t\`) /*!50100 WITH PARSER \`ngram\` */ ,
  CONSTRAINT \`fk\` FOREIGN KEY (\`a\`) REFERENCES \`parent\` (\`id\`),
  CONSTRAINT \`chk\` CHECK (((\`a\` < 100) and (\`e\` <> _utf8mb4'CONSTRAINT'))) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50100 PARTITION BY LIST (\`a\`)
(PARTITION l1 VALUES IN (1,2) ENGINE = InnoDB,
 PARTITION l2 VALUES IN (3) ENGINE = InnoDB) */`;

function partsOf(definition: string): Readonly<Record<string, string>> {
  const parts: Record<string, string[]> = {};
  for (const key of inventoryOf({ objects: [{ kind: 'table', name: 'child', definition }] }).keys()) {
    const [, kind = '', name = ''] = /^(\w+) (?:`child`\.)?(.*)$/.exec(key) ?? [];
    (parts[kind] ??= []).push(name.slice(1, -1));
  }
  return Object.fromEntries(Object.entries(parts).map(([kind, names]) => [kind, names.join(' | ')]));
}

test('a table of MariaDB gives its parts', () => {
  expect(partsOf(MARIADB)).toEqual({
    table: 'child',
    column: 'id | parent_id | a | b | j | e | period | key, ( ``x',
    index: 'primary | u | k | sp | ft',
    constraint: 'child_ibfk_1 | chk',
    partition: 'p0 | p 1',
  });
});

test('a table of MySQL gives its parts', () => {
  expect(partsOf(MYSQL)).toEqual({
    table: 'child',
    column: 'id | a | b | hidden',
    index: 'primary | k | functional_index | ft',
    constraint: 'fk | chk',
    partition: 'l1 | l2',
  });
});

test('other objects give their names', () => {
  const kinds = ['view', 'procedure', 'function', 'trigger', 'event'] as const;
  const objects = kinds.map((kind) => ({ kind, name: `My ${kind}`, definition: 'CREATE … (`a`)' }));
  expect([...inventoryOf({ objects }).keys()]).toEqual([
    'table `My view`',
    'procedure `my procedure`',
    'function `my function`',
    'trigger `My trigger`',
    'event `my event`',
  ]);
});

test('a definition that cannot be read gives the name alone', () => {
  expect([...inventoryOf({ objects: [{ kind: 'table', name: 'a', definition: '' }] }).keys()]).toEqual(['table `a`']);
});
