/**
 * Which time zone TZ names, for the forms of POSIX and of the C library that JavaScript does not support. For them,
 * JavaScript silently shows UTC, or the right time without a name.
 */

/**
 * The rules at the end of the time zone files of tzdata 2025b, with one zone for each; a zone that governments cannot
 * change, if there is one. Small systems have such rules in TZ.
 */
// biome-ignore format: one row would be one line
export const ZONES_BY_RULE: Readonly<Record<string, string>> = {
  '<+00>0<+02>-2,M3.5.0/1,M10.5.0/3': 'Antarctica/Troll', '<+01>-1': 'Etc/GMT-1',
  '<+0330>-3:30': 'Asia/Tehran', '<+03>-3': 'Etc/GMT-3', '<+0430>-4:30': 'Asia/Kabul', '<+04>-4': 'Etc/GMT-4',
  '<+0530>-5:30': 'Asia/Colombo', '<+0545>-5:45': 'Asia/Kathmandu', '<+05>-5': 'Etc/GMT-5',
  '<+0630>-6:30': 'Asia/Yangon', '<+06>-6': 'Etc/GMT-6', '<+07>-7': 'Etc/GMT-7',
  '<+0845>-8:45': 'Australia/Eucla', '<+08>-8': 'Etc/GMT-8', '<+09>-9': 'Etc/GMT-9',
  '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0': 'Australia/Lord_Howe', '<+10>-10': 'Etc/GMT-10',
  '<+11>-11': 'Etc/GMT-11', '<+11>-11<+12>,M10.1.0,M4.1.0/3': 'Pacific/Norfolk',
  '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45': 'Pacific/Chatham', '<+12>-12': 'Etc/GMT-12',
  '<+13>-13': 'Etc/GMT-13', '<+14>-14': 'Etc/GMT-14', '<-01>1': 'Etc/GMT+1',
  '<-01>1<+00>,M3.5.0/0,M10.5.0/1': 'Atlantic/Azores', '<-02>2': 'Etc/GMT+2',
  '<-02>2<-01>,M3.5.0/-1,M10.5.0/0': 'America/Nuuk', '<-03>3': 'Etc/GMT+3',
  '<-03>3<-02>,M3.2.0,M11.1.0': 'America/Miquelon', '<-04>4': 'Etc/GMT+4',
  '<-04>4<-03>,M9.1.6/24,M4.1.6/24': 'America/Santiago', '<-05>5': 'Etc/GMT+5', '<-06>6': 'Etc/GMT+6',
  '<-06>6<-05>,M9.1.6/22,M4.1.6/22': 'Pacific/Easter', '<-08>8': 'Etc/GMT+8',
  '<-0930>9:30': 'Pacific/Marquesas', '<-09>9': 'Etc/GMT+9', '<-10>10': 'Etc/GMT+10',
  '<-11>11': 'Etc/GMT+11', 'ACST-9:30': 'Australia/Darwin', 'ACST-9:30ACDT,M10.1.0,M4.1.0/3': 'Australia/Adelaide',
  'AEST-10': 'Australia/Brisbane', 'AEST-10AEDT,M10.1.0,M4.1.0/3': 'Australia/Sydney',
  'AKST9AKDT,M3.2.0,M11.1.0': 'America/Anchorage', 'AST4': 'America/Barbados',
  'AST4ADT,M3.2.0,M11.1.0': 'America/Halifax', 'AWST-8': 'Australia/Perth', 'CAT-2': 'Africa/Maputo',
  'CET-1': 'Africa/Algiers', 'CET-1CEST,M3.5.0,M10.5.0/3': 'Europe/Berlin', 'CST-8': 'Asia/Shanghai',
  'CST5CDT,M3.2.0/0,M11.1.0/1': 'America/Havana', 'CST6': 'America/Costa_Rica',
  'CST6CDT,M3.2.0,M11.1.0': 'America/Chicago', 'ChST-10': 'Pacific/Guam', 'EAT-3': 'Africa/Nairobi',
  'EET-2': 'Africa/Tripoli', 'EET-2EEST,M3.4.4/50,M10.4.4/50': 'Asia/Gaza',
  'EET-2EEST,M3.5.0,M10.5.0/3': 'Europe/Chisinau', 'EET-2EEST,M3.5.0/0,M10.5.0/0': 'Asia/Beirut',
  'EET-2EEST,M3.5.0/3,M10.5.0/4': 'Europe/Helsinki', 'EET-2EEST,M4.5.5/0,M10.5.4/24': 'Africa/Cairo',
  'EST5': 'America/Panama', 'EST5EDT,M3.2.0,M11.1.0': 'America/New_York', 'GMT0': 'Africa/Abidjan',
  'GMT0BST,M3.5.0/1,M10.5.0': 'Europe/London', 'HKT-8': 'Asia/Hong_Kong', 'HST10': 'Pacific/Honolulu',
  'HST10HDT,M3.2.0,M11.1.0': 'America/Adak', 'IST-1GMT0,M10.5.0,M3.5.0/1': 'Europe/Dublin',
  'IST-2IDT,M3.4.4/26,M10.5.0': 'Asia/Jerusalem', 'IST-5:30': 'Asia/Kolkata', 'JST-9': 'Asia/Tokyo',
  'KST-9': 'Asia/Pyongyang', 'MSK-3': 'Europe/Moscow', 'MST7': 'America/Phoenix',
  'MST7MDT,M3.2.0,M11.1.0': 'America/Denver', 'NST3:30NDT,M3.2.0,M11.1.0': 'America/St_Johns',
  'NZST-12NZDT,M9.5.0,M4.1.0/3': 'Pacific/Auckland', 'PKT-5': 'Asia/Karachi', 'PST-8': 'Asia/Manila',
  'PST8PDT,M3.2.0,M11.1.0': 'America/Los_Angeles', 'SAST-2': 'Africa/Johannesburg', 'SST11': 'Pacific/Pago_Pago',
  'WAT-1': 'Africa/Lagos', 'WET0WEST,M3.5.0/1,M10.5.0': 'Europe/Lisbon', 'WIB-7': 'Asia/Jakarta',
  'WIT-9': 'Asia/Jayapura', 'WITA-8': 'Asia/Makassar', 'UTC0': 'UTC',
};

