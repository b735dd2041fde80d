/** Where a shell wants the script of `--completion`: for those who name no shell. */

/** A hint of several lines. */
export const completionHint = (program: string): string =>
  [
    'Add the line for your shell to its file:',
    `  ~/.bashrc                   eval "$(${program} --completion bash)"`,
    `  ~/.zshrc, after compinit    source <(${program} --completion zsh)`,
    `  ~/.config/fish/config.fish  ${program} --completion fish | source`,
  ].join('\n');
