/** The options of options/misc.ts in full sentences. */

const completion = (program: string): string =>
  `Print a script for *bash*, *zsh* or *fish* that completes options, their values and file names. To load it, put *eval "$(${program} --completion bash)"* into *~/.bashrc*, or the same line with *zsh* into *~/.zshrc*. For fish, put *${program} --completion fish | source* into *~/.config/fish/config.fish*.`;

export const MISC = {
  '-o': 'Read options from this file, and not from the default file; FILES describes both. Options in the environment and on the command line override those in the file. If the file cannot be read, the exit status is 1. It can be given only once, and not in an options file.',
  '--help':
    '*--help* prints the everyday options and the names of the topics, and *--help all* prints all options. *--help* _OPTION_ explains one option, such as *--help -q* or *--help qos*, and *--help man* prints the whole manual page. The exit status is 0, or 1 for an unknown topic or option.',
  '--completion': { pub: completion('tspub'), sub: completion('tssub'), rr: completion('tsrr') },
  '--version': 'Print the version and the runtime in the first line, then a line for each feature, such as TLS or PSK.',
} as const;
