/** Recorded runs that our programs answer in another way on purpose, by reason. Each reason has its row in COMPATIBILITY.md. */

const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  '--long=value is accepted': ['c133', 'c134'],
  '--help and --version exit with 0': ['c157', 'c159', 'c160', 'c519'],
  'numbers are whole decimal numbers, and complaints name what was typed': [
    'c163',
    'c182',
    'c183',
    'c186',
    'c187',
    'c540',
    'c572',
    'c573',
  ],
  'properties are checked before connecting, and the one that is wrong is named': [
    'c314',
    'c316',
    'c400',
    'c401',
    'c440',
    'c441',
    'c442',
    'c444',
    'c446',
    'c578',
    'c579',
    'c580',
  ],
  'HTTP proxies are supported; percent-encoding in proxy URLs is decoded whole': ['c362', 'c377', 'c378', 'c379'],
  'what is wrong with a proxy URL is said': ['c372', 'c374', 'c376'],
  'the file that cannot be used is named': ['c328', 'c335', 'c339'],
  'IPv6 addresses in URLs stand in brackets': ['c361'],
  '-o is not looked for in the values of other options': ['c497'],
  'errors in an options file name the file and the line': [
    'c499',
    'c500',
    'c501',
    'c504',
    'c505',
    'c509',
    'c510',
    'c511',
    'c512',
    'c514',
    'c518',
    'c520',
    'c521',
  ],
  'options files take -D, and lines of any length': ['c506', 'c515'],
  'an options file that is named must exist': ['c524', 'c577'],
  'what has no effect is said': ['c555', 'c571'],
  'TLS options are not ignored': ['c541', 'c574', 'c575'],
  'recorded with a 2.1 broker, which refuses more and orders properties in another way': ['c584', 'c618'],
  'padding without a width adds nothing': ['c612'],
  'a line on standard error ends': ['c620', 'c621'],
  '-C ends --remove-retained': ['c632'],
  'empty strings are printed': ['c633', 'c634'],
  '--retain-handling and -R go together': ['c635'],
  'tsrr acknowledges after printing, and ends with DISCONNECT': ['c641', 'c646', 'c647'],
};

export const DEPARTURES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(BY_REASON).flatMap(([reason, ids]) => ids.map((id) => [id, reason])),
);

/**
 * What `-d` of mosquitto_pub prints, with the lines of ours behind QoS 0: PINGREQ asks whether it was read, and DISCONNECT
 * follows its PINGRESP (decision 23).
 */
export const withQuestion = (debug: string): string =>
  debug.includes('sending PUBLISH (d0, q0,')
    ? debug.replace(/^(Client .*) sending DISCONNECT\n/m, '$1 sending PINGREQ\n$1 received PINGRESP\n$&')
    : debug;
