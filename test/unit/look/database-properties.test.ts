import { databaseProperties } from '../../../lambda/look/database-properties';

test.each<[string, string]>([
  [
    "CREATE DATABASE `app` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci */ /*!80016 DEFAULT ENCRYPTION='N' */",
    "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci\nDEFAULT ENCRYPTION='N'",
  ],
  [
    "CREATE DATABASE `a``b` /*!40100 DEFAULT CHARACTER SET latin1 */ /*!80016 DEFAULT ENCRYPTION='N' */ /* READ ONLY = 1 */",
    "DEFAULT CHARACTER SET latin1\nDEFAULT ENCRYPTION='N'\nREAD ONLY = 1",
  ],
  [
    "CREATE DATABASE `/*` /*!40100 DEFAULT CHARACTER SET latin1 COLLATE latin1_bin */ COMMENT 'it''s /* no */ comment'",
    "DEFAULT CHARACTER SET latin1 COLLATE latin1_bin\nCOMMENT 'it''s /* no */ comment'",
  ],
  ['CREATE DATABASE "app" /*!40100 DEFAULT CHARACTER SET latin1 */', 'DEFAULT CHARACTER SET latin1'],
  ['CREATE DATABASE app /*!40100 DEFAULT CHARACTER SET latin1 */', 'DEFAULT CHARACTER SET latin1'],
  ['CREATE DATABASE `app`', ''],
  ['', ''],
])('%s', (definition, properties) => {
  expect(databaseProperties(definition)).toBe(properties);
});
