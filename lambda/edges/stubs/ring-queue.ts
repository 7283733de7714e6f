/**
 * Stands in for the queue of mysql2's commands and packets, of which it uses `push`, `shift` and `length`. An array has them, and a
 * session of the function has few commands waiting.
 */
module.exports = Array;
