/** The manual page of tspasswd, from its table of options and the sentences on each. */
import { GROUPS, OPTIONS } from '../../passwd/options.ts';
import { FORMS } from '../../passwd/usage.ts';
import { PASSWD_ABOUT, PASSWD_STATUS, PASSWD_TASKS } from '../about/passwd.ts';
import {
  form,
  list,
  literal,
  opening,
  optionLabel,
  PARAGRAPH,
  type Page,
  pages,
  paragraph,
  section,
  sentence,
  subsection,
} from './document.ts';

export function passwdPage(): Page {
  const rows = Object.entries(GROUPS).map(([group, heading]) => {
    const options = OPTIONS.filter((option) => option.group === group);
    return subsection(
      heading,
      list(options.map((option) => [optionLabel(option), PASSWD_ABOUT[option.name]] as const)),
    );
  });
  return {
    name: 'tspasswd',
    summary: 'manage the password files of Mosquitto',
    sections: [
      section('SYNOPSIS', ...FORMS.map(form)),
      section(
        'DESCRIPTION',
        opening(
          'creates, changes and checks password files, which the *password_file* option of mosquitto.conf(5) names. It does what *mosquitto_passwd* does, and more.',
        ),
        PARAGRAPH,
        paragraph(
          'Without *-b* and *--password-file*, *tspasswd* prompts for a new password twice. If standard input is not a terminal, it reads the password from two equal lines. Passwords never appear in what it prints.',
        ),
        PARAGRAPH,
        paragraph(
          'A change replaces the whole file or leaves it as it was, also after a kill or on a full disk. Comments, empty lines and the entries of other users keep every byte. If several processes change a file at the same time, each waits for the one before.',
        ),
        PARAGRAPH,
        paragraph(
          'A broker reads its password file when it starts and when it receives SIGHUP. So reload it after each change, as root: run *systemctl reload mosquitto*, or *kill -HUP* of its process. Mosquitto then disconnects clients that logged in with an old password.',
        ),
      ),
      section(
        'OPTIONS',
        paragraph('Options go before _FILE_. With *--check*, *--list* and *--verify* they may also follow it.'),
        ...rows,
      ),
      section(
        'HASHES',
        list([
          [
            'sha512-pbkdf2',
            'The default, written as $7$. Every Mosquitto broker from 2.0 on accepts it, with 12 bytes of salt. Raise *-I* to make guessing slower.',
          ],
          ['sha512', 'Written as $6$, with one round. Use it only for brokers before 2.0.'],
          [
            'argon2id',
            'Slowest to guess. Only brokers that were built with Argon2 accept it. A 2.1 broker without Argon2 rejects the whole file.',
          ],
        ]),
        PARAGRAPH,
        paragraph(
          'The hashes of other programs, such as crypt(3), bcrypt and htpasswd, do not work. *--check* reports them. Set a new password for these users.',
        ),
      ),
      section(
        'FILES',
        list([
          [
            '_FILE_',
            'One line for each user: the name, a colon, the hash. A new file has mode 0600, so only its owner can read it. A changed file keeps its owner and mode. The broker must be able to read it: on Debian it runs as user *mosquitto*, so run *chown mosquitto:* _FILE_ once. When root creates a file that this user cannot read, a hint prints the command.',
          ],
          [
            '_FILE_*.lock*, _FILE_*.backup.*_XXXXXX_',
            'The lock and the new contents, next to _FILE_ while it is being changed. If the directory is not writable, *tspasswd* changes the file in place, with a warning; a power cut can then damage it.',
          ],
        ]),
      ),
      section('EXIT STATUS', list(PASSWD_STATUS, '128')),
      section(
        'TROUBLESHOOTING',
        list([
          [
            'The broker does not start, or rejects every login',
            'Run *tspasswd --check* _FILE_. It reports a file that the broker cannot read, and each entry that it rejects. A 2.1 broker rejects the whole file for one bad entry, or for a user that appears twice.',
          ],
          [
            'A changed password does not work',
            'Reload the broker. *tspasswd --verify* _FILE_ _USER_ shows whether the password is the one in the file.',
          ],
          ['The file contains plain-text passwords', 'Run *tspasswd -U* _FILE_.'],
          [
            'Warning: File ... has world readable permissions',
            'Run *chmod 600* _FILE_. Newer brokers print this warning too, and later ones will reject such a file.',
          ],
          ['Error: Unable to open file ... for writing. File exists.', 'Leave *-c* out to add a user to the file.'],
        ]),
      ),
      section(
        'SIGNALS',
        list([
          [
            'SIGHUP, SIGINT, SIGQUIT, SIGTERM',
            'The program restores the terminal and exits. The file stays as it was.',
          ],
        ]),
      ),
      section(
        'EXAMPLES',
        ...PASSWD_TASKS.flatMap(([task, lines], i) => [
          ...(i === 0 ? [] : [PARAGRAPH]),
          paragraph(task.endsWith('?') ? task : sentence(task, ':')),
          literal(...lines),
        ]),
      ),
      section(
        'COMPATIBILITY',
        paragraph(
          'Options, prompts and messages are those of *mosquitto_passwd* 2.1. Comments and the last line, which *mosquitto_passwd* may delete, are kept. *--check*, *--list*, *--verify*, *--password-file*, *--salt-length* and *--force* are additions. The file COMPATIBILITY.md of the package lists every difference.',
        ),
      ),
      section('SEE ALSO', pages('mosquitto_passwd 1', 'tspub 1', 'mosquitto.conf 5')),
    ],
  };
}