/** JavaScript accepts these as names. The C library gives them the rules of the United States. */
const NAMED_LIKE_RULES: ReadonlySet<string> = new Set(['EST5EDT', 'CST6CDT', 'MST7MDT', 'PST8PDT']);

const ZONE_FILE = /^\/.*?\/zoneinfo\/(?:posix\/)?(.+)$/;
const NAME = /^(?:[A-Za-z]{3,}|<[A-Za-z\d+-]{3,}>)/;
/** A name and an offset without daylight saving time: JavaScript accepts letters followed by whole hours. */
const WHOLE_HOURS = /^[A-Za-z]{3,}[+-]?\d{1,2}$/;

/** The new value for TZ; `system`: unset TZ; undefined: keep it. `unknown`: no table has these rules. */
export function zoneFor(tz: string): { readonly zone: string } | 'system' | 'unknown' | undefined {
  const text = tz.replace(/^:/, '');
  if (text === '') return { zone: 'UTC' };
  if (text === '/etc/localtime') return 'system';
  const file = ZONE_FILE.exec(text)?.[1];
  // JavaScript itself reads the offsets from a zone file with any other name.
  if (file !== undefined) return isZone(file) ? { zone: file } : undefined;
  const rule = text.replaceAll(/\/0?2(?::00)*(?=,|$)/g, '');
  const zone = ZONES_BY_RULE[rule];
  if (zone !== undefined) return { zone };
  if (NAMED_LIKE_RULES.has(text) || WHOLE_HOURS.test(text)) return undefined;
  return NAME.test(text) && /^[+-]?\d/.test(text.replace(NAME, '')) ? 'unknown' : undefined;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Sets the time zone of this process. Returns whether TZ could be interpreted. */
export function settleZone(tz: string): boolean {
  const found = zoneFor(tz);
  if (found === 'system') delete process.env['TZ'];
  else if (typeof found === 'object') process.env['TZ'] = found.zone;
  return found !== 'unknown';
}
