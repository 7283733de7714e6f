import { keepsValues } from '../../../lambda/schema/keeps-values';

test.each([
  ['int DEFAULT NULL', 'bigint DEFAULT NULL'],
  ['int(11) NOT NULL', "bigint(20) DEFAULT 7 COMMENT 'it''s, (long)'"],
  ['int unsigned DEFAULT NULL', 'bigint unsigned NOT NULL', 'NOT NULL'],
  ['bigint DEFAULT NULL', 'int DEFAULT NULL', 'shorter'],
  ['int DEFAULT NULL', 'int unsigned DEFAULT NULL', 'unsigned'],
  ['int NOT NULL', 'int NOT NULL AUTO_INCREMENT', 'counts where it holds 0'],
  ['int DEFAULT NULL', 'varchar(20) DEFAULT NULL CHARSET=latin1', 'another kind'],
  ['int DEFAULT NULL', 'decimal(10,0) DEFAULT NULL', 'another kind'],
  ['decimal(5,2) DEFAULT NULL', 'int DEFAULT NULL', 'no digits'],
  ['decimal(5,2) DEFAULT NULL', 'decimal(7,3) NULL DEFAULT 1.5'],
  ['decimal(5,2) DEFAULT NULL', 'decimal(6,4) DEFAULT NULL', 'fewer places before the point'],
  ['varchar(9) DEFAULT NULL CHARSET=latin1', 'varchar(10) DEFAULT NULL CHARSET=latin1'],
  ['varchar(9) DEFAULT NULL CHARSET=latin1', 'varchar(9) DEFAULT NULL CHARSET=utf8mb4 COLLATE=utf8mb4_bin'],
  ['varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'varchar(9) CHARSET=latin1', 'another character set'],
  ['varchar(9) DEFAULT NULL', 'varchar(8) DEFAULT NULL', 'shorter'],
  ['binary(3) DEFAULT NULL', 'binary(4) DEFAULT NULL', 'filled up'],
  ['text DEFAULT NULL', 'varchar(9) DEFAULT NULL', 'another kind'],
  [
    'timestamp NULL DEFAULT NULL',
    'timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()',
    'NULL',
  ],
  ['timestamp NOT NULL', 'timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'],
  ["enum('a','b') DEFAULT 'a'", "enum('a','c') DEFAULT 'a'", 'another member'],
  ["enum('a','b') DEFAULT 'a'", "enum('a','b') DEFAULT 'b'"],
  ['int GENERATED ALWAYS AS (`a` + 1) STORED', 'int GENERATED ALWAYS AS (`a` + 2) STORED', 'another expression'],
] as const)('from %s to %s (%s)', (before, now, ...lost) => {
  expect(keepsValues(`\`x\` ${before}`, `\`x\` ${now}`)).toBe(lost.length === 0);
});
