import { Stack } from 'aws-cdk-lib';
import { ValidationError } from '../../lib/validation-error';
import { emptyApp } from './stack-under-test';

test.each([
  ['timeout is 960 seconds: give less', '[Stack] timeout is 960 seconds: give less (a-code)'],
  // Each problem of a list has a code of its own.
  [
    'nothing is deployed:\n  0001.sql: x (b)\n  0002.sql: y (c)',
    '[Stack] nothing is deployed (a-code):\n  0001.sql: x (b)\n  0002.sql: y (c)',
  ],
])('an error says its code in its words, all that other languages see of it: %s', (message, told) => {
  expect(new ValidationError(new Stack(emptyApp(), 'Stack'), 'a-code', message)).toMatchObject({
    message: told,
    code: 'a-code',
    constructPath: 'Stack',
  });
});
