/** The shells that `--completion` supports, and where each expects the script. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A hint of several lines for a command without the name of a shell. */
export const completionHint = (program: string): string =>
  [
    'Add the line for your shell to its file:',
    `  ~/.bashrc                   eval "$(${program} --completion bash)"`,
    `  ~/.zshrc, after compinit    source <(${program} --completion zsh)`,
    `  ~/.config/fish/config.fish  ${program} --completion fish | source`,
  ].join('\n');
