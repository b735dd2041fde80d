/**
 * Which short names time zones have in the C library (`%Z`). JavaScript has only long names, and short ones for North
 * America, so this table adds the others. A zone without a letter name has its offset as its name, as in tzdata.
 */

// biome-ignore format: one row a line
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Coordinated Universal Time': 'UTC', 'Greenwich Mean Time': 'GMT',
  'British Summer Time': 'BST', 'Irish Standard Time': 'IST',
  'Western European Standard Time': 'WET', 'Western European Summer Time': 'WEST',
  'Central European Standard Time': 'CET', 'Central European Summer Time': 'CEST',
  'Eastern European Standard Time': 'EET', 'Eastern European Summer Time': 'EEST',
  'Moscow Standard Time': 'MSK',
  'West Africa Time': 'WAT', 'West Africa Standard Time': 'WAT', 'Central Africa Time': 'CAT',
  'East Africa Time': 'EAT', 'South Africa Standard Time': 'SAST',
  'Hawaii-Aleutian Standard Time': 'HST', 'Hawaii-Aleutian Daylight Time': 'HDT',
  'Alaska Standard Time': 'AKST', 'Alaska Daylight Time': 'AKDT', 'Yukon Time': 'MST',
  'Pacific Standard Time': 'PST', 'Pacific Daylight Time': 'PDT',
  'Mountain Standard Time': 'MST', 'Mountain Daylight Time': 'MDT', 'Mexican Pacific Standard Time': 'MST',
  'Central Standard Time': 'CST', 'Central Daylight Time': 'CDT',
  'Eastern Standard Time': 'EST', 'Eastern Daylight Time': 'EDT',
  'Cuba Standard Time': 'CST', 'Cuba Daylight Time': 'CDT',
  'Atlantic Standard Time': 'AST', 'Atlantic Daylight Time': 'ADT',
  'Newfoundland Standard Time': 'NST', 'Newfoundland Daylight Time': 'NDT',
  'Israel Standard Time': 'IST', 'Israel Daylight Time': 'IDT',
  'Pakistan Standard Time': 'PKT', 'India Standard Time': 'IST',
  'Western Indonesia Time': 'WIB', 'Central Indonesia Time': 'WITA', 'Eastern Indonesia Time': 'WIT',
  'China Standard Time': 'CST', 'Taiwan Standard Time': 'CST', 'Taipei Standard Time': 'CST',
  'Hong Kong Standard Time': 'HKT', 'Philippine Standard Time': 'PST',
  'Korean Standard Time': 'KST', 'Japan Standard Time': 'JST',
  'Australian Western Standard Time': 'AWST',
  'Australian Central Standard Time': 'ACST', 'Australian Central Daylight Time': 'ACDT',
  'Australian Eastern Standard Time': 'AEST', 'Australian Eastern Daylight Time': 'AEDT',
  'New Zealand Standard Time': 'NZST', 'New Zealand Daylight Time': 'NZDT',
  'Chamorro Standard Time': 'ChST', 'American Samoa Standard Time': 'SST', 'Samoa Standard Time': 'SST',
};

/** Zones for which JavaScript has no long name or that of another zone, with the names by offset. */
const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Europe/Guernsey': { '+0100': 'BST' },
  'Europe/Isle_of_Man': { '+0100': 'BST' },
  'Europe/Jersey': { '+0100': 'BST' },
  'Europe/Minsk': { '+0300': '+03' },
  'Asia/Colombo': { '+0530': '+0530' },
  'Antarctica/Casey': { '+0800': '+08' },
  'Antarctica/Troll': { '+0000': '+00' },
  'Pacific/Apia': { '+1300': '+13' },
};

/** `+0530`: the distance of the local zone from UTC at that time. */
export function zoneOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const away = Math.abs(minutes);
  const digits = String(Math.trunc(away / 60) * 100 + (away % 60)).padStart(4, '0');
  return (minutes < 0 ? '-' : '+') + digits;
}

/** The name of the local zone at that time: `UTC`, `EST`, `CEST`, `+0545`, `-03`. */
export function zoneName(date: Date): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZoneName: 'long' });
  const long = format.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const offset = zoneOffset(date);
  const name = EXCEPTIONS[format.resolvedOptions().timeZone]?.[offset] ?? SHORT_NAMES[long];
  return name ?? offset.replace(/00$/, '');
}
