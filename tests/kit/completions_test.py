#!/usr/bin/python3
"""The completions of wafcheck in the shells themselves.

tests/kit/completions_test.py build/release/cli/wafcheck
"""

import pathlib
import re
import shutil

import kit

kit.need("bash", "zsh", "fish")

# Bash calls the function with these variables set; {words} are the words, the last one is completed.
BASH = """
source "$SCRIPT"
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
$(complete -p wafcheck | sed 's/.*-F \\([^ ]*\\).*/\\1/')
((${{#COMPREPLY[@]}} == 0)) || printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# A shell in a terminal of its own, which a line is typed to. In it, what would be offered is written
# to a file as well.
ZSHRC = r"""
PS1=
fpath=($FOLDER $fpath)
autoload -Uz compinit
compinit -u -d $FOLDER/dump
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a found
  builtin compadd -O found "$@"
  local each
  for each in $found; do
    print -r -- "$each" >> $FOLDER/matches
  done
  builtin compadd "$@"
}
complete-and-exit() {
  zle complete-word
  exit
}
zle -N complete-and-exit
bindkey '^I' complete-and-exit
"""
ZSH = r"""
zmodload zsh/zpty
zpty inner "zsh -i"
zpty -w -n inner "$LINE"$'\t'
while zpty -r inner chunk; do :; done
"""


class Completions(kit.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripts = {}
        for shell, name in (("bash", "wafcheck"), ("zsh", "_wafcheck"), ("fish", "wafcheck.fish")):
            folder = cls.scratch / shell
            folder.mkdir()
            cls.scripts[shell] = folder / name
            cls.scripts[shell].write_text(kit.wafcheck("completions", shell).stdout)
        cls.directory = cls.scratch / "rules"
        cls.directory.mkdir()
        (cls.directory / "one two.conf").touch()
        (cls.directory / "three.conf").touch()
        (cls.directory / "folder").mkdir()

    def shell(self, *command, **variables):
        run = kit.run(*command, cwd=self.directory, env=kit.environment(TERM="dumb", **variables))
        self.assertEqual(run.stderr, "", command)
        return run.stdout

    def bash(self, line):
        # Readline breaks words at an equals sign, too.
        words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith(" ") else [])
        words = " ".join(f"'{word}'" for word in words)
        return set(self.shell("bash", "--norc", "-c", BASH.format(words=words),
                              SCRIPT=self.scripts["bash"]).splitlines())

    def fish(self, line):
        out = self.shell("fish", "--no-config", "-c",
                         "source $SCRIPT; complete -C \"$LINE\"", LINE=line,
                         SCRIPT=self.scripts["fish"], HOME=self.scratch, XDG_CONFIG_HOME=self.scratch)
        words = {row.split("\t")[0] for row in out.splitlines()}
        option = re.match(r".*(--[a-z-]+=)\S*$", line)
        return {word.removeprefix(option[1]) for word in words} if option else words

    def zsh(self, line):
        folder = self.scripts["zsh"].parent
        (folder / ".zshrc").write_text(ZSHRC)
        matches = folder / "matches"
        matches.write_text("")
        self.shell("zsh", "-f", "-c", ZSH, FOLDER=folder, ZDOTDIR=folder, LINE=line)
        return set(matches.read_text().splitlines())

    def completed(self, line, shells=("bash", "zsh", "fish")):
        return {shell: getattr(self, shell)(line) for shell in shells}

    def test_commands(self):
        commands = set(re.findall(r"^  ([a-z]+)  ", kit.wafcheck("--help").stdout, re.M)) | {"help"}
        for shell, words in self.completed("wafcheck ").items():
            self.assertEqual({word for word in words if not word.startswith("-")}, commands, shell)
        for shell, words in self.completed("wafcheck help re").items():
            self.assertEqual(words, {"replay", "reduce"}, shell)
        for shell, words in self.completed("wafcheck completions ").items():
            self.assertEqual(words, {"bash", "zsh", "fish"}, shell)

    def test_options(self):
        for shell, words in self.completed("wafcheck lint --for").items():
            self.assertEqual(words, {"--format"}, shell)
        for shell, words in self.completed("wafcheck replay -q --no-").items():
            self.assertEqual(words, {"--no-timing", "--no-prefilter", "--no-memo", "--no-config",
                                     "--no-progress"}, shell)

    def test_every_option_of_every_command(self):
        for command in re.findall(r"^  ([a-z]+)  ", kit.wafcheck("--help").stdout, re.M):
            shown = kit.wafcheck(command, "--help").stdout.split("\nExamples:")[0]
            options = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", shown, re.M))
            for shell, words in self.completed(f"wafcheck {command} --", ("bash", "fish")).items():
                self.assertEqual({word for word in words if word.startswith("--")}, options, shell)

    def test_words_of_options(self):
        formats = {"json", "jsonl", "junit"}
        for line in ("wafcheck lint --format j", "wafcheck lint --format=j"):
            for shell, words in self.completed(line).items():
                self.assertEqual({word.removeprefix("--format=") for word in words}, formats,
                                 (shell, line))
        for shell, words in self.completed("wafcheck lint rules --select duplicate-").items():
            self.assertEqual(words, {"duplicate-id", "duplicate-target", "duplicate-action"}, shell)
        for shell, words in self.completed("wafcheck replay --limit mem").items():
            self.assertEqual(words, {"memory="}, shell)

    def test_files(self):
        for shell, words in self.completed("wafcheck lint t").items():
            self.assertEqual(words, {"three.conf"}, shell)
        for shell, words in self.completed("wafcheck replay -r o").items():
            self.assertEqual({word.replace("\\", "") for word in words}, {"one two.conf"}, shell)
        for shell, words in self.completed("wafcheck lint --crs ").items():
            self.assertEqual({word.rstrip("/") for word in words}, {"folder"}, shell)
        for shell, words in self.completed("wafcheck replay --host ").items():
            self.assertEqual(words, set(), shell)

    def test_scripts_are_clean(self):
        for shell, command in (("zsh", ("zsh", "-n")), ("fish", ("fish", "--no-execute"))):
            run = kit.run(*command, self.scripts[shell])
            self.assertEqual((run.returncode, run.stdout + run.stderr), (0, ""), shell)

    def test_bash_completion_finds_it_by_its_name(self):
        library = pathlib.Path("/usr/share/bash-completion/bash_completion")
        if not library.exists():
            kit.skip("bash-completion is not installed")
        folder = self.scratch / "data/bash-completion/completions"
        folder.mkdir(parents=True)
        shutil.copy(self.scripts["bash"], folder / "wafcheck")
        out = self.shell("bash", "--norc", "-c", f". {library}; _completion_loader wafcheck; complete -p wafcheck",
                         XDG_DATA_HOME=self.scratch / "data")
        self.assertEqual(out, "complete -F _wafcheck wafcheck\n")

    def test_other_shells_are_an_error(self):
        run = kit.wafcheck("completions", "tcsh")
        self.assertEqual(run.returncode, 2)
        self.assertIn("bash,zsh,fish", run.stderr)
        self.assertEqual(kit.wafcheck("completions").returncode, 2)


if __name__ == "__main__":
    kit.main()
