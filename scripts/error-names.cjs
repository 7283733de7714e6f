/**
 * mysql2's file of error numbers and names, told once instead of three times: it is a quarter of the bundle. The table is made
 * at the first error and not at each cold start, where it would take a fifth of the time that the driver takes to load. The names
 * stand in the order of their numbers; a number is given where one is left out before it. What begins with `-` does not begin
 * with `ER_`. `HA_…` is what a storage engine tells its server, which tells its clients something else: without these.
 */
function errorNames(file) {
  const errors = require(file);
  const numbers = Object.keys(errors).filter((key) => /^\d+$/.test(key) && !errors[key].startsWith('HA_'));
  const words = numbers.map((number, at) => {
    const follows = Number(number) === Number(numbers[at - 1]) + 1;
    const word = errors[number].replace(/^(?!ER_)/, '-').replace(/^ER_/, '');
    return follows ? word : `${number}:${word}`;
  });
  return `const table = () => {
  const errors = {};
  let number = 0;
  for (const word of ${JSON.stringify(words.join(' '))}.split(' ')) {
    const [text, start] = word.split(':').reverse();
    const name = text[0] === '-' ? text.slice(1) : 'ER_' + text;
    number = start === undefined ? number + 1 : Number(start);
    errors[number] = name;
    errors[name] = number;
  }
  return errors;
};
let errors;
module.exports = new Proxy({}, { get: (_, key) => (errors ??= table())[key] });
`;
}

module.exports = { errorNames };
