/** The shells that `--completion` knows, and where each wants the script. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A hint of several lines for those who name no shell. */
export const completionHint = (program: string): string =>
  [
    'Add the line for your shell to its file:',
    `  ~/.bashrc                   eval "$(${program} --completion bash)"`,
    `  ~/.zshrc, after compinit    source <(${program} --completion zsh)`,
    `  ~/.config/fish/config.fish  ${program} --completion fish | source`,
  ].join('\n');
