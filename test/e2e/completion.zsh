# Types each line and a tab into an interactive zsh, and prints what the line has become. $1 is the script to source.
zmodload zsh/zpty
script=$1
shift
zpty -b shell "ZDOTDIR=/nonexistent TERM=dumb zsh -f -i"
zpty -w shell "PS1= PS2= RPS1=; unsetopt prompt_cr; stty -echo; autoload -U compinit; compinit -u -D; source ${(q)script}"
zpty -w shell 'setopt no_list_beep; show() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^X" show; print "RE""ADY"'
zpty -r -m shell answer '*READY*'
for line; do
  zpty -w -n shell "$line"$'\t\x18'
  zpty -r -m shell answer '*<<*>>*'
  print -r -- "${${answer##*<<}%%>>*}"
done
zpty -d shell
