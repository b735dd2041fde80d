/** Recorded runs that tspasswd answers in another way on purpose, by reason. Each reason has its row in COMPATIBILITY.md. */

const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  '--help and --version do what they say': ['d005', 'd007'],
  'a word that looks like an option is not the name of a file': ['d011'],
  'superfluous words are refused': ['d093'],
  'numbers are whole decimal numbers': ['d107'],
  'argon2id is available, and a warning says who takes it': ['d113'],
  'all entries of a user are updated, and told of': ['d145'],
  'comments, blank and odd lines stay, and so does what is behind them': [
    'd155',
    'd157',
    'd161',
    'd163',
    'd167',
    'd169',
    'd185',
    'd205',
    'd207',
    'd209',
  ],
  'names that no entry can have are refused': ['d165'],
  'hashed entries are not hashed again': ['d199'],
  'users that stand twice are told of': ['d201'],
  'an empty file has nothing to hash, which is no error': ['d203'],
  'the advice is mode 0600, and no change of the owner': ['d249', 'd251', 'd255', 'd259', 'd271'],
};

export const DEPARTURES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(BY_REASON).flatMap(([reason, ids]) => ids.map((id) => [id, reason])),
);
