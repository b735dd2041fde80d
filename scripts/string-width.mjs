// Put in place of the package string-width, which yargs measures help texts with: it knows emoji and wide scripts, for the
// price of 50 ms of regular expressions at each --help. Our texts have neither.
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** @param {string} text */
export default (text) => text.replace(COLOURS, '').length;
