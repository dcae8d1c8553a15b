package main

import (
	"context"
	"flag"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// manCommand writes the man page.
func manCommand(p *command.Program) command.Command {
	return command.Command{
		Name:    "man",
		Summary: "print the man page",
		Help: `Prints the man page of all commands. With -markdown it prints the same as a page in Markdown,
as docs/command-line.md has it.`,
		Examples: []command.Example{
			{Line: "aerosql man | man -l -", Summary: "reads the page"},
			{Line: "aerosql man > /usr/local/share/man/man1/aerosql.1", Summary: "installs it"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			markdown := flags.Bool("markdown", false, "print Markdown")
			return func(_ context.Context, env *command.Env, _ []string) error {
				if *markdown {
					return p.WriteMarkdown(env.Out)
				}
				return p.WriteMan(env.Out)
			}
		},
	}
}

// completionCommand writes the completion scripts.
func completionCommand(p *command.Program) command.Command {
	shells := strings.Join(command.Shells, " ")
	return command.Command{
		Name:      "completion",
		Summary:   "print a script that lets a shell complete commands and flags",
		Args:      strings.Join(command.Shells, "|"),
		Help:      "Prints a script for bash, zsh or fish that completes the commands, their flags and the values of flags.",
		ArgValues: shells,
		Examples: []command.Example{
			{Line: "source <(aerosql completion bash)", Summary: "for this session of bash; put the line into ~/.bashrc to keep it"},
			{Line: "aerosql completion zsh > ~/.zfunc/_aerosql", Summary: "for zsh, where ~/.zfunc is a directory of $fpath"},
			{Line: "aerosql completion fish > ~/.config/fish/completions/aerosql.fish", Summary: "for fish"},
		},
		Setup: func(*flag.FlagSet) command.Run {
			return func(_ context.Context, env *command.Env, args []string) error {
				if len(args) != 1 {
					return command.Usage("name one shell: %s", shells)
				}
				return p.WriteCompletion(env.Out, args[0])
			}
		},
	}
}
