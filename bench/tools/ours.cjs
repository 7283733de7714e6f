// Invokes the function's bundle once, as CloudFormation's request does, in a process of its own.
'use strict';

const { bundle, event } = JSON.parse(process.argv[2]);
const end = Date.now() + 900_000;
const context = {
  awsRequestId: 'bench',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => end - Date.now(),
};
// Its log is no part of the figures.
process.stdout.write = () => true;
require(bundle)
  .handler(event, context)
  .then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
