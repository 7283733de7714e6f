import { PRINTS, withNamesOfNow, withTableQuoted } from '../../../lambda/schema/printed-names';

/** As MariaDB 10.5.23 has printed them, and after an upgrade 10.11.19. */
test.each([
  [
    '`u` varchar(10) CHARACTER SET utf8 COLLATE utf8_general_ci DEFAULT NULL,',
    '`u` varchar(10) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,',
  ],
  [
    ') ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci',
    ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci',
  ],
  ['DEFAULT CHARACTER SET utf8', 'DEFAULT CHARACTER SET utf8mb3'],
  [
    'ON COMPLETION NOT PRESERVE DISABLE ON SLAVE DO SELECT 1',
    'ON COMPLETION NOT PRESERVE DISABLE ON REPLICA DO SELECT 1',
  ],
  ['database collation utf8_general_ci', 'database collation utf8mb3_general_ci'],
  [
    "select convert(`a` using utf8) AS `a`,_utf8'x' AS `b`",
    "select convert(`a` using utf8mb3) AS `a`,_utf8mb3'x' AS `b`",
  ],
])('a definition of an older server, %s, is compared with the names of now', (older, newer) => {
  expect(withNamesOfNow(older)).toBe(newer);
  expect(withNamesOfNow(newer)).toBe(newer);
});

test.each([
  '`utf8` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  "`a` varchar(10) DEFAULT 'utf8' COMMENT 'in utf8'",
  'KEY `by_utf8` (`utf8_name`)',
])('%s has no such name, and stays', (definition) => {
  expect(PRINTS.map((print) => print(definition))).toEqual([definition, definition, definition]);
  expect(withNamesOfNow(definition)).toBe(definition);
});

it('a definition can be had as older servers have printed it', () => {
  expect(PRINTS.map((print) => print('`u` text CHARACTER SET utf8mb3 COLLATE utf8mb3_bin'))).toEqual([
    '`u` text CHARACTER SET utf8mb3 COLLATE utf8mb3_bin',
    '`u` text CHARACTER SET utf8mb3 COLLATE utf8_bin',
    '`u` text CHARACTER SET utf8 COLLATE utf8_bin',
  ]);
});

/** As MariaDB 10.11.19 has printed them before and after a RENAME of the table. */
test.each([
  ['TRIGGER g BEFORE INSERT ON w FOR EACH ROW SET @a = 1', 'TRIGGER g BEFORE INSERT ON `w` FOR EACH ROW SET @a = 1'],
  ['TRIGGER g BEFORE INSERT ON w\n  FOR EACH ROW SET @a = 1', 'TRIGGER g BEFORE INSERT ON `w` FOR EACH ROW SET @a = 1'],
  [
    'TRIGGER g after update  on   `d`.`w`\nfor each row SET @a = 1',
    'TRIGGER g after update  ON `w` for each row SET @a = 1',
  ],
])('a trigger whose table was renamed and has its name again, %j, is the same', (written, printed) => {
  expect(withTableQuoted(written).toLowerCase().replace(/\s+/g, ' ')).toBe(
    withTableQuoted(printed).toLowerCase().replace(/\s+/g, ' '),
  );
});
