/** The manual page of tspasswd, from its table of options. */
import { GROUPS, OPTIONS } from '../../passwd/options.ts';
import { EXAMPLES, FORMS } from '../../passwd/usage.ts';
import {
  list,
  literal,
  optionLabel,
  PARAGRAPH,
  page,
  paragraph,
  section,
  sentence,
  subsection,
  synopsisText,
} from './roff.ts';

export function passwdPage(): string {
  const rows = Object.entries(GROUPS).map(([group, heading]) => {
    const options = OPTIONS.filter((option) => option.group === group);
    return subsection(heading, list(options.map((option) => [optionLabel(option), sentence(option.help)] as const)));
  });
  return page({
    name: 'tspasswd',
    summary: 'manage the password files of Mosquitto',
    sections: [
      section('SYNOPSIS', ...FORMS.flatMap((form) => ['.Nm', synopsisText(form)])),
      section(
        'DESCRIPTION',
        '.Nm',
        paragraph(
          'makes, changes and checks the file that the *password_file* option of mosquitto.conf(5) names. Without *-b* and *--password-file* the password is asked for, twice, or read as two lines of standard input.',
        ),
        PARAGRAPH,
        paragraph(
          'A file is replaced as a whole or not at all, whatever happens. Comments and lines of other forms stay as they are. Of two runs at the same time one waits for the other.',
        ),
      ),
      section('OPTIONS', paragraph('Options stand before _FILE_.'), ...rows),
      section(
        'FILES',
        list([
          [
            '_FILE_',
            'A line for each user: name, colon, hash. New files can be read by their owner only. When root makes one that the user *mosquitto* cannot read, a hint names the command that helps. Where its directory is not writable, the file is changed in place, with a warning.',
          ],
          ['_FILE_*.lock*', 'Beside the file while it is being changed.'],
        ]),
      ),
      section(
        'EXIT STATUS',
        list(
          [
            ['0', 'It was done; with *--check*, the file is good; with *--verify*, the password is right.'],
            ['1', 'It was not done, or the answer is no.'],
            ['2', 'With *--verify*: nobody can tell.'],
            ['10', 'This build cannot do it (argon2id).'],
            ['129, 130, 131, 143', 'A signal came; the file is as it was.'],
          ],
          '128',
        ),
      ),
      section(
        'SIGNALS',
        list([
          [
            'SIGHUP, SIGINT, SIGQUIT, SIGTERM',
            'The terminal is set right, the file stays as it was, and the program ends.',
          ],
        ]),
      ),
      section(
        'EXAMPLES',
        ...EXAMPLES.flatMap(([line, about]) => [paragraph(sentence(about, ':')), literal(`tspasswd ${line}`)]),
        paragraph('From a script, without showing the password to other users:'),
        literal('tspasswd --password-file ~/.secret /etc/mosquitto/passwords sensor', 'systemctl reload mosquitto'),
        paragraph('From cron, send mail when a line would keep the broker from starting:'),
        literal(
          'PATH=/usr/local/bin:/usr/bin:/bin',
          '0 6 * * * found=$(tspasswd --check /etc/mosquitto/passwords) || echo "$found"',
        ),
      ),
      section(
        'COMPATIBILITY',
        paragraph(
          'Forms, prompts and messages are those of *mosquitto_passwd* 2.1. What that loses (comments, the last line, the file when the disk is full) stays. *--check*, *--list*, *--verify*, *--password-file*, *--salt-length* and *--force* are additions. The file *COMPATIBILITY.md* of the package has the whole list.',
        ),
      ),
      section('SEE ALSO', '.Xr mosquitto_passwd 1 ,', '.Xr tspub 1 ,', '.Xr mosquitto.conf 5'),
    ],
  });
}
